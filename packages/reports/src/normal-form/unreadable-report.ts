/** Where in a report something is wrong; lines and columns begin at 1, null when the format has no lines or it is about the whole file. */
export interface ReportPlace {
  readonly line: number | null;
  readonly column: number | null;
}

/** What is wrong with the whole file and not with a line. */
export const WHOLE_REPORT: ReportPlace = { line: null, column: null };

/**
 * A report that is damaged, hostile, or of another format or kind than expected. Nothing of it may be used, because what was read before the
 * fault is not everything. `problem` says what is wrong, `remedy` how to mend it; both are sentences without their full stop.
 */
export class UnreadableReport extends Error {
  override readonly name = 'UnreadableReport';
  /** The name of the file as the reader got it; empty until it is known. */
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly problem: string;
  readonly remedy: string;
  /** `unknown`: it is no report of a known format at all; `summary`: it only sums up the reports beside it; null when it is a report. */
  readonly otherFile: 'unknown' | 'summary' | null;

  constructor(
    problem: string,
    remedy: string,
    { line, column }: ReportPlace = WHOLE_REPORT,
    file = '',
    otherFile: UnreadableReport['otherFile'] = null,
  ) {
    const place = line === null ? '' : `, line ${line}${column === null ? '' : `, column ${column}`}`;
    super(`${file === '' ? 'the report' : file}${place}: ${problem}. ${remedy}.`);
    this.file = file;
    this.line = line;
    this.column = column;
    this.problem = problem;
    this.remedy = remedy;
    this.otherFile = otherFile;
  }
}
