import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { makeHandler } from '#functions/webhook/handler.ts';
import { makeWebhookSignatures } from '#shared/adapters/github/webhook-signature.ts';
import { parseBoundedJson } from '#shared/app/intake/ingest-json.ts';
import { ChangeMessage } from '#shared/domain/changes/change-message.ts';
import { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import { Signal } from '#shared/domain/incident/signal.ts';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import { translateWebhook } from '#shared/plugins/sources/contract.ts';
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
import { type Delivery, delivery, GITHUB_SAMPLES, hostileText, SECRETS } from './payloads/deliveries.ts';
import { mutatedJson } from './payloads/json-mutations.ts';
import { fuzzOptions } from './seed.ts';

const STATUSES = [202, 400, 401, 404, 413, 415, 422, 503];
/** Keys that a parsed body must not have anywhere. */
const DANGEROUS = ['__proto__', 'constructor', 'prototype'];
const NOW = new Date('2026-11-21T12:00:00.000Z');

function setUp() {
  const queue = makeMemorySignalQueue();
  const commands = makeMemoryCommandQueue();
  const changes = makeMemoryChangeQueue();
  const meter = makeRecordingMeter();
  const handle = makeHandler({
    sourceOf: async (id: string) => WEBHOOK_SOURCES.find((source) => source.id === id) ?? null,
    signatures: makeWebhookSignatures(),
    secrets: fakeSecrets({ 'github-webhook': SECRETS, 'name-key': { key: 'k'.repeat(48) } }),
    queue,
    commands,
    changes,
    clock: fakeClock(),
    meter,
    log: makeRecordingLog(),
  });
  return { meter, handle, messages: () => [...queue.sent, ...commands.sent, ...changes.sent] };
}

const signedRight = ({ signing }: Delivery) => signing === 'current' || signing === 'previous';
const headerOf = ({ event }: Delivery, wanted: string) =>
  Object.entries(event.headers).find(([name]) => name.toLowerCase() === wanted)?.[1];

/** Events about what was changed, and the checks of other tools. */
const CHANGES = new Set(['push', 'release', 'deployment', 'deployment_status', 'check_run']);

/** Says what is wanted: the end of a run, a command in a new comment, or a change. */
function isWanted(sent: Delivery): boolean {
  const event = headerOf(sent, 'x-github-event');
  return (
    (event === 'workflow_run' && isFinishedRun(sent)) ||
    (event === 'issue_comment' && isCommand(sent)) ||
    (CHANGES.has(event ?? '') && !isCheckOfActions(sent))
  );
}

/** Whether a delivery is about a check of GitHub Actions, whose runs are told of by themselves. */
function isCheckOfActions({ bytes }: Delivery): boolean {
  try {
    const body = JSON.parse(bytes.toString('utf8')) as { check_run?: { app?: { slug?: unknown } } };
    return body.check_run?.app?.slug === 'github-actions';
  } catch {
    return false;
  }
}

function isCommand({ bytes }: Delivery): boolean {
  try {
    const { action, comment } = JSON.parse(bytes.toString('utf8')) as {
      action?: unknown;
      comment?: { body?: unknown };
    };
    return action === 'created' && /^\s*\/selfheal (approve|reject|wrong) \S/.test(String(comment?.body));
  } catch {
    return false;
  }
}

/**
 * Whether a delivery speaks of a finished run that failed or succeeded, or that GitHub may have stopped after a minute or more, by nothing but
 * the bytes that were sent.
 */
function isFinishedRun(sent: Delivery): boolean {
  try {
    const body = JSON.parse(sent.bytes.toString('utf8')) as {
      action?: unknown;
      workflow_run?: { conclusion?: unknown; run_started_at?: unknown; updated_at?: unknown };
    };
    const { conclusion, run_started_at, updated_at } = body.workflow_run ?? {};
    const lasted = Date.parse(String(updated_at)) - Date.parse(String(run_started_at));
    const wanted = ['failure', 'timed_out', 'startup_failure', 'success', ...(lasted >= 60_000 ? ['cancelled'] : [])];
    return body.action === 'completed' && wanted.includes(String(conclusion));
  } catch {
    return false;
  }
}

const innerOf = (node: object): unknown[] =>
  Object.entries(node).flatMap(([key, inner]) => (!Array.isArray(node) && DANGEROUS.includes(key) ? [] : [inner]));

/** Levels of lists and objects in a JSON document, apart from what is thrown away; 0 when it is none. */
function depthOf(bytes: Buffer): number {
  try {
    let depth = 0;
    let level: unknown[] = [JSON.parse(bytes.toString('utf8'))];
    for (; level.length > 0; depth += 1) {
      level = level.flatMap((node) => (node !== null && typeof node === 'object' ? innerOf(node) : []));
    }
    return depth - 1;
  } catch {
    return 0;
  }
}

function expectCleanPrototypes(): void {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(Object.keys(Array.prototype)).toEqual([]);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
}

afterEach(expectCleanPrototypes);

describe('any webhook delivery', () => {
  it('gets a documented answer, and reaches the queue only signed, whole and about a finished run, a command or a change', async () => {
    await fc.assert(
      fc.asyncProperty(delivery(), async (sent) => {
        const { handle, messages } = setUp();
        const answer = await handle(sent.event);
        const [message, ...more] = messages();
        expect(more).toEqual([]);
        const status = answer.statusCode ?? 0;
        const body = JSON.parse(answer.body ?? '') as Record<string, unknown>;
        expect(STATUSES).toContain(status);
        expect(message !== undefined).toBe(body.accepted === true);
        expect(status === 202).toBe(typeof body.error !== 'string');
        if (sent.source === 'github' && !signedRight(sent)) expect(status).toBe(401);
        if (message === undefined) return;
        expect([signedRight(sent), sent.source]).toEqual([true, 'github']);
        expect(headerOf(sent, 'content-type')).toMatch(/^application\/json\s*(;|$)/i);
        expect(isWanted(sent)).toBe(true);
        expect(depthOf(sent.bytes)).toBeLessThanOrEqual(64);
        const queued = JSON.stringify(message);
        const event = headerOf(sent, 'x-github-event') ?? '';
        const Queued = event === 'workflow_run' ? Signal : CHANGES.has(event) ? ChangeMessage : CommentCommand;
        expect(Queued.parse(JSON.parse(queued))).toEqual(JSON.parse(queued));
        expect(message.deliveryId).toBe(headerOf(sent, 'x-github-delivery'));
      }),
      fuzzOptions(400),
    );
  });

  it('is taken in when nothing but its way of sending varies', async () => {
    await fc.assert(
      fc.asyncProperty(
        delivery().filter((sent) => sent.untouched && signedRight(sent) && sent.source === 'github'),
        async (sent) => {
          const { handle, messages } = setUp();
          expect((await handle(sent.event)).statusCode).toBe(202);
          expect(messages()).toHaveLength(isWanted(sent) ? 1 : 0);
        },
      ),
      fuzzOptions(30, 0.1),
    );
  });

  it('is read without the keys that could change a prototype, and otherwise as it is', () => {
    fc.assert(
      fc.property(delivery(), ({ bytes }) => {
        const read = parseBoundedJson(bytes);
        // A reviver calls itself for every level.
        if (read.kind === 'invalid' || bytes.includes('['.repeat(900)) || bytes.includes('{"a":'.repeat(900))) return;
        const without = JSON.parse(bytes.toString('utf8'), function (this: object, key, value: unknown) {
          return !Array.isArray(this) && DANGEROUS.includes(key) ? undefined : value;
        }) as unknown;
        expect(JSON.stringify(read.value)).toBe(JSON.stringify(without));
        expect(JSON.stringify(read.value)).not.toContain('polluted');
      }),
      fuzzOptions(150),
    );
  });

  it('says only static words about what it ignores, so that senders cannot invent counters', async () => {
    const counters = new Set<string>();
    await fc.assert(
      fc.asyncProperty(delivery(), fc.string(), async (sent, event) => {
        const { handle, meter } = setUp();
        await handle({ ...sent.event, headers: { ...sent.event.headers, 'x-github-event': event } });
        for (const name of Object.keys(meter.counts)) counters.add(name);
      }),
      fuzzOptions(150),
    );
    expect(counters.size).toBeLessThan(40);
    for (const name of counters) expect(name).toMatch(/^webhook-[a-z_-]{1,60}$/);
  });
});

/** Keys of a delivery that people word; whatever stands there, the target stays. */
const WORDED = ['name', 'display_title', 'message', 'description', 'email', 'title', 'topics', 'homepage', 'license'];
const FAILED_RUNS = GITHUB_SAMPLES.filter(({ name }) => /failure|timed-out/.test(name) && /^workflow-run/.test(name));

async function targetOf(body: string, headers: Readonly<Record<string, string>>): Promise<RunTarget | null> {
  const source = WEBHOOK_SOURCES.find(({ id }) => id === 'github');
  const result = source && translateWebhook(source, { headers, body: JSON.parse(body) as unknown, receivedAt: NOW });
  return result?.kind === 'signal' && result.signal.target.kind === 'run' ? result.signal.target : null;
}

describe('what people can word', () => {
  it('never changes the target of a run', async () => {
    const texts = fc.array(fc.record({ at: fc.nat(100_000), text: hostileText }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...FAILED_RUNS), texts, hostileText, async (sample, changes, branch) => {
        const mutations = changes.map(({ at, text }) => ({
          at,
          change: { kind: 'replace' as const, text: JSON.stringify(text) },
        }));
        const before = await targetOf(JSON.stringify(sample.body), sample.headers);
        const worded = JSON.parse(mutatedJson(sample.body, mutations, WORDED)) as { workflow_run: object };
        const body = { ...worded, workflow_run: { ...worded.workflow_run, head_branch: branch } };
        expect(await targetOf(JSON.stringify(worded), sample.headers)).toEqual(before);
        // The branch takes part in one comparison; a name that is not the default branch's can only make a run less trusted.
        expect(await targetOf(JSON.stringify(body), sample.headers)).toEqual({ ...before, onDefaultBranch: false });
      }),
      fuzzOptions(120),
    );
  });
});
