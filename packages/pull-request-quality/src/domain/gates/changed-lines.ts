import { unquotedPath } from '@selfheal/patch-guard/quoted-path.ts';
import type { CoverageTotals, FileCoverage, LineRange } from '@selfheal/reports/normal-form/normal-form.ts';

/** Numbers of the lines that a change adds or replaces, by path. */
export type ChangedLines = ReadonlyMap<string, readonly LineRange[]>;

const HUNK = /^@@ -\d+(?:,\d+)? \+(\d{1,9})(?:,(\d{1,9}))? @@/;

/**
 * The changed lines of a unified diff with or without context (`git diff BASE...HEAD`). Unlike a patch that is to be applied, it may contain
 * deleted and binary files.
 */
export function changedLinesOf(diff: string): ChangedLines {
  const changed = new Map<string, { start: number; end: number }[]>();
  let path: string | null = null;
  let line = 0;
  let remaining = 0;
  for (const text of diff.split('\n')) {
    if (remaining <= 0 && text.startsWith('+++ ')) path = pathOf(text.slice(4));
    const hunk = remaining <= 0 ? HUNK.exec(text) : null;
    if (hunk !== null) {
      line = Number(hunk[1]);
      remaining = Number(hunk[2] ?? '1');
      continue;
    }
    if (remaining <= 0 || text.startsWith('-') || text.startsWith('\\')) continue;
    if (text.startsWith('+') && path !== null) add(changed, path, line);
    line += 1;
    remaining -= 1;
  }
  return changed;
}

/** Git adds a tab to a name with blanks, and quotes unusual names. */
function pathOf(name: string): string | null {
  const written = name.replace(/\t.*$/, '').replace(/\r$/, '');
  const plain = written.startsWith('"') ? (unquotedPath(written) ?? written) : written;
  return plain === '/dev/null' ? null : plain.replace(/^b\//, '');
}

function add(changed: Map<string, { start: number; end: number }[]>, path: string, line: number): void {
  const ranges = changed.get(path) ?? [];
  const last = ranges.at(-1);
  if (last !== undefined && last.end === line - 1) last.end = line;
  else ranges.push({ start: line, end: line });
  changed.set(path, ranges);
}

/** How many of the changed lines are run by tests; `percent` is null when none of them can be covered. */
export function changedCoverage(files: readonly FileCoverage[], changed: ChangedLines): CoverageTotals {
  const touched = files.filter(({ path }) => changed.has(path));
  const count = (of: 'covered' | 'uncovered'): number =>
    touched
      .flatMap((file) => common(file[of], changed.get(file.path) ?? []))
      .reduce((lines, { start, end }) => lines + end - start + 1, 0);
  const coveredLines = count('covered');
  const lines = coveredLines + count('uncovered');
  return { files: touched.length, coveredLines, lines, percent: lines === 0 ? null : (100 * coveredLines) / lines };
}

const MAX_FILES = 100;
const MAX_RANGES = 100;

/** The changed lines that no test runs, at most 100 ranges in each of 100 files. */
export function uncoveredChanges(
  files: readonly FileCoverage[],
  changed: ChangedLines,
): { path: string; lines: LineRange[] }[] {
  return files
    .map(({ path, uncovered }) => ({ path, lines: common(uncovered, changed.get(path) ?? []).slice(0, MAX_RANGES) }))
    .filter(({ lines }) => lines.length > 0)
    .slice(0, MAX_FILES);
}

/** Lines that are in both lists of ranges. */
function common(ranges: readonly LineRange[], others: readonly LineRange[]): LineRange[] {
  return ranges.flatMap((range) =>
    others.flatMap((other) => {
      const [start, end] = [Math.max(range.start, other.start), Math.min(range.end, other.end)];
      return start > end ? [] : [{ start, end }];
    }),
  );
}
