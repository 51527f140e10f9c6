export interface ProgressOptions {
  write(text: string): void;
  /** On a terminal: one line is rewritten each second. Otherwise each step prints a line. */
  readonly inPlace: boolean;
}

export interface Progress {
  /** Begins a step, which ends the one before. */
  begin(description: string): void;
  /** Ends the last step and clears its line. */
  end(): void;
}

const CLEAR_LINE = '\r\x1b[2K';

/** Shows the current step of the preparation and the seconds it has taken so far. */
export function makeProgress({ write, inPlace }: ProgressOptions): Progress {
  let ticking: NodeJS.Timeout | undefined;
  const line = (description: string) => `  template   ${description} ...`;
  return {
    begin(description) {
      clearInterval(ticking);
      if (!inPlace) return write(`${line(description)}\n`);
      const began = performance.now();
      const show = () => write(`${CLEAR_LINE}${line(description)} ${Math.floor((performance.now() - began) / 1000)} s`);
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
