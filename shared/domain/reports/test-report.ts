import * as z from 'zod';
import { recordText } from '../../kernel/text/record-text.ts';
import { FilePath, LineNumber } from './location.ts';

/** How a test ended. `error`: it broke outside an assertion, where the format makes that difference. */
export const TestOutcome = z.enum(['passed', 'failed', 'error', 'skipped']);
export type TestOutcome = z.infer<typeof TestOutcome>;

/** One test of a report, in the form that all formats are read into. Its texts are redacted and tainted. */
export const ReportedTest = z.strictObject({
  /** Class, package or describe blocks; empty when the format has none. */
  suite: recordText({ max: 500 }),
  name: recordText({ min: 1, max: 500 }),
  file: FilePath.nullable(),
  line: LineNumber.nullable(),
  outcome: TestOutcome,
  /** Null when the report does not say. */
  seconds: z.number().nonnegative().nullable(),
  /** The head of the failure, or the reason of a skip; null when there is none. */
  message: recordText({ max: 2000 }).nullable(),
  /** Stack trace or output of a failure, shortened; null when there is none. */
  details: recordText({ max: 8000 }).nullable(),
  /** Attempts that failed before the last one (rerun and flaky elements of Surefire, retries of Playwright and Vitest). */
  failedAttempts: z.number().int().nonnegative(),
});
export type ReportedTest = z.infer<typeof ReportedTest>;

/** Numbers of a test report. `tests` includes skipped ones. */
export const TestTotals = z.strictObject({
  tests: z.number().int().nonnegative(),
  failures: z.number().int().nonnegative(),
  errors: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
  seconds: z.number().nonnegative(),
});
export type TestTotals = z.infer<typeof TestTotals>;
