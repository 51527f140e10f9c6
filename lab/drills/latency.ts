import { setTimeout as sleep } from 'node:timers/promises';
import type { DrillStage } from './drill-stage.ts';
import { processorMs } from './memory.ts';

export interface LatencyFacts {
  /** Milliseconds from the delivery of each signed webhook to its comment, ascending. */
  readonly milliseconds: readonly number[];
  readonly p50: number;
  readonly p99: number;
  /** Processor time of the runtime and its store for each run, to the end of its workflow. */
  readonly cpuMs: number;
}

export interface LatencyOptions {
  readonly runs: number;
  /** Runs that fail at the same moment. */
  readonly atOnce: number;
  /** Groups of runs before the first that counts. */
  readonly warmUp: number;
}

const TIMEOUT_MS = 60_000;
const REQUESTS_AN_HOUR = 5000;

/** Measures failing runs in groups, each run on its own pull request. */
export async function measureLatency(
  stage: DrillStage,
  { runs, atOnce, warmUp }: LatencyOptions,
): Promise<LatencyFacts> {
  const milliseconds: number[] = [];
  const oneGroup = async (): Promise<number[]> => {
    // Some 16 requests a run: more runs than GitHub serves in an hour (5,000 requests) would wait for the next one.
    stage.world.github.setRemaining(REQUESTS_AN_HOUR);
    const taken = await Promise.all(Array.from({ length: atOnce }, () => oneComment(stage)));
    // The workflows continue after their comments; wait, so that the next webhooks find the runtime idle.
    await stage.quiet(60);
    return taken;
  };
  for (let group = 0; group < warmUp; group += 1) await oneGroup();
  const pids = stage.runtime.pids();
  const before = processorMs(pids);
  while (milliseconds.length < runs) milliseconds.push(...(await oneGroup()));
  const cpuMs = (processorMs(pids) - before) / milliseconds.length;
  milliseconds.sort((left, right) => left - right);
  return { milliseconds, p50: percentile(milliseconds, 50), p99: percentile(milliseconds, 99), cpuMs };
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
function percentile(values: readonly number[], percent: number): number {
  const at = Math.max(1, Math.ceil((percent / 100) * values.length));
  return values[at - 1] ?? Number.NaN;
}
