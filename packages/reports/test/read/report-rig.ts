import type { FileCoverage, Finding, ReportedTest } from '../../src/normal-form/normal-form.ts';
import { type ReadReportOptions, type ReportSummary, readReport } from '../../src/read/read-report.ts';

export interface WholeReport {
  readonly summary: ReportSummary;
  readonly tests: readonly ReportedTest[];
  readonly files: readonly FileCoverage[];
  readonly findings: readonly Finding[];
}

/** Bytes in pieces of `size`. */
export async function* inPieces(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Reads a report in small pieces and keeps all of it. */
export async function readWhole(
  content: string | Uint8Array,
  { name = 'report', size, ...options }: ReadReportOptions & { name?: string; size?: number } = {},
): Promise<WholeReport> {
  const tests: ReportedTest[] = [];
  const files: FileCoverage[] = [];
  const findings: Finding[] = [];
  const pieces = inPieces(typeof content === 'string' ? Buffer.from(content) : content, size);
  const summary = await readReport({ name, pieces }, options, {
    wantsTest: () => true,
    test: (test) => void tests.push(test),
    coverage: (file) => void files.push(file),
    finding: (finding) => void findings.push(finding),
  });
  return { summary, tests, files, findings };
}
