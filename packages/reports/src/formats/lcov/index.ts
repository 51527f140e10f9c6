import { openLines, quoted, refuseLine } from '../common/lines.ts';
import type { ReportFormat, ReportParser, ReportSink } from '../contract.ts';

interface Section {
  readonly path: string;
  readonly covered: number[];
  readonly uncovered: number[];
  branches: number;
  takenBranches: number;
}

const REMEDY = 'Write the report again with the coverage tool';
/** Records of lcov that carry nothing that is kept. */
const OTHER = /^(?:TN|VER|FN[A-Z]*|BR[FH]|MC[A-Z]*|L[FH]|FNL|FNA|DA|BRDA|SF|end_of_record|#)/;

/** https://ltp.sourceforge.net/coverage/lcov/geninfo.1.php, "Tracefile format". */
export const lcov: ReportFormat = {
  id: 'lcov',
  title: 'lcov tracefile',
  kind: 'coverage',
  writers: 'lcov, Istanbul (Jest, Vitest, nyc), c8, cargo-llvm-cov, grcov, SimpleCov, Dart and Flutter, coverage.py',
  recognizes: ({ text }) => /^(?:#[^\n]*\n|TN:[^\n]*\n|VER:[^\n]*\n|\s)*SF:/.test(text),
  open: openLcov,
};

function openLcov(sink: ReportSink): ReportParser {
  let section: Section | null = null;
  let opened = 0;
  return openLines({
    line(raw, number) {
      const line = raw.trim();
      if (line === '') return;
      if (line.startsWith('SF:')) {
        if (section !== null)
          refuseLine(
            number,
            'a new file begins before end_of_record of the one before',
            `Part of it is missing. ${REMEDY}`,
          );
        section = { path: line.slice(3), covered: [], uncovered: [], branches: 0, takenBranches: 0 };
        opened = number;
        return;
      }
      if (line === 'end_of_record') {
        if (section === null) refuseLine(number, 'end_of_record without SF before it', REMEDY);
        const { path, covered, uncovered, branches, takenBranches } = section;
        sink.coverage({
          path,
          covered,
          uncovered,
          branches: branches === 0 ? null : { covered: takenBranches, total: branches },
        });
        section = null;
        return;
      }
      if (line.startsWith('DA:')) return takeLine(line, number, section);
      if (line.startsWith('BRDA:')) return takeBranch(line, number, section);
      if (!OTHER.test(line)) refuseLine(number, `${quoted(line)} is no record of lcov`, REMEDY);
    },
    end() {
      if (section !== null)
        refuseLine(opened, 'this file has no end_of_record: the report was cut off', 'Fetch or write the report again');
    },
  });
}

function takeLine(line: string, number: number, section: Section | null): void {
  const found = /^DA:(\d{1,9}),(-?\d{1,18})(?:,|$)/.exec(line);
  if (found === null || section === null) refuseLine(number, `${quoted(line)} is not a line of a file`, REMEDY);
  const [, at = '', hits = ''] = found;
  if (hits.startsWith('-') && Number(hits) < 0)
    refuseLine(number, `a line was run ${hits} times`, `A count is 0 or more. ${REMEDY}`);
  // Line 0 is what some tools write for code without a line.
  if (Number(at) > 0) (Number(hits) > 0 ? section.covered : section.uncovered).push(Number(at));
}

function takeBranch(line: string, number: number, section: Section | null): void {
  const taken = /^BRDA:\d+,.*,(-|-?\d+)$/.exec(line)?.[1];
  if (taken === undefined || section === null) refuseLine(number, `${quoted(line)} is not a branch of a file`, REMEDY);
  if (/^-\d/.test(taken)) refuseLine(number, `a branch was taken ${taken} times`, `A count is 0 or more. ${REMEDY}`);
  section.branches += 1;
  if (taken !== '-' && Number(taken) > 0) section.takenBranches += 1;
}
