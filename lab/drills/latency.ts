import { setTimeout as sleep } from 'node:timers/promises';
import type { DrillStage } from './drill-stage.ts';

export interface LatencyFacts {
  /** Milliseconds from the delivery of each signed webhook to its comment, ascending. */
  readonly milliseconds: readonly number[];
  readonly p50: number;
  readonly p99: number;
}

const TIMEOUT_MS = 60_000;

/** Measures failing runs one at a time, each on its own pull request, after `warmUp` runs that are not counted. */
export async function measureLatency(stage: DrillStage, runs: number, warmUp: number): Promise<LatencyFacts> {
  const milliseconds: number[] = [];
  for (let run = 0; run < warmUp + runs; run += 1) {
    const taken = await oneComment(stage);
    if (run >= warmUp) milliseconds.push(taken);
    // The workflow continues after its comment; wait, so that the next webhook finds the runtime idle.
    await stage.quiet(60);
  }
  milliseconds.sort((left, right) => left - right);
  return { milliseconds, p50: percentile(milliseconds, 50), p99: percentile(milliseconds, 99) };
}

async function oneComment({ world }: DrillStage): Promise<number> {
  const run = world.samples.failRun('regression', { deliver: 'none' });
  const target = `${run.repository}/issues/${run.pullRequest}`;
  const began = performance.now();
  void world.github.announceRun(run.runId, 'completed');
  while (world.journal.count('github.comment.created', target) === 0) {
    if (performance.now() - began > TIMEOUT_MS) throw new Error(`No comment on ${target} within a minute.`);
    await sleep(1);
  }
  return performance.now() - began;
}

/** Percentile by nearest rank: the smallest value that is at least as large as `percent` per cent of the values. `values` must be ascending. */
export function percentile(values: readonly number[], percent: number): number {
  const at = Math.max(1, Math.ceil((percent / 100) * values.length));
  return values[at - 1] ?? Number.NaN;
}
