import { Refused, Unreachable } from '@selfheal/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { claimOf } from '#shared/app/common/incident-lock.ts';
import { reconcile } from '#shared/app/upkeep/reconcile.ts';
import { redeliverWebhooks } from '#shared/app/upkeep/redeliver-webhooks.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import { aConfiguration, aGithubTarget, anIncident, aSignal } from '#test/builders/index.ts';
import {
  fakeClock,
  fakeCodeHost,
  makeMemoryControlStore,
  makeMemoryEscalationChains,
  makeMemoryIncidentStore,
  makeMemoryMailer,
  makeMemorySignalQueue,
  makeMemoryWorkflowEngine,
  makeRecordingLog,
  makeRecordingMeter,
} from '#test/fakes/index.ts';

describe('redelivery of webhooks', () => {
  const delivery = (id: number) => ({ id, guid: `guid-${id}`, deliveredAt: '2026-11-21T11:50:00Z', attempts: 1 });
  function setUp() {
    const taken: string[] = [];
    const clock = fakeClock();
    const codeHost = fakeCodeHost({
      listFailedDeliveries: async () => ({ hookId: 7, deliveries: [delivery(1), delivery(2)] }),
      redeliver: async () => {},
    });
    const configuration = aConfiguration({
      github: {
        repositories: [
          { name: 'acme/shop', mode: 'act' },
          { name: 'acme/off', mode: 'off' },
        ],
      },
    });
    const webhookUrl = 'https://api.example.com/webhooks/github';
    const deps = {
      clock,
      codeHost,
      configuration,
      deadLetters: {
        takeBack: async () => {
          taken.push(clock.now().toISOString());
        },
      },
      webhookUrl,
      control: makeMemoryControlStore(clock),
      meter: makeRecordingMeter(),
      log: makeRecordingLog(),
    };
    return { clock, codeHost, deps, taken };
  }

  it('asks once for each delivery that failed, of the repositories that are on', async () => {
    const { codeHost, deps } = setUp();
    expect(await redeliverWebhooks(deps)).toEqual({ redelivered: 2, failedRepositories: 0 });
    expect(await redeliverWebhooks(deps)).toEqual({ redelivered: 0, failedRepositories: 0 });
    expect(codeHost.calls.filter(({ method }) => method === 'redeliver').map(({ args }) => args)).toEqual([
      ['acme/shop', 7, 1],
      ['acme/shop', 7, 2],
    ]);
    expect(codeHost.calls[0]?.args).toEqual(['acme/shop', deps.webhookUrl, new Date('2026-11-20T12:00:00.000Z')]);
  });

  it('asks anew when the attempt it asked for failed too, up to six attempts', async () => {
    const { codeHost, deps } = setUp();
    const nthAttempt = (attempts: number) => ({ ...delivery(10 + attempts), guid: 'guid', attempts });
    for (let attempts = 1; attempts <= 7; attempts += 1) {
      codeHost.program({ listFailedDeliveries: async () => ({ hookId: 7, deliveries: [nthAttempt(attempts)] }) });
      await redeliverWebhooks(deps);
      await redeliverWebhooks(deps);
    }
    expect(codeHost.calls.filter(({ method }) => method === 'redeliver').map(({ args }) => args[2])).toEqual([
      11, 12, 13, 14, 15,
    ]);
  });

  it('looks from where it was the last time, with an overlap', async () => {
    const { codeHost, clock, deps } = setUp();
    await redeliverWebhooks(deps);
    clock.advance(5 * 60_000);
    await redeliverWebhooks(deps);
    const lists = codeHost.calls.filter(({ method }) => method === 'listFailedDeliveries');
    expect(lists[1]?.args[2]).toEqual(new Date('2026-11-21T11:45:00.000Z'));
  });

  it('takes up what waited for GitHub from the first round in which GitHub answers, and nothing else', async () => {
    const { codeHost, clock, deps, taken } = setUp();
    const answers = async () => ({ hookId: 7, deliveries: [] });
    const away = async (): Promise<never> => {
      throw new Unreachable('GitHub does not answer.');
    };
    const round = async (listFailedDeliveries: typeof answers) => {
      codeHost.program({ listFailedDeliveries });
      await redeliverWebhooks(deps);
      clock.advance(5 * 60_000);
      return taken.length;
    };
    expect(await round(answers)).toBe(0);
    for (let rounds = 0; rounds < 3; rounds += 1) expect(await round(away)).toBe(0);
    // Signals whose last try was in flight when GitHub came back are given up on a little later.
    for (const count of [1, 2, 3, 4, 4, 4]) expect(await round(answers)).toBe(count);
    await round(async () => {
      throw new Refused('The token may not read webhooks.');
    });
    expect(await round(answers)).toBe(4);
  });

  it('counts a repository without a webhook of its own, whose failed deliveries it cannot see', async () => {
    const { codeHost, deps } = setUp();
    codeHost.program({ listFailedDeliveries: async () => null });
    expect(await redeliverWebhooks(deps)).toEqual({ redelivered: 0, failedRepositories: 0 });
    expect(deps.meter.counts['redelivery-without-hook']).toBe(1);
  });

  it('asks again next time after a failure, without repeating what was asked', async () => {
    const { codeHost, deps } = setUp();
    codeHost.program({
      redeliver: async (_repository, _hook, id) => (id === 2 ? Promise.reject(new Refused('422')) : undefined),
    });
    expect(await redeliverWebhooks(deps)).toEqual({ redelivered: 0, failedRepositories: 1 });
    codeHost.program({ redeliver: async () => {} });
    expect(await redeliverWebhooks(deps)).toEqual({ redelivered: 1, failedRepositories: 0 });
  });
});

describe('the reconciler', () => {
  function setUp() {
    const clock = fakeClock('2026-11-21T12:30:00.000Z');
    const incidents = makeMemoryIncidentStore(clock);
    const workflow = makeMemoryWorkflowEngine();
    const mailer = makeMemoryMailer();
    const control = makeMemoryControlStore(clock);
    const queue = makeMemorySignalQueue();
    const observers = { meter: makeRecordingMeter(), log: makeRecordingLog() };
    const configuration = aConfiguration();
    const deps = {
      chains: makeMemoryEscalationChains(),
      clock,
      incidents,
      workflow,
      mailer,
      notifiers: NOTIFIERS,
      control,
      queue,
      configuration,
      ...observers,
    };
    const pass = async () => {
      clock.advance(15 * 60_000);
      return await reconcile(deps);
    };
    return { ...deps, deps, pass };
  }
  const { id } = anIncident();

  it('starts a workflow that was never started, under the same name', async () => {
    const { incidents, workflow, pass } = setUp();
    await incidents.create(anIncident());
    expect(await pass()).toMatchObject({ started: 1 });
    expect(workflow.started).toEqual([`${id}-1`]);
  });

  it('leaves one that runs alone', async () => {
    const { incidents, workflow, pass } = setUp();
    await incidents.create(anIncident());
    await workflow.start(id, 1);
    expect(await pass()).toMatchObject({ running: 1 });
    expect(workflow.started).toHaveLength(1);
  });

  it('leaves incidents alone that ended or are young', async () => {
    const { incidents, deps } = setUp();
    await incidents.create(anIncident({ status: 'resolved' }));
    await incidents.create(anIncident({ id: `gh-${'2'.repeat(24)}`, updatedAt: '2026-11-21T12:29:00.000Z' }));
    expect(Object.values(await reconcile(deps)).every((count) => count === 0)).toBe(true);
  });

  it('restarts a workflow that died twice, then tells a human and closes the incident', async () => {
    const { incidents, workflow, mailer, control, pass, clock } = setUp();
    await incidents.create(anIncident());
    await control.claimGroup('intake-key-1', claimOf({ id, attempt: 1 }), clock.now());
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await workflow.start(id, attempt);
      workflow.end(id, attempt);
      expect(mailer.mails).toEqual([]);
      await pass();
    }
    expect(workflow.started).toEqual([`${id}-1`, `${id}-2`, `${id}-3`]);
    expect(await incidents.get(id)).toMatchObject({ status: 'escalated', attempt: 3 });
    expect(mailer.mails).toHaveLength(1);
    expect(await control.claimGroup('intake-key-1', 'another', clock.now())).toBe('another');
  });

  it('lets in what waited for the place of an incident that it gives up, also after a crash before the end', async () => {
    const { incidents, workflow, control, queue, deps, clock } = setUp();
    await incidents.create(anIncident({ attempt: 3, restarts: 2 }));
    await workflow.start(id, 3);
    workflow.end(id, 3);
    const { intakeKey } = anIncident();
    const waiting = aSignal({ target: aGithubTarget({ runId: 1002 }) });
    await control.keepWaiting(intakeKey, waiting, 1002, clock.now());
    clock.advance(15 * 60_000);
    let lost = true;
    const failing = {
      ...incidents,
      update: async (...args: Parameters<typeof incidents.update>) => {
        if (lost && args[1].status === 'escalated') throw new Error('crash');
        return await incidents.update(...args);
      },
    };
    expect(await reconcile({ ...deps, incidents: failing })).toMatchObject({ failed: 1 });
    expect(queue.sent).toMatchObject([{ target: { runId: 1002 }, deliveryId: expect.stringContaining('waited#') }]);
    lost = false;
    clock.advance(15 * 60_000);
    expect(await reconcile({ ...deps, incidents: failing })).toMatchObject({ 'given-up': 1 });
    expect(await control.waiting(intakeKey)).toBeNull();
    expect(queue.sent).toHaveLength(1);
  });

  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => anIncident({ id: `gh-${String(index).padStart(24, '0')}` }));

  it('looks at all of them, however many wait for long or fail before them', async () => {
    const { incidents, deps, workflow, clock } = setUp();
    for (const incident of many(120)) {
      await incidents.create(incident);
      await workflow.start(incident.id, 1);
    }
    const dead = anIncident({ id: `gh-${'d'.repeat(24)}`, updatedAt: '2026-11-21T12:29:00.000Z' });
    await incidents.create(dead);
    clock.advance(15 * 60_000);
    const broken = {
      ...workflow,
      status: async (incidentId: string, attempt: number) =>
        Number(incidentId.slice(3)) < 60 ? Promise.reject(new Error('broken')) : workflow.status(incidentId, attempt),
    };
    const untouchable = {
      ...incidents,
      update: async (...args: Parameters<typeof incidents.update>) =>
        Number(args[0].slice(3)) < 55 ? Promise.reject(new Error('throttled')) : incidents.update(...args),
    };
    expect(await reconcile({ ...deps, workflow: broken, incidents: untouchable })).toMatchObject({
      failed: 60,
      running: 60,
      started: 1,
    });
  });

  it('begins no further page when its time is up, and goes on from there the next time', async () => {
    const { incidents, deps, clock } = setUp();
    for (const incident of many(120)) await incidents.create(incident);
    clock.advance(15 * 60_000);
    const slow = {
      ...deps.workflow,
      status: async () => {
        clock.advance(2_000);
        return 'missing' as const;
      },
    };
    expect(await reconcile({ ...deps, workflow: slow })).toMatchObject({ started: 50 });
    expect(await reconcile({ ...deps, workflow: slow })).toMatchObject({ started: 50 });
    expect(await reconcile({ ...deps, workflow: slow })).toMatchObject({ started: 20 });
  });

  it('goes on with the others when one fails', async () => {
    const { incidents, deps, workflow, clock } = setUp();
    await incidents.create(anIncident());
    await incidents.create(anIncident({ id: `gh-${'3'.repeat(24)}`, updatedAt: '2026-11-21T12:01:00.000Z' }));
    clock.advance(15 * 60_000);
    const broken = {
      ...workflow,
      status: async (incidentId: string) =>
        incidentId === id ? Promise.reject(new Error('broken')) : ('missing' as const),
    };
    expect(await reconcile({ ...deps, workflow: broken })).toMatchObject({ failed: 1, started: 1 });
  });
});
