import type { Clock } from '@selfheal/kernel/time.ts';
import { type Item, type Table, ttlOf, type Update } from './dynamo-table.ts';

const DAY = 24 * 60 * 60 * 1000;

/**
 * The table with a TTL of `days` on every written item: DynamoDB deletes what nobody wrote to for that long. Only
 * limits storage; no decision relies on it, because DynamoDB deletes up to days late.
 */
export function retaining(table: Table, days: number, clock: Clock): Table {
  const expiry = () => ttlOf(new Date(clock.now().getTime() + days * DAY));
  const kept = <I extends Item>(item: I): I => ({ ...item, expiresAt: expiry() });
  const extended = <U extends Update>(update: U): U => ({
    ...update,
    update: /^SET /.test(update.update)
      ? update.update.replace(/^SET /, 'SET expiresAt = :expiresAt, ')
      : `SET expiresAt = :expiresAt ${update.update}`,
    values: { ...update.values, ':expiresAt': expiry() },
  });
  return {
    ...table,
    put: (item, condition) => table.put(kept(item), condition),
    putOnce: (item, condition) => table.putOnce(kept(item), condition),
    update: (key, update) => table.update(key, extended(update)),
    updateOnce: (key, update) => table.updateOnce(key, extended(update)),
  };
}
