import { recordText } from '@selfheal/kernel/text/record-text.ts';
import {
  CoverageTotals,
  FilePath,
  Finding,
  FindingTotals,
  LineRange,
  ReportedTest,
  TestTotals,
} from '@selfheal/reports/normal-form/normal-form.ts';
import * as z from 'zod';
import { ArchitectureSummary } from '../architecture/architecture-analysis.ts';
import { RunTimes } from '../ci-metrics/run-times.ts';
import { GateVerdict } from '../gates/metric-kind.ts';
import { SelectionSummary } from '../test-selection/select-tests.ts';
import { CauseSummary } from '../triage/cluster-failures.ts';

/** A test that failed, and what its history says. */
export const FailedTestFacts = z.strictObject({
  ...ReportedTest.shape,
  /** Whether it fails by chance; null when too little is known. */
  flaky: z.boolean().nullable(),
  quarantined: z.boolean(),
  /** Logins and team names of those who own it. */
  owners: z.array(z.string().max(160)).max(5),
});

export type FailedTestFacts = z.infer<typeof FailedTestFacts>;

/** Lines of a file and their replacement; an empty one deletes them. From a proposed patch or a tool's own fix. Tainted. */
export const CodeChange = z.strictObject({
  path: FilePath,
  lines: LineRange,
  /** Without the last line feed. */
  replacement: z.string().max(4000),
  /** One sentence. */
  reason: recordText({ min: 1, max: 300 }),
});
export type CodeChange = z.infer<typeof CodeChange>;

/** What one job of a pull request found: the facts from which the comment is written. */
export const JobFacts = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tests'), totals: TestTotals, failed: z.array(FailedTestFacts).max(200) }),
  z.strictObject({
    kind: z.literal('coverage'),
    totals: CoverageTotals,
    /** Of the lines that the pull request adds or changes; null when that is unknown. */
    changedLines: CoverageTotals.nullable(),
    /** Changed lines that no test runs. */
    uncovered: z.array(z.strictObject({ path: FilePath, lines: z.array(LineRange).min(1).max(100) })).max(100),
  }),
  z.strictObject({
    kind: z.literal('findings'),
    totals: FindingTotals,
    /** Those that the default branch does not have; null when that is unknown. */
    added: z.array(Finding).max(200).nullable(),
  }),
  z.strictObject({ kind: z.literal('gates'), verdicts: z.array(GateVerdict).max(50) }),
  z.strictObject({ kind: z.literal('selection'), summary: SelectionSummary }),
  z.strictObject({ kind: z.literal('triage'), causes: z.array(CauseSummary).max(50) }),
  z.strictObject({ kind: z.literal('architecture'), summary: ArchitectureSummary }),
  z.strictObject({ kind: z.literal('times'), times: RunTimes }),
  z.strictObject({ kind: z.literal('suggestions'), changes: z.array(CodeChange).max(50) }),
]);
export type JobFacts = z.infer<typeof JobFacts>;

/**
 * Result of one job, written to `selfheal-results/<job>.json` and passed on as an artifact. `broken`: a report is missing, unreadable or of
 * another format, which fails the check by name. `unavailable`: Selfheal itself failed, which fails nothing.
 */
export const JobResult = z.strictObject({
  version: z.literal(1),
  /** The job as its workflow names it. */
  job: recordText({ min: 1, max: 100 }),
  status: z.enum(['passed', 'failed', 'broken', 'unavailable', 'skipped']),
  /** One sentence. */
  summary: recordText({ min: 1, max: 500 }),
  facts: z.array(JobFacts).max(20),
});
export type JobResult = z.infer<typeof JobResult>;
