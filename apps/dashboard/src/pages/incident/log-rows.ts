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
