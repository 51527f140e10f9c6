import type { Incident } from '#shared/domain/incident/incident.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import type { Item, Key } from './dynamo-table.ts';

/**
 * Indexes of the Incidents table by which incidents are listed: name, partition key, sort key, and what is copied besides the keys. They are
 * sparse: only the record of an incident has `listKey` and `listId`. `infra/constructs/tables.ts` declares the same.
 */
export const LIST_INDEXES = {
  month: { name: 'by-month', partition: 'listMonth', sort: 'listKey', copied: [] },
  status: { name: 'by-status', partition: 'status', sort: 'listKey', copied: ['listTarget', 'listClass'] },
  target: { name: 'by-target', partition: 'listTarget', sort: 'listKey', copied: ['status', 'listClass'] },
  class: { name: 'by-class', partition: 'listClass', sort: 'listKey', copied: ['status'] },
  id: { name: 'by-id', partition: 'listId', sort: 'id', copied: [] },
} as const satisfies Record<string, { name: string; partition: string; sort: string; copied: readonly string[] }>;
export type ListIndex = (typeof LIST_INDEXES)[Exclude<keyof typeof LIST_INDEXES, 'id'>];

/** The one partition of the index by id. Ids end in a hash, so DynamoDB can split it anywhere. */
export const ALL_IDS = 'INCIDENT';

/** Counts the incidents. */
export const LAST_NUMBER: Key = { pk: 'NUMBER', sk: 'LAST' };

/** Names the incident of a number. */
export const numberKeyOf = (number: number): Key => ({ pk: 'NUMBER', sk: String(number) });

/** `<openedAt>#<id>`: the order of all lists. */
export function positionOf({ openedAt, id }: Pick<Incident, 'openedAt' | 'id'>): string {
  return `${new Date(openedAt).toISOString()}#${id}`;
}

/** `2026-11` of a position or an ISO 8601 instant. */
export function monthOf(position: string): string {
  return position.slice(0, 7);
}

export function repositoryPartition(repository: string): string {
  return `repository#${repository.toLowerCase()}`;
}

/** By ARN. Incidents that were written by earlier versions have the alarm's name instead: see `earlierAlarmPartition`. */
export function alarmPartition(alarmArn: string): string {
  return `alarm#${alarmArn}`;
}

/** Holds incidents of alarms of this name of all accounts and regions: who reads it compares the ARN in the record. */
export function earlierAlarmPartition(alarmName: string): string {
  return `alarm#${alarmName}`;
}

/** Of reports and alerts that name a service. */
export function servicePartition(service: string): string {
  return `service#${service}`;
}

/** The attributes of a new incident that the indexes need besides its own fields. */
export function listingKeysOf(incident: Incident): Item {
  const listKey = positionOf(incident);
  const { set } = listingChangeOf(incident);
  return { listKey, listMonth: monthOf(listKey), listId: ALL_IDS, ...set };
}

/** What a change of these fields changes in the indexes; `status` is an index key itself. Written with the fields, in one update. */
export function listingChangeOf({ target, classification }: Partial<Pick<Incident, 'target' | 'classification'>>): {
  readonly set: Item;
  readonly remove: readonly string[];
} {
  const keys = {
    ...(target === undefined ? {} : { listTarget: targetPartition(target) }),
    ...(classification === undefined ? {} : { listClass: classification?.class ?? null }),
  };
  const given = Object.entries(keys);
  return {
    set: Object.fromEntries(given.filter(([, value]) => value !== null)),
    remove: given.flatMap(([name, value]) => (value === null ? [name] : [])),
  };
}

/** Null for a storm, which has no single target. */
function targetPartition(target: TargetContext): string | null {
  switch (target.kind) {
    case 'run':
      return repositoryPartition(target.repository);
    case 'alarm':
      return alarmPartition(target.alarmArn);
    case 'alert':
      return target.service === null ? `alert#${target.connection}` : servicePartition(target.service);
    case 'report':
      return target.repository !== null
        ? repositoryPartition(target.repository)
        : target.service === null
          ? null
          : servicePartition(target.service);
    case 'storm':
      return null;
    default:
      return target satisfies never;
  }
}
