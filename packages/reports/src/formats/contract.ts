import type { FindingSeverity, TestOutcome } from '../normal-form/normal-form.ts';

import type { JsonKeys } from './common/json-keys.ts';

/** What a report is about. */
export type ReportKind = 'tests' | 'coverage' | 'findings';

/** A test as the report says it. Its texts come from outside: not redacted, of any length. */
export interface RawTest {
  /** Class, package or describe blocks; empty when the format has none. */
  readonly suite: string;
  readonly name: string;
  /** Name under which it is counted, when several entries are one test, as the rows of a theory are; absent: its own. */
  readonly countsAs?: string | undefined;
  readonly outcome: TestOutcome;
  readonly file?: string | null;
  readonly line?: number | null;
  readonly seconds?: number | null;
  readonly message?: string | null;
  readonly details?: string | null;
  readonly failedAttempts?: number;
  /** Import path of the Go package that file names without a folder belong to. */
  readonly goPackage?: string | undefined;
}

/** Numbers of a group of tests that the report does not list one by one. */
export interface RawTestCounts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
  readonly seconds: number;
}

/** Lines of one source file. May come in several parts: a line is covered when one part says so. */
export interface RawCoverage {
  readonly path: string;
  /** Folders that `path` may begin in, first guess first. */
  readonly bases?: readonly string[];
  /** Import path of the Go package whose file `path` names. */
  readonly goPackage?: string | undefined;
  /** Line numbers from 1, in any order. */
  readonly covered: readonly number[];
  readonly uncovered: readonly number[];
  /** Null or absent when the format does not count branches. */
  readonly branches?: { readonly covered: number; readonly total: number } | null;
}

/** A finding as the report says it. Its texts come from outside: not redacted, of any length. */
export interface RawFinding {
  readonly tool: string;
  readonly category: 'vulnerability' | 'secret' | 'misconfiguration' | 'code';
  readonly rule: string;
  readonly severity: FindingSeverity;
  readonly message: string;
  readonly file?: string | null;
  readonly line?: number | null;
  readonly package?: {
    readonly name: string;
    readonly version?: string | null;
    readonly fixedIn?: string | null;
  } | null;
}

/** Takes what a parser reads, in the order of the file. It redacts and bounds every text, and makes paths normal. */
export interface ReportSink {
  test(test: RawTest): void;
  /** Tests that are only counted. */
  counted(counts: RawTestCounts): void;
  coverage(file: RawCoverage): void;
  finding(finding: RawFinding): void;
  /**
   * The report itself says that its scan failed or left something out: what it does not list is not known. `reason`: a phrase with the tool's own
   * words, without its full stop. Only for reports of findings.
   */
  unfinished(reason: string): void;
}

/**
 * Reads one report, piece by piece, in bounded memory. Both functions throw `UnreadableReport`, with the line, when the report is damaged, cut off
 * or not of this format.
 */
export interface ReportParser {
  /** The next characters of the file; the first ones without a byte order mark. */
  write(text: string): void;
  /** The file is over. */
  end(): void;
}

/** The beginning of a file, by which its format is recognised. */
export interface ReportHead {
  /** 64 KB, more where that did not tell the format, without a byte order mark. */
  readonly text: string;
  /** Without folders, in lower case. */
  readonly fileName: string;
  /** The root element of an XML document, without its prefix; null when it is none. */
  readonly xmlRoot: string | null;
  /** Whether a JSON object or list begins. */
  readonly json: 'object' | 'list' | null;
  /** Of a JSON text: its keys, the outermost first, in whatever order they stand. */
  readonly keys: JsonKeys;
}

/**
 * A report format: its id on the command line, how it is recognised, and its parser. To add one, add a folder named after its id and a line in
 * `registry.ts`.
 */
export interface ReportFormat {
  readonly id: string;
  /** As it is listed (`JUnit XML`). */
  readonly title: string;
  readonly kind: ReportKind;
  /** Tools that write it, as a phrase. */
  readonly writers: string;
  /** By content; the name of the file only decides where the content fits several formats. */
  recognizes(head: ReportHead): boolean;
  /** Whether an empty file means that nothing was found, when the caller says that the file has this format. */
  readonly emptyMeansNone?: true;
  /** What names of files hold for which an empty list (`[]`, `null`) is one of this format: it says nothing of itself. */
  readonly namesOfEmptyList?: readonly string[];
  open(sink: ReportSink): ReportParser;
}
