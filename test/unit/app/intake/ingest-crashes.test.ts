import { describe, expect, it } from 'vitest';
import { type IngestDeps, ingestSignal } from '#shared/app/intake/ingest-signal.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import { aConfiguration } from '#test/builders/index.ts';
import { anIngestRig, failure, type IngestRig, idOf } from '../ingest-rig.ts';

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
    const reference = anIngestRig(configuration);
    await prepare(reference.deps);
    for (const signal of signals) await ingestSignal(signal, reference.deps);
    const expected = await stateOf(reference, signals);
    let points = 0;
    for (const after of [false, true]) {
      for (let at = 1, crashed = true; crashed; at += 1) {
        const world = anIngestRig(configuration);
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
    { deps }: IngestRig,
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

  async function stateOf({ incidents, workflow, stats }: IngestRig, signals: Signal[]) {
    return {
      started: workflow.started,
      incidents: await Promise.all(signals.map((signal) => incidents.get(idOf(signal)))),
      audit: await Promise.all(
        signals.map(async (signal) => (await incidents.auditTrail(idOf(signal))).map(({ event }) => event)),
      ),
      runs: await stats.recentRuns('4711:acme/shop#77'),
    };
  }
});
