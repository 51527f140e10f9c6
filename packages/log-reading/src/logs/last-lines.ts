/** A raw line with its 1-based number. */
export interface HeldLine {
  readonly number: number;
  readonly raw: string;
  readonly marks: number;
  readonly tail: string | null;
  /** What carried the line here; not part of `raw`. */
  readonly prefix?: string;
}

/** Holds back a log's last lines; the first of them are dropped once the log turns out to be too long. */
export interface LastLines {
  /** True when lines were dropped. */
  readonly cut: boolean;
  push(line: HeldLine): void;
  /** The lines that are left, in order. */
  end(): readonly HeldLine[];
}

/**
 * For a log with more than `longerThan` characters, keeps whole lines within the last `keepLast` characters, at least
 * the last line. `drop` sees every other line, in order. Holds at most `longerThan` characters and one line.
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
    // Shifting the array for every line would take quadratic time.
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
