/** A line of a log that was kept. */
interface Line {
  readonly number: number;
  readonly text: string;
  readonly cited: boolean;
}

export type LogRow = ({ readonly kind: 'line' } & Line) | { readonly kind: 'gap'; readonly lines: number };

/** The lines in the order of the log, with a row for each stretch that was not kept. */
export function rowsOf(lines: readonly Line[]): LogRow[] {
  let last = 0;
  return lines
    .toSorted((a, b) => a.number - b.number)
    .flatMap((line) => {
      const left = line.number - last - 1;
      last = line.number;
      const row = { kind: 'line' as const, ...line };
      return left > 0 ? [{ kind: 'gap' as const, lines: left }, row] : [row];
    });
}

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
