import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { digestOf } from '@selfheal/kernel/digest.ts';
import { CorruptRecord } from '@selfheal/kernel/errors.ts';
import { present } from '@selfheal/kernel/present.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { Incident, Notification } from '#shared/domain/incident/incident.ts';
import type { AuditReader } from '#shared/ports/audit-reader.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { systemClock } from '../system/clock.ts';
import { carryingRequests, membersOf, type RequestCounter, requestsIn } from './carried-requests.ts';
import { dynamoActions } from './dynamo-incident-actions.ts';
import { dynamoApprovals } from './dynamo-incident-approvals.ts';
import { type CreatedIncidents, createdIncidents, dynamoAudit } from './dynamo-incident-audit.ts';
import { listingChangeOf, listingKeysOf } from './dynamo-incident-keys.ts';
import { takeNumbers } from './dynamo-incident-numbers.ts';
import { retaining } from './dynamo-retention.ts';
import {
  dynamoClient,
  type Item,
  type Key,
  openTable,
  type Table,
  type Update,
  withoutStorage,
} from './dynamo-table.ts';
import { callAws, parseRecord } from './errors.ts';
import { sharingLists } from './shared-reads.ts';

/** Deliveries remembered per incident, so that each counts once; later ones are no longer counted. */
const COUNTED_DELIVERIES = 500;
/** As the configuration's own defaults: for whoever has none at hand. */
export const DEFAULT_RETENTION: Configuration['retention'] = { incidentDays: 180, auditDays: 400 };
const keyOf = (id: string): Key => ({ pk: `INC#${id}`, sk: 'META' });
const Counted = z.record(z.string(), z.number());

type Incidents = Pick<
  IncidentStore,
  'create' | 'get' | 'update' | 'addOccurrence' | 'countRequests' | 'requestsOf' | 'listStalled'
>;
type IncidentUpdate = Parameters<IncidentStore['update']>;

/**
 * Incidents table: `INC#<id>` with `META`, `PLAN#<digest>`, `ROUND#<attempt>#<round>`, `ACTION#<digest>`, `APPROVAL#<digest>` and
 * `NOTIFICATION#<channel>#<key>` and the audit trail as `TRAIL#<sequence>` (in `AUDIT#<id>` where an earlier version opened it); whose number is whose
 * in `NUMBER`. The sparse index `open` holds open incidents by `updatedAt`; the
 * indexes for lists (`dynamo-incident-keys.ts`) hold every `META`.
 */
export function makeDynamoIncidentStore(options: {
  readonly table: string;
  /** Days after its last change that a record is kept. */
  readonly retention?: Configuration['retention'];
  readonly client?: DynamoDBDocumentClient;
  readonly clock?: Clock;
  /**
   * For one run of a step, which remembers the audit trail that it appends to, writes its requests to the code host with its records
   * (`carryingRequests`), and may read an incident and its lists together (`sharingLists`).
   */
  readonly ofOneRun?: { readonly sharesLists: boolean; readonly requests: RequestCounter };
}): IncidentStore & AuditReader {
  const { table: name, retention = DEFAULT_RETENTION, client = dynamoClient(), clock = systemClock } = options;
  const whole = openTable({ table: name, client });
  const { ofOneRun } = options;
  const kept = retaining(whole, retention.incidentDays, clock);
  const counting = ofOneRun === undefined ? kept : carryingRequests(kept, ofOneRun.requests);
  const table = ofOneRun?.sharesLists === true ? sharingLists(counting) : counting;
  const created = createdIncidents();
  return {
    ...incidentRecords(table, { whole, clock, created }),
    listStalled: listStalled(table, name, client),
    ...dynamoActions(table),
    ...notifications(table),
    ...dynamoApprovals(table),
    ...dynamoAudit(retaining(whole, retention.auditDays, clock), {
      created,
      ...(ofOneRun === undefined ? {} : { known: new Map(), lists: table }),
    }),
  };
}

function incidentRecords(
  table: Table,
  { whole, clock, created }: { readonly whole: Table; readonly clock: Clock; readonly created: CreatedIncidents },
): Omit<Incidents, 'listStalled'> {
  return {
    create: async (incident, { isNew } = { isNew: false }) => {
      // Signals that repeat one take no number.
      if (!isNew && (await table.get(keyOf(incident.id))) !== null) return 'exists';
      const [number] = await takeNumbers([incident.id], whole);
      const record = { ...keyOf(incident.id), ...Incident.parse({ ...incident, number }), ...listingKeysOf(incident) };
      const item = incident.status === 'open' ? { ...record, openPk: 'OPEN' } : record;
      if (!(await table.putOnce(item, { condition: 'attribute_not_exists(pk)' }))) return 'exists';
      created.add(incident.id);
      return 'created';
    },
    get: async (id) => {
      const item = await table.get(keyOf(id));
      return item && parseIncident(item, id);
    },
    update: async (id, change, options) => {
      const at = options?.at ?? clock.now();
      return (await table.updateOnce(keyOf(id), updateOf(change, at, options))) ? 'updated' : 'condition-failed';
    },
    countRequests: async (id, sent) => {
      await table.update(keyOf(id), {
        update: 'ADD counted :counted',
        condition: 'attribute_exists(githubRequests)',
        values: { ':counted': membersOf([sent]) },
      });
    },
    requestsOf: async (id) => {
      const items = await table.query(`INC#${id}`);
      // Of earlier versions: sums on the incident itself.
      const { githubRequests } = items.find(({ sk }) => sk === 'META') ?? {};
      if (githubRequests === undefined) return null;
      const sums = Counted.parse(githubRequests);
      for (const [step, count] of Object.entries(requestsIn(items))) {
        sums[step] = (sums[step] ?? 0) + count;
      }
      return sums;
    },
    addOccurrence: async (id, deliveryId, runAttempt, at) => {
      const delivery = digestOf(deliveryId, 16);
      await table.update(keyOf(id), {
        update: 'SET runAttempt = :runAttempt, restarts = :none',
        condition: 'attribute_exists(pk) AND runAttempt < :runAttempt',
        values: { ':runAttempt': runAttempt, ':none': 0 },
      });
      const counted = await table.update(keyOf(id), {
        update: 'SET lastSeenAt = :at ADD occurrences :one, deliveries :deliveries',
        condition:
          'attribute_exists(pk) AND (attribute_not_exists(deliveries) OR ' +
          '(NOT contains(deliveries, :delivery) AND size(deliveries) < :most))',
        values: {
          ':one': 1,
          ':at': at.toISOString(),
          ':deliveries': new Set([delivery]),
          ':delivery': delivery,
          ':most': COUNTED_DELIVERIES,
        },
      });
      if (counted) return;
      const item = await table.get(keyOf(id));
      if (!item) throw new CorruptRecord(`There is no incident ${id}.`);
      parseIncident(item, id);
    },
  };
}

function notifications(table: Table): Pick<IncidentStore, 'recordNotification' | 'listNotifications'> {
  return {
    recordNotification: async (notification) => {
      const record = Notification.parse(notification);
      const { incidentId, channel, key } = record;
      const place = { pk: `INC#${incidentId}`, sk: `NOTIFICATION#${channel}#${key}` };
      await table.put({ ...place, ...record }, { condition: 'attribute_not_exists(pk)' });
    },
    listNotifications: async (incidentId) => {
      const items = await table.query(`INC#${incidentId}`, { prefix: 'NOTIFICATION#' });
      return items.map((item) =>
        parseRecord(Notification, withoutStorage(item), `Notification ${String(item.sk)} of incident ${incidentId}`),
      );
    },
  };
}

/** Sets the fields that are given, keeps the indexes in step with them, and checks what the caller expects. */
function updateOf(
  change: IncidentUpdate[1],
  at: Date,
  { ifStatus, ifAttempt, ifRunAttempt, ifRevision }: Partial<NonNullable<IncidentUpdate[2]>> = {},
): Update & { condition: string } {
  const listing = listingChangeOf(change);
  const closes = change.status !== undefined && change.status !== 'open';
  const removed = [...(closes ? ['openPk'] : []), ...listing.remove];
  const fields: Item = {
    ...change,
    updatedAt: at.toISOString(),
    ...(change.status === 'open' ? { openPk: 'OPEN' } : {}),
    ...listing.set,
  };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const statuses = (ifStatus ?? []).map((status, index) => [`:status${index}`, status] as const);
  const conditions = ['attribute_exists(pk)'];
  if (ifStatus)
    conditions.push(
      statuses.length === 0
        ? 'attribute_not_exists(pk)'
        : `#ifStatus IN (${statuses.map(([name]) => name).join(', ')})`,
    );
  if (ifAttempt !== undefined) conditions.push('#ifAttempt = :ifAttempt');
  if (ifRunAttempt !== undefined) conditions.push('#ifRunAttempt = :ifRunAttempt');
  if (ifRevision === 0) conditions.push('attribute_not_exists(#ifAnnotations)');
  else if (ifRevision !== undefined) conditions.push('#ifAnnotations.revision = :ifRevision');
  const sets = given.map(([name]) => `#${name} = :${name}`).join(', ');
  return {
    update: `SET ${sets}${removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : ''}`,
    condition: conditions.join(' AND '),
    names: {
      ...Object.fromEntries(given.map(([name]) => [`#${name}`, name])),
      ...(statuses.length > 0 ? { '#ifStatus': 'status' } : {}),
      ...(ifAttempt === undefined ? {} : { '#ifAttempt': 'attempt' }),
      ...(ifRunAttempt === undefined ? {} : { '#ifRunAttempt': 'runAttempt' }),
      ...(ifRevision === undefined ? {} : { '#ifAnnotations': 'annotations' }),
    },
    values: {
      ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
      ...Object.fromEntries(statuses),
      ...(ifAttempt === undefined ? {} : { ':ifAttempt': ifAttempt }),
      ...(ifRunAttempt === undefined ? {} : { ':ifRunAttempt': ifRunAttempt }),
      ...(ifRevision ? { ':ifRevision': ifRevision } : {}),
    },
  };
}

/** The index lags behind and holds keys for certain, so each hit is read again and checked before it is believed. */
function listStalled(table: Table, name: string, client: DynamoDBDocumentClient): Incidents['listStalled'] {
  return async (before, limit, from = new Date(0)) => {
    const stalled: Incident[] = [];
    const corrupt: CorruptRecord[] = [];
    let start: Item | undefined;
    do {
      const page = await callAws('Listing stalled incidents', () =>
        client.send(stalledQuery(name, from, before, limit, start)),
      );
      for (const hit of page.Items ?? []) {
        const incident = await readHit(table, hit, corrupt);
        if (incident?.status !== 'open') continue;
        const { updatedAt } = incident;
        if (updatedAt >= from.toISOString() && updatedAt < before.toISOString()) stalled.push(incident);
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined && stalled.length < limit);
    // One broken record must not keep the others from being healed; alone, it is reported.
    if (stalled.length === 0 && corrupt[0]) throw corrupt[0];
    return stalled.slice(0, limit);
  };
}

async function readHit(table: Table, hit: Item, corrupt: CorruptRecord[]): Promise<Incident | null> {
  const item = await table.get({ pk: String(hit.pk), sk: String(hit.sk) });
  try {
    return item && parseIncident(item, String(hit.pk));
  } catch (error) {
    if (!(error instanceof CorruptRecord)) throw error;
    corrupt.push(error);
    return null;
  }
}

const stalledQuery = (name: string, from: Date, before: Date, limit: number, start: Item | undefined): QueryCommand =>
  new QueryCommand({
    TableName: name,
    IndexName: 'open',
    KeyConditionExpression: 'openPk = :open AND updatedAt BETWEEN :from AND :before',
    ExpressionAttributeValues: { ':open': 'OPEN', ':from': from.toISOString(), ':before': before.toISOString() },
    Limit: limit,
    ...present({ ExclusiveStartKey: start }),
  });

const parseIncident = (item: Item, id: string): Incident =>
  parseRecord(Incident, withoutStorage(item), `The record of incident ${id}`);
