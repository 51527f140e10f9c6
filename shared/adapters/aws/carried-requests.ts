import type { SentRequests } from '#shared/domain/workflow/steps.ts';
import type { Item, Key, Table, Update } from './dynamo-table.ts';

/** Counts requests to the code host, those that the step before left to this one included, until they are stored. */
export interface RequestCounter {
  /** The requests since the last call. */
  take(): readonly SentRequests[];
  /** Counts requests that were taken, and then not stored. */
  giveBack(sent: readonly SentRequests[]): void;
}

/** Records of an incident that are written after what was done for them. */
const CARRIERS = ['ROUND#', 'ACTION#', 'NOTIFICATION#'];
const carries = ({ pk, sk }: Key): boolean =>
  pk.startsWith('INC#') && CARRIERS.some((carrier) => sk.startsWith(carrier));
const isIncident = ({ pk, sk }: Key): boolean => pk.startsWith('INC#') && sk === 'META';

/** Members of `counted`; two alike are told apart, and one that is sent twice counts once. */
export const membersOf = (sent: readonly SentRequests[]): Set<string> =>
  new Set(sent.map(({ step, requests, id }) => `${step} ${requests} ${id}`));
const MEMBER = /^(\S+) (\d+) /;

/**
 * The same table for one run of a step: a plan, an action or a notification that is written, or a change of the incident, takes the requests along that
 * were sent until then, in its set `counted`, so that they need no write of their own. What is not written with a record stays with the counter.
 */
export function carryingRequests(table: Table, { take, giveBack }: RequestCounter): Table {
  const carry = async <T extends boolean | Item | null>(
    isCarrier: (key: Key) => boolean,
    key: Key,
    write: (counted: Set<string> | null) => Promise<T>,
  ): Promise<T> => {
    const requests = isCarrier(key) ? take() : [];
    let written = false;
    try {
      const answer = await write(requests.length === 0 ? null : membersOf(requests));
      written = answer !== null && answer !== false;
      return answer;
    } finally {
      if (!written && requests.length > 0) giveBack(requests);
    }
  };
  return {
    ...table,
    put: (item, condition) =>
      carry(carries, item, (counted) => table.put(counted === null ? item : { ...item, counted }, condition)),
    putOnce: (item, condition) =>
      carry(carries, item, (counted) => table.putOnce(counted === null ? item : { ...item, counted }, condition)),
    update: (key, update) => carry(carries, key, (counted) => table.update(key, withCounted(update, counted))),
    updateOnce: (key, update) =>
      carry(isIncident, key, (counted) => table.updateOnce(key, withCounted(update, counted))),
  };
}

function withCounted<U extends Update>(update: U, counted: Set<string> | null): U {
  if (counted === null) return update;
  const values = { ...update.values, ':counted': counted };
  return { ...update, update: `${update.update} ADD counted :counted`, values };
}

/** The requests that these records carry, by function. */
export function requestsIn(items: readonly Item[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { counted } of items) {
    for (const member of counted instanceof Set ? counted : []) {
      const [, step, requests] = MEMBER.exec(String(member)) ?? [];
      if (step !== undefined) sums[step] = (sums[step] ?? 0) + Number(requests);
    }
  }
  return sums;
}
