import { Retryable } from '@selfheal/kernel/errors.ts';
import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';

/** Reads an optional part. When it cannot be read, adds a note and returns `otherwise`. */
export type PartReader = <T>(what: RedactedText, read: () => Promise<T>, otherwise: T) => Promise<T>;

export interface PartOptions {
  /** Turns a transient failure into a note, too; otherwise it is thrown, so that the step is retried. */
  readonly acceptGaps: boolean;
  /** Collects notes about what could not be read. */
  readonly notes: RedactedText[];
  readonly clock: Clock;
  readonly log: Log;
}

/** A part that starts by then ends within the function's timeout, even a log archive from a very slow GitHub. */
const LAST_START_MILLISECONDS = 40_000;

/** Length of an error's name in a note, in characters. */
const MAX_NAME_LENGTH = 60;

/** Creates a reader of parts; its read budget starts now. */
export function makePartReader({ acceptGaps, notes, clock, log }: PartOptions): PartReader {
  const lastStart = clock.now().getTime() + LAST_START_MILLISECONDS;
  return async (what, read, otherwise) => {
    try {
      if (clock.now().getTime() > lastStart)
        throw new Retryable(`Skipped ${what}: the read budget of ${LAST_START_MILLISECONDS / 1000} s is used up.`);
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

/**
 * Like `Promise.all`, but waits until all have ended before it throws the first failure, so that nothing continues in the background.
 */
export async function inParallel<const T extends readonly Promise<unknown>[]>(reads: T): Promise<Settled<T>> {
  await Promise.allSettled(reads);
  return (await Promise.all(reads)) as Settled<T>;
}
