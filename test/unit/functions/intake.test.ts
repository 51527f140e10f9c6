import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { makeHandler } from '#functions/intake/handler.ts';
import { makeCounts } from '#shared/app/common/counts.ts';
import { makeConfirmRepository } from '#shared/app/intake/confirm-repository.ts';
import { deliveryKeyOf, identify } from '#shared/domain/incident/identity.ts';
import { identityOf, type RepositoryIdentity } from '#shared/domain/incident/repository-identity.ts';
import { aCommentCommand, aConfiguration, aGithubTarget, aSignal } from '#test/builders/index.ts';
import {
  fakeClock,
  fakeCodeHost,
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
import { MemoryEventLedger } from '#test/fakes/memory-event-ledger.ts';

/** What GitHub says of `acme/shop`: nobody else's id, unless a test changes it. */
function setUp(answer: () => RepositoryIdentity = () => SHOP) {
  const clock = fakeClock();
  const asked: string[] = [];
  const directory = {
    lookUp: async (name: string) => {
      asked.push(name);
      return answer();
    },
  };
  const incidents = makeMemoryIncidentStore(clock);
  const control = makeMemoryControlStore(clock);
  const workflow = makeMemoryWorkflowEngine();
  const meter = makeRecordingMeter();
  const log = makeRecordingLog();
  const commands: number[] = [];
  const orders: string[] = [];
  const counters = makeMemoryCounters();
  const ledger = new MemoryEventLedger();
  const changes = new MemoryChangeStore();
  const handler = makeHandler({
    incidents,
    control,
    policy: makeMemoryPolicyStore(),
    stats: makeMemoryStatsStore(),
    workflow,
    codeHost: fakeCodeHost(),
    ledger,
    changes,
    confirm: makeConfirmRepository({ directory, clock }),
    handleSlackOrder: async ({ user }) => {
      orders.push(user);
      return 'answered' as const;
    },
    acknowledge: async ({ incidentId, services }) => {
      orders.push(incidentId);
      if (incidentId === 'cw-gone00000000') return 'unknown-incident' as const;
      return services === null ? ('acknowledged' as const) : ('place-not-allowed' as const);
    },
    handleCommand: async ({ commentId }) => {
      commands.push(commentId);
      return 'carried-out' as const;
    },
    configuration: aConfiguration(),
    clock,
    meter,
    log,
    counts: makeCounts(counters, clock, () => undefined),
  });
  /** As the queue hands it over `waitedMs` after it arrived. */
  const handle = (body: string, { waitedMs = 0, receives = 1 } = {}) =>
    handler(body, {
      attributes: {
        SentTimestamp: String(clock.now().getTime() - waitedMs),
        ApproximateReceiveCount: String(receives),
      },
    });
  return {
    handle,
    counters,
    workflow,
    meter,
    log,
    commands,
    orders,
    asked,
    clock,
    incidents,
    control,
    ledger,
    changes,
  };
}
const event = (name: string) => readFileSync(join(import.meta.dirname, '../../../events/cloudwatch', name), 'utf8');

const SHOP = identityOf(aGithubTarget());

it('counts how long a message waited in the queue, once, whatever becomes of it', async () => {
  const rig = setUp(() => {
    throw new Retryable('502');
  });
  const body = JSON.stringify(aSignal());
  await expect(rig.handle(body, { waitedMs: 1500 })).rejects.toThrow(Retryable);
  await expect(rig.handle(body, { waitedMs: 181_500, receives: 2 })).rejects.toThrow(Retryable);
  expect(await rig.counters.totals()).toEqual([
    { name: 'queue_wait_seconds_bucket', labels: { queue: 'intake', le: '2.0' }, value: 1 },
    { name: 'queue_wait_seconds_sum', labels: { queue: 'intake' }, value: 1.5 },
  ]);
});

describe('whose a delivery is', () => {
  const deliveries = [
    ['a signal', JSON.stringify(aSignal())],
    ['a comment', JSON.stringify(aCommentCommand())],
  ] as const;
  const untouched = async ({ workflow, commands, incidents, control }: ReturnType<typeof setUp>) => {
    expect(workflow.started).toEqual([]);
    expect(commands).toEqual([]);
    expect(await incidents.get(identify(aSignal()).incidentId)).toBeNull();
    expect(await control.isProcessed(deliveryKeyOf(aSignal()))).toBe(false);
  };

  it.each(deliveries)(
    'is asked of GitHub: %s with the id of another repository is dropped before anything is read',
    async (_what, body) => {
      const rig = setUp(() => ({ ...SHOP, id: SHOP.id + 1 }));
      await rig.handle(body);
      await untouched(rig);
      expect(rig.meter.counts).toEqual({ 'intake-foreign-repository': 1 });
      expect(rig.log.entries).toMatchObject([{ level: 'error' }]);
    },
  );

  it.each(deliveries)(
    'is another’s, for %s, when the name was left behind by a rename or a transfer',
    async (_what, body) => {
      const rig = setUp(() => ({ ...SHOP, name: 'evil/shop' }));
      await rig.handle(body);
      await untouched(rig);
    },
  );

  it.each(deliveries)(
    'is not known while GitHub is down: %s waits in the queue and is taken in afterwards',
    async (_what, body) => {
      let error: Error | null = new Retryable('502');
      const rig = setUp(() => {
        if (error !== null) throw error;
        return SHOP;
      });
      for (let tries = 0; tries < 3; tries += 1) {
        await expect(rig.handle(body)).rejects.toThrow(Retryable);
        rig.clock.advance(180_000);
      }
      await untouched(rig);
      error = null;
      await rig.handle(body);
      expect(rig.workflow.started.length + rig.commands.length).toBe(1);
    },
  );

  it('is for a person to see where GitHub does not show the repository: it ends in the dead letters', async () => {
    const rig = setUp(() => {
      throw new Refused('404');
    });
    await expect(rig.handle(JSON.stringify(aSignal()))).rejects.toThrow(Refused);
    await untouched(rig);
  });

  it('is asked once in five minutes, and again when an answer contradicts a delivery: the repository may be new', async () => {
    let id = SHOP.id;
    const rig = setUp(() => ({ ...SHOP, name: 'Acme/Shop', id }));
    const deliver = (repositoryId: number, deliveryId: string) =>
      rig.handle(JSON.stringify(aSignal({ deliveryId, target: aGithubTarget({ repositoryId }) })));
    await Promise.all([deliver(SHOP.id, 'a'), deliver(SHOP.id, 'b'), deliver(SHOP.id, 'c')]);
    expect(rig.asked).toHaveLength(1);
    id = 99;
    rig.clock.advance(60_000);
    await deliver(99, 'd');
    expect(rig.asked).toHaveLength(2);
    await deliver(SHOP.id, 'e');
    expect(rig.asked).toHaveLength(2);
    expect(rig.meter.counts['intake-foreign-repository']).toBe(1);
    rig.clock.advance(5 * 60_000);
    await deliver(99, 'f');
    expect(rig.asked).toHaveLength(3);
  });
});

describe('the intake function', () => {
  it('carries out a command of a comment and counts what became of it', async () => {
    const { handle, commands, meter } = setUp();
    await handle(JSON.stringify(aCommentCommand({ commentId: 77 })));
    expect(commands).toEqual([77]);
    expect(meter.counts['comment-carried-out']).toBe(1);
  });

  it('takes signals of the webhook function and events of EventBridge', async () => {
    const { handle, workflow, meter } = setUp();
    await handle(JSON.stringify(aSignal()));
    await handle(event('alarm-raised.json'));
    expect(workflow.started.map((name) => name.split('-')[0])).toEqual(['gh', 'cw']);
    expect(meter.counts).toEqual({ 'intake-opened': 2 });
  });

  it('counts what it ignores and keeps texts of outsiders out of its log', async () => {
    const { handle, meter, log } = setUp();
    await handle(event('alarm-insufficient-data.json'));
    await handle(JSON.stringify(aSignal({ tainted: { title: 'secret words', branch: 'secret words', reason: null } })));
    expect(meter.counts).toMatchObject({ 'intake-ignored-state-insufficient-data': 1 });
    expect(JSON.stringify(log.entries)).not.toContain('secret words');
  });

  it('throws for a message it cannot read, so that it ends in the dead-letter queue', async () => {
    await expect(
      setUp().handle('{"detail-type":"CloudWatch Alarm State Change","source":"aws.cloudwatch"}'),
    ).rejects.toMatchObject({
      name: 'InvalidInput',
    });
  });
});

it('hands on what people ask for in Slack and acknowledge in a pager, without asking about a repository', async () => {
  const { handle, orders, asked, meter } = setUp();
  await handle(
    JSON.stringify({
      version: 1,
      kind: 'slack-order',
      deliveryId: 'slack:1',
      team: 'T0000001',
      user: 'UADA',
      answer: { kind: 'url', url: 'https://hooks.slack.com/actions/T0000001/1/abc' },
      request: { kind: 'command', verb: 'status', incidentId: null, isKnown: true },
    }),
  );
  await handle(
    JSON.stringify({
      version: 1,
      kind: 'pager-acknowledgement',
      deliveryId: 'pagerduty:pager:1',
      incidentId: 'cw-0123456789ab',
      by: 'Ada (PagerDuty)',
      services: null,
    }),
  );
  expect(orders).toEqual(['UADA', 'cw-0123456789ab']);
  expect(asked).toEqual([]);
  expect(meter.counts).toMatchObject({ 'slack-answered': 1, 'pager-acknowledged': 1 });
});

it('notes an acknowledgement that changed nothing in the ledger, with the reason', async () => {
  const { handle, ledger, meter } = setUp();
  const acknowledgement = {
    version: 1,
    kind: 'pager-acknowledgement',
    deliveryId: 'jsm:pager:1',
    incidentId: 'cw-gone00000000',
    by: 'ada@example.com (Jira Service Management)',
    services: null,
    from: { source: 'jsm', connection: 'pager' },
  };
  await handle(JSON.stringify(acknowledgement));
  await handle(JSON.stringify({ ...acknowledgement, incidentId: 'cw-0123456789ab', services: ['orders'] }));
  const events = [...ledger.kept.values()];
  expect(events.map(({ rule, source, connection, subject }) => ({ rule, source, connection, subject }))).toEqual(
    expect.arrayContaining([
      { rule: 'unknown-incident', source: 'jsm', connection: 'pager', subject: 'acknowledgement of cw-gone00000000' },
      { rule: 'place-not-allowed', source: 'jsm', connection: 'pager', subject: 'acknowledgement of cw-0123456789ab' },
    ]),
  );
  expect(meter.counts).toMatchObject({ 'pager-unknown-incident': 1, 'pager-place-not-allowed': 1 });
});

describe('changes', () => {
  const change = {
    version: 1,
    id: `commit:acme/shop@${'a'.repeat(40)}`,
    kind: 'commit',
    places: ['repository:acme/shop'],
    at: '2026-11-21T11:00:00.000Z',
    source: 'github',
    title: 'Push to main',
    by: 'octo-dev',
    url: null,
    state: 'done',
    files: ['src/cart.ts'],
    reason: 'GitHub sent the event push',
    edges: [],
  };
  const message = { version: 1, kind: 'change', deliveryId: 'push-1', change, repository: SHOP, signal: null };

  it('are recorded once, however often they are told, and the ledger says so', async () => {
    const { handle, changes, ledger, workflow } = setUp();
    await handle(JSON.stringify(message));
    await handle(JSON.stringify(message));
    expect([...changes.facts.values()]).toEqual([change]);
    expect([...ledger.kept.values()]).toMatchObject([{ rule: 'recorded-change', subject: 'Push to main', count: 2 }]);
    expect(workflow.started).toEqual([]);
  });

  it('of a repository with another id are not recorded', async () => {
    const { handle, changes, ledger } = setUp(() => ({ ...SHOP, id: SHOP.id + 1 }));
    await handle(JSON.stringify(message));
    expect(changes.facts.size).toBe(0);
    expect(ledger.rules()).toEqual(['foreign-repository']);
  });

  it('that say of trouble as well open an incident', async () => {
    const { handle, changes, workflow } = setUp();
    const ecs = readFileSync(join(import.meta.dirname, '../../../events/ecs/deployment-failed-firing.json'), 'utf8');
    await handle(ecs);
    expect([...changes.facts.values()]).toMatchObject([{ kind: 'deployment', state: 'failed', source: 'ecs' }]);
    expect(workflow.started).toHaveLength(1);
  });
});

describe('what opens no incident', () => {
  it('is in the ledger with the incident that it was counted for', async () => {
    const { handle, ledger } = setUp();
    await handle(JSON.stringify(aSignal()));
    const another = aSignal({ deliveryId: 'another', target: aGithubTarget({ runId: 4711 }) });
    await handle(JSON.stringify(another));
    const { incidentId } = identify(aSignal());
    expect([...ledger.kept.values()]).toMatchObject([{ rule: 'occurrence', incidentId }]);
    expect(identify(another).incidentId).not.toBe(incidentId);
  });

  it('names no incident where there is none', async () => {
    const { handle, ledger } = setUp();
    await handle(JSON.stringify(aSignal({ kind: 'run-succeeded' })));
    expect([...ledger.kept.values()]).toMatchObject([{ rule: 'success', incidentId: null }]);
  });
});
