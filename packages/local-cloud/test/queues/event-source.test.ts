import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Functions } from '../../src/functions/functions.ts';
import type { Authorizer } from '../../src/iam/authorizer.ts';
import { makeEventSources } from '../../src/queues/event-source.ts';
import { makeSqsApi } from '../../src/queues/sqs-api.ts';
import { makeQueueStore } from '../../src/storage/queue-store.ts';
import type { Deployment } from '../../src/template/deployment.ts';

const MAX_RECEIVE_COUNT = 2;
const VISIBILITY_SECONDS = 30;

function aStore(onDead: (id: string) => void = () => undefined) {
  const queue = (name: string, redrive: { queueName: string; maxReceiveCount: number } | null) => ({
    name,
    arn: `arn:${name}`,
    visibilitySeconds: VISIBILITY_SECONDS,
    delaySeconds: 0,
    redrive,
  });
  const queues = [queue('intake', { queueName: 'dead', maxReceiveCount: MAX_RECEIVE_COUNT }), queue('dead', null)];
  return makeQueueStore(new DatabaseSync(':memory:'), queues, (_queue, id) => onDead(id));
}

/** Feeds `intake` to a function that fails on every message. */
function aSource(queues: ReturnType<typeof aStore>, hiddenMs: number, onReceived: () => void = () => undefined) {
  const mapping = { EventSourceArn: 'arn:intake', FunctionName: 'reader', BatchSize: 10 };
  const reader = { arn: 'arn:reader', role: null, timeoutSeconds: 5, reservedConcurrency: null };
  const [source] = makeEventSources({
    deployment: { ofType: () => [{ id: 'Source', type: 'Mapping', properties: mapping }] } as unknown as Deployment,
    authorizer: { refusedFor: () => null } as unknown as Authorizer,
    functions: {
      find: () => reader,
      invoke: async () => {
        onReceived();
        return { ok: false };
      },
    } as unknown as Functions,
    queues,
    maxWorkersPerFunction: 1,
    timeScale: hiddenMs / (VISIBILITY_SECONDS * 1000),
  });
  if (source === undefined) throw new Error('There is no source.');
  return source;
}

describe('a message that turns visible', () => {
  let now = 1_000_000;
  /** Milliseconds that pass between one look at the clock and the next, as on a machine that does much else. */
  let passing = 0;
  beforeEach(() => {
    passing = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => {
      now += passing;
      return now;
    });
  });
  afterEach(() => void vi.restoreAllMocks());

  it('is named by its time also when that has come meanwhile', () => {
    const store = aStore();
    store.send('intake', 'late', {}, 1);
    expect(store.receive('intake', 1)).toEqual([]);
    const at = now + 1000;
    now = at + 5;
    expect(store.nextVisibleAt('intake')).toBe(at);
    expect(store.receive('intake', 1).map(({ body }) => body)).toEqual(['late']);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'reaches its function between two looks at the clock, and the dead letters in the end (hidden for %i ms)',
    async (hiddenMs) => {
      const dead = Promise.withResolvers<string>();
      const onReceived = vi.fn();
      const store = aStore(dead.resolve);
      const source = aSource(store, hiddenMs, onReceived);
      passing = 1;
      source.start();
      const id = store.send('intake', 'poison');
      expect(await dead.promise).toBe(id);
      expect(onReceived).toHaveBeenCalledTimes(MAX_RECEIVE_COUNT);
      await source.stop();
    },
  );

  it('is received when those before it in the queue all went to the dead letters', async () => {
    const dead: string[] = [];
    const store = aStore((id) => void dead.push(id));
    for (let index = 0; index < 10; index += 1) store.send('intake', 'poison');
    for (let round = 0; round < MAX_RECEIVE_COUNT; round += 1) store.receive('intake', 10, 0);
    store.send('intake', 'sound');
    const received = Promise.withResolvers<void>();
    const source = aSource(store, 1, received.resolve);
    source.start();
    await received.promise;
    expect(dead).toHaveLength(10);
    await source.stop();
  });

  it.each([1, 2, 3, 4, 5, 6])('ends the long wait of a receiver (hidden for %i ms)', async (hiddenMs) => {
    const store = aStore();
    const call = makeSqsApi(store, 'http://localhost', '123456789012');
    const { signal } = new AbortController();
    store.send('intake', 'late', {}, hiddenMs / 1000);
    passing = 1;
    const input = { QueueUrl: 'http://localhost/intake', MaxNumberOfMessages: 1, WaitTimeSeconds: 600 };
    const answer = await call('ReceiveMessage', input, signal);
    expect(answer).toMatchObject({ Messages: [{ Body: 'late' }] });
  });
});
