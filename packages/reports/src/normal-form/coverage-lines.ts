import type { CoverageTotals, FileCoverage, LineRange } from './normal-form.ts';

/** Lines of one file, each as a mark: `2 * number`, plus 1 when it was run. */
interface Lines {
  /** One mark for each line, in ascending order. */
  marks: Int32Array;
  /** Marks that were added since. */
  added: number[];
  branches: { covered: number; total: number } | null;
}

/** Collects which lines of which files were run. */
export interface CoverageLines {
  /** Adds lines of a file, in any order. A line that was covered once counts as covered. */
  add(
    path: string,
    lines: { readonly covered: readonly number[]; readonly uncovered: readonly number[] },
    branches: { readonly covered: number; readonly total: number } | null,
  ): void;
  /** Number of lines in memory; a line that was added twice may count twice. */
  size(): number;
  /** The files in the order of their paths. */
  files(): Generator<FileCoverage>;
  totals(): CoverageTotals;
}

/** Marks are sorted in batches of at least this many. */
const MIN_COMPACTED = 200;

export function makeCoverageLines(): CoverageLines {
  const files = new Map<string, Lines>();
  let size = 0;
  const compact = (file: Lines): void => {
    if (file.added.length === 0) return;
    size -= file.marks.length + file.added.length;
    file.marks = onePerLine(file.marks, file.added);
    file.added = [];
    size += file.marks.length;
  };
  return {
    add(path, { covered, uncovered }, branches) {
      const file = files.get(path) ?? { marks: new Int32Array(), added: [], branches: null };
      files.set(path, file);
      for (const line of covered) file.added.push(2 * line + 1);
      for (const line of uncovered) file.added.push(2 * line);
      size += covered.length + uncovered.length;
      if (file.added.length > MIN_COMPACTED + file.marks.length) compact(file);
      // Added up: which branches two parts have in common is not known.
      if (branches !== null)
        file.branches = {
          covered: (file.branches?.covered ?? 0) + branches.covered,
          total: (file.branches?.total ?? 0) + branches.total,
        };
    },
    size: () => size,
    *files() {
      for (const path of [...files.keys()].sort()) {
        const file = files.get(path);
        if (file === undefined) continue;
        compact(file);
        yield {
          path,
          covered: rangesOf(file.marks, 1),
          uncovered: rangesOf(file.marks, 0),
          branches: file.branches,
        };
      }
    },
    totals() {
      let lines = 0;
      let coveredLines = 0;
      for (const file of files.values()) {
        compact(file);
        lines += file.marks.length;
        for (const mark of file.marks) coveredLines += mark % 2;
      }
      return { files: files.size, coveredLines, lines, percent: percentOf(coveredLines, lines) };
    },
  };
}

/** Share of the lines in percent, rounded down to four decimals so that 100 means all; null of none. */
export const percentOf = (covered: number, lines: number): number | null =>
  lines === 0 ? null : Math.floor((covered / lines) * 1_000_000) / 10_000;

function onePerLine(known: Int32Array, added: readonly number[]): Int32Array {
  const sorted = new Int32Array(known.length + added.length);
  sorted.set(known);
  sorted.set(added, known.length);
  sorted.sort();
  let kept = 0;
  for (let at = 0; at < sorted.length; at++) {
    const mark = sorted[at] ?? 0;
    // The mark of a line that was run is the higher one of its two.
    if (sorted[at + 1] === undefined || (sorted[at + 1] ?? 0) >> 1 !== mark >> 1) {
      sorted[kept] = mark;
      kept += 1;
    }
  }
  return sorted.slice(0, kept);
}

/** The lines with this mark as ranges of neighbouring numbers. */
function rangesOf(marks: Int32Array, run: 0 | 1): LineRange[] {
  const ranges: { start: number; end: number }[] = [];
  for (const mark of marks) {
    if (mark % 2 !== run) continue;
    const line = mark >> 1;
    const last = ranges.at(-1);
    if (last !== undefined && last.end === line - 1) last.end = line;
    else ranges.push({ start: line, end: line });
  }
  return ranges;
}
