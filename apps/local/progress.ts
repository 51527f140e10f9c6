export interface ProgressOptions {
  write(text: string): void;
  /** The output is a terminal: one line is rewritten each second. Otherwise each step is a line of its own. */
  readonly inPlace: boolean;
}

export interface Progress {
  /** A step begins, and the one before is over. */
  begin(words: string): void;
  /** All is done: what was rewritten is wiped away. */
  end(): void;
}

const CLEAR_LINE = '\r\x1b[2K';

/** Shows what is being prepared before anything else is there to see, with the seconds that it has taken so far. */
export function makeProgress({ write, inPlace }: ProgressOptions): Progress {
  let ticking: NodeJS.Timeout | undefined;
  const line = (words: string) => `  template   ${words} ...`;
  return {
    begin(words) {
      clearInterval(ticking);
      if (!inPlace) return write(`${line(words)}\n`);
      const began = performance.now();
      const show = () => write(`${CLEAR_LINE}${line(words)} ${Math.floor((performance.now() - began) / 1000)} s`);
      show();
      ticking = setInterval(show, 1000);
    },
    end() {
      if (ticking !== undefined) write(CLEAR_LINE);
      clearInterval(ticking);
      ticking = undefined;
    },
  };
}
