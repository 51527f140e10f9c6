import { setTimeout as sleep } from 'node:timers/promises';
import { inflateRawSync } from 'node:zlib';
import { packEntry, writeZip } from '@selfheal/fake-github/zip/zip-writer.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { makeExcerpts } from '#shared/app/gather/excerpts.ts';
import { type FailedTestsReader, makeFailedTests } from '#shared/app/gather/tests.ts';
import type { DrillStage } from './drill-stage.ts';
import { processorMs } from './memory.ts';
import type { EventFeed } from './moments.ts';

export interface LongLogFacts {
  /** Milliseconds from the delivery of each signed webhook to its comment, ascending. */
  readonly milliseconds: readonly number[];
  /** Mean processor time of the runtime and its store for each run, in milliseconds. */
  readonly cpuMs: number;
  /** Mean time in which the function `gather` downloaded the log, read it, and stored what it found, in milliseconds. */
  readonly gatherMs: number;
}

const TIMEOUT_MS = 120_000;
/** As GitHub names the log of the sample's failing job. */
const ENTRY = '1_unit tests.txt';

/** Lets runs with this log fail one after the other, each on its own pull request. The first does not count. */
export async function measureLongLog(
  { world, runtime, quiet }: DrillStage,
  events: EventFeed,
  { log, runs }: { readonly log: string; readonly runs: number },
): Promise<LongLogFacts> {
  const archive = writeZip([{ name: ENTRY, content: log }]);
  const milliseconds: number[] = [];
  let [cpuMs, gatherMs] = [0, 0];
  const stop = events.listen((event) => {
    if (event.type === 'function.invoked' && event.functionName.includes('Gather')) gatherMs += event.milliseconds;
  });
  for (let round = 0; round <= runs; round += 1) {
    if (round === 1) gatherMs = 0;
    const before = processorMs(runtime.pids());
    const run = world.samples.failRun('regression', { deliver: 'none', archive });
    const target = `${run.repository}/issues/${run.pullRequest}`;
    const began = performance.now();
    void world.github.announceRun(run.runId, 'completed');
    while (world.journal.count('github.comment.created', target) === 0) {
      if (performance.now() - began > TIMEOUT_MS) throw new Error(`No comment on ${target} within two minutes.`);
      await sleep(1);
    }
    const taken = performance.now() - began;
    await quiet(60);
    if (round === 0) continue;
    milliseconds.push(taken);
    cpuMs += (processorMs(runtime.pids()) - before) / runs;
  }
  stop();
  return { milliseconds: milliseconds.sort((left, right) => left - right), cpuMs, gatherMs: gatherMs / runs };
}

export interface StepTimes {
  readonly unzip: number;
  readonly excerpt: number;
  /** The excerpt, and beside it the names of failed tests, as the function reads a log. */
  readonly both: number;
}

/** Processor time of what the function `gather` does with a log, each step by itself, in milliseconds: the second of two runs. */
export function timeSteps(log: string): StepTimes {
  const { packed } = packEntry({ name: ENTRY, content: log });
  const chunks = log.match(/[\s\S]{1,65536}/g) ?? [];
  const meta = { id: 'job-1', name: phrase`unit tests`, url: null };
  const excerpt = (tests: FailedTestsReader | null) => {
    const excerpts = makeExcerpts(1);
    const source = excerpts.open(meta, undefined, tests === null ? undefined : () => tests.open(meta.id));
    for (const chunk of chunks) source.push(chunk);
    excerpts.finish();
    tests?.finish();
  };
  const steps = {
    unzip: () => void inflateRawSync(packed),
    excerpt: () => excerpt(null),
    both: () => excerpt(makeFailedTests()),
  };
  for (const step of Object.values(steps)) step();
  return { unzip: timed(steps.unzip), excerpt: timed(steps.excerpt), both: timed(steps.both) };
}

function timed(step: () => void): number {
  const before = process.cpuUsage();
  step();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
