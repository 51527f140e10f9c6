import { gzipSync } from 'node:zlib';
import { Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { makeHandler } from '#functions/log-subscription/handler.ts';
import { makeMemoryLogWatch } from '#test/fakes/memory-log-watch.ts';

const NOW = new Date('2026-11-20T10:02:00.000Z');
/** Split, so that no scanner takes it for a real one. */
const SECRET = ['ghp', 'k3J9dLq0ZxV7bN2mW5sT8yR1uC4aE6fH0gP2'].join('_');

function aSubscription({
  now = () => NOW,
  fails = () => false,
}: {
  readonly now?: () => Date;
  readonly fails?: () => boolean;
} = {}) {
  const memory = makeMemoryLogWatch();
  const store = {
    ...memory,
    addDigests: async (...given: Parameters<typeof memory.addDigests>) => {
      if (fails()) throw new Retryable('The table does not answer.');
      await memory.addDigests(...given);
    },
  };
  const counted = new Map<string, number>();
  const warned: string[] = [];
  const handler = makeHandler({
    store,
    clock: { now, sleep: async () => {} },
    configuration: {
      logSubscriptions: [
        { logGroup: '/aws/lambda/checkout-api', service: 'checkout', stream: false },
        { logGroup: '/ecs/checkout', service: 'checkout', stream: true },
      ],
    },
    log: { info: () => {}, warn: (message: string) => void warned.push(message), error: () => {} },
    meter: {
      count: (name: string, value = 1) => void counted.set(name, (counted.get(name) ?? 0) + value),
    } as never,
  });
  return { handler, store, counted, warned };
}

/** As the CloudWatch Logs User Guide shows the event of a subscription filter. */
const event = (change: object = {}) => {
  const data = {
    owner: '123456789012',
    logGroup: '/aws/lambda/checkout-api',
    logStream: '2026/11/20/[42]6d1f0c9e',
    subscriptionFilters: ['all'],
    messageType: 'DATA_MESSAGE',
    logEvents: [
      { id: '3195310660696698337880902507980421114328961542429', timestamp: NOW.getTime() - 2_000, message: 'START\n' },
      {
        id: '3195310660696698337880902507980421114328961542430',
        timestamp: NOW.getTime() - 1_000,
        message: `{"level":"ERROR","message":"payment refused, token ${SECRET}"}\n`,
      },
      {
        id: '3195310660696698337880902507980421114328961542431',
        timestamp: NOW.getTime(),
        message: '10.0.0.1 - - "GET /orders HTTP/1.1" 502 12\n',
      },
    ],
    ...change,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } };
};

describe('the subscription of log groups', () => {
  it('counts the lines as the log of the configured service, without their secrets; a repeat once', async () => {
    const { handler, store, counted } = aSubscription();
    await handler(event());
    await handler(event());
    const digests = await store.latestDigests('checkout', 10);
    expect(digests.map(({ digest }) => [digest.lines, digest.levels.error, digest.failures])).toEqual([[3, 2, 1]]);
    expect(digests[0]?.digest.tail.map(({ at, level }) => [at, level])).toEqual([
      [NOW.getTime() - 2_000, 'info'],
      [NOW.getTime() - 1_000, 'error'],
      [NOW.getTime(), 'error'],
    ]);
    expect(JSON.stringify(digests)).toContain('payment refused, token [redacted');
    expect(JSON.stringify(digests)).not.toContain(SECRET);
    expect(counted.get('log-lines-received')).toBe(6);
  });

  it('counts several groups as one service', async () => {
    const { handler, store } = aSubscription();
    await handler(event());
    await handler(event({ logGroup: '/ecs/checkout' }));
    expect((await store.services()).map(({ service }) => service)).toEqual(['checkout']);
    expect(await store.latestDigests('checkout', 10)).toHaveLength(2);
  });

  it('keeps nothing of a control message', async () => {
    const { handler, store, counted } = aSubscription();
    await handler(event({ messageType: 'CONTROL_MESSAGE', logGroup: '', logStream: '' }));
    expect([await store.services(), counted.size]).toEqual([[], 0]);
  });

  it('drops, counts and names a group that is not configured', async () => {
    const { handler, store, counted, warned } = aSubscription();
    await handler(event({ logGroup: '/aws/lambda/other' }));
    expect([await store.services(), counted.get('log-lines-rejected')]).toEqual([[], 3]);
    expect(warned).toEqual(['A log group sent lines that is not in logSubscriptions; they are dropped.']);
  });

  it.each([
    ['an event of something else', { Records: [] }, /not one of a subscription filter/],
    ['what is not base64', { awslogs: { data: '%%%' } }, /not one of a subscription filter/],
    ['what is not gzip', { awslogs: { data: Buffer.from('{}').toString('base64') } }, /not gzip, is cut short/],
    ['what is cut short', { awslogs: { data: event().awslogs.data.slice(0, 40) } }, /not gzip, is cut short/],
    [
      'what unpacks to too much',
      { awslogs: { data: gzipSync(Buffer.alloc(40_000_000)).toString('base64') } },
      /has more than/,
    ],
    ['what is not JSON', { awslogs: { data: gzipSync('no JSON').toString('base64') } }, /it is not JSON/],
    ['another form', event({ logEvents: 'none' }), /logEvents/],
  ])('refuses %s', async (_, given, words) => {
    const { handler, store } = aSubscription();
    await expect(handler(given)).rejects.toThrow(words);
    expect(await store.services()).toEqual([]);
  });
});

describe('records of the stream', () => {
  const record = (
    sequenceNumber: string,
    data = event({ logGroup: '/ecs/checkout', logStream: sequenceNumber }).awslogs.data,
  ) => ({
    eventSource: 'aws:kinesis',
    kinesis: { sequenceNumber, data, partitionKey: 'a' },
  });
  const DONE = { batchItemFailures: [] };
  const from = (id: string) => ({ batchItemFailures: [{ itemIdentifier: id }] });

  it('are counted as the log of the configured service, each once however often it is delivered', async () => {
    const { handler, store } = aSubscription();
    const event = { Records: [record('1'), record('2')] };
    expect([await handler(event), await handler(event)]).toEqual([DONE, DONE]);
    const digests = await store.latestDigests('checkout', 10);
    expect(digests.map(({ digest }) => digest.lines)).toEqual([3, 3]);
    expect(JSON.stringify(digests)).not.toContain(SECRET);
  });

  it('are asked for again from the first one that could not be kept, and add up as if nothing had failed', async () => {
    let calls = 0;
    const { handler, store } = aSubscription({ fails: () => ++calls === 2 });
    const Records = [record('1'), record('2'), record('3')];
    expect(await handler({ Records })).toEqual(from('2'));
    expect(await handler({ Records: Records.slice(1) })).toEqual(DONE);
    expect(await store.latestDigests('checkout', 10)).toHaveLength(3);
  });

  it('do not wait behind one that CloudWatch Logs did not write', async () => {
    const { handler, store, counted, warned } = aSubscription();
    const foreign = Buffer.from('{"order":17}').toString('base64');
    expect(await handler({ Records: [record('1', foreign), record('2')] })).toEqual(DONE);
    expect(await store.latestDigests('checkout', 10)).toHaveLength(1);
    expect(counted.get('log-lines-rejected')).toBe(1);
    expect(warned).toEqual(['A record of the log stream is none of CloudWatch Logs; it is dropped.']);
  });

  it('go on in the next call before the time of this one is over', async () => {
    let minutes = 0;
    const now = () => new Date(NOW.getTime() + 60_000 * minutes++);
    const { handler } = aSubscription({ now });
    expect(await handler({ Records: [record('1'), record('2')] })).toEqual(from('2'));
  });
});
