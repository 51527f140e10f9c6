export interface ProgressOptions {
  write(text: string): void;
  /** On a terminal: one line is rewritten each second. Otherwise each step prints a line, and again while it takes long. */
  readonly inPlace: boolean;
}

export interface Progress {
  /** Begins a step, which ends the one before. */
  begin(description: string): void;
  /** Ends the last step and clears its line. */
  end(): void;
}

/** Between two lines of the same step where none can be rewritten. */
const AGAIN_MS = 10_000;
const CLEAR_LINE = '\r\x1b[2K';

/** Shows the current step of the preparation and the seconds it has taken so far. */
export function makeProgress({ write, inPlace }: ProgressOptions): Progress {
  let ticking: NodeJS.Timeout | undefined;
  const line = (description: string) => `  template   ${description} ...`;
  return {
    begin(description) {
      clearInterval(ticking);
      const began = performance.now();
      const seconds = () => `${line(description)} ${Math.floor((performance.now() - began) / 1000)} s`;
      if (!inPlace) {
        write(`${line(description)}\n`);
        ticking = setInterval(() => write(`${seconds()}\n`), AGAIN_MS);
        return;
      }
      const show = () => write(CLEAR_LINE + seconds());
      show();
      ticking = setInterval(show, 1000);
    },
    end() {
      if (ticking !== undefined && inPlace) write(CLEAR_LINE);
      clearInterval(ticking);
      ticking = undefined;
    },
  };
}
