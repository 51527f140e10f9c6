import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { makeCoverageLines } from '../normal-form/coverage-lines.ts';
import type {
  CoverageTotals,
  FileCoverage,
  Finding,
  FindingTotals,
  ReportedTest,
  TestOutcome,
  TestTotals,
} from '../normal-form/normal-form.ts';
import { UnreadableReport } from '../normal-form/unreadable-report.ts';
import { type ReadReportOptions, type ReportInput, type ReportSummary, readReport } from './read-report.ts';

export interface ReadReportsOptions extends ReadReportOptions {
  /** Tests that are kept, by outcome; absent: those that failed. A history of tests needs all. */
  readonly keepsTest?: ((outcome: TestOutcome) => boolean) | undefined;
  /** Tests and findings kept at most, each; totals still count all. Absent: 10,000. */
  readonly maxKept?: number | undefined;
}

/** What several reports say together. A part is null when no report is of its kind. */
export interface ReportSet {
  readonly tests: {
    readonly totals: TestTotals;
    /** In the order of the files. */
    readonly kept: readonly ReportedTest[];
  } | null;
  readonly coverage: {
    readonly totals: CoverageTotals;
    /** A line is covered when one of the reports says so. In the order of paths. */
    readonly files: readonly FileCoverage[];
  } | null;
  readonly findings: {
    readonly totals: FindingTotals;
    readonly byCategory: Readonly<Record<Finding['category'], FindingTotals>>;
    readonly kept: readonly Finding[];
    /** Why scans did not finish, each a sentence with its file. A gate has to fail and name them. */
    readonly unfinished: readonly RedactedText[];
  } | null;
  /** The reports that were read, in their order. */
  readonly read: readonly ReportSummary[];
  /** Reports that could not be read; nothing of them is in the parts above. A gate has to fail and name them. */
  readonly unreadable: readonly UnreadableReport[];
}

const MAX_KEPT = 10_000;
const hasFailed = (outcome: TestOutcome): boolean => outcome === 'failed' || outcome === 'error';

/**
 * Reads several reports of any kinds and adds them up: what gates, feedback and the history of tests work on. A report that cannot be read is
 * listed and adds nothing; a summary that lies beside reports is passed over; errors of reading the files themselves are thrown.
 */
export async function readReports(
  inputs: AsyncIterable<ReportInput> | Iterable<ReportInput>,
  { keepsTest = hasFailed, maxKept = MAX_KEPT, ...options }: ReadReportsOptions = {},
): Promise<ReportSet> {
  const read: ReportSummary[] = [];
  const unreadable: UnreadableReport[] = [];
  const tests: ReportedTest[] = [];
  const findings: Finding[] = [];
  const summaries: UnreadableReport[] = [];
  const lines = makeCoverageLines();
  for await (const input of inputs) {
    const own: { tests: ReportedTest[]; findings: Finding[]; files: FileCoverage[] } = {
      tests: [],
      findings: [],
      files: [],
    };
    try {
      const summary = await readReport(input, options, {
        wantsTest: (outcome) => tests.length + own.tests.length < maxKept && keepsTest(outcome),
        test: (test) => {
          if (tests.length + own.tests.length < maxKept) own.tests.push(test);
        },
        wantsFinding: () => findings.length + own.findings.length < maxKept,
        finding: (finding) => {
          if (findings.length + own.findings.length < maxKept) own.findings.push(finding);
        },
        coverage: (file) => {
          own.files.push(file);
        },
      });
      read.push(summary);
      for (const test of own.tests) tests.push(test);
      for (const finding of own.findings) findings.push(finding);
      for (const { path, covered, uncovered, branches } of own.files)
        lines.add(path, { covered: numbersOf(covered), uncovered: numbersOf(uncovered) }, branches);
    } catch (error) {
      if (!(error instanceof UnreadableReport)) throw error;
      if (error.otherFile === 'summary') summaries.push(error);
      else unreadable.push(error);
    }
  }
  // Alone they are what was passed in place of a report.
  if (read.length === 0) unreadable.push(...summaries);
  return { ...partsOf(read, tests, findings, lines), read, unreadable };
}

function partsOf(
  read: readonly ReportSummary[],
  tests: readonly ReportedTest[],
  findings: readonly Finding[],
  lines: ReturnType<typeof makeCoverageLines>,
): Pick<ReportSet, 'tests' | 'coverage' | 'findings'> {
  const ofTests = read.flatMap((one) => (one.kind === 'tests' ? [one] : []));
  const ofFindings = read.flatMap((one) => (one.kind === 'findings' ? [one] : []));
  const hasCoverage = read.some(({ kind }) => kind === 'coverage');
  return {
    tests: ofTests.length === 0 ? null : { totals: ofTests.map(({ totals }) => totals).reduce(sum), kept: tests },
    coverage: hasCoverage ? { totals: lines.totals(), files: [...lines.files()] } : null,
    findings:
      ofFindings.length === 0
        ? null
        : {
            totals: ofFindings.map(({ totals }) => totals).reduce(sum),
            byCategory: {
              vulnerability: ofFindings.map(({ byCategory }) => byCategory.vulnerability).reduce(sum),
              secret: ofFindings.map(({ byCategory }) => byCategory.secret).reduce(sum),
              misconfiguration: ofFindings.map(({ byCategory }) => byCategory.misconfiguration).reduce(sum),
              code: ofFindings.map(({ byCategory }) => byCategory.code).reduce(sum),
            },
            kept: findings,
            unfinished: ofFindings.flatMap(unfinishedWords),
          },
  };
}

const MAX_FILE_NAME = 200;

/** `trivy.json: The scan did not finish: ...`; empty when it did. */
export const unfinishedWords = ({
  file,
  unfinished,
}: {
  readonly file: string;
  readonly unfinished: readonly RedactedText[];
}): RedactedText[] =>
  unfinished.map((reason) => phrase`${redactName(file, MAX_FILE_NAME)}: The scan did not finish: ${reason}.`);

/** Adds two records of numbers, key by key. */
function sum<T extends Readonly<Record<string, number>>>(a: T, b: T): T {
  return Object.fromEntries(Object.entries(a).map(([key, value]) => [key, value + (b[key] ?? 0)])) as T;
}

function* linesOf(ranges: FileCoverage['covered']): Generator<number> {
  for (const { start, end } of ranges) for (let line = start; line <= end; line++) yield line;
}
const numbersOf = (ranges: FileCoverage['covered']): number[] => [...linesOf(ranges)];
