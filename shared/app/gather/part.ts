import { redactName } from '#shared/domain/redaction/redact.ts';
import { Retryable } from '#shared/kernel/errors.ts';
import { phrase, type RedactedText } from '#shared/kernel/text/redacted-text.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';

/** Reads an optional part: returns `otherwise` and adds a note when it cannot be read. */
export type PartReader = <T>(what: RedactedText, read: () => Promise<T>, otherwise: T) => Promise<T>;

export interface PartOptions {
  /** A transient failure becomes a note as well; otherwise it is thrown, so that the step is retried. */
  readonly acceptGaps: boolean;
  /** Receives notes about what could not be read. */
  readonly notes: RedactedText[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Even the longest part, a log archive from a very slow GitHub, ends within the function's time when begun by then. */
const LAST_START_MILLISECONDS = 40_000;

/** Characters of an error's name. */
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
 * Like `Promise.all`, but nothing continues in the background after a failure: the first failure is thrown after all
 * have ended.
 */
export async function inParallel<const T extends readonly Promise<unknown>[]>(reads: T): Promise<Settled<T>> {
  await Promise.allSettled(reads);
  return (await Promise.all(reads)) as Settled<T>;
}
