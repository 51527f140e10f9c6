import { Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import * as z from 'zod';
import type { Limits } from '#shared/ports/control-store.ts';
import { type Key, type Table, ttlOf } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const FAILURE_DAYS = 30;
const RACES = 5;
const Total = z.object({ version: z.literal(1), total: z.number(), until: z.number() });
const Limit = z.object({ version: z.literal(1), until: z.number() });
const Failure = z.object({ version: z.literal(1), at: z.number() });

type Counted = Omit<Limits, 'countInMinute' | 'takePlace' | 'joinStorm'>;

/** Rate limits, budgets and the failures that circuit breakers count. `until` is in milliseconds. */
export function dynamoLimits(table: Table, clock: Clock): Counted {
  return {
    takeFromLimit: (scope, window, key, limit, expiresAt) =>
      takeFromLimit(table, clock, { pk: `LIMIT#${scope}#${window}`, sk: 'META' }, { key, limit, expiresAt }),
    addTo: (scope, amount, expiresAt) => addTo(table, clock, { pk: `TOTAL#${scope}`, sk: 'META' }, amount, expiresAt),
    total: async (scope) => {
      const item = await table.get({ pk: `TOTAL#${scope}`, sk: 'META' });
      if (!item) return 0;
      const { total, until } = parseRecord(Total, item, `Total of ${scope}`);
      return until > clock.now().getTime() ? total : 0;
    },
    failuresBetween: async (scope, from, until) => {
      const items = await table.query(`FAILURES#${scope}`);
      const times = items.map((item) => parseRecord(Failure, item, `Failure of ${scope}`).at);
      return times.filter((at) => at >= from.getTime() && at <= until.getTime()).length;
    },
    addFailure: async (scope, key, at) => {
      const expiresAt = ttlOf(new Date(at.getTime() + FAILURE_DAYS * 24 * 60 * 60 * 1000));
      await table.put(
        { pk: `FAILURES#${scope}`, sk: key, at: at.getTime(), expiresAt },
        { condition: 'attribute_not_exists(pk)' },
      );
    },
  };
}

/** The item contains the set of takers; its size is the usage, so a repeated taker uses nothing more. */
async function takeFromLimit(
  table: Table,
  clock: Clock,
  at: Key,
  { key, limit, expiresAt }: { key: string; limit: number; expiresAt: Date },
): Promise<boolean> {
  if (limit <= 0) return false;
  const now = clock.now().getTime();
  const until = expiresAt.getTime();
  for (let race = 0; race < RACES; race++) {
    const taken = await table.update(at, {
      update: 'SET #until = :until, expiresAt = :expiresAt ADD takers :takers',
      condition: 'attribute_not_exists(pk) OR (#until > :now AND (contains(takers, :key) OR size(takers) < :limit))',
      names: { '#until': 'until' },
      values: {
        ':until': until,
        ':expiresAt': ttlOf(expiresAt),
        ':takers': new Set([key]),
        ':now': now,
        ':key': key,
        ':limit': limit,
      },
    });
    if (taken) return true;
    const found = await table.get(at);
    if (found && parseRecord(Limit, found, `Limit ${at.pk}`).until > now) return false;
    const fresh = { ...at, takers: new Set([key]), until, expiresAt: ttlOf(expiresAt) };
    if (await replaceExpired(table, fresh, now)) return true;
  }
  throw new Retryable(`Could not take from limit ${at.pk}: others kept replacing its window.`);
}

/** Not idempotent: after a lost answer an amount may count twice, but never not at all. */
async function addTo(table: Table, clock: Clock, at: Key, amount: number, expiresAt: Date): Promise<number> {
  const now = clock.now().getTime();
  const until = expiresAt.getTime();
  for (let race = 0; race < RACES; race++) {
    const added = await table.update(at, {
      update: 'SET #until = :until, expiresAt = :expiresAt ADD #total :amount',
      condition: 'attribute_not_exists(pk) OR #until > :now',
      names: { '#until': 'until', '#total': 'total' },
      values: { ':until': until, ':expiresAt': ttlOf(expiresAt), ':amount': amount, ':now': now },
    });
    if (added) return parseRecord(Total, added, `Total ${at.pk}`).total;
    const fresh = { ...at, total: amount, until, expiresAt: ttlOf(expiresAt) };
    if (await replaceExpired(table, fresh, now)) return amount;
  }
  throw new Retryable(`Could not add to counter ${at.pk}: others kept replacing its window.`);
}

/** TTL deletes up to days late, so an expired item is replaced by the first caller that finds it. */
const replaceExpired = (table: Table, fresh: Key & Record<string, unknown>, now: number): Promise<boolean> =>
  table.put(fresh, {
    condition: 'attribute_exists(pk) AND #until <= :now',
    names: { '#until': 'until' },
    values: { ':now': now },
  });
