import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { MetricValues } from '@selfheal/pull-request-quality/domain/gates/baseline.ts';
import {
  changedCoverage,
  changedLinesOf,
  uncoveredChanges,
} from '@selfheal/pull-request-quality/domain/gates/changed-lines.ts';
import { metricProblem } from '@selfheal/pull-request-quality/domain/gates/metric-kind.ts';
import type { JobFacts } from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import { type CoverageTotals, noneFound } from '@selfheal/reports/normal-form/normal-form.ts';
import { UnreadableReport } from '@selfheal/reports/normal-form/unreadable-report.ts';
import type { ReportSet } from '@selfheal/reports/read/read-reports.ts';
import { reportFilesOf } from '#shared/adapters/archive/report-files.ts';
import { diffSince } from '../input/git.ts';
import { readReportFiles } from '../reports/named-reports.ts';

/** What the run measured, from reports and options. */
export interface Measurements {
  readonly metrics: MetricValues;
  /** Kept beside them for the diagnosis of later runs, and judged by no gate: `findings`, all that the scans found, whatever their severity. */
  readonly counted: MetricValues;
  readonly changedLines: CoverageTotals | null;
  /** Why scans did not finish, each a sentence with its file: what they found is left out of `metrics`, because it is not everything. */
  readonly unfinishedScans: readonly RedactedText[];
  /** For the comment of the pull request. */
  readonly facts: readonly JobFacts[];
}

const FILES = { type: 'string', value: 'FILE', multiple: true } as const;
export const MEASURED_OPTIONS = {
  report: { ...FILES, about: 'a report of any kind, or a folder of them; may be given several times' },
  coverage: { ...FILES, about: 'a report that has to be one of coverage' },
  findings: { ...FILES, about: 'a report that has to be one of findings, such as vulnerabilities' },
  metric: {
    type: 'string',
    value: 'NAME=VALUE',
    multiple: true,
    about: 'a measured value: coverage=91.2, vulnerabilities.high=3, duration.tests=412; may be given several times',
  },
  base: {
    type: 'string',
    value: 'REF',
    about: 'the commit or branch that the change goes into, for its changed lines',
  },
  diff: { type: 'string', value: 'FILE', about: 'a unified diff of the change, in place of --base' },
} as const;

interface MeasuredOptions {
  readonly report?: readonly string[] | undefined;
  readonly coverage?: readonly string[] | undefined;
  readonly findings?: readonly string[] | undefined;
  readonly metric?: readonly string[] | undefined;
  readonly base?: string | undefined;
  readonly diff?: string | undefined;
}

/** Reports may be named without an option, too. */
export const REPORT_OPERANDS = { shown: '[FILE...]', atLeast: 0, atMost: Number.POSITIVE_INFINITY } as const;

/** Throws `UsageError` naming the report that is missing or cannot be read, for values that cannot be, and when nothing was measured. */
export async function measuredOf(options: MeasuredOptions, operands: readonly string[] = []): Promise<Measurements> {
  const measured = await measuredIfAny({ ...options, report: [...(options.report ?? []), ...operands] });
  if (measured !== null) return measured;
  throw new UsageError(
    'Nothing was measured: name a report of coverage or findings with --report FILE, or a value with --metric NAME=VALUE.',
  );
}

/** The same; null when nothing was measured. */
export async function measuredIfAny(options: MeasuredOptions): Promise<Measurements | null> {
  const reports = await reportsOf(options);
  const coverage = reports?.coverage ?? null;
  const totals = reports?.findings?.totals ?? null;
  const unfinishedScans = reports?.findings?.unfinished ?? [];
  const vulnerabilities = unfinishedScans.length > 0 ? null : (reports?.findings?.byCategory.vulnerability ?? null);
  const reported: MetricValues = {
    ...(coverage?.totals.percent == null ? {} : { coverage: coverage.totals.percent }),
    ...(vulnerabilities === null
      ? {}
      : { 'vulnerabilities.critical': vulnerabilities.critical, 'vulnerabilities.high': vulnerabilities.high }),
  };
  const given = givenMetrics(options.metric ?? []);
  const twice = Object.keys(given).find((name) => Object.hasOwn(reported, name));
  if (twice !== undefined)
    throw new UsageError(`--metric ${twice}: a report says it, too. Give either the report or the value.`);
  const metrics: MetricValues = { ...reported, ...given };
  const counted: MetricValues =
    totals === null || unfinishedScans.length > 0 || Object.hasOwn(metrics, 'findings')
      ? {}
      : { findings: Object.values(totals).reduce((sum, count) => sum + count, 0) };
  if (Object.keys(metrics).length === 0 && unfinishedScans.length === 0) return null;
  const diff = coverage === null ? null : await diffOf(options);
  const changed = diff === null ? null : changedLinesOf(diff);
  const changedLines = coverage === null || changed === null ? null : changedCoverage(coverage.files, changed);
  const uncovered = coverage === null || changed === null ? [] : uncoveredChanges(coverage.files, changed);
  const facts: JobFacts[] = [
    ...(coverage === null
      ? []
      : [{ kind: 'coverage', totals: coverage.totals, changedLines, uncovered } satisfies JobFacts]),
    ...(totals === null || (unfinishedScans.length > 0 && noneFound(totals))
      ? []
      : [{ kind: 'findings', totals, added: null } satisfies JobFacts]),
  ];
  return { metrics, counted, changedLines, unfinishedScans, facts };
}

function givenMetrics(given: readonly string[]): MetricValues {
  const metrics = new Map<string, number>();
  for (const one of given) {
    const at = one.indexOf('=');
    const [name, text] = [one.slice(0, at), one.slice(at + 1)];
    if (at < 1 || !/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text))
      throw new UsageError(`--metric ${one}: expected NAME=NUMBER, such as coverage=91.2.`);
    const problem = metricProblem(name, Number(text));
    if (problem !== null) throw new UsageError(`--metric ${one}: ${problem}`);
    if (metrics.has(name)) throw new UsageError(`--metric ${name} is given twice.`);
    metrics.set(name, Number(text));
  }
  return Object.fromEntries(metrics);
}

/** Null when no report is named. A report that cannot be read fails the check: what it would have said is not known. */
async function reportsOf(options: MeasuredOptions): Promise<ReportSet | null> {
  try {
    return await readReportsOf(options);
  } catch (error) {
    throw error instanceof UnreadableReport ? new UsageError(error.message) : error;
  }
}

async function readReportsOf(options: MeasuredOptions): Promise<ReportSet | null> {
  const { report = [], coverage = [], findings = [] } = options;
  const kinds = new Map<string, 'coverage' | 'findings'>();
  const named = async (files: readonly string[], kind?: 'coverage' | 'findings'): Promise<string[]> => {
    const found = (await Promise.all(files.map(reportFilesOf))).flat();
    if (kind !== undefined) for (const file of found) kinds.set(file, kind);
    return found;
  };
  const files = [
    ...(await named(report)),
    ...(await named(coverage, 'coverage')),
    ...(await named(findings, 'findings')),
  ];
  if (files.length === 0) return null;
  const set = await readReportFiles(files);
  const [unreadable] = set.unreadable;
  if (unreadable !== undefined) throw unreadable;
  const wrong = set.read.find(({ file, kind }) => kinds.has(file) && kinds.get(file) !== kind);
  if (wrong !== undefined)
    throw new UsageError(`${wrong.file}: this is a report of ${wrong.kind}, not of ${kinds.get(wrong.file)}.`);
  return set;
}

/** The diff of the change; null when nothing names it. */
async function diffOf({ base, diff }: MeasuredOptions): Promise<string | null> {
  if (base !== undefined && diff !== undefined) throw new UsageError('Give --base or --diff, not both.');
  if (diff !== undefined)
    return await readFile(diff, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`--diff ${diff}: cannot be read (${error.code ?? error.message}).`);
    });
  if (base === undefined) return null;
  try {
    return (await promisify(execFile)('git', diffSince(base), { maxBuffer: 256 * 1024 * 1024 })).stdout;
  } catch (cause) {
    throw new UsageError(
      `--base ${base}: git cannot compare it with HEAD. In GitHub Actions use fetch-depth: 0, so that the base is there. (${
        String((cause as { stderr?: string }).stderr ?? cause)
          .trim()
          .split('\n')[0] ?? ''
      })`,
    );
  }
}
