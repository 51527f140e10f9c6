import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '@selfheal/kernel/time.ts';
import * as z from 'zod';
import {
  type ControlSettings,
  type ControlStore,
  type Deduplication,
  GatheredMessage,
  type GatheredMessages,
} from '#shared/ports/control-store.ts';
import { systemClock } from '../system/clock.ts';
import { dynamoLeases } from './dynamo-control-leases.ts';
import { dynamoLimits } from './dynamo-control-limits.ts';
import { dynamoIncidentLocks } from './dynamo-control-locks.ts';
import { dynamoStorms } from './dynamo-control-storms.ts';
import { dynamoClient, type Key, openTable, type Table, ttlOf, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const ControlsRecord = z.strictObject({
  version: z.literal(1),
  killSwitch: z.boolean(),
  reason: z.string().nullable(),
  /** Absent in records of earlier releases, and while it is off. */
  since: z.iso.datetime().optional(),
  by: z.string().optional(),
});
const CursorRecord = z.strictObject({ version: z.literal(1), value: z.string() });
/** The partition of the kill switch. */
export const CONTROLS_PARTITION = 'CONTROLS';
const CONTROLS = { pk: CONTROLS_PARTITION, sk: 'META' };

/** Control table: one item per limited thing. Expiry without an instant of its own is compared with `clock`. */
export function makeDynamoControlStore(options: {
  readonly table: string;
  readonly client?: DynamoDBDocumentClient;
  readonly readsTogether?: boolean;
  readonly clock?: Clock;
}): ControlStore {
  const { table: name, client = dynamoClient(), readsTogether = false, clock = systemClock } = options;
  const table = openTable({ table: name, client, readsTogether });
  return {
    ...dynamoDeduplication(table, clock),
    ...dynamoIncidentLocks(table, clock),
    ...dynamoLeases(table),
    ...dynamoLimits(table, clock),
    ...dynamoStorms(table),
    ...dynamoGathered(table),
    ...settings(table),
  };
}

const gatheredKey = ({ channel, about, incidentId, key }: GatheredMessage): Key => ({
  pk: 'GATHERED',
  sk: `${channel}#${about}#${incidentId}#${key}`,
});

function dynamoGathered(table: Table): GatheredMessages {
  return {
    keepGathered: async (message) => {
      await table.put({ ...gatheredKey(message), ...message });
    },
    gathered: async (limit) =>
      (await table.query('GATHERED', { limit })).map((item) =>
        parseRecord(GatheredMessage, withoutStorage(item), 'A gathered message'),
      ),
    dropGathered: async (message) => {
      await table.remove(gatheredKey(message), { condition: 'attribute_exists(pk)' });
    },
  };
}

function settings(table: Table): ControlSettings {
  return {
    controls: async () => {
      const item = await table.get(CONTROLS);
      if (!item) return { killSwitch: false, reason: null };
      const { version, ...controls } = parseRecord(ControlsRecord, withoutStorage(item), 'The record of the controls');
      return controls;
    },
    setControls: async (controls) => {
      await table.put({ ...CONTROLS, version: 1, ...controls });
    },
    liftKillSwitch: async (seen) =>
      table.putOnce(
        { ...CONTROLS, version: 1, killSwitch: false, reason: null },
        {
          condition: 'killSwitch = :killSwitch AND reason = :reason',
          values: { ':killSwitch': seen.killSwitch, ':reason': seen.reason },
        },
      ),
    cursor: async (name) => {
      const item = await table.get({ pk: `CURSOR#${name}`, sk: 'META' });
      return item && parseRecord(CursorRecord, withoutStorage(item), `Cursor ${name}`).value;
    },
    setCursor: async (name, value) => {
      await table.put({ pk: `CURSOR#${name}`, sk: 'META', version: 1, value });
    },
  };
}

const DAY = 24 * 60 * 60 * 1000;
const Delivery = z.object({ version: z.literal(1), expiresAt: z.number() });

/** Processed deliveries, each once. */
function dynamoDeduplication(table: Table, clock: Clock): Deduplication {
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
