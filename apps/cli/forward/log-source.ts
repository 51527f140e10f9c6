/** A line as its source has it. */
export interface SourceLine {
  /** Null: the name that the command was given. */
  readonly service: string | null;
  /** Milliseconds since 1970; null: now. */
  readonly at: number | null;
  readonly text: string;
  /** What else the source says of it, by name. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** What a look at a source brought. */
export interface Look {
  readonly lines: readonly SourceLine[];
  /** Where each came from, and what went wrong, in words. */
  readonly notes: readonly string[];
}

/** A place that logs are read from again and again. */
export interface LogSource {
  readonly name: string;
  /** Lines that are new since the last look; at most about `MAX_LOOK_BYTES`. Throws `SourceDown` when it cannot be read at all. */
  read(): Promise<Look>;
  /** Everything that was read so far is delivered: the next start goes on after it. */
  commit(): Promise<void>;
  close(): Promise<void>;
}

export const MAX_LOOK_BYTES = 8 * 1024 * 1024;

/** A source does not answer; its fallback may. */
export class SourceDown extends Error {
  override readonly name = 'SourceDown';
}

/**
 * Reads the first source, and the second while the first is down, as long as there is one. Says when it changes over, and back.
 */
export function withFallback(first: LogSource, second: LogSource): LogSource {
  let isDown = false;
  return {
    name: `${first.name}, else ${second.name}`,
    async read() {
      try {
        const look = await first.read();
        const notes = isDown ? [`${first.name} answers again.`, ...look.notes] : look.notes;
        isDown = false;
        return { ...look, notes };
      } catch (error) {
        if (!(error instanceof SourceDown)) throw error;
        const look = await second.read();
        const notes = isDown ? look.notes : [`${error.message} Reading ${second.name} instead.`, ...look.notes];
        isDown = true;
        return { ...look, notes };
      }
    },
    commit: async () => {
      await first.commit();
      await second.commit();
    },
    close: async () => {
      await first.close();
      await second.close();
    },
  };
}
