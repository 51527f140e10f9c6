import { createHmac } from 'node:crypto';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { makeHandler } from '#functions/webhook/handler.ts';
import { makeWebhookSignatures } from '#shared/adapters/github/webhook-signature.ts';
import { MAX_WEBHOOK_BYTES } from '#shared/app/intake/ingest-webhook.ts';
import { WEBHOOK_SOURCES } from '#shared/plugins/sources/registry.ts';
import {
  fakeClock,
  fakeSecrets,
  makeMemoryCommandQueue,
  makeMemorySignalQueue,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';
import { makeMemoryChangeQueue } from '#test/fakes/memory-change-store.ts';
import { relay } from '../plugins/made-up/relay.ts';
import { aWorkflowRunBody } from '../plugins/sources/deliveries.ts';

const CURRENT = 'a-secret-for-tests';
const PREVIOUS = 'the-secret-before';

function setUp(stored: Record<string, unknown> = { current: CURRENT, previous: PREVIOUS }) {
  // As the reader of secrets gives it: texts, and anything else as JSON.
  const secret = Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
  const queue = makeMemorySignalQueue();
  const commands = makeMemoryCommandQueue();
  const meter = makeRecordingMeter();
  const deps = {
    sourceOf: async (id: string) => WEBHOOK_SOURCES.find((source) => source.id === id) ?? null,
    signatures: makeWebhookSignatures(),
    secrets: fakeSecrets({ 'github-webhook': secret, 'name-key': { key: 'k'.repeat(48) } }),
    queue,
    commands,
    changes: makeMemoryChangeQueue(),
    clock: fakeClock(),
    meter,
    log: makeRecordingLog(),
  };
  return { queue, commands, meter, deps, handle: makeHandler(deps) };
}

interface Sent {
  body?: string | Buffer;
  secret?: string | null;
  headers?: Record<string, string | undefined>;
  base64?: boolean;
  source?: string;
}

/** A delivery signed over its raw bytes, as the HTTP API hands it over. */
function delivery({
  body = JSON.stringify(aWorkflowRunBody()),
  secret = CURRENT,
  headers = {},
  base64 = false,
  source = 'github',
}: Sent = {}) {
  const bytes = Buffer.from(body);
  const signature = secret === null ? undefined : `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;
  const all = {
    'Content-Type': 'application/json',
    'X-GitHub-Event': 'workflow_run',
    'X-GitHub-Delivery': 'guid-1',
    'X-Hub-Signature-256': signature,
    ...headers,
  };
  return {
    body: base64 ? bytes.toString('base64') : bytes.toString('utf8'),
    isBase64Encoded: base64,
    headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >,
    pathParameters: { source },
  };
}

const answerOf = (answer: APIGatewayProxyStructuredResultV2) => ({
  status: answer.statusCode,
  body: JSON.parse(answer.body ?? ''),
});

describe('the webhook function', () => {
  it('answers 202 with the delivery id after the queue took the signal', async () => {
    const { handle, queue } = setUp();
    expect(answerOf(await handle(delivery()))).toEqual({ status: 202, body: { accepted: true, delivery: 'guid-1' } });
    expect(queue.sent).toMatchObject([{ deliveryId: 'guid-1', kind: 'run-failed', target: { runId: 9001 } }]);
  });

  it('verifies base64 bodies over their raw bytes, beyond ASCII too', async () => {
    const { handle, queue } = setUp();
    const body = JSON.stringify(aWorkflowRunBody({ run: { display_title: 'Größe 😀' } }), null, 2);
    expect((await handle(delivery({ body, base64: true }))).statusCode).toBe(202);
    expect(queue.sent[0]?.tainted.title).toBe('Build: Größe 😀');
  });

  it('[A68] takes the previous secret during a rotation, and no other', async () => {
    expect((await setUp().handle(delivery({ secret: PREVIOUS }))).statusCode).toBe(202);
    expect((await setUp({ current: CURRENT }).handle(delivery({ secret: PREVIOUS }))).statusCode).toBe(401);
  });

  it('keeps repositories with a secret of their own apart: that of one forges no event of another', async () => {
    const secret = {
      current: CURRENT,
      repositories: {
        'Acme/Shop': { current: 'of-the-shop', previous: 'of-the-shop-before' },
        'other/one': { current: 'of-the-other' },
        other: { current: 'of-the-owner' },
      },
    };
    const statusOf = async (repository: string, signed: string) => {
      const { handle, queue } = setUp(secret);
      const body = JSON.stringify(aWorkflowRunBody({ repository: { full_name: repository } }));
      const { statusCode } = await handle(delivery({ body, secret: signed }));
      expect(queue.sent).toHaveLength(statusCode === 202 ? 1 : 0);
      return statusCode;
    };
    expect(await statusOf('acme/shop', 'of-the-shop')).toBe(202);
    expect(await statusOf('ACME/shop', 'of-the-shop-before')).toBe(202);
    expect(await statusOf('other/one', 'of-the-shop')).toBe(401);
    expect(await statusOf('acme/shop', 'of-the-other')).toBe(401);
    expect(await statusOf('acme/website', 'of-the-shop')).toBe(401);
    expect(await statusOf('acme/shop', CURRENT)).toBe(401);
    expect(await statusOf('other/one', 'of-the-owner')).toBe(401);
    expect(await statusOf('other/two', 'of-the-owner')).toBe(202);
    expect(await statusOf('other/two', CURRENT)).toBe(401);
    expect(await statusOf('acme/website', CURRENT)).toBe(202);
  });

  it.each([
    ['is no object', { current: CURRENT, repositories: 'all' }],
    ['names no repository', { current: CURRENT, repositories: { 'a b': { current: 'x' } } }],
    ['has no current secret', { repositories: {} }],
  ])('answers 503 while the stored secret %s, and tells no part of it', async (_what, secret) => {
    const { handle, deps } = setUp(secret);
    expect((await handle(delivery())).statusCode).toBe(503);
    expect(JSON.stringify(deps.log)).not.toContain(CURRENT);
  });

  it.each<[string, Sent]>([
    ['a wrong signature', { secret: 'guessed' }],
    ['no signature', { secret: null }],
    ['the signature of an empty secret', { secret: '' }],
    ['a truncated signature', { headers: { 'X-Hub-Signature-256': 'sha256=00' } }],
    ['only the old SHA-1 signature', { secret: null, headers: { 'X-Hub-Signature': `sha1=${'0'.repeat(40)}` } }],
    ['a body that is not UTF-8', { body: Buffer.from([0xff, 0xfe, 0x7b]), base64: true }],
  ])('answers 401 to %s and stores nothing', async (_what, sent) => {
    const { handle, queue } = setUp({ current: CURRENT, previous: '' });
    expect((await handle(delivery(sent))).statusCode).toBe(401);
    expect(queue.sent).toEqual([]);
  });

  it('answers 401 to a body changed by one space', async () => {
    const { handle, queue } = setUp();
    const sent = delivery();
    expect((await handle({ ...sent, body: `${sent.body} ` })).statusCode).toBe(401);
    expect(queue.sent).toEqual([]);
  });

  it('answers 413 to a body over the cap before it looks at anything else', async () => {
    const { handle } = setUp();
    expect((await handle(delivery({ body: 'x'.repeat(MAX_WEBHOOK_BYTES + 1), secret: null }))).statusCode).toBe(413);
  });

  it.each<[number, string, Sent, string]>([
    [404, 'an unknown source', { source: 'gitlab' }, 'source'],
    [415, 'a form', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }, 'application/json'],
    [400, 'a missing delivery id', { headers: { 'X-GitHub-Delivery': undefined } }, 'x-github-delivery'],
    [400, 'a body that is not JSON', { body: '{"action":' }, 'JSON'],
    [400, 'a body nested too deeply', { body: `${'['.repeat(100_000)}${']'.repeat(100_000)}` }, 'nested'],
    [422, 'a body of another shape', { body: '{"action":"completed"}' }, 'workflow_run'],
    [422, 'JSON that is no object', { body: 'null' }, 'body'],
  ])('answers %i to %s and says what is wrong', async (status, _what, sent, words) => {
    const { handle, queue } = setUp();
    const answer = answerOf(await handle(delivery(sent)));
    expect(answer.status).toBe(status);
    expect(answer.body.error).toContain(words);
    expect(queue.sent).toEqual([]);
  });

  it('counts and accepts what is of no interest', async () => {
    const { handle, meter, queue } = setUp();
    const answer = await handle(delivery({ headers: { 'X-GitHub-Event': 'workflow_job' } }));
    expect(answerOf(answer)).toEqual({ status: 202, body: { ignored: 'event-workflow_job' } });
    expect(meter.counts).toEqual({ 'webhook-ignored-event-workflow_job': 1 });
    expect(queue.sent).toEqual([]);
  });

  it('[E56] answers 503 when the queue does not take the signal, so that the delivery counts as failed', async () => {
    const { deps } = setUp();
    const queue = { send: async () => Promise.reject(new Error('throttled')) };
    expect((await makeHandler({ ...deps, queue })(delivery())).statusCode).toBe(503);
  });

  it('answers 503, not 401, when the secret cannot be read', async () => {
    const { deps } = setUp();
    expect((await makeHandler({ ...deps, secrets: fakeSecrets() })(delivery())).statusCode).toBe(503);
  });

  it('drops keys that could change a prototype and repairs lone surrogates', async () => {
    const { handle, queue } = setUp();
    const body = JSON.stringify(aWorkflowRunBody({ run: { display_title: 'PLACEHOLDER' } }))
      .replace('"PLACEHOLDER"', '"\\ud800 title"')
      .replace('{', '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},');
    expect((await handle(delivery({ body }))).statusCode).toBe(202);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(queue.sent[0]?.tainted.title).toBe('Build: \ufffd title');
  });
});

describe('a source that is added', () => {
  const RELAY_SECRET = 'the-secret-of-the-relay';
  const report = {
    nr: '4711',
    what: 'Nightly build',
    commit: 'a'.repeat(40),
    run: 1001,
    at: '2026-11-21T12:00:00.000Z',
  };
  const send = async ({ body = report, kind = 'run-broke', secret = RELAY_SECRET, source = 'relay' } = {}) => {
    const rig = setUp({ current: CURRENT, sources: { relay: { current: RELAY_SECRET } } });
    const handle = makeHandler({
      ...rig.deps,
      sourceOf: async (id) => [...WEBHOOK_SOURCES, relay].find((one) => one.id === id) ?? null,
    });
    const text = JSON.stringify(body);
    const headers = {
      'Content-Type': 'application/json',
      'X-Relay-Kind': kind,
      'X-Relay-Proof': `v1:${createHmac('sha256', secret).update(text).digest('base64')}`,
    };
    const answer = await handle({ body: text, isBase64Encoded: false, headers, pathParameters: { source } });
    return { ...answerOf(answer), sent: rig.queue.sent };
  };

  it('enters by the same entry with its own delivery id, event name and signature', async () => {
    const { status, body, sent } = await send();
    expect({ status, body }).toEqual({ status: 202, body: { accepted: true, delivery: 'relay:4711' } });
    expect(sent).toMatchObject([{ deliveryId: 'relay:4711', source: 'relay', target: { runId: 1001 } }]);
    expect(await send({ kind: 'run-passed' })).toMatchObject({
      status: 202,
      body: { ignored: 'event-other' },
      sent: [],
    });
  });

  it('is refused without its delivery id, with the secret of another source, or in its name', async () => {
    expect(await send({ body: { ...report, nr: '' } })).toMatchObject({
      status: 400,
      body: { error: 'nr: the number of the report is missing' },
      sent: [],
    });
    expect(await send({ body: { ...report, nr: 'x'.repeat(200) } })).toMatchObject({ status: 400, sent: [] });
    expect(await send({ secret: CURRENT })).toMatchObject({ status: 401, sent: [] });
    expect(await send({ source: 'github' })).toMatchObject({ status: 401, sent: [] });
  });

  it('is refused as long as no secret of its own is stored', async () => {
    const rig = setUp();
    const handle = makeHandler({ ...rig.deps, sourceOf: async () => relay });
    const text = JSON.stringify(report);
    const headers = {
      'content-type': 'application/json',
      'x-relay-proof': `v1:${createHmac('sha256', CURRENT).update(text).digest('base64')}`,
    };
    const event = { body: text, isBase64Encoded: false, headers, pathParameters: { source: 'relay' } };
    expect(answerOf(await handle(event))).toMatchObject({ status: 401 });
  });
});
