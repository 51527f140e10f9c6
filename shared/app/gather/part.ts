import { redactName } from '#shared/domain/redaction/redact-name.ts';
import { Retryable } from '#shared/kernel/errors.ts';
import { phrase, type RedactedText } from '#shared/kernel/text/redacted-text.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';

/** Reads something that the incident can do without: gives `otherwise` and leaves a note where it cannot be read. */
export type PartReader = <T>(what: RedactedText, read: () => Promise<T>, otherwise: T) => Promise<T>;

export interface PartOptions {
  /** A passing failure becomes a note as well; otherwise it is thrown, so that the step is repeated. */
  readonly acceptGaps: boolean;
  /** Receives what could not be read. */
  readonly notes: RedactedText[];
  readonly clock: Clock;
  readonly log: Log;
}

/** The longest part, a log archive from a GitHub that answers at its slowest, ends within the function's time when begun by then. */
const LAST_START_MILLISECONDS = 40_000;

/** Of an error. */
const MAX_NAME_LENGTH = 60;

/** A reader of parts, whose time runs from now on. */
export function makePartReader({ acceptGaps, notes, clock, log }: PartOptions): PartReader {
  const lastStart = clock.now().getTime() + LAST_START_MILLISECONDS;
  return async (what, read, otherwise) => {
    try {
      if (clock.now().getTime() > lastStart) throw new Retryable('There is no time left to read it.');
      return await read();
    } catch (error) {
      if (error instanceof Retryable && !acceptGaps) throw error;
      const name = error instanceof Error ? error.name : 'unknown';
      log.warn('A part of the evidence could not be read.', { part: what, error: name });
      notes.push(phrase`The ${what} could not be read (${redactName(name, MAX_NAME_LENGTH)}).`);
      return otherwise;
    }
  };
}

type Settled<T extends readonly unknown[]> = { [K in keyof T]: Awaited<T[K]> };

/** Like `Promise.all`, but nothing goes on in the background when one fails: the first failure is thrown after all have ended. */
export async function inParallel<const T extends readonly Promise<unknown>[]>(reads: T): Promise<Settled<T>> {
  await Promise.allSettled(reads);
  return (await Promise.all(reads)) as Settled<T>;
}
