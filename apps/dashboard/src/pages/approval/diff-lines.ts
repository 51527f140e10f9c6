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
