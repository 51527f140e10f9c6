import { digestOf } from '@selfheal/kernel/digest.ts';
import { Retryable } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { Limits, PlaceWindow } from '#shared/ports/control-store.ts';
import { type Item, type Key, type Table, ttlOf } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Members of a minute that are stored; later ones all get the next position. Keeps the item below 20 KB. */
const COUNTED_PER_MINUTE = 1000;
/** Members of an hour that are stored; later ones get no place. Keeps the item below 100 KB. */
const COUNTED_PER_HOUR = 2000;
const RACES = 5;
/** A long storm must be reported again from time to time. */
const MAX_STORM_MS = 60 * 60 * 1000;

/** Of a minute or an hour. */
const Window = z.object({ version: z.literal(1), members: z.array(z.string()) });
const Storm = z.object({ version: z.literal(1), parentId: z.string() });
const stormKey = (scope: string): Key => ({ pk: `STORM#${scope}`, sk: 'META' });

/** Counts new incidents, and joins excess ones to a storm. */
export function dynamoStorms(table: Table): Pick<Limits, 'countInMinute' | 'takePlace' | 'joinStorm'> {
  return {
    countInMinute: (minute, incidentId, scope) => countInMinute(table, minute, incidentId, scope),
    takePlace: (incidentId, scope, window) => takePlace(table, incidentId, scope, window),
    joinStorm: async (candidateId, at, quietMinutes, scope) => {
      const key = stormKey(scope);
      const quietSince = at.getTime() - quietMinutes * 60_000;
      for (let race = 0; race < RACES; race++) {
        const joined = await joinRunning(table, key, at, quietSince);
        if (joined !== null) return { parentId: joined, started: joined === candidateId };
        if (await startStorm(table, key, candidateId, at, quietSince)) return { parentId: candidateId, started: true };
      }
      throw new Retryable('Could not join the storm: others kept starting and ending it.');
    },
  };
}

async function countInMinute(table: Table, minute: string, incidentId: string, scope: string): Promise<number> {
  const key = { pk: `MINUTE#${scope}#${minute}`, sk: 'META' };
  const member = digestOf(incidentId, 12);
  const placeIn = (item: Item): number => {
    const { members } = parseRecord(Window, item, `Minute ${minute}`);
    const place = members.indexOf(member) + 1;
    return place === 0 ? COUNTED_PER_MINUTE + 1 : place;
  };
  const changed = await table.update(key, {
    update: 'SET members = list_append(if_not_exists(members, :none), :one), expiresAt = :expiresAt',
    condition: 'attribute_not_exists(members) OR (NOT contains(members, :member) AND size(members) < :most)',
    values: {
      ':none': [],
      ':one': [member],
      ':member': member,
      ':most': COUNTED_PER_MINUTE,
      // A member is stored as long as its signal can be repeated.
      ':expiresAt': ttlOf(new Date(Date.parse(minute) + 15 * DAY)),
    },
  });
  const item = changed ?? (await table.get(key));
  return item ? placeIn(item) : COUNTED_PER_MINUTE + 1;
}

/**
 * One item an hour holds the list of the hour and one list a minute (`minute:<minute>`), so that one write takes both places. A minute's list
 * is full with `perMinute` members; whoever comes then is in neither list.
 */
async function takePlace(
  table: Table,
  incidentId: string,
  scope: string,
  { minute, hour, perMinute }: PlaceWindow,
): Promise<number | null> {
  const key = { pk: `HOUR#${scope}#${hour}`, sk: 'META' };
  const member = digestOf(incidentId, 12);
  const placeIn = (item: Item): number | null => {
    const { members } = parseRecord(Window, item, `Hour ${hour}`);
    const place = members.indexOf(member) + 1;
    return place === 0 ? null : place;
  };
  const changed = await table.update(key, {
    update:
      'SET members = list_append(if_not_exists(members, :none), :one), ' +
      '#minute = list_append(if_not_exists(#minute, :none), :one), expiresAt = :expiresAt',
    condition:
      '(attribute_not_exists(members) OR (NOT contains(members, :member) AND size(members) < :most)) AND ' +
      '((attribute_not_exists(#minute) AND :perMinute > :zero) OR size(#minute) < :perMinute)',
    names: { '#minute': `minute:${minute}` },
    values: {
      ':none': [],
      ':one': [member],
      ':member': member,
      ':most': COUNTED_PER_HOUR,
      ':perMinute': perMinute,
      ':zero': 0,
      // A member is stored as long as its signal can be repeated.
      ':expiresAt': ttlOf(new Date(Date.parse(minute) + 15 * DAY)),
    },
  });
  const item = changed ?? (await table.get(key));
  return item === null ? null : placeIn(item);
}

/**
 * A storm that started later than this is from a clock that has been set back since: its parent may have ended long
 * ago.
 */
const soonestOf = (at: Date, quietSince: number): number => 2 * at.getTime() - quietSince;

async function joinRunning(table: Table, key: Key, at: Date, quietSince: number): Promise<string | null> {
  const storm = await table.update(key, {
    update: 'SET activeAt = :at',
    condition: 'attribute_exists(pk) AND activeAt > :quietSince AND startedAt BETWEEN :oldest AND :soonest',
    values: {
      ':at': at.getTime(),
      ':quietSince': quietSince,
      ':oldest': at.getTime() - MAX_STORM_MS + 1,
      ':soonest': soonestOf(at, quietSince),
    },
  });
  return storm && parseRecord(Storm, storm, 'The record of the storm').parentId;
}

const startStorm = (table: Table, key: Key, parentId: string, at: Date, quietSince: number): Promise<boolean> =>
  table.put(
    { ...key, parentId, activeAt: at.getTime(), startedAt: at.getTime() },
    {
      condition: 'attribute_not_exists(pk) OR activeAt <= :quietSince OR NOT startedAt BETWEEN :oldest AND :soonest',
      values: {
        ':quietSince': quietSince,
        ':oldest': at.getTime() - MAX_STORM_MS + 1,
        ':soonest': soonestOf(at, quietSince),
      },
    },
  );
