import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WindowDigest } from '#shared/domain/log-watch/window-digest.ts';
import { lengthField, ProtobufReader, varintBytes } from '#shared/domain/log-watch/wire/protobuf.ts';
import { anIntake, NOW } from './log-intake-rig.ts';

const MIB = 1024 * 1024;
/** Split, so that no scanner takes it for a real one. */
const SECRET = ['ghp', 'k3J9dLq0ZxV7bN2mW5sT8yR1uC4aE6fH0gP2'].join('_');

interface Made {
  readonly text: string;
  readonly severity: number;
  readonly status: number | null;
}

/** The same records in both encodings, written after opentelemetry-proto. */
function inJson(service: string, records: readonly Made[]): string {
  const logRecords = records.map(({ text, severity, status }) => ({
    timeUnixNano: `${NOW.getTime()}000000`,
    severityNumber: severity,
    body: { stringValue: text },
    attributes: status === null ? [] : [{ key: 'http.response.status_code', value: { intValue: String(status) } }],
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  return JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'x' }, logRecords }] }] });
}

function inProtobuf(service: string, records: readonly Made[]): Buffer {
  const pair = (key: string, value: Buffer) => Buffer.concat([lengthField(1, key), lengthField(2, value)]);
  const time = Buffer.alloc(9, 9);
  time.writeBigUInt64LE(BigInt(NOW.getTime()) * 1_000_000n, 1);
  const logs = records.map(({ text, severity, status }) =>
    lengthField(
      2,
      Buffer.concat([
        time,
        Buffer.concat([Buffer.of(16), varintBytes(severity)]),
        lengthField(5, lengthField(1, text)),
        status === null
          ? Buffer.alloc(0)
          : lengthField(6, pair('http.response.status_code', Buffer.concat([Buffer.of(24), varintBytes(status)]))),
        // A field of tomorrow.
        lengthField(99, 'unknown'),
      ]),
    ),
  );
  const resource = lengthField(1, lengthField(1, pair('service.name', lengthField(1, service))));
  return lengthField(1, Buffer.concat([resource, lengthField(2, Buffer.concat(logs))]));
}

const aRecord = fc.record({
  text: fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }).filter((text) => text.trim() !== ''),
  severity: fc.integer({ min: 0, max: 24 }),
  status: fc.option(fc.integer({ min: 100, max: 599 })),
});
const withoutId = (digests: readonly WindowDigest[]) => digests.map(({ id: _id, ...digest }) => digest);

describe('POST /v1/logs', () => {
  it('reads the same from protobuf and JSON, plain or compressed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aRecord, { minLength: 1, maxLength: 10 }), async (records) => {
        const { send, kept } = await anIntake();
        const json = { 'content-type': 'application/json' };
        const bytes = inProtobuf('orders', records);
        expect((await send(inJson('orders', records), json)).status).toBe(200);
        const [wanted] = withoutId(kept.splice(0));
        for (const [body, encoding] of [
          [bytes, 'identity'],
          [gzipSync(bytes), 'gzip'],
          [deflateSync(bytes), 'deflate'],
        ] as const) {
          expect((await send(body, { 'content-encoding': encoding })).status).toBe(200);
          expect(withoutId(kept.splice(0))).toEqual([wanted]);
        }
        expect(wanted).toMatchObject({ service: 'orders', lines: records.length });
        expect(wanted?.requests).toBe(records.filter(({ status }) => status !== null).length);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps no secret, and one key is looked up once a minute', async () => {
    const { send, kept, lookups } = await anIntake();
    for (let times = 0; times < 3; times += 1)
      await send(inProtobuf('orders', [{ text: `token=${SECRET} rejected`, severity: 17, status: null }]));
    expect(JSON.stringify(kept)).not.toContain(SECRET);
    expect(kept[0]?.forms[0]?.samples[0]).toContain('[redacted:');
    // A repeat is the same digest under the same id.
    expect(new Set(kept.map(({ id }) => id)).size).toBe(1);
    expect(lookups()).toBe(1);
  });

  it('calls one service by one name, however it is spelled', async () => {
    const { send, kept } = await anIntake();
    for (const name of ['Orders API', 'orders-api', 'ORDERS_API'])
      await send(inProtobuf(name, [{ text: 'x', severity: 9, status: null }]));
    expect(new Set(kept.map(({ service }) => service))).toEqual(new Set(['orders-api']));
  });

  it.each([
    ['more than 4 MiB', () => Buffer.alloc(4 * MIB + 1), {}, 413, /send_batch_max_size/],
    [
      'more than 20 MiB unpacked',
      () => gzipSync(Buffer.alloc(20 * MIB + 1)),
      { 'content-encoding': 'gzip' },
      413,
      /lower send_batch_max_size/,
    ],
    ['what is no gzip', () => Buffer.from('xyz'), { 'content-encoding': 'gzip' }, 400, /not gzip/],
    ['an unknown encoding', () => Buffer.from('xyz'), { 'content-encoding': 'zstd' }, 415, /zstd is not understood/],
    [
      'text',
      () => Buffer.from('xyz'),
      { 'content-type': 'text/plain' },
      415,
      /application\/x-protobuf or application\/json/,
    ],
    [
      'JSON of something else',
      () => Buffer.from('{"a":1}'),
      { 'content-type': 'application/json' },
      400,
      /resourceLogs/,
    ],
    ['no JSON', () => Buffer.from('{'), { 'content-type': 'application/json' }, 400, /not JSON/],
    [
      'compressed JSON',
      () => Buffer.from('x'),
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      415,
      /does not pass API Gateway/,
    ],
    ['a wrong key', () => Buffer.alloc(0), { authorization: 'Bearer sh_wrong' }, 401, /not valid/],
    ['no key', () => Buffer.alloc(0), { authorization: '' }, 401, /Send an API key/],
  ])('refuses %s', async (_name, body, headers, status, words) => {
    const { send, kept } = await anIntake();
    const answer = await send(body(), headers as Record<string, string>);
    expect([answer.status, answer.body.toString('utf8')]).toEqual([status, expect.stringMatching(words)]);
    expect(kept).toEqual([]);
  });

  it('refuses every message that is cut short, or counts what is whole of it, and never fails', async () => {
    const { send } = await anIntake();
    const bytes = inProtobuf('orders', [{ text: 'one', severity: 17, status: 503 }]);
    for (let length = 1; length < bytes.length; length += 1)
      expect([200, 400]).toContain((await send(bytes.subarray(0, length))).status);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (noise) => {
        expect([200, 400]).toContain((await send(Buffer.from(noise))).status);
      }),
    );
  });

  it('says how many records it rejected, when one sender names a service for each line', async () => {
    const { send } = await anIntake();
    const many = Buffer.concat(
      Array.from({ length: 60 }, (_, at) => inProtobuf(`s${at}`, [{ text: 'x', severity: 9, status: null }])),
    );
    const { status, body } = await send(many);
    const answer = new ProtobufReader(body);
    expect([status, answer.next(), answer.field]).toEqual([200, true, 1]);
    const partial = answer.message();
    expect([partial.next(), partial.field, partial.bits()]).toEqual([true, 1, 10n]);
  });

  it('lets no viewer send', async () => {
    const { send } = await anIntake(['viewer']);
    expect((await send(Buffer.alloc(0))).status).toBe(403);
  });
});

describe('POST /services/collector', () => {
  it('[D247] takes events one after another, and lines as they are', async () => {
    const { send, kept, text } = await anIntake();
    const headers = { authorization: `Splunk ${text}`, 'content-type': 'application/json' };
    const events =
      '{"time":1795000000.5,"event":"paid }{ \\" ","source":"tills"}{"event":{"message":"failed","level":"error","status":502},"fields":{"service":"pay"}}\n';
    expect((await send(events, headers, '/services/collector/event')).body.toString()).toBe(
      '{"text":"Success","code":0}',
    );
    expect(kept.flatMap(({ tail }) => tail.map(({ attributes }) => attributes))).toEqual([
      { source: 'tills' },
      { status: '502' },
    ]);
    expect(kept.map(({ service, levels, failures }) => [service, levels.error, failures])).toEqual([
      ['tills', 0, 0],
      ['pay', 1, 1],
    ]);
    kept.length = 0;
    expect((await send('one\n\ntwo\n', headers, '/services/collector/raw')).status).toBe(200);
    expect(kept[0]?.lines).toBe(2);
    expect((await send('{"event":"x"} and', headers, '/services/collector')).status).toBe(400);
    expect((await send('{"time":1}', headers, '/services/collector')).status).toBe(400);
    expect((await send('', { authorization: '' }, '/services/collector/health')).status).toBe(200);
  });
});
