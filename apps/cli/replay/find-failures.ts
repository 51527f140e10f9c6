import { isFailure } from '@selfheal/log-reading/logs/telemetry.ts';
import type { RunEnd } from '#shared/domain/replay/past-failure.ts';
import type { PastRun, PastRuns } from '#shared/ports/past-runs.ts';

/** An attempt of a run that failed, with what became of the run and of its branch. */
export interface PastFailure {
  /** As the failed attempt left the run. */
  readonly past: PastRun;
  /** The run as it is now. */
  readonly last: RunEnd;
  /** Newer runs of the same workflow and branch, oldest first. */
  readonly later: readonly RunEnd[];
}

export interface FoundFailures {
  /** Newest first. */
  readonly failures: readonly PastFailure[];
  /** Every completed run that was looked at, newest first. */
  readonly runs: readonly PastRun[];
}

const endOf = ({ run }: PastRun): RunEnd => ({
  id: run.id,
  headSha: run.headSha,
  createdAt: run.createdAt,
  updatedAt: run.updatedAt,
  attempt: run.attempt,
  passed: run.conclusion === 'success',
});

/** The newest `count` runs of a repository whose first attempt failed, whatever became of them. */
export async function findFailures(repository: string, count: number, pastRuns: PastRuns): Promise<FoundFailures> {
  const runs: PastRun[] = [];
  const failed: { past: PastRun; now: PastRun }[] = [];
  for await (const page of pastRuns.pages(repository)) {
    runs.push(...page);
    for (const now of page) {
      if (failed.length >= count) break;
      const past = await failedAttempt(now, pastRuns);
      if (past !== null) failed.push({ past, now });
    }
    if (failed.length >= count) break;
  }
  const places = Map.groupBy(runs.toReversed(), ({ place }) => place);
  const failures = failed.map(({ past, now }) => ({
    past,
    last: endOf(now),
    later: (places.get(now.place) ?? []).filter(({ run }) => run.id > now.run.id).map(endOf),
  }));
  return { failures, runs };
}

/** The first attempt if it failed, else the newest if that did. */
async function failedAttempt(now: PastRun, pastRuns: PastRuns): Promise<PastRun | null> {
  if (now.run.attempt > 1) {
    const first = await pastRuns.attempt(now, 1);
    if (isFailure(first.run.conclusion)) return first;
  }
  return isFailure(now.run.conclusion) ? now : null;
}
