import * as z from 'zod';
import { Signal } from '#shared/domain/incident/signal.ts';
import { digestOf } from '#shared/kernel/digest.ts';
import { Retryable } from '#shared/kernel/errors.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import type { Clock } from '#shared/ports/time.ts';
import { type Item, type Key, type Table, ttlOf } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Members of a minute that are told apart; the next ones all get the place after it. Keeps the item below 20 KB. */
const COUNTED_PER_MINUTE = 1000;
const RACES = 5;

const Delivery = z.object({ expiresAt: z.number() });
const Group = z.object({ incidentId: z.string() });
const Waiting = z.object({ signal: Signal, expiresAt: z.number() });
const Minute = z.object({ members: z.array(z.string()) });
/** A storm that lasts must not be told once and then never again. */
const LONGEST_STORM = 60 * 60 * 1000;

const Storm = z.object({ parentId: z.string() });
const stormKey = (scope: string): Key => ({ pk: `STORM#${scope}`, sk: 'META' });

type Intake = Pick<
  ControlStore,
  | 'isProcessed'
  | 'markProcessed'
  | 'claimGroup'
  | 'releaseGroup'
  | 'keepWaiting'
  | 'waiting'
  | 'dropWaiting'
  | 'countInMinute'
  | 'joinStorm'
>;

/** What keeps signals from being handled twice: deliveries, places, minutes and storms. */
export function dynamoIntake(table: Table, clock: Clock): Intake {
  return {
    ...deliveries(table, clock),
    ...groups(table),
    ...waitingReports(table, clock),
    countInMinute: (minute, incidentId, scope) => countInMinute(table, minute, incidentId, scope),
    joinStorm: async (candidateId, at, quietMinutes, scope) => {
      const key = stormKey(scope);
      const quietSince = at.getTime() - quietMinutes * 60_000;
      for (let race = 0; race < RACES; race++) {
        const joined = await joinRunning(table, key, at, quietSince);
        if (joined !== null) return { parentId: joined, started: joined === candidateId };
        if (await startStorm(table, key, candidateId, at, quietSince)) return { parentId: candidateId, started: true };
      }
      throw new Retryable('Joining a storm: others kept starting and ending it.');
    },
  };
}

function deliveries(table: Table, clock: Clock): Pick<Intake, 'isProcessed' | 'markProcessed'> {
  const keyOf = (deliveryId: string): Key => ({ pk: `DELIVERY#${deliveryId}`, sk: 'META' });
  return {
    isProcessed: async (deliveryId) => {
      const item = await table.get(keyOf(deliveryId));
      if (!item) return false;
      return parseRecord(Delivery, item, `Delivery ${deliveryId}`).expiresAt * 1000 > clock.now().getTime();
    },
    markProcessed: async (deliveryId, at) => {
      await table.put({ ...keyOf(deliveryId), expiresAt: ttlOf(new Date(at.getTime() + 7 * DAY)) });
    },
  };
}

/** A claim ends by itself after 14 days, so that a place whose incident never came to be is not lost for ever. */
function groups(table: Table): Pick<Intake, 'claimGroup' | 'releaseGroup'> {
  const keyOf = (intakeKey: string): Key => ({ pk: `GROUP#${intakeKey}`, sk: 'META' });
  return {
    claimGroup: async (intakeKey, incidentId, at) => {
      for (let race = 0; race < RACES; race++) {
        const item = { ...keyOf(intakeKey), incidentId, expiresAt: ttlOf(new Date(at.getTime() + 14 * DAY)) };
        const claimed = await table.put(item, {
          condition: 'attribute_not_exists(pk) OR incidentId = :id OR expiresAt <= :now',
          values: { ':id': incidentId, ':now': Math.floor(at.getTime() / 1000) },
        });
        if (claimed) return incidentId;
        const holder = await table.get(keyOf(intakeKey));
        if (holder) return parseRecord(Group, holder, `Group ${intakeKey}`).incidentId;
      }
      throw new Retryable('Claiming a group: others kept claiming and freeing it.');
    },
    releaseGroup: async (intakeKey, incidentId) => {
      await table.remove(keyOf(intakeKey), { condition: 'incidentId = :id', values: { ':id': incidentId } });
    },
  };
}

function waitingReports(table: Table, clock: Clock): Pick<Intake, 'keepWaiting' | 'waiting' | 'dropWaiting'> {
  const keyOf = (intakeKey: string): Key => ({ pk: `WAITING#${intakeKey}`, sk: 'META' });
  return {
    keepWaiting: async (intakeKey, signal, order, at) => {
      const expiresAt = ttlOf(new Date(at.getTime() + 14 * DAY));
      await table.put(
        { ...keyOf(intakeKey), signal: Signal.parse(signal), order, expiresAt },
        {
          condition: 'attribute_not_exists(pk) OR #order <= :order OR expiresAt <= :now',
          names: { '#order': 'order' },
          values: { ':order': order, ':now': Math.floor(at.getTime() / 1000) },
        },
      );
    },
    waiting: async (intakeKey) => {
      const item = await table.get(keyOf(intakeKey));
      if (!item) return null;
      const { signal, expiresAt } = parseRecord(Waiting, item, `The report waiting for ${intakeKey}`);
      return expiresAt * 1000 > clock.now().getTime() ? signal : null;
    },
    dropWaiting: async (intakeKey, order) => {
      const condition = { condition: '#order <= :order', names: { '#order': 'order' }, values: { ':order': order } };
      await table.remove(keyOf(intakeKey), condition);
    },
  };
}

async function countInMinute(table: Table, minute: string, incidentId: string, scope: string): Promise<number> {
  const key = { pk: `MINUTE#${scope}#${minute}`, sk: 'META' };
  const member = digestOf(incidentId, 12);
  const placeIn = (item: Item): number => {
    const { members } = parseRecord(Minute, item, `Minute ${minute}`);
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
      // A member may be counted again as long as its signal can come again.
      ':expiresAt': ttlOf(new Date(Date.parse(minute) + 15 * DAY)),
    },
  });
  const item = changed ?? (await table.get(key));
  return item ? placeIn(item) : COUNTED_PER_MINUTE + 1;
}

/** A storm that was started later than that is of a clock that has been set back since: its parent may have ended long ago. */
const soonestOf = (at: Date, quietSince: number): number => 2 * at.getTime() - quietSince;

async function joinRunning(table: Table, key: Key, at: Date, quietSince: number): Promise<string | null> {
  const storm = await table.update(key, {
    update: 'SET activeAt = :at',
    condition: 'attribute_exists(pk) AND activeAt > :quietSince AND startedAt BETWEEN :oldest AND :soonest',
    values: {
      ':at': at.getTime(),
      ':quietSince': quietSince,
      ':oldest': at.getTime() - LONGEST_STORM + 1,
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
        ':oldest': at.getTime() - LONGEST_STORM + 1,
        ':soonest': soonestOf(at, quietSince),
      },
    },
  );
