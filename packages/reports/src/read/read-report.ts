import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type {
  RawCoverage,
  RawFinding,
  RawTest,
  RawTestCounts,
  ReportFormat,
  ReportKind,
  ReportSink,
} from '../formats/contract.ts';
import { type CoverageLines, makeCoverageLines } from '../normal-form/coverage-lines.ts';
import { makeDistinctTests } from '../normal-form/distinct-tests.ts';
import {
  type CoverageTotals,
  type FileCoverage,
  type Finding,
  type FindingSeverity,
  type FindingTotals,
  noneFound,
  type ReportedTest,
  type TestOutcome,
  type TestTotals,
} from '../normal-form/normal-form.ts';
import { type RepositoryPaths, UNKNOWN_REPOSITORY } from '../normal-form/repository-path.ts';
import { UnreadableReport, WHOLE_REPORT } from '../normal-form/unreadable-report.ts';
import { type ChosenFormat, chooseFormat } from './choose-format.ts';
import { decodedReport } from './decode-report.ts';
import { makeNormalForm } from './normalise-report.ts';
import { HEAD_LENGTH } from './report-head.ts';

/** A report to read: unpacked bytes, in pieces of any size. */
export interface ReportInput {
  /** File name, by which errors name it. */
  readonly name: string;
  readonly pieces: AsyncIterable<Uint8Array>;
}

export interface ReadReportOptions {
  /** Refuses reports of another kind by name; absent: any kind. */
  readonly kind?: ReportKind | undefined;
  /** Id of the format; absent: it is recognised. */
  readonly format?: string | undefined;
  /** How paths become those of the repository; absent: only usual runners' folders are known. */
  readonly paths?: RepositoryPaths | undefined;
}

/**
 * Takes the parts of a report as they are read, in the order of the file. They are of use only when `readReport` resolves: a report may turn out to
 * be damaged at its end. The reader waits for a promise that is returned.
 */
export interface ReportConsumer {
  /** Whether `test` wants tests with this outcome; absent: those that failed. Others are only counted, which is much faster. */
  wantsTest?(outcome: TestOutcome): boolean;
  test?(test: ReportedTest): void | Promise<void>;
  /** Whether `finding` wants findings of this severity; absent: all. */
  wantsFinding?(severity: FindingSeverity): boolean;
  finding?(finding: Finding): void | Promise<void>;
  /** Files in the order of their paths, after the whole report was read. */
  coverage?(file: FileCoverage): void | Promise<void>;
}

interface ReportFacts {
  readonly file: string;
  /** Id of the format. */
  readonly format: string;
  /** Paths that lie outside of the repository and were left out. */
  readonly outsidePaths: number;
}

/** What a whole report says in numbers. */
export type ReportSummary = ReportFacts &
  (
    | {
        readonly kind: 'tests';
        /** Tests by name: one that ran several times, in several projects, attempts or rows of data, counts once with its worst outcome. */
        readonly totals: TestTotals;
        /** Each run of a test, as the report lists them. */
        readonly runs: Omit<TestTotals, 'seconds'>;
      }
    | { readonly kind: 'coverage'; readonly totals: CoverageTotals }
    | {
        readonly kind: 'findings';
        readonly totals: FindingTotals;
        readonly byCategory: Readonly<Record<Finding['category'], FindingTotals>>;
        /** Names of the tools that found them. */
        readonly tools: readonly string[];
        /** Why the scan did not finish, as the report says it; empty when it did. Without an end, no findings does not mean that there are none. */
        readonly unfinished: readonly RedactedText[];
      }
  );

/** Lines that are held of a coverage report. */
const MAX_COVERAGE_LINES = 20_000_000;
const MAX_LINE_NUMBER = 100_000_000;
const MAX_PROBLEM = 500;

/**
 * Reads one report to its end, in bounded memory, and hands its parts to `consumer`: redacted, bounded, with paths of the repository. Recognises the
 * format by content. Throws `UnreadableReport` with file and line when the report is empty, damaged, hostile, of an unknown format, of another kind
 * than asked for, or a coverage report without a line.
 */
export async function readReport(
  { name, pieces }: ReportInput,
  options: ReadReportOptions,
  consumer: ReportConsumer,
): Promise<ReportSummary> {
  try {
    return await read(name, pieces, options, consumer);
  } catch (error) {
    // What a parser says may quote the report.
    if (error instanceof UnreadableReport)
      throw new UnreadableReport(redactName(error.problem, MAX_PROBLEM), error.remedy, error, name, error.otherFile);
    // A string or a list that V8 cannot hold: no report needs one.
    if (error instanceof RangeError)
      throw new UnreadableReport(
        `a part of it is too large (${error.message})`,
        'Write a smaller report',
        WHOLE_REPORT,
        name,
      );
    throw error;
  }
}

async function read(
  file: string,
  pieces: AsyncIterable<Uint8Array>,
  options: ReadReportOptions,
  consumer: ReportConsumer,
): Promise<ReportSummary> {
  const texts = decodedReport(pieces);
  try {
    let start = '';
    let next = await texts.next();
    let chosen: ChosenFormat | null = null;
    for (let length = HEAD_LENGTH; chosen === null; length *= 4) {
      for (; next.done !== true && start.length < length; next = await texts.next()) start += next.value;
      chosen = chooseFormat(start, file, options, next.done === true);
    }
    const { format, overruled } = chosen;
    const sink = makeSink(options, consumer);
    const totals = await wholeReport(format, overruled, { start, next, texts, sink });
    return { file, format: format.id, outsidePaths: sink.outsidePaths(), ...totals };
  } finally {
    await texts.return?.(undefined);
  }
}

interface Reading {
  readonly start: string;
  /** What follows `start`. */
  readonly next: IteratorResult<string>;
  readonly texts: AsyncGenerator<string>;
  readonly sink: CollectingSink;
}

/** Parses a report from its start to its end. */
async function wholeReport(
  format: ReportFormat,
  overruled: ChosenFormat['overruled'],
  { start, next, texts, sink }: Reading,
): Promise<Totals> {
  const { looksLike = null, isEmptyList = true } = overruled ?? {};
  try {
    const parser = format.open(sink);
    if (start !== '') parser.write(start);
    await sink.passOn();
    for (let piece = next; piece.done !== true; piece = await texts.next()) {
      parser.write(piece.value);
      await sink.passOn();
    }
    if (start !== '') parser.end();
    await sink.passOn();
    const totals = await sink.finish(format.kind);
    if (!isEmptyList && holdsNothing(totals)) throw wrongFormat(looksLike, format);
    return totals;
  } catch (error) {
    throw looksLike !== null && error instanceof UnreadableReport ? wrongFormat(looksLike, format) : error;
  }
}

function holdsNothing(totals: Totals): boolean {
  if (totals.kind === 'coverage') return totals.totals.lines === 0;
  if (totals.kind === 'tests') return totals.runs.tests === 0 && totals.runs.errors === 0;
  return noneFound(totals.totals) && totals.unfinished.length === 0;
}

/** A file of another format has no findings, either: that must not look like good news. */
const wrongFormat = (looksLike: ReportFormat | null, asked: ReportFormat): UnreadableReport =>
  new UnreadableReport(
    looksLike === null ? `it holds nothing of ${asked.title}` : `it is ${looksLike.title}, expected ${asked.title}`,
    'Pass the other file, or name its format',
    WHOLE_REPORT,
  );

type Totals = ReportSummary extends infer S ? (S extends ReportFacts ? Omit<S, keyof ReportFacts> : never) : never;

interface CollectingSink extends ReportSink {
  /** Passes on what was read since the last call. */
  passOn(): Promise<void>;
  finish(kind: ReportKind): Promise<Totals>;
  outsidePaths(): number;
}

function makeSink({ paths = UNKNOWN_REPOSITORY }: ReadReportOptions, consumer: ReportConsumer): CollectingSink {
  const normal = makeNormalForm(paths);
  const tests = makeTestTotals();
  const findings = makeFindingTotals();
  const lines = makeCoverageLines();
  let pending: (() => void | Promise<void>)[] = [];
  const wantsTest = (outcome: TestOutcome): boolean =>
    consumer.wantsTest?.(outcome) ?? (outcome === 'failed' || outcome === 'error');
  return {
    test(raw) {
      tests.add(raw);
      if (consumer.test === undefined || !wantsTest(raw.outcome)) return;
      const test = normal.test(raw);
      pending.push(() => consumer.test?.(test));
    },
    counted: (counts) => tests.addCounts(counts),
    finding(raw) {
      findings.add(raw, normal.tool(raw.tool));
      if (consumer.finding === undefined || consumer.wantsFinding?.(raw.severity) === false) return;
      const finding = normal.finding(raw);
      pending.push(() => consumer.finding?.(finding));
    },
    unfinished: (reason) => findings.unfinished(reason),
    coverage(raw) {
      // A Go file that the repository does not have counts under its import path: generated code is covered or not, too.
      const path = normal.path(raw.path, raw) ?? (raw.goPackage === undefined ? null : `${raw.goPackage}/${raw.path}`);
      if (path !== null) addCoverage(lines, path, raw);
    },
    async passOn() {
      if (pending.length === 0) return;
      const now = pending;
      pending = [];
      for (const one of now) await one();
    },
    async finish(kind) {
      if (kind === 'tests') return { kind, ...tests.totals() };
      if (kind === 'findings') return { kind, ...findings.totals() };
      const totals = lines.totals();
      if (totals.lines === 0) throw coverageWithoutLines(normal.outsidePaths());
      if (consumer.coverage !== undefined) for (const one of lines.files()) await consumer.coverage(one);
      return { kind, totals };
    },
    outsidePaths: () => normal.outsidePaths(),
  };
}

function coverageWithoutLines(outside: number): UnreadableReport {
  return outside > 0
    ? new UnreadableReport(
        `${outside === 1 ? 'its only file lies' : `all of its ${outside} files lie`} outside of the repository`,
        'Name the folder that the repository was checked out to when the report was written (--root)',
        WHOLE_REPORT,
      )
    : new UnreadableReport(
        'it holds not a single line',
        'Nothing was measured: let the tests run under the coverage tool, and let it report lines',
        WHOLE_REPORT,
      );
}

function addCoverage(lines: CoverageLines, path: string, { covered, uncovered, branches }: RawCoverage): void {
  for (const line of [covered, uncovered].flatMap((numbers) => (numbers.length === 0 ? [] : [maximum(numbers)]))) {
    if (line > MAX_LINE_NUMBER)
      throw new UnreadableReport(
        `a file has a line ${line}`,
        'No file is that long: write the report again',
        WHOLE_REPORT,
      );
  }
  lines.add(path, { covered, uncovered }, branches ?? null);
  if (lines.size() > MAX_COVERAGE_LINES)
    throw new UnreadableReport(
      `it has more than ${MAX_COVERAGE_LINES / 1_000_000} million lines of code`,
      'Split it, or leave generated code out',
      WHOLE_REPORT,
    );
}

/** Not `Math.max(...)`, which fails on a long list. */
const maximum = (numbers: readonly number[]): number => numbers.reduce((most, one) => (one > most ? one : most), 0);

function makeTestTotals() {
  const distinct = makeDistinctTests();
  const runs = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  const only = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  let seconds = 0;
  return {
    add({ suite, name, countsAs, outcome, seconds: took }: RawTest): void {
      distinct.add(suite, countsAs ?? name, outcome);
      runs.tests += 1;
      if (outcome === 'failed') runs.failures += 1;
      else if (outcome === 'error') runs.errors += 1;
      else if (outcome === 'skipped') runs.skipped += 1;
      seconds += took ?? 0;
    },
    addCounts(counts: RawTestCounts): void {
      for (const key of ['tests', 'failures', 'errors', 'skipped'] as const) {
        runs[key] += counts[key];
        only[key] += counts[key];
        if (!Number.isSafeInteger(runs[key]))
          throw new UnreadableReport(
            `it counts ${runs[key]} ${key}`,
            'That cannot be: write the report again',
            WHOLE_REPORT,
          );
      }
      seconds += counts.seconds;
    },
    totals() {
      const { passed, failed, error, skipped } = distinct.counts();
      return {
        totals: {
          tests: passed + failed + error + skipped + only.tests,
          failures: failed + only.failures,
          errors: error + only.errors,
          skipped: skipped + only.skipped,
          seconds: Math.round(seconds * 1000) / 1000,
        },
        runs: { ...runs },
      };
    },
  };
}

const noFindings = (): FindingTotals => ({ critical: 0, high: 0, medium: 0, low: 0, info: 0, unknown: 0 });
const MAX_TOOLS = 20;
const MAX_REASONS = 5;
const MAX_REASON = 300;

function makeFindingTotals() {
  const totals = noFindings();
  const byCategory = {
    vulnerability: noFindings(),
    secret: noFindings(),
    misconfiguration: noFindings(),
    code: noFindings(),
  };
  const tools = new Set<string>();
  const reasons: Set<RedactedText> = new Set();
  return {
    unfinished(reason: string): void {
      if (reasons.size < MAX_REASONS) reasons.add(redactName(reason, MAX_REASON));
    },
    add({ severity, category }: RawFinding, tool: RedactedText): void {
      totals[severity] += 1;
      byCategory[category][severity] += 1;
      if (tools.size < MAX_TOOLS) tools.add(tool);
    },
    totals: () => ({ totals, byCategory, tools: [...tools], unfinished: [...reasons] }),
  };
}
