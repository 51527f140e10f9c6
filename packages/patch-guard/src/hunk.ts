/** One line of a hunk. `newline` is false where the file ends without one. */
interface HunkLine {
  readonly kind: 'kept' | 'added' | 'removed';
  readonly text: string;
  readonly newline: boolean;
}

export interface Hunk {
  /** 1-based number of its first line in the old file; for an insertion the line after which it goes. */
  readonly start: number;
  /** Lines of the old file that it spans. */
  readonly count: number;
  readonly lines: readonly HunkLine[];
}

const HEADER = /^@@ -(\d{1,7})(?:,(\d{1,7}))? \+(\d{1,7})(?:,(\d{1,7}))? @@(?: .*)?$/;
const KINDS = { ' ': 'kept', '+': 'added', '-': 'removed' } as const;
const NO_NEWLINE = /^\\ No newline at end of file\r?$/;

type Read = { kind: 'read'; hunks: Hunk[]; next: number } | { kind: 'malformed'; line: number };

/**
 * The hunks that begin at `from` (0-based) and the first line after them. Counts must be exact, hunks in order and
 * separate, and the new side's numbers must follow from the old side's: nothing is guessed.
 */
export function readHunks(lines: readonly string[], from: number): Read {
  const hunks: Hunk[] = [];
  let [at, shift, end] = [from, 0, 0];
  for (let header = HEADER.exec(lines[at] ?? ''); header !== null; header = HEADER.exec(lines[at] ?? '')) {
    const [start, count, newStart, newCount] = [header[1], header[2] ?? '1', header[3], header[4] ?? '1'].map(Number);
    if (start === undefined || count === undefined || newStart === undefined || newCount === undefined) break;
    const body = readBody(lines, at + 1, count, newCount);
    const first = count === 0 ? start + 1 : start;
    const newFirst = newCount === 0 ? newStart + 1 : newStart;
    if (body === null || first <= end || newFirst !== first + shift) return { kind: 'malformed', line: at + 1 };
    hunks.push({ start, count, lines: body.lines });
    end = first + count - 1;
    shift += newCount - count;
    at = body.next;
  }
  return { kind: 'read', hunks, next: at };
}

/** Null when the lines do not match the counts, or change nothing. */
function readBody(lines: readonly string[], from: number, count: number, newCount: number) {
  const read: HunkLine[] = [];
  let [old, fresh, at] = [count, newCount, from];
  while (old > 0 || fresh > 0) {
    const line = lines[at];
    if (line === undefined) return null;
    const kind = line === '' ? 'kept' : KINDS[line[0] as keyof typeof KINDS];
    if (kind === undefined) return null;
    if (kind !== 'added') old -= 1;
    if (kind !== 'removed') fresh -= 1;
    if (old < 0 || fresh < 0) return null;
    const newline = !NO_NEWLINE.test(lines[at + 1] ?? '');
    read.push({ kind, text: line.slice(1), newline });
    at += newline ? 1 : 2;
  }
  return read.some(({ kind }) => kind !== 'kept') ? { lines: read, next: at } : null;
}
