import {
  type KnownHistory,
  rankedTests,
  readHistories,
} from '@selfheal/pull-request-quality/app/flaky-tests/test-history.ts';
import { codeOwnersOf } from '@selfheal/pull-request-quality/domain/flaky-tests/code-owners.ts';
import { isQuarantined } from '@selfheal/pull-request-quality/domain/flaky-tests/history-quarantine.ts';
import { reportedTestKey } from '@selfheal/pull-request-quality/domain/flaky-tests/test-history.ts';
import type { FailedTestFacts } from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import type { ReportedTest } from '@selfheal/reports/normal-form/normal-form.ts';
import type { TaskInput } from './task.ts';

const MAX_OWNERS = 5;

/** What is known of failed tests: whether they fail by chance, and who owns them. Null for `flaky` where no history is, or none can be read. */
export async function failedFacts(
  failed: readonly ReportedTest[],
  codeOwners: string,
  { state, clock, say }: TaskInput,
): Promise<FailedTestFacts[]> {
  if (failed.length === 0) return [];
  const histories = await knownHistories(state, say);
  const flaky = new Set(rankedTests(histories).flatMap(({ key, judged }) => (judged.kind === 'flaky' ? [key] : [])));
  const now = clock.now();
  return failed.map((test) => {
    const key = reportedTestKey(test);
    const own = histories.filter(({ history }) => history.tests[key] !== undefined);
    const owners = test.file === null ? [] : codeOwnersOf(codeOwners, test.file);
    return {
      ...test,
      flaky: own.length === 0 ? null : flaky.has(key),
      quarantined: own.some(({ history }) => isQuarantined(history.tests[key], now)),
      owners: [...owners].slice(0, MAX_OWNERS),
    };
  });
}

/** The report lists what failed even when the state cannot be read. */
async function knownHistories(state: TaskInput['state'], say: TaskInput['say']): Promise<readonly KnownHistory[]> {
  try {
    return await readHistories(await state(), null);
  } catch (error) {
    say(`The history of tests cannot be read, so none is called flaky: ${(error as Error).message}`);
    return [];
  }
}
