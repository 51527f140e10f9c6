import type { GateVerdict } from '@selfheal/pull-request-quality/domain/gates/metric-kind.ts';
import type {
  FailedTestFacts,
  JobFacts,
  JobResult,
} from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import type { ReportedRun } from '@selfheal/pull-request-quality/domain/pull-request/render-report.ts';
import type { CauseSummary } from '@selfheal/pull-request-quality/domain/triage/cluster-failures.ts';
import type { Finding } from '@selfheal/reports/normal-form/normal-form.ts';
import { redactedText } from './text.ts';

export const aReportedRun = (given: Partial<ReportedRun> = {}): ReportedRun => ({
  repository: 'acme/shop',
  runId: 16_000_000_012,
  attempt: 1,
  workflow: 'CI',
  headSha: 'a'.repeat(40),
  serverUrl: 'https://github.com',
  ...given,
});

export const aJobResult = (
  job: string,
  status: JobResult['status'],
  facts: JobFacts[] = [],
  summary?: string,
): JobResult => ({
  version: 1,
  job: redactedText(job),
  status,
  summary: redactedText(summary ?? `${job}: ${status}.`),
  facts,
});

export const aFailedTest = (given: Partial<Record<keyof FailedTestFacts, unknown>> = {}): FailedTestFacts =>
  ({
    suite: 'cart',
    name: 'rounds totals per line',
    file: 'test/cart.test.ts',
    line: 14,
    outcome: 'failed',
    seconds: 0.2,
    message: 'expected 3.35 to be 3.34',
    details: null,
    failedAttempts: 0,
    flaky: null,
    quarantined: false,
    owners: [],
    ...given,
  }) as FailedTestFacts;

export const testsFacts = (failed: FailedTestFacts[], tests = 240): JobFacts => ({
  kind: 'tests',
  totals: { tests, failures: failed.length, errors: 0, skipped: 3, seconds: 41.2 },
  failed,
});

export const aCause = (given: Partial<Record<keyof CauseSummary, unknown>> = {}): CauseSummary =>
  ({
    cause: 'Totals are rounded once instead of per line since `total()` changed in src/cart.ts',
    class: 'test_failure',
    verdict: 'regression',
    confidence: 0.92,
    jobs: ['test'],
    nextStep: 'Round each line before adding, in src/cart.ts line 31.',
    ...given,
  }) as CauseSummary;

export const aNewFinding = (given: Partial<Record<keyof Finding, unknown>> = {}): Finding =>
  ({
    tool: 'Trivy',
    category: 'vulnerability',
    rule: 'CVE-2026-12345',
    severity: 'high',
    message: 'Prototype pollution in merge',
    file: 'package-lock.json',
    line: null,
    package: { name: 'deep-merge', version: '1.2.0', fixedIn: '1.2.4' },
    fingerprint: '0123456789abcdef',
    ...given,
  }) as Finding;

const aVerdict = (given: Partial<GateVerdict> = {}): GateVerdict => ({
  metric: 'coverage',
  status: 'passed',
  current: 91.2,
  baseline: 92,
  delta: -0.8,
  threshold: 87,
  unit: 'percent',
  explanation: 'coverage: current 91.2 %, baseline 92.0 %, delta -0.8, threshold 87.0 %: PASS',
  ...given,
});

export const coverageFacts = (
  uncovered: { path: string; lines: { start: number; end: number }[] }[] = [],
  percent = 91.2,
): JobFacts => ({
  kind: 'coverage',
  totals: { files: 12, coveredLines: percent * 10, lines: 1000, percent },
  changedLines: { files: 1, coveredLines: 21, lines: 25, percent: 84 },
  uncovered,
});

/** Jobs of a pull request with a regression, a flaky test, uncovered lines and a new vulnerability. */
export const redResults = (): JobResult[] => [
  aJobResult(
    'test',
    'failed',
    [
      testsFacts([
        aFailedTest({ owners: ['acme-checkout'] }),
        aFailedTest({
          name: 'retries the payment',
          file: 'test/pay.test.ts',
          line: 80,
          flaky: true,
          message: 'timed out after 5000 ms',
        }),
      ]),
      { kind: 'triage', causes: [aCause()] },
      {
        kind: 'selection',
        summary: {
          mode: 'selected',
          reason: '4 files changed, below the limit of 20.',
          run: 240,
          skipped: 1203,
          sampled: 12,
        },
      },
    ],
    '2 of 240 tests failed.',
  ),
  aJobResult(
    'coverage',
    'passed',
    [
      coverageFacts([
        {
          path: 'src/cart.ts',
          lines: [
            { start: 12, end: 18 },
            { start: 30, end: 30 },
          ],
        },
      ]),
      {
        kind: 'gates',
        verdicts: [
          aVerdict(),
          aVerdict({ metric: 'changed-lines', current: 84, baseline: null, delta: null, threshold: 80 }),
        ],
      },
    ],
    'Coverage 91.2 %, within the limit.',
  ),
  aJobResult(
    'security',
    'failed',
    [
      {
        kind: 'findings',
        totals: { critical: 0, high: 1, medium: 4, low: 9, info: 0, unknown: 0 },
        added: [aNewFinding()],
      },
      {
        kind: 'gates',
        verdicts: [
          aVerdict({
            metric: 'vulnerabilities.high',
            status: 'failed',
            current: 1,
            baseline: 0,
            delta: 1,
            threshold: 0,
            unit: 'count',
            explanation: 'vulnerabilities.high: current 1, baseline 0, delta +1, threshold 0: FAIL',
          }),
        ],
      },
    ],
    '1 new high vulnerability.',
  ),
  aJobResult('lint', 'passed', [], 'No new problems.'),
];

export const greenResults = (): JobResult[] => [
  aJobResult('test', 'passed', [testsFacts([])], '240 tests passed.'),
  aJobResult(
    'coverage',
    'passed',
    [coverageFacts([], 92.3), { kind: 'gates', verdicts: [aVerdict({ current: 92.3, delta: 0.3 })] }],
    'Coverage 92.3 %.',
  ),
  aJobResult('lint', 'passed', [], 'No new problems.'),
];
