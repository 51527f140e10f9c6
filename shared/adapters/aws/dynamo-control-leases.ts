import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { ControlStore, Lease } from '#shared/ports/control-store.ts';
import { type Key, type Table, ttlOf } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const LeaseRecord = z.object({ holder: z.string(), leaseId: z.string(), until: z.number() });
const keyOf = (targetKey: string): Key => ({ pk: `LEASE#${targetKey}`, sk: 'META' });

/** Leases with a fencing id: whoever lost a lease and comes back late no longer holds its id. `until` is in milliseconds. */
export function dynamoLeases(table: Table): Pick<ControlStore, 'acquireLease' | 'holdsLease' | 'releaseLease'> {
  const read = async (targetKey: string): Promise<z.infer<typeof LeaseRecord> | null> => {
    const item = await table.get(keyOf(targetKey));
    return item && parseRecord(LeaseRecord, item, `Lease of ${targetKey}`);
  };
  return {
    acquireLease: async (targetKey, holder, seconds, at) => {
      const until = at.getTime() + seconds * 1000;
      const leaseId = randomUUID();
      const item = { ...keyOf(targetKey), holder, leaseId, until, expiresAt: ttlOf(new Date(until)) };
      const acquired = await table.put(item, {
        condition: 'attribute_not_exists(pk) OR #until <= :now',
        names: { '#until': 'until' },
        values: { ':now': at.getTime() },
      });
      if (acquired) return leaseOf(leaseId, until);
      const current = await read(targetKey);
      return current?.holder === holder ? extend(table, targetKey, current.leaseId, until) : null;
    },
    holdsLease: async (targetKey, leaseId, at) => {
      const lease = await read(targetKey);
      return lease?.leaseId === leaseId && lease.until > at.getTime();
    },
    releaseLease: async (targetKey, leaseId) => {
      await table.remove(keyOf(targetKey), { condition: 'leaseId = :id', values: { ':id': leaseId } });
    },
  };
}

/** Null when the lease was lost between reading and extending it. */
async function extend(table: Table, targetKey: string, leaseId: string, until: number): Promise<Lease | null> {
  const extended = await table.update(keyOf(targetKey), {
    update: 'SET #until = :until, expiresAt = :expiresAt',
    condition: 'leaseId = :id',
    names: { '#until': 'until' },
    values: { ':until': until, ':expiresAt': ttlOf(new Date(until)), ':id': leaseId },
  });
  return extended && leaseOf(leaseId, until);
}

const leaseOf = (id: string, until: number): Lease => ({ id, expiresAt: new Date(until).toISOString() });
