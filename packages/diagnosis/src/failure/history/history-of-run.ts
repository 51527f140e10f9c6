import type { JobHistory, JobResult, RunFacts } from '@selfheal/log-reading/logs/telemetry.ts';
import type { RunHistory, TestPast } from '../run-history.ts';
import { newestResults, outcomesOf, type TestRecord } from './test-record.ts';

/** The attempt of a run that is looked at. */
type ThisAttempt = Pick<JobResult, 'runId'> & { readonly runAttempt: number };

/** One attempt of a run; it passed when everything that failed now passed in it. */
type Together = JobResult;

/** The jobs' results by attempt, newest first. */
function together(histories: readonly (readonly JobResult[])[]): Together[] {
  const byAttempt = Map.groupBy(histories.flat(), ({ runId, attempt }) => `${runId}#${attempt}`);
  return [...byAttempt.values()]
    .flatMap((results) => {
      const [first] = results;
      return first === undefined ? [] : [{ ...first, passed: results.every(({ passed }) => passed) }];
    })
    .sort((a, b) => b.runId - a.runId || b.attempt - a.attempt);
}

/** Results on the default branch of everything that failed now, newest first. */
function branchResultsOf(histories: readonly JobHistory[]): boolean[] {
  return together(histories.map(({ defaultBranch }) => defaultBranch)).map(({ passed }) => passed);
}

/** The record without the failure in question, which is no evidence about itself. */
export function pastOf(record: TestRecord, { runId, runAttempt }: ThisAttempt): TestPast {
  const isNow = (result: TestRecord['results'][number]): boolean =>
    result.runId === runId && result.attempt === runAttempt;
  const earlier = newestResults(record).filter((result) => !isNow(result));
  return {
    name: record.name,
    passed: earlier.filter(({ onDefaultBranch }) => onDefaultBranch).map(({ passed }) => passed),
    outcomes: outcomesOf(record, isNow),
  };
}

/** The run's history from facts and from the records of the failed tests. */
export function historyOfRun(facts: RunFacts, target: ThisAttempt, tests: readonly TestPast[]): RunHistory {
  const same = together(facts.jobHistories.map(({ sameCommit }) => sameCommit));
  const passed = same.filter((one) => one.passed);
  const words = passed.map(({ runId, attempt }) =>
    runId === target.runId ? `attempt ${attempt}` : `attempt ${attempt} of run ${runId}`,
  );
  return {
    defaultBranchConclusions: facts.defaultBranchConclusions,
    defaultBranchJob: branchResultsOf(facts.jobHistories),
    attempt: facts.attempt,
    ...(same.length === 0
      ? {}
      : { sameCommit: { failures: same.length - passed.length, successes: passed.length }, passedIn: words }),
    ...(tests.length === 0 ? {} : { tests }),
  };
}
