import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ControlStore } from '#shared/ports/control-store.ts';
import type { Clock } from '#shared/ports/time.ts';
import { systemClock } from '../system/clock.ts';
import { dynamoClient } from './dynamo-client.ts';
import { dynamoIntake } from './dynamo-control-intake.ts';
import { dynamoLeases } from './dynamo-control-leases.ts';
import { dynamoLimits } from './dynamo-control-limits.ts';
import { openTable, type Table, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const ControlsRecord = z.strictObject({
  version: z.literal(1),
  killSwitch: z.boolean(),
  reason: z.string().nullable(),
});
const CursorRecord = z.strictObject({ version: z.literal(1), value: z.string() });
const CONTROLS = { pk: 'CONTROLS', sk: 'META' };

/** Control table: one item per thing that is bounded. Expiry without an instant of its own is compared with `clock`. */
export function makeDynamoControlStore(options: {
  readonly table: string;
  readonly client?: DynamoDBDocumentClient;
  readonly clock?: Clock;
}): ControlStore {
  const { table: name, client = dynamoClient(), clock = systemClock } = options;
  const table = openTable({ table: name, client });
  return { ...dynamoIntake(table, clock), ...dynamoLeases(table), ...dynamoLimits(table, clock), ...settings(table) };
}

function settings(table: Table): Pick<ControlStore, 'controls' | 'setControls' | 'cursor' | 'setCursor'> {
  return {
    controls: async () => {
      const item = await table.get(CONTROLS);
      if (!item) return { killSwitch: false, reason: null };
      const { version, ...controls } = parseRecord(ControlsRecord, withoutStorage(item), 'The record of the controls');
      return controls;
    },
    setControls: async ({ killSwitch, reason }) => {
      await table.put({ ...CONTROLS, version: 1, killSwitch, reason });
    },
    cursor: async (name) => {
      const item = await table.get({ pk: `CURSOR#${name}`, sk: 'META' });
      return item && parseRecord(CursorRecord, withoutStorage(item), `Cursor ${name}`).value;
    },
    setCursor: async (name, value) => {
      await table.put({ pk: `CURSOR#${name}`, sk: 'META', version: 1, value });
    },
  };
}
