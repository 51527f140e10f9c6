/** A line of a log that was kept. */
interface Line {
  readonly number: number;
  readonly text: string;
  readonly cited: boolean;
}

/** `repeats`: how often the line stands there in a row, the same but for the time at its beginning. */
export type LogRow =
  | ({ readonly kind: 'line'; readonly repeats: number } & Line)
  | { readonly kind: 'gap'; readonly lines: number };

/** The lines in the order of the log, with a row for each stretch that was not kept. */
export function rowsOf(lines: readonly Line[]): LogRow[] {
  const rows: LogRow[] = [];
  let last = 0;
  for (const line of lines.toSorted((a, b) => a.number - b.number)) {
    const left = line.number - last - 1;
    last = line.number;
    const before = rows.at(-1);
    if (left > 0) rows.push({ kind: 'gap', lines: left });
    if (left === 0 && before?.kind === 'line' && isRepeat(before, line))
      rows[rows.length - 1] = { ...before, repeats: before.repeats + 1 };
    else rows.push({ kind: 'line', repeats: 1, ...line });
  }
  return rows;
}

const TIME = /^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?\s*/;

const isRepeat = (before: Line, line: Line): boolean =>
  before.cited === line.cited &&
  before.text.trim() !== '' &&
  before.text.replace(TIME, '') === line.text.replace(TIME, '');

export interface DiffLine {
  readonly key: number;
  readonly kind: 'file' | 'place' | 'added' | 'removed' | 'same';
  readonly text: string;
}

/** The lines of a unified diff, each with what it is. */
export function diffLines(diff: string): DiffLine[] {
  return diff.split('\n').map((text, key) => ({ key, kind: kindOf(text), text }));
}

function kindOf(line: string): DiffLine['kind'] {
  if (/^(?:diff |index |--- |\+\+\+ |new file|deleted file|similarity|rename )/.test(line)) return 'file';
  if (line.startsWith('@@')) return 'place';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : 'same';
}
