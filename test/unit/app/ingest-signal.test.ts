import { describe, expect, it } from 'vitest';
import { claimOf } from '#shared/app/ingest-place.ts';
import { type IngestDeps, ingestSignal } from '#shared/app/ingest-signal.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import { aConfiguration, aGithubTarget, anAlarmTarget, aSignal } from '#test/builders/index.ts';
import {
  fakeClock,
  makeMemoryControlStore,
  makeMemoryIncidentStore,
  makeMemoryStatsStore,
  makeMemoryWorkflowEngine,
} from '#test/fakes/index.ts';

class Crash extends Error {}

/** Counts the calls of all ports and crashes before or after the chosen one. */
function crashing<T extends object>(port: T, crash: { at: number; after: boolean; calls: number }): T {
  return new Proxy(port, {
    get(target, key) {
      const method = Reflect.get(target, key) as unknown;
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        crash.calls += 1;
        const now = crash.calls === crash.at;
        if (now && !crash.after) throw new Crash();
        const answer: unknown = await Reflect.apply(method, target, args);
        if (now) throw new Crash();
        return answer;
      };
    },
  });
}

function setUp(configuration = aConfiguration()) {
  const clock = fakeClock();
  const incidents = makeMemoryIncidentStore(clock);
  const control = makeMemoryControlStore(clock);
  const workflow = makeMemoryWorkflowEngine();
  const stats = makeMemoryStatsStore();
  const deps: IngestDeps = { incidents, control, stats, workflow, configuration, clock };
  return { clock, incidents, control, workflow, stats, deps };
}

const failure = (run: Parameters<typeof aGithubTarget>[0] = {}, delivery = 'delivery-1') =>
  aSignal({ deliveryId: delivery, target: aGithubTarget(run) });
const idOf = (signal: Signal) => identify(signal).incidentId;

describe('taking a signal in', () => {
  it('opens one incident and starts its workflow', async () => {
    const { deps, incidents, workflow } = setUp();
    expect(await ingestSignal(failure(), deps)).toBe('opened');
    expect(await incidents.get(idOf(failure()))).toMatchObject({ status: 'open', occurrences: 1, attempt: 1 });
    expect(workflow.started).toEqual([`${idOf(failure())}-1`]);
  });

  it('does nothing for the hundredth delivery of the same report', async () => {
    const { deps, incidents, workflow } = setUp();
    for (let delivery = 0; delivery < 100; delivery += 1) await ingestSignal(failure(), deps);
    expect(workflow.started).toHaveLength(1);
    expect(await incidents.get(idOf(failure()))).toMatchObject({ occurrences: 1 });
  });

  it('counts another run of the same place as an occurrence', async () => {
    const { deps, incidents, workflow } = setUp();
    await ingestSignal(failure(), deps);
    expect(await ingestSignal(failure({ runId: 1002, runAttempt: 4 }, 'delivery-2'), deps)).toBe('occurrence');
    expect(workflow.started).toHaveLength(1);
    expect(await incidents.get(idOf(failure()))).toMatchObject({ occurrences: 2, runAttempt: 1 });
  });

  it('keeps the newest other run of a place, whose failure may be another one, until the place is free', async () => {
    const { deps, control } = setUp();
    await ingestSignal(failure(), deps);
    for (const runId of [1003, 1002]) await ingestSignal(failure({ runId }, `delivery-${runId}`), deps);
    const { intakeKey } = identify(failure());
    expect(await control.waiting(intakeKey)).toMatchObject({ target: { runId: 1003 } });
    const passed = aSignal({ deliveryId: 'delivery-4', kind: 'run-succeeded', target: aGithubTarget({ runId: 1004 }) });
    await ingestSignal(passed, deps);
    expect(await control.waiting(intakeKey)).toBeNull();
  });

  it('comes again when the incident it joined ended at the same time, and then opens its own', async () => {
    const { deps, incidents, workflow } = setUp();
    await ingestSignal(failure(), deps);
    const keepWaiting: typeof deps.control.keepWaiting = async (...args) => {
      await incidents.update(idOf(failure()), { status: 'resolved' });
      await deps.control.keepWaiting(...args);
    };
    const later = failure({ runId: 1002 }, 'delivery-2');
    const racing = ingestSignal(later, { ...deps, control: { ...deps.control, keepWaiting } });
    await expect(racing).rejects.toMatchObject({ name: 'Retryable' });
    expect(await ingestSignal(later, deps)).toBe('opened');
    expect(workflow.started).toHaveLength(2);
  });

  it('takes a later attempt for an occurrence while the incident is open, and reopens it afterwards', async () => {
    const { deps, incidents, control, workflow } = setUp();
    const id = idOf(failure());
    await ingestSignal(failure(), deps);
    expect(await ingestSignal(failure({ runAttempt: 2 }, 'delivery-2'), deps)).toBe('occurrence');
    await incidents.update(id, { status: 'suggested' });
    await control.releaseGroup(identify(failure()).intakeKey, claimOf({ id, attempt: 1 }));
    expect(await ingestSignal(failure({ runAttempt: 2 }, 'delivery-3'), deps)).toBe('old-news');
    expect(await ingestSignal(failure({ runAttempt: 3 }, 'delivery-4'), deps)).toBe('reopened');
    expect(await incidents.get(id)).toMatchObject({
      status: 'open',
      attempt: 2,
      runAttempt: 3,
      target: { runAttempt: 3 },
    });
    expect(workflow.started).toEqual([`${id}-1`, `${id}-2`]);
  });

  it('takes the place of an ended incident that still holds it', async () => {
    const { deps, incidents, workflow } = setUp();
    await ingestSignal(failure(), deps);
    await incidents.update(idOf(failure()), { status: 'escalated' });
    expect(await ingestSignal(failure({ runId: 1002 }, 'delivery-2'), deps)).toBe('opened');
    expect(workflow.started).toHaveLength(2);
  });

  it('waits for an incident that another function is just opening', async () => {
    const { deps, control, workflow, clock } = setUp();
    await control.claimGroup(
      identify(failure()).intakeKey,
      claimOf({ id: idOf(failure({ runId: 1002 })), attempt: 1 }),
      clock.now(),
    );
    await expect(ingestSignal(failure(), deps)).rejects.toMatchObject({ name: 'Retryable' });
    expect(workflow.started).toEqual([]);
  });

  it('opens nothing for a recovery, and notes it on the open incident it belongs to', async () => {
    const { deps, incidents, workflow } = setUp();
    const recovery = aSignal({
      deliveryId: 'delivery-2',
      kind: 'run-succeeded',
      target: aGithubTarget({ runAttempt: 2 }),
    });
    expect(await ingestSignal({ ...recovery, deliveryId: 'delivery-0' }, deps)).toBe('old-news');
    await ingestSignal(failure(), deps);
    expect(await ingestSignal(recovery, deps)).toBe('noted');
    expect((await incidents.listAudit(idOf(failure()))).map(({ event }) => event)).toContain('run.succeeded');
    expect(workflow.started).toHaveLength(1);
  });

  it('ignores what is switched off, without a trace but the delivery', async () => {
    const { deps, incidents, workflow } = setUp(
      aConfiguration({ github: { repositories: [{ name: 'acme/shop', mode: 'off' }] } }),
    );
    expect(await ingestSignal(failure(), deps)).toBe('mode-off');
    expect(await incidents.get(idOf(failure()))).toBeNull();
    expect(workflow.started).toEqual([]);
  });

  it('remembers every finished run for the baseline, once', async () => {
    const { deps, stats } = setUp();
    await ingestSignal(failure(), deps);
    await ingestSignal(failure({}, 'delivery-2'), deps);
    await ingestSignal(
      aSignal({ deliveryId: 'delivery-3', kind: 'run-succeeded', target: aGithubTarget({ runId: 1003 }) }),
      deps,
    );
    expect((await stats.recentRuns('acme/shop#77')).map(({ conclusion }) => conclusion).sort()).toEqual([
      'failure',
      'success',
    ]);
  });

  it('gives an alarm that flaps one incident', async () => {
    const { deps, workflow } = setUp();
    await ingestSignal(aSignal({ target: anAlarmTarget() }), deps);
    const again = aSignal({
      deliveryId: 'delivery-2',
      target: anAlarmTarget({ changedAt: '2026-11-21T11:59:30.000Z' }),
    });
    expect(await ingestSignal(again, deps)).toBe('occurrence');
    expect(workflow.started).toHaveLength(1);
  });
});

describe('a storm', () => {
  const policy = { stormIncidentsPerMinute: 3 };
  const place = (number: number) => failure({ pullRequest: number, runId: 2000 + number }, `delivery-${number}`);

  it('gets one parent, and its members start no workflow', async () => {
    const { deps, incidents, workflow } = setUp(aConfiguration({ policy }));
    const outcomes: string[] = [];
    for (let number = 1; number <= 10; number += 1) outcomes.push(await ingestSignal(place(number), deps));
    expect(outcomes.filter((outcome) => outcome === 'opened')).toHaveLength(3);
    expect(outcomes.filter((outcome) => outcome === 'grouped')).toHaveLength(7);
    const storms = workflow.started.filter((name) => name.startsWith('storm-'));
    expect(storms).toHaveLength(1);
    expect(workflow.started).toHaveLength(4);
    const member = await incidents.get(idOf(place(10)));
    expect(member).toMatchObject({ status: 'grouped', parentId: storms[0]?.replace(/-1$/, '') });
    expect(await incidents.get(member?.parentId ?? '')).toMatchObject({ status: 'open', occurrences: 8 });
  });

  it('of pull requests hides neither a failure on main nor an alarm', async () => {
    const { deps } = setUp(aConfiguration({ policy }));
    for (let number = 1; number <= 10; number += 1) await ingestSignal(place(number), deps);
    const main = failure({ pullRequest: null, event: 'push', onDefaultBranch: true, runId: 3000 }, 'delivery-main');
    expect(await ingestSignal(main, deps)).toBe('opened');
    const alarm = aSignal({ deliveryId: 'delivery-alarm', source: 'cloudwatch', target: anAlarmTarget() });
    expect(await ingestSignal(alarm, deps)).toBe('opened');
    const comment = failure({ pullRequest: null, event: 'issue_comment', runId: 3001 }, 'delivery-comment');
    expect(await ingestSignal(comment, deps)).toBe('grouped');
  });

  it('is over after a quiet time: a later failure is worked on again', async () => {
    const { deps, clock, workflow } = setUp(aConfiguration({ policy }));
    for (let number = 1; number <= 5; number += 1) await ingestSignal(place(number), deps);
    clock.advance(10 * 60_000);
    expect(await ingestSignal(place(6), deps)).toBe('opened');
    expect(workflow.started).toHaveLength(5);
  });
});

describe('a crash at any port call, followed by a repeat', () => {
  const scenarios: [string, ReturnType<typeof aConfiguration>, (deps: IngestDeps) => Promise<void>, Signal[]][] = [
    ['of a first failure', aConfiguration(), async () => {}, [failure()]],
    [
      'of a reopening',
      aConfiguration(),
      async (deps) => {
        await ingestSignal(failure(), deps);
        await deps.incidents.update(idOf(failure()), { status: 'resolved' });
      },
      [failure({ runAttempt: 2 }, 'delivery-2')],
    ],
    [
      'of a member of a storm',
      aConfiguration({ policy: { stormIncidentsPerMinute: 1 } }),
      async (deps) => {
        await ingestSignal(failure({ pullRequest: 90, runId: 90 }, 'delivery-90'), deps);
      },
      [failure({}, 'delivery-3')],
    ],
  ];

  it.each(scenarios)('%s leaves what one undisturbed signal leaves', async (_what, configuration, prepare, signals) => {
    const calm = setUp(configuration);
    await prepare(calm.deps);
    for (const signal of signals) await ingestSignal(signal, calm.deps);
    const expected = await stateOf(calm, signals);
    let points = 0;
    for (const after of [false, true]) {
      for (let at = 1, crashed = true; crashed; at += 1) {
        const world = setUp(configuration);
        await prepare(world.deps);
        crashed = await crashOnce(world, signals, { at, after, calls: 0 });
        points += 1;
        expect(await stateOf(world, signals), `crash at call ${at}, ${after ? 'after' : 'before'} it`).toEqual(
          expected,
        );
      }
    }
    expect(points).toBeGreaterThan(12);
  });

  async function crashOnce(
    { deps }: ReturnType<typeof setUp>,
    signals: Signal[],
    crash: { at: number; after: boolean; calls: number },
  ): Promise<boolean> {
    const broken: IngestDeps = {
      ...deps,
      incidents: crashing(deps.incidents, crash),
      control: crashing(deps.control, crash),
      stats: crashing(deps.stats, crash),
      workflow: crashing(deps.workflow, crash),
    };
    let crashed = false;
    for (const signal of signals) {
      try {
        await ingestSignal(signal, broken);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        crashed = true;
        await ingestSignal(signal, deps);
      }
    }
    return crashed;
  }

  async function stateOf({ incidents, workflow, stats }: ReturnType<typeof setUp>, signals: Signal[]) {
    return {
      started: workflow.started,
      incidents: await Promise.all(signals.map((signal) => incidents.get(idOf(signal)))),
      audit: await Promise.all(
        signals.map(async (signal) => (await incidents.listAudit(idOf(signal))).map(({ event }) => event)),
      ),
      runs: await stats.recentRuns('acme/shop#77'),
    };
  }
});
