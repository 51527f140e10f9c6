import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Lease, type Leases, leaseBegins } from '#shared/ports/control-store.ts';
import { type Key, type Table, ttlOf } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

/** `from` is missing in older records. */
const LeaseRecord = z.object({
  version: z.literal(1),
  holder: z.string(),
  leaseId: z.string(),
  from: z.number(),
  until: z.number(),
});
const keyOf = (targetKey: string): Key => ({ pk: `LEASE#${targetKey}`, sk: 'META' });

/**
 * Leases with a fencing id: a holder that lost its lease and comes back late no longer has its id. `from` and `until`
 * are in milliseconds.
 */
export function dynamoLeases(table: Table): Leases {
  const read = async (targetKey: string): Promise<z.infer<typeof LeaseRecord> | null> => {
    const item = await table.get(keyOf(targetKey));
    return item && parseRecord(LeaseRecord, item, `Lease of ${targetKey}`);
  };
  return {
    acquireLease: async (targetKey, holder, seconds, at) => {
      const [from, until] = [leaseBegins(at, seconds), at.getTime() + seconds * 1000];
      const leaseId = randomUUID();
      const item = { ...keyOf(targetKey), holder, leaseId, from, until, expiresAt: ttlOf(new Date(until)) };
      const acquired = await table.put(item, {
        condition: 'attribute_not_exists(pk) OR #until <= :now OR #from > :now',
        names: { '#until': 'until', '#from': 'from' },
        values: { ':now': at.getTime() },
      });
      if (acquired) return leaseOf(leaseId, until);
      const current = await read(targetKey);
      return current?.holder === holder ? extend(table, targetKey, current.leaseId, { from, until }) : null;
    },
    holdsLease: async (targetKey, leaseId, at) => {
      const lease = await read(targetKey);
      return lease?.leaseId === leaseId && lease.until > at.getTime() && lease.from <= at.getTime();
    },
    releaseHeldBy: async (targetKey, holder) => {
      await table.remove(keyOf(targetKey), {
        condition: '#holder = :holder',
        names: { '#holder': 'holder' },
        values: { ':holder': holder },
      });
    },
    releaseLease: async (targetKey, leaseId) => {
      await table.remove(keyOf(targetKey), { condition: 'leaseId = :id', values: { ':id': leaseId } });
    },
  };
}

/** Null when the lease was lost between reading and extending it. */
async function extend(
  table: Table,
  targetKey: string,
  leaseId: string,
  { from, until }: { from: number; until: number },
): Promise<Lease | null> {
  const extended = await table.update(keyOf(targetKey), {
    update: 'SET #from = :from, #until = :until, expiresAt = :expiresAt',
    condition: 'leaseId = :id',
    names: { '#from': 'from', '#until': 'until' },
    values: { ':from': from, ':until': until, ':expiresAt': ttlOf(new Date(until)), ':id': leaseId },
  });
  return extended && leaseOf(leaseId, until);
}

const leaseOf = (id: string, until: number): Lease => ({ id, expiresAt: new Date(until).toISOString() });
