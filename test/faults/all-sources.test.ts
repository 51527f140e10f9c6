import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { describe, expect, it } from 'vitest';
import { makeHandler } from '#functions/intake/handler.ts';
import { makeWebhookSignatures } from '#shared/adapters/github/webhook-signature.ts';
import { makeCounts } from '#shared/app/common/counts.ts';
import { readIntakeMessage } from '#shared/app/intake/ingest-message.ts';
import { ingestWebhook } from '#shared/app/intake/ingest-webhook.ts';
import { receiveDelivery } from '#shared/app/intake/receive-delivery.ts';
import { AWS_EVENT_SOURCES } from '#shared/domain/incident/aws-resource.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import type { Connection } from '#shared/domain/webhooks/connection.ts';
import { secretOfGeneration } from '#shared/domain/webhooks/connection-secret.ts';
import type { DroppedEvent } from '#shared/domain/webhooks/received-event.ts';
import { MAPPED_SOURCES } from '#shared/plugins/sources/common/mapped-source.ts';
import { ALERT_SOURCES, EVENT_SOURCES, WEBHOOK_SOURCES } from '#shared/plugins/sources/registry.ts';
import { aConfiguration } from '#test/builders/index.ts';
import {
  fakeClock,
  fakeCodeHost,
  fakeSecrets,
  makeMemoryCommandQueue,
  makeMemoryControlStore,
  makeMemoryCounters,
  makeMemoryIncidentStore,
  makeMemoryPolicyStore,
  makeMemoryStatsStore,
  makeMemoryWorkflowEngine,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';
import { MemoryChangeStore } from '#test/fakes/memory-change-store.ts';
import { MemoryConnections } from '#test/fakes/memory-connections.ts';
import { MemoryEventLedger } from '#test/fakes/memory-event-ledger.ts';

const EVENTS = join(import.meta.dirname, '../../events');
const DELIVERIES = 10_000;
const SEED = 20_261_127;
const KEY = 'k'.repeat(48);
const GITHUB_SECRET = 'a-secret-of-this-test';
const QUEUED = { attributes: { SentTimestamp: '0', ApproximateReceiveCount: '1' } };
const SOURCES = [...ALERT_SOURCES, ...MAPPED_SOURCES];
const EVENT_FOLDERS = ['cloudwatch', ...AWS_EVENT_SOURCES];

/** What the senders' own identifiers are in the samples: each variant has others. */
const IDENTIFIERS =
  /0f1e2d3c4b5a6978|1122334455667788|99887766|57c6d9296de2ad39|PINC001|\b(?:4711|4712|4001|4002)\b|shop-release|checkout-images|catalog|service\/shop\/orders|service:orders|nightly-invoices|invoices-worker|orders-db|OPERATIONAL_ISSUE_EXAMPLE|shop-network|checkout-errors|orders-5xx|catalog-memory/g;

function variantOf(text: string, number: number): string {
  return text.replace(IDENTIFIERS, (known) => (/^\d{4}$/.test(known) ? `${known}${number}` : `${known}-${number}`));
}

interface Delivery {
  readonly source: string;
  readonly text: string;
  readonly number: number;
}

/** Every sample of every source in as many variants as it takes, most of them more than once, in no order. */
function deliveries(numbers: () => number): Delivery[] {
  const folders = [...ALERT_SOURCES.map(({ id }) => id), ...EVENT_FOLDERS, 'github'];
  const samples = folders.flatMap((source) =>
    readdirSync(join(EVENTS, source))
      .filter((name) => !name.includes('comment'))
      .map((name) => ({ source, text: readFileSync(join(EVENTS, source, name), 'utf8') })),
  );
  for (const { id, text } of GENERIC) samples.push({ source: id, text });
  const all: Delivery[] = [];
  for (let number = 0; all.length < DELIVERIES; number += 1)
    for (const { source, text } of samples) {
      const times = 1 + Math.floor(numbers() * 3);
      for (let time = 0; time < times; time += 1) all.push({ source, text: variantOf(text, number), number });
    }
  return shuffled(all.slice(0, DELIVERIES), numbers);
}

/** Bodies of what has a mapping and no folder of samples. */
const GENERIC = [
  {
    id: 'generic',
    text: '{"id":"PINC001","state":"firing","title":"Disk full","service":"catalog","time":"2026-11-21T10:00:00Z"}',
  },
  {
    id: 'generic',
    text: '{"id":"PINC001","state":"resolved","title":"Disk full","service":"catalog","startedAt":"2026-11-21T10:00:00Z","endedAt":"2026-11-21T10:20:00Z"}',
  },
];

function shuffled<T>(values: readonly T[], numbers: () => number): T[] {
  const left = [...values];
  for (let last = left.length - 1; last > 0; last -= 1) {
    const at = Math.floor(numbers() * (last + 1));
    [left[last], left[at]] = [left[at] as T, left[last] as T];
  }
  return left;
}

const aConnection = (source: string): Connection => ({
  version: 1,
  id: `of-${source}`,
  source,
  scheme: 'bearer',
  header: null,
  services: null,
  perMinute: 3000,
  secret: 'derived',
  silentAfterMinutes: null,
  generation: 1,
  previousUntil: null,
  createdBy: 'admin@example.com',
  createdAt: '2026-11-20T10:00:00.000Z',
});

/** Receiver, webhook and intake around stores in memory, and a queue that repeats and reorders. */
async function setUp() {
  const clock = fakeClock(new Date('2026-11-22T00:00:00.000Z'));
  const connections = new MemoryConnections();
  for (const { id } of SOURCES) await connections.create(aConnection(id));
  const ledger = new MemoryEventLedger();
  const noted: DroppedEvent[] = [];
  const note = async (event: DroppedEvent, at: Date) => {
    noted.push(event);
    await ledger.note(event, at);
  };
  const queued: string[] = [];
  const push = (message: unknown) => void queued.push(JSON.stringify(message));
  const common = { clock, meter: makeRecordingMeter(), log: makeRecordingLog() };
  const workflow = makeMemoryWorkflowEngine();
  const incidents = makeMemoryIncidentStore(clock);
  const intakeMeter = makeRecordingMeter();
  const handle = makeHandler({
    ...common,
    meter: intakeMeter,
    incidents,
    control: makeMemoryControlStore(clock),
    policy: makeMemoryPolicyStore(),
    stats: makeMemoryStatsStore(),
    workflow,
    // A cancelled run of which no job says why was stopped on purpose.
    codeHost: fakeCodeHost({ listJobs: async () => [] }),
    ledger: { note },
    changes: new MemoryChangeStore(),
    confirm: async () => 'confirmed',
    handleSlackOrder: async () => 'answered' as const,
    acknowledge: async () => 'acknowledged' as const,
    handleCommand: async () => 'carried-out' as const,
    counts: makeCounts(makeMemoryCounters(), clock, () => undefined),
    configuration: { ...aConfiguration(), home: { partition: 'aws', account: '123456789012', region: 'eu-central-1' } },
  });
  const deliver = async ({ source, text, number }: Delivery) => {
    if (EVENT_FOLDERS.includes(source)) {
      const event = JSON.parse(text) as { id: string };
      queued.push(JSON.stringify({ ...event, id: `${event.id}-${number}` }));
      return 202;
    }
    if (source === 'github') {
      const { headers, body } = JSON.parse(text) as { headers: Record<string, string>; body: Record<string, unknown> };
      const run = body.workflow_run as { id: number } | undefined;
      const own = run === undefined ? body : { ...body, workflow_run: { ...run, id: run.id + number } };
      const bytes = Buffer.from(JSON.stringify(own));
      const signature = `sha256=${createHmac('sha256', GITHUB_SECRET).update(bytes).digest('hex')}`;
      const sent = {
        ...headers,
        'content-type': 'application/json',
        'x-github-delivery': `${headers['x-github-delivery']}-${number}`,
        'x-hub-signature-256': signature,
      };
      const answer = await ingestWebhook(
        { sourceId: 'github', headers: sent, body: bytes },
        {
          ...common,
          sourceOf: async (id: string) => WEBHOOK_SOURCES.find((source) => source.id === id) ?? null,
          signatures: makeWebhookSignatures(),
          secrets: fakeSecrets({ 'github-webhook': { current: GITHUB_SECRET }, 'name-key': { key: KEY } }),
          queue: { send: async (signal) => push(signal) },
          commands: makeMemoryCommandQueue(),
          changes: { sendChange: async (message) => push(message) },
        },
      );
      return answer.status;
    }
    const connection = aConnection(source);
    const value = JSON.parse(text) as { headers?: Record<string, string>; body?: unknown };
    const isWhole = value.headers !== undefined && value.body !== undefined;
    const answer = await receiveDelivery(
      {
        sourceId: source,
        connectionId: connection.id,
        pathSecret: null,
        headers: {
          ...(isWhole ? value.headers : {}),
          authorization: `Bearer ${secretOfGeneration(connection, 1, KEY)}`,
        },
        body: Buffer.from(isWhole ? JSON.stringify(value.body) : text),
      },
      {
        ...common,
        sources: SOURCES,
        connections,
        activity: connections,
        ledger: { note },
        secrets: fakeSecrets({ 'github-webhook': {}, 'name-key': { key: KEY } }),
        queue: { sendAll: async (signals) => signals.forEach(push), sendOrder: async (order) => push(order) },
      },
    );
    return answer.status;
  };
  return { clock, deliver, handle, queued, noted, workflow, incidents, intakeMeter };
}

/** What a message says of trouble; null where it says nothing of it, or is not understood. */
function signalIn(message: string, now: Date): Signal | null {
  try {
    const read = readIntakeMessage(message, EVENT_SOURCES, now);
    return read.kind === 'signal' || read.kind === 'change' ? read.signal : null;
  } catch {
    return null;
  }
}

describe(`${DELIVERIES} deliveries of all sources, shuffled, repeated and delayed`, () => {
  it('are each in one incident or in the ledger, and none opens an incident twice', { timeout: 600_000 }, async () => {
    const numbers = numbersFrom(SEED);
    const world = await setUp();
    for (const delivery of deliveries(numbers)) {
      expect(await world.deliver(delivery)).toBe(202);
      world.clock.advance(1000);
    }
    // A queue may hand over a message twice, and late.
    const messages = shuffled(
      world.queued.flatMap((message) => (numbers() < 0.1 ? [message, message] : [message])),
      numbers,
    );
    const refused: string[] = [];
    let handled = 0;
    for (let round = 0, left = messages; left.length > 0 && round < 5; round += 1) {
      const again: string[] = [];
      for (const message of left) {
        world.clock.advance(2000);
        try {
          await world.handle(message, QUEUED);
          handled += 1;
        } catch (error) {
          if (error instanceof Error && error.name === 'InvalidInput') refused.push(message);
          else again.push(message);
        }
      }
      left = again;
    }
    // What is not understood ends in the dead letters: the samples that say so of themselves, and no other.
    expect(handled + refused.length).toBe(messages.length);
    for (const message of refused) expect(JSON.parse(message)).toHaveProperty('detail-type');
    // Each execution once: their names hold incident and attempt.
    expect(new Set(world.workflow.started).size).toBe(world.workflow.started.length);
    const inLedger = new Set(world.noted.flatMap(({ signal }) => (signal === null ? [] : [signal.deliveryId])));
    const successes = new Set(
      world.noted.filter(({ signal }) => signal === null).map(({ subject }) => subject as string),
    );
    let [opened, seen] = [0, 0];
    for (const message of new Set(world.queued)) {
      const signal = signalIn(message, world.clock.now());
      if (signal === null) continue;
      seen += 1;
      const { incidentId } = identify(signal);
      const isOpened = (await world.incidents.get(incidentId)) !== null;
      if (isOpened) opened += 1;
      const isNoted =
        inLedger.has(signal.deliveryId) || (signal.target.kind === 'run' && successes.has(signal.target.repository));
      expect(isOpened || isNoted, `${signal.source} ${signal.kind} ${signal.deliveryId}`).toBe(true);
    }
    expect(seen).toBeGreaterThan(1000);
    expect(opened).toBeGreaterThan(300);
    // Every message that the intake handled has one outcome.
    const counts = Object.entries(world.intakeMeter.counts).filter(([name]) => /^(?:intake|pager)-/.test(name));
    const outcomes = counts.filter(([name]) => name !== 'intake-change').reduce((sum, [, count]) => sum + count, 0);
    const changesAlone = world.noted.filter(({ rule }) => rule === 'recorded-change').length;
    expect(outcomes + changesAlone).toBe(handled);
  });
});
