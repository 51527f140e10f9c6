import { randomUUID } from 'node:crypto';
import type { Item, Key, Table } from './dynamo-table.ts';

/** Counts requests that a function sends to the code host, until they are stored. */
export interface RequestCounter {
  /** The function that sends them. */
  readonly step: string;
  /** The requests since the last call. */
  take(): number;
  /** Counts requests that were taken, and then not stored. */
  giveBack(requests: number): void;
}

/** Records of an incident that are written after what was done for them. */
const CARRIERS = ['ROUND#', 'ACTION#', 'NOTIFICATION#'];
const carries = ({ pk, sk }: Key): boolean =>
  pk.startsWith('INC#') && CARRIERS.some((carrier) => sk.startsWith(carrier));

/** One member of `counted`; two alike are told apart, and one that is sent twice counts once. */
const memberOf = (step: string, requests: number): string => `${step} ${requests} ${randomUUID()}`;
const MEMBER = /^(\S+) (\d+) /;

/**
 * The same table for one run of a step: a plan, an action or a notification that is written takes the requests along that were sent until then, in
 * its set `counted`, so that they need no write of their own. What is not written with a record stays with the counter.
 */
export function carryingRequests(table: Table, { step, take, giveBack }: RequestCounter): Table {
  const carry = async <T extends boolean | Item | null>(
    key: Key,
    write: (counted: Set<string> | null) => Promise<T>,
  ): Promise<T> => {
    const requests = carries(key) ? take() : 0;
    let written = false;
    try {
      const answer = await write(requests === 0 ? null : new Set([memberOf(step, requests)]));
      written = answer !== null && answer !== false;
      return answer;
    } finally {
      if (!written && requests > 0) giveBack(requests);
    }
  };
  return {
    ...table,
    put: (item, condition) =>
      carry(item, (counted) => table.put(counted === null ? item : { ...item, counted }, condition)),
    putOnce: (item, condition) =>
      carry(item, (counted) => table.putOnce(counted === null ? item : { ...item, counted }, condition)),
    update: (key, update) =>
      carry(key, (counted) => {
        if (counted === null) return table.update(key, update);
        const values = { ...update.values, ':counted': counted };
        return table.update(key, { ...update, update: `${update.update} ADD counted :counted`, values });
      }),
  };
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
