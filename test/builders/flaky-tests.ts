import { testKeyOf } from '@selfheal/diagnosis/failure/history/test-record.ts';
import type { QuarantinedTest } from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import type { RecordedRun } from '@selfheal/pull-request-quality/domain/flaky-tests/test-history.ts';
import type { TestQuarantine } from '@selfheal/pull-request-quality/domain/flaky-tests/test-quarantine.ts';
import type { ReportedTest } from '@selfheal/reports/normal-form/normal-form.ts';
import { redactedText } from './text.ts';

export const FLAKY_NAME = 'test/cart.test.ts > adds up';

/** In quarantine until 2026-12-05, owned by a team. */
export function aTestQuarantine(
  change: Partial<TestQuarantine> = {},
  test: Partial<QuarantinedTest> = {},
): TestQuarantine {
  return {
    version: 1,
    revision: 1,
    since: '2026-11-21T12:00:00.000Z',
    test: {
      version: 1,
      incidentId: 'gh-000000000000000000000001',
      testKey: testKeyOf(FLAKY_NAME),
      name: redactedText(FLAKY_NAME),
      file: redactedText('test/cart.test.ts'),
      owner: { kind: 'code-owners', names: ['@acme/basket'] },
      runs: 20,
      failures: 4,
      rate: [0.07, 0.42],
      score: 0.99,
      commits: ['abcdefabcdef'],
      until: '2026-12-05',
      ...test,
    },
    issue: 7,
    url: 'https://github.com/acme/shop/issues/7',
    decisions: [],
    ...change,
  };
}

/** A passed test of a report. */
export function aReportedTest(change: Partial<ReportedTest> = {}): ReportedTest {
  return {
    suite: redactedText('cart'),
    name: redactedText('adds up'),
    file: 'test/cart.test.ts',
    line: null,
    outcome: 'passed',
    seconds: 0.5,
    message: null,
    details: null,
    failedAttempts: 0,
    ...change,
  };
}

/** The first attempt of run 1 on the default branch, ten minutes long. */
export function aRecordedRun(change: Partial<RecordedRun> = {}): RecordedRun {
  return {
    id: 1,
    attempt: 1,
    commit: 'abcdef123456',
    branch: 'main',
    onDefaultBranch: true,
    at: '2026-11-20T12:00:00.000Z',
    seconds: 600,
    infrastructure: false,
    ...change,
  };
}
