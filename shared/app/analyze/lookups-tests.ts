import { testsByKey, withRuns } from '@selfheal/diagnosis/failure/history/known-runs.ts';
import {
  newestResults,
  outcomesOf,
  type TestRecord,
  testKeyOf,
} from '@selfheal/diagnosis/failure/history/test-record.ts';
import { judgeFlakiness } from '@selfheal/kernel/numbers/flakiness.ts';
import { percentText } from '@selfheal/kernel/numbers/number-words.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { identityOf, repositoryKeyOf } from '#shared/domain/incident/repository-identity.ts';
import { runsKeyOf } from '#shared/domain/incident/scope.ts';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import type { Lookup } from '#shared/ports/diagnosis-model.ts';
import type { RunOutcome, StatsStore, TestStore } from '#shared/ports/test-store.ts';
import { defineLookup } from './lookup.ts';

export interface TestLookupDeps {
  readonly stats: Pick<StatsStore, 'recentRuns'>;
  readonly tests: Pick<TestStore, 'testRecords'>;
}

const MAX_TESTS = 12;
const MAX_LINE_LENGTH = 700;
const SHOWN_RUNS = 10;
const RUNS = 50;

/** Earlier results of the workflow and of the failed tests, or of a named test. */
export function testHistory(target: RunTarget, evidence: Evidence, deps: TestLookupDeps): Lookup {
  const repository = repositoryKeyOf(identityOf(target));
  return defineLookup({
    name: 'test_history',
    description: phrase`Recorded results of the failed tests, or of one test by its name, and the outcomes of the last runs of this workflow, newest first.`,
    input: z.strictObject({ test: z.string().min(2).max(200).optional() }),
    async read({ test }) {
      const failed = (evidence.failedTests ?? []).map(({ name }) => name);
      const keys = test === undefined ? [...testsByKey(failed).keys()].slice(0, MAX_TESTS) : [testKeyOf(test)];
      const [records, runs] = await Promise.all([
        deps.tests.testRecords(repository, keys),
        deps.stats.recentRuns(runsKeyOf(target), RUNS),
      ]);
      const lines = [
        ...records.map((record) => lineOfTest(withRuns(record, runs))),
        ...(test === undefined ? runs.slice(0, SHOWN_RUNS).map((run) => lineOfRun(run, target)) : []),
      ];
      if (lines.length > 0)
        return {
          kind: 'found',
          origin: phrase`Earlier results of tests and runs of this workflow`,
          lines: lines.map((line) => redactName(line, MAX_LINE_LENGTH)),
        };
      const what = test === undefined ? phrase`No earlier run of this workflow` : phrase`No failure of this test`;
      return { kind: 'nothing', reason: phrase`${what} was recorded.` };
    },
  });
}

function lineOfTest(record: TestRecord): string {
  const { name, runs, failures, flips, firstAt } = record;
  const { kind, score } = judgeFlakiness(outcomesOf(record), false);
  const row = newestResults(record)
    .map(({ passed }) => (passed ? 'P' : 'F'))
    .join('');
  const judged = kind === 'steady' ? 'too little to tell' : `${kind}, ${percentText(score)} likely flaky`;
  return `test "${name}": failed ${failures} of ${runs} runs since ${firstAt.slice(0, 10)}, failed and passed on ${flips} same commits; newest first ${row}; ${judged}`;
}

function lineOfRun({ at, runId, runAttempt, conclusion, onDefaultBranch }: RunOutcome, target: RunTarget): string {
  const own = runId === target.runId ? ' (this run)' : '';
  return `${at} run ${runId}${own} attempt ${runAttempt}: ${conclusion}${onDefaultBranch ? ', default branch' : ''}`;
}
