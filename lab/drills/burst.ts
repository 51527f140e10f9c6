import { setTimeout as sleep } from 'node:timers/promises';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import type { DrillStage } from './drill-stage.ts';
import { KINDS, type LoadFacts, outcomesOf, WORKFLOWS } from './load.ts';
import { watchMemory } from './memory.ts';
import { oneOf } from './moments.ts';

export interface BurstFacts extends LoadFacts {
  /** From the first delivery until the last was answered. */
  readonly acceptedSeconds: number;
  /** From the last answer until the intake queue was empty. */
  readonly drainedSeconds: number;
  /** Requests to GitHub's API, without log downloads. */
  readonly githubRequests: number;
}

export interface BurstOptions {
  readonly runs: number;
  readonly atOnce: number;
  readonly seed: number;
}

/** Sends the webhooks of `runs` failed runs, each on its own pull request, with `atOnce` requests in flight until all are answered. */
export async function runBurst(stage: DrillStage, { runs, atOnce, seed }: BurstOptions): Promise<BurstFacts> {
  const { world, runtime } = stage;
  const next = numbersFrom(seed);
  const failed = Array.from({ length: runs }, () =>
    world.samples.failRun(oneOf(KINDS, next), { workflow: oneOf(WORKFLOWS, next), rerunMs: 1000, deliver: 'none' }),
  );
  let githubRequests = 0;
  const stopCounting = world.onExchange(({ service }) => {
    if (service === 'github') githubRequests += 1;
  });
  const memory = watchMemory(runtime.pids);
  const began = performance.now();
  const waiting = failed.map(({ runId }) => runId);
  let refused = 0;
  const sender = async () => {
    for (let runId = waiting.shift(); runId !== undefined; runId = waiting.shift()) {
      const deliveries = await world.github.announceRun(runId, 'completed');
      refused += deliveries.filter(({ result }) => Math.floor((result?.statusCode ?? 0) / 100) !== 2).length;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
  const accepted = performance.now();
  while ((await runtime.state()).waitingMessages > 0) await sleep(250);
  const drained = performance.now();
  const state = await stage.quiet(600);
  const seconds = (performance.now() - began) / 1000;
  memory.stop();
  stopCounting();
  return {
    runs,
    ...(await outcomesOf(stage, failed)),
    refused,
    deadLetters: state.deadLetters.length,
    peakBytes: memory.peakBytes(),
    seconds,
    acceptedSeconds: (accepted - began) / 1000,
    drainedSeconds: (drained - accepted) / 1000,
    githubRequests,
  };
}
