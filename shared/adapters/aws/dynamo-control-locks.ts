import { Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import * as z from 'zod';
import { Signal } from '#shared/domain/incident/signal.ts';
import type { IncidentLocks } from '#shared/ports/control-store.ts';
import { type Key, type Table, ttlOf } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const DAY = 24 * 60 * 60 * 1000;
const RACES = 5;
const Group = z.object({ version: z.literal(1), incidentId: z.string() });
const Waiting = z.object({ version: z.literal(1), signal: Signal, expiresAt: z.number() });

/** Locks of intake keys, and the signal that waits for each. */
export function dynamoIncidentLocks(table: Table, clock: Clock): IncidentLocks {
  return { ...groups(table), ...waitingReports(table, clock) };
}

/** A lock expires after 14 days, so that an incident that was never created does not block its intake key for ever. */
function groups(table: Table): Pick<IncidentLocks, 'claimGroup' | 'groupHolder' | 'releaseGroup'> {
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
      throw new Retryable(`Could not lock incident group ${intakeKey} after ${RACES} attempts.`);
    },
    groupHolder: async (intakeKey) => {
      const holder = await table.get(keyOf(intakeKey));
      return holder && parseRecord(Group, holder, `Group ${intakeKey}`).incidentId;
    },
    releaseGroup: async (intakeKey, incidentId) => {
      await table.remove(keyOf(intakeKey), { condition: 'incidentId = :id', values: { ':id': incidentId } });
    },
  };
}

function waitingReports(table: Table, clock: Clock): Pick<IncidentLocks, 'keepWaiting' | 'waiting' | 'dropWaiting'> {
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
