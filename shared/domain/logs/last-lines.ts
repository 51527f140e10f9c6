/** A line as it came, with its 1-based number. */
export interface HeldLine {
  readonly number: number;
  readonly raw: string;
  readonly marks: number;
  readonly tail: string | null;
}

/** Holds a log's last lines back: what goes first is dropped once the log turns out to be longer than it may be. */
export interface LastLines {
  /** True when lines were dropped. */
  readonly cut: boolean;
  push(line: HeldLine): void;
  /** The lines that are left, in order. */
  end(): readonly HeldLine[];
}

/**
 * Of a log with more than `longerThan` characters whole lines of the last `keepLast` are left, at least the last one. `drop` sees every
 * other line, in order. Holds at most `longerThan` characters and one line.
 */
export function makeLastLines(
  { longerThan, keepLast }: { readonly longerThan: number; readonly keepLast: number },
  drop: (line: HeldLine) => void,
): LastLines {
  const held: HeldLine[] = [];
  let first = 0;
  let characters = 0;
  let cut = false;
  const lengthOf = ({ raw, tail }: HeldLine) => raw.length + (tail?.length ?? 0) + 1;
  const shorten = (): void => {
    while (characters > keepLast && first < held.length - 1) {
      const line = held[first++] as HeldLine;
      characters -= lengthOf(line);
      drop(line);
    }
    // Cutting the array for every line would take quadratic time.
    if (first > held.length / 2) {
      held.splice(0, first);
      first = 0;
    }
  };
  return {
    get cut() {
      return cut;
    },
    push(line) {
      held.push(line);
      characters += lengthOf(line);
      cut ||= characters > longerThan;
      if (cut) shorten();
    },
    end: () => held.slice(first),
  };
}
