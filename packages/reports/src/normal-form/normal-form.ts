import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';

/** A path inside the repository with forward slashes, as `normalRepositoryPath` makes it. Tainted. */
export const FilePath = z.string().min(1).max(1000);
export type FilePath = z.infer<typeof FilePath>;

/** A line of a file, the first is 1. */
const LineNumber = z.number().int().positive();

/** Lines from `start` to `end`, both included. */
export const LineRange = z.strictObject({ start: LineNumber, end: LineNumber });
export type LineRange = z.infer<typeof LineRange>;

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

/** Coverage of one file. Lines that hold no code are in neither list. */
export const FileCoverage = z.strictObject({
  path: FilePath,
  /** In ascending order, none touching the next. */
  covered: z.array(LineRange),
  uncovered: z.array(LineRange),
  /** Null when the format does not count branches. */
  branches: z.strictObject({ covered: z.number().int(), total: z.number().int() }).nullable(),
});
export type FileCoverage = z.infer<typeof FileCoverage>;

/** `percent` is null when no line can be covered. */
export const CoverageTotals = z.strictObject({
  files: z.number().int().nonnegative(),
  coveredLines: z.number().int().nonnegative(),
  lines: z.number().int().nonnegative(),
  percent: z.number().min(0).max(100).nullable(),
});
export type CoverageTotals = z.infer<typeof CoverageTotals>;

/** From worst to mildest. `info`: a note; `unknown`: the tool does not say. */
export const FindingSeverity = z.enum(['critical', 'high', 'medium', 'low', 'info', 'unknown']);
export type FindingSeverity = z.infer<typeof FindingSeverity>;

/** A vulnerability, a leaked secret, a lint or a type error that a tool reported. Its texts are redacted and tainted. */
export const Finding = z.strictObject({
  /** The tool as it names itself (`Trivy`). */
  tool: recordText({ min: 1, max: 100 }),
  category: z.enum(['vulnerability', 'secret', 'misconfiguration', 'code']),
  /** Rule or advisory (`CVE-2024-1234`, `no-unused-vars`). */
  rule: recordText({ min: 1, max: 300 }),
  severity: FindingSeverity,
  message: recordText({ max: 2000 }),
  file: FilePath.nullable(),
  line: LineNumber.nullable(),
  /** The package with the vulnerability, its version and the first one that is fixed; null where it is about code. */
  package: z
    .strictObject({
      name: recordText({ min: 1, max: 300 }),
      version: recordText({ max: 200 }).nullable(),
      fixedIn: recordText({ max: 200 }).nullable(),
    })
    .nullable(),
  /** The same for the same finding in another run, even when its lines moved: a digest of tool, rule, file or package, and message. */
  fingerprint: z.string().regex(/^[0-9a-f]{16}$/),
});
export type Finding = z.infer<typeof Finding>;

/** Numbers of findings by severity. */
export const FindingTotals = z.strictObject({
  critical: z.number().int().nonnegative(),
  high: z.number().int().nonnegative(),
  medium: z.number().int().nonnegative(),
  low: z.number().int().nonnegative(),
  info: z.number().int().nonnegative(),
  unknown: z.number().int().nonnegative(),
});
export type FindingTotals = z.infer<typeof FindingTotals>;

/** Whether no finding is counted. */
export const noneFound = (totals: FindingTotals): boolean => Object.values(totals).every((count) => count === 0);
