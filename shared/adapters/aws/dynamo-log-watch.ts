import { gunzipSync, gzipSync } from 'node:zlib';
import { digestOf as hashOf } from '@selfheal/kernel/digest.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import { CheckState } from '#shared/domain/health/health-check.ts';
import { WindowDigest } from '#shared/domain/log-watch/window-digest.ts';
import type { LogWatchStore, WatchedService } from '#shared/ports/log-watch-store.ts';
import { type Item, openTable, type TableOptions, ttlOf, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const KEPT_HOURS = 24;
const MINUTE = 60_000;
/** Functions' clocks differ, and a write may take so long: so much before the last position is read again. Repeats are counted once. */
const OVERLAP_MS = 2 * MINUTE;
/** DynamoDB takes 400 KB an item. */
const MAX_PACKED_LENGTH = 390_000;

const ServiceRecord = z.strictObject({ version: z.literal(1), lastSeen: z.iso.datetime() });
const Packed = z.strictObject({ version: z.literal(1), packed: z.string() });
const WatchRecord = Packed.extend({ position: z.string().nullable(), revision: z.number().int() });

const CheckRecord = z.strictObject({ version: z.literal(1), state: CheckState });
/** No service's name has a space. */
const checkKey = (target: string): string => `check ${hashOf(target, 24)}`;

const pack = (value: unknown): string => gzipSync(JSON.stringify(value)).toString('base64');
const unpack = (packed: string): unknown => JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString());

/**
 * Stats table: `LOGS`/`<service>`, that it sends lines; `LOGS#<service>`/`<arrival>#<batch>#<window>`, digests of a day; `LOGWATCH`/`<service>`, what
 * the watch knows; `LOGWATCH`/`check <hash>`, the health check of this address. Digests and states are compressed JSON.
 */
export function makeDynamoLogWatch(options: TableOptions): LogWatchStore {
  const table = openTable(options);
  /** When this process last wrote that a service sends lines. */
  const noted = new Map<string, number>();

  async function noteService(service: string, now: number): Promise<void> {
    if ((noted.get(service) ?? 0) > now - MINUTE) return;
    await table.put({ pk: 'LOGS', sk: service, version: 1, lastSeen: new Date(now).toISOString() });
    noted.set(service, now);
  }

  return {
    addDigests: async (digests, receivedAt) => {
      const now = receivedAt.getTime();
      const expiresAt = ttlOf(new Date(now + KEPT_HOURS * 60 * MINUTE));
      await Promise.all(
        digests.map(async (digest) => {
          const position = `${arrival(now)}#${digest.id}#${digest.window}`;
          const item = { pk: `LOGS#${digest.service}`, sk: position, version: 1, packed: pack(digest), expiresAt };
          await table.put(item);
        }),
      );
      await Promise.all([...new Set(digests.map(({ service }) => service))].map((one) => noteService(one, now)));
    },
    services: async () =>
      (await table.query('LOGS')).map((item): WatchedService => {
        const record = parseRecord(ServiceRecord, withoutStorage(item), `Service ${String(item.sk)}`);
        return { service: String(item.sk), lastSeen: record.lastSeen };
      }),
    digestsAfter: async (service, position) => {
      const from = position === null ? 0 : Number(position.split('#')[0]) - OVERLAP_MS;
      const items = await table.query(`LOGS#${service}`, { after: arrival(Math.max(0, from)) });
      return items.map((item) => ({ position: String(item.sk), digest: digestOf(item) }));
    },
    latestDigests: async (service, limit) => {
      const items = await table.query(`LOGS#${service}`, { newestFirst: true, limit });
      return items.toReversed().map((item) => ({ position: String(item.sk), digest: digestOf(item) }));
    },
    watch: async (service) => {
      const item = await table.get({ pk: 'LOGWATCH', sk: service });
      if (item === null) return null;
      const { packed, position, revision } = parseRecord(WatchRecord, withoutStorage(item), `Watch of ${service}`);
      return { state: unpack(packed), position, revision };
    },
    checkState: async (target) => {
      const item = await table.get({ pk: 'LOGWATCH', sk: checkKey(target) });
      if (item === null) return null;
      const { state } = parseRecord(CheckRecord, withoutStorage(item), `Health check ${target}`);
      return state;
    },
    keepCheckState: async (target, state) =>
      void (await table.put({ pk: 'LOGWATCH', sk: checkKey(target), version: 1, state })),
    keepWatch: async (service, { state, position }, revision) => {
      const packed = pack(state);
      if (packed.length > MAX_PACKED_LENGTH)
        throw new InvalidInput(
          `The watch of ${service} has ${packed.length} characters; a record takes ${MAX_PACKED_LENGTH}.`,
        );
      const item = { pk: 'LOGWATCH', sk: service, version: 1, packed, position, revision: (revision ?? 0) + 1 };
      return await table.putOnce(
        item,
        revision === null
          ? { condition: 'attribute_not_exists(pk)' }
          : { condition: 'revision = :revision', values: { ':revision': revision } },
      );
    },
  };
}

const arrival = (milliseconds: number): string => String(milliseconds).padStart(14, '0');

function digestOf(item: Item): WindowDigest {
  const what = `Digest ${String(item.pk)} ${String(item.sk)}`;
  const { packed } = parseRecord(Packed, withoutStorage(item), what);
  return parseRecord(WindowDigest, unpack(packed) as Item, what);
}
