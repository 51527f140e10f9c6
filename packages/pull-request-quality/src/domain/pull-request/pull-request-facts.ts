import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type {
  CoverageTotals,
  Finding,
  FindingTotals,
  LineRange,
  TestTotals,
} from '@selfheal/reports/normal-form/normal-form.ts';
import type { ArchitectureSummary } from '../architecture/architecture-analysis.ts';
import type { RunTimes } from '../ci-metrics/run-times.ts';
import type { GateVerdict } from '../gates/metric-kind.ts';
import type { SelectionSummary } from '../test-selection/select-tests.ts';
import type { CauseSummary } from '../triage/cluster-failures.ts';
import type { CodeChange, FailedTestFacts, JobFacts, JobResult } from './job-result.ts';

export type JobStatus = JobResult['status'];

/** One line of the status table. */
interface JobLine {
  readonly job: RedactedText;
  readonly status: JobStatus;
  readonly summary: RedactedText;
}

/** A test with every job it failed in. */
export interface FailedTest extends FailedTestFacts {
  readonly jobs: readonly RedactedText[];
}

interface JobCoverage {
  readonly job: RedactedText;
  readonly totals: CoverageTotals;
  readonly changedLines: CoverageTotals | null;
}

/** What all jobs of one pull request found, put together. */
export interface PullRequestFacts {
  /** `neutral`: nothing failed, and something was not checked, because Selfheal was down or every job was skipped. */
  readonly conclusion: 'failure' | 'neutral' | 'success';
  /** Failed ones first, then by name. */
  readonly jobs: readonly JobLine[];
  /** Null when no job reported tests. */
  readonly tests: TestTotals | null;
  readonly failedTests: readonly FailedTest[];
  readonly coverage: readonly JobCoverage[];
  readonly uncovered: readonly { readonly path: string; readonly lines: readonly LineRange[] }[];
  readonly findings: FindingTotals | null;
  /** Without the same finding twice; null when no job could compare with the default branch. */
  readonly addedFindings: readonly Finding[] | null;
  readonly verdicts: readonly GateVerdict[];
  readonly selection: readonly SelectionSummary[];
  /** Surest first. */
  readonly causes: readonly CauseSummary[];
  readonly architecture: ArchitectureSummary | null;
  /** How long the run took; null when no job measured it. */
  readonly times: RunTimes | null;
  readonly changes: readonly CodeChange[];
}

/** How a job ended by the workflow itself, GitHub's context `needs`. */
export interface NeededJob {
  readonly job: RedactedText;
  readonly result: 'success' | 'failure' | 'cancelled' | 'skipped';
}

const ORDER: Readonly<Record<JobStatus, number>> = { broken: 0, failed: 1, unavailable: 2, passed: 3, skipped: 4 };

type FactsOf<K extends JobFacts['kind']> = Extract<JobFacts, { kind: K }> & { readonly job: RedactedText };

/**
 * Puts the results of all jobs together. `needed`: how the workflow's jobs ended. A job that failed there counts as failed whatever its
 * results say, and a job without a result gets a line of its own.
 */
export function combineResults(results: readonly JobResult[], needed: readonly NeededJob[] = []): PullRequestFacts {
  const all = results.flatMap(({ job, facts }) => facts.map((fact) => ({ ...fact, job })));
  const of = <K extends JobFacts['kind']>(kind: K) => all.filter((fact) => fact.kind === kind) as FactsOf<K>[];
  const jobs = [
    ...results.map((result) => judged(result, results, needed)),
    ...linesWithoutResult(results, needed),
  ].sort((a, b) => ORDER[a.status] - ORDER[b.status] || a.job.localeCompare(b.job));
  return {
    conclusion: conclusionOf(jobs),
    jobs,
    tests: summed(of('tests').map(({ totals }) => totals)),
    failedTests: failedTestsOf(of('tests')),
    coverage: of('coverage').map(({ job, totals, changedLines }) => ({ job, totals, changedLines })),
    uncovered: uncoveredOf(of('coverage')),
    findings: summed(of('findings').map(({ totals }) => totals)),
    addedFindings: addedOf(of('findings')),
    verdicts: of('gates').flatMap(({ verdicts }) => verdicts),
    selection: of('selection').map(({ summary }) => summary),
    causes: of('triage')
      .flatMap(({ causes }) => causes)
      .sort((a, b) => b.confidence - a.confidence),
    architecture: of('architecture')[0]?.summary ?? null,
    times: of('times')[0]?.times ?? null,
    changes: of('suggestions').flatMap(({ changes }) => changes),
  };
}

function conclusionOf(jobs: readonly JobLine[]): PullRequestFacts['conclusion'] {
  const has = (status: JobStatus): boolean => jobs.some((job) => job.status === status);
  if (has('failed') || has('broken')) return 'failure';
  return has('unavailable') || !has('passed') ? 'neutral' : 'success';
}

/** A matrix job is named after its job: `test (22)`. */
const isOf = (job: string, needed: string): boolean => job === needed || job.startsWith(`${needed} (`);

/** The result of a job that failed elsewhere: in another leg or task if one of its results says so, else in a step that wrote no result. */
function judged(
  { job, status, summary }: JobResult,
  results: readonly JobResult[],
  needed: readonly NeededJob[],
): JobLine {
  const of = needed.find((one) => isOf(job, one.job));
  const result = of?.result;
  const isExplained = results.some(
    (one) => of !== undefined && isOf(one.job, of.job) && (one.status === 'failed' || one.status === 'broken'),
  );
  if (status !== 'passed' || (result !== 'failure' && result !== 'cancelled')) return { job, status, summary };
  if (result === 'failure' && isExplained) return { job, status, summary };
  const also = result === 'failure' ? phrase`Another step of the job failed.` : phrase`The job was cancelled.`;
  return { job, status: 'failed', summary: phrase`${also} ${summary}` };
}

function linesWithoutResult(results: readonly JobResult[], needed: readonly NeededJob[]): JobLine[] {
  const words: Readonly<Record<NeededJob['result'], Omit<JobLine, 'job'>>> = {
    success: { status: 'passed', summary: phrase`Passed.` },
    failure: { status: 'failed', summary: phrase`Failed, and left no result: see its log.` },
    cancelled: { status: 'failed', summary: phrase`Cancelled.` },
    skipped: { status: 'skipped', summary: phrase`Skipped.` },
  };
  return needed
    .filter(({ job }) => !results.some((result) => isOf(result.job, job)))
    .map(({ job, result }) => ({ job, ...words[result] }));
}

/** Sums each number; null for none. */
function summed<T extends Record<string, number>>(totals: readonly T[]): T | null {
  const [first, ...rest] = totals;
  if (first === undefined) return null;
  const entries = Object.keys(first).map((key) => [
    key,
    rest.reduce((sum, one) => sum + (one[key] ?? 0), first[key] ?? 0),
  ]);
  return Object.fromEntries(entries) as T;
}

/** A test that failed in several jobs is one, and flaky only when each of them says so. Lasting failures come first. */
function failedTestsOf(facts: readonly FactsOf<'tests'>[]): FailedTest[] {
  const all = facts.flatMap(({ job, failed }) => failed.map((test) => ({ ...test, job })));
  const same = Map.groupBy(all, ({ suite, name, file }) => JSON.stringify([suite, name, file]));
  const tests = [...same.values()].flatMap(([first, ...rest]) => {
    if (first === undefined) return [];
    const { job, ...test } = first;
    const alike = [first, ...rest];
    const flaky = alike.every((one) => one.flaky === test.flaky) ? test.flaky : null;
    const quarantined = alike.every((one) => one.quarantined);
    return [{ ...test, flaky, quarantined, jobs: [...new Set(alike.map((one) => one.job))] }];
  });
  const rank = (test: FailedTest): number => (test.quarantined ? 2 : test.flaky === true ? 1 : 0);
  return tests.sort((a, b) => rank(a) - rank(b));
}

/** A line is uncovered when no job covers it. Each job lists only its own uncovered lines, so of each path the ranges that all jobs share are left. */
function uncoveredOf(facts: readonly FactsOf<'coverage'>[]): PullRequestFacts['uncovered'] {
  const lists = facts.filter(({ changedLines }) => changedLines !== null).map(({ uncovered }) => uncovered);
  const [first, ...rest] = lists;
  if (first === undefined) return facts.flatMap(({ uncovered }) => uncovered);
  return rest
    .reduce<PullRequestFacts['uncovered']>(
      (kept, list) => [
        // A job that does not list the file may not know it, so the other's ranges stay.
        ...kept.map(({ path, lines }) => {
          const other = list.find((one) => one.path === path);
          return { path, lines: other === undefined ? lines : sharedRanges(lines, other.lines) };
        }),
        ...list.filter(({ path }) => !kept.some((one) => one.path === path)),
      ],
      first,
    )
    .filter(({ lines }) => lines.length > 0);
}

function sharedRanges(some: readonly LineRange[], others: readonly LineRange[]): LineRange[] {
  return some.flatMap((one) =>
    others.flatMap((other) => {
      const [start, end] = [Math.max(one.start, other.start), Math.min(one.end, other.end)];
      return start <= end ? [{ start, end }] : [];
    }),
  );
}

function addedOf(facts: readonly FactsOf<'findings'>[]): Finding[] | null {
  const known = facts.flatMap(({ added }) => (added === null ? [] : [added]));
  if (known.length === 0) return null;
  return [...new Map(known.flat().map((finding) => [finding.fingerprint, finding])).values()];
}
