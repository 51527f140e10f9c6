import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryState } from '@selfheal/fake-github/state.ts';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import type { DrillStage } from './drill-stage.ts';
import { watchMemory } from './memory.ts';
import { oneOf } from './moments.ts';

export interface LoadFacts {
  readonly runs: number;
  /** Runs whose incident was ended by its own workflow. */
  readonly healed: number;
  /** Runs whose incident was grouped under a storm. */
  readonly grouped: number;
  /** Runs without an ended incident. */
  readonly lost: number;
  /** Duplicates: runs with several incidents, pull requests with several comments, runs re-run twice. */
  readonly twice: number;
  /** Runs whose webhook was not answered with 2xx. */
  readonly refused: number;
  readonly deadLetters: number;
  readonly storms: number;
  readonly peakBytes: number;
  /** From the first delivery until nothing was in progress. */
  readonly seconds: number;
}

export interface LoadOptions {
  readonly runs: number;
  readonly perSecond: number;
  readonly seed: number;
}

export const WORKFLOWS = [
  { id: 7_301_001, name: 'CI', path: '.github/workflows/ci.yml' },
  { id: 7_301_002, name: 'Nightly', path: '.github/workflows/nightly.yml' },
  { id: 7_301_003, name: 'Release', path: '.github/workflows/release.yml' },
];
export const KINDS = ['regression', 'regression', 'transient', 'compile'] as const;

/** Lets runs of several kinds and workflows fail at a steady rate, each on its own pull request. */
export async function runLoad(stage: DrillStage, options: LoadOptions): Promise<LoadFacts> {
  const { world, runtime } = stage;
  const next = numbersFrom(options.seed);
  const memory = watchMemory(runtime.pids);
  const began = performance.now();
  const runs: { runId: number; delivered: Promise<DeliveryState[]> }[] = [];
  while (runs.length < options.runs) {
    runs.push(world.samples.failRun(oneOf(KINDS, next), { workflow: oneOf(WORKFLOWS, next), rerunMs: 1000 }));
    await sleep(Math.max(0, began + (runs.length * 1000) / options.perSecond - performance.now()));
  }
  const deliveries = (await Promise.all(runs.map(({ delivered }) => delivered))).flat();
  const state = await stage.quiet(600);
  const seconds = (performance.now() - began) / 1000;
  memory.stop();
  return {
    runs: runs.length,
    ...(await outcomesOf(stage, runs)),
    refused: deliveries.filter(({ result }) => Math.floor((result?.statusCode ?? 0) / 100) !== 2).length,
    deadLetters: state.deadLetters.length,
    peakBytes: memory.peakBytes(),
    seconds,
  };
}

export async function outcomesOf({ world, records }: DrillStage, runs: readonly { readonly runId: number }[]) {
  const incidents = await records.incidents();
  const byRun = Map.groupBy(incidents, ({ target }) => (target.kind === 'run' ? target.runId : null));
  const statuses = runs.map(({ runId }) => byRun.get(runId)?.map(({ status }) => status) ?? []);
  const count = (fits: (status: string) => boolean) =>
    statuses.filter((own) => own.length > 0 && own.every(fits)).length;
  const grouped = count((status) => status === 'grouped');
  const lost = statuses.filter((own) => own.length === 0 || own.includes('open')).length;
  return {
    healed: runs.length - lost - grouped,
    grouped,
    lost,
    twice: statuses.filter((own) => own.length > 1).length + repeatedTargets(world.journal.entries()),
    storms: incidents.filter(({ target }) => target.kind === 'storm').length,
  };
}

/** Number of targets with a repeated effect: several comments on a pull request, several re-runs of a run. */
function repeatedTargets(effects: readonly { readonly kind: string; readonly target: string }[]): number {
  const created = effects.filter(({ kind }) => kind === 'github.comment.created' || kind === 'github.run.rerun');
  return [...Map.groupBy(created, ({ kind, target }) => `${kind} ${target}`).values()].filter((own) => own.length > 1)
    .length;
}
