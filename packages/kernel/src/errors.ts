/** The condition may pass by itself: the state machine retries the step (it matches this error's name). */
export class Retryable extends Error {
  override readonly name: string = 'Retryable';
}

/** Refused for now and for longer than a function should wait: the state machine retries the step after a minute and more. */
export class RateLimited extends Retryable {
  override readonly name = 'RateLimited';
}

/** GitHub gave no answer, or only errors of its own, however often it was asked. */
export class Unreachable extends Retryable {
  override readonly name = 'Unreachable';
}

/** The other side answered, but the answer does not match its API: the work was done and may have cost something. */
export class UnreadableAnswer extends Retryable {}

/** Unusable input. The message says what is wrong and how to fix it; retrying is pointless. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

/** A record of ours is missing or cannot be parsed: something is broken and a person must look. */
export class CorruptRecord extends Error {
  override readonly name: string = 'CorruptRecord';
}

/** A record we own was written by another version of Selfheal. It is neither read nor changed: a human decides what becomes of it. */
export class UnsupportedVersion extends CorruptRecord {
  override readonly name = 'UnsupportedVersion';
  /** `found`: null when it is another one and nobody looked which. */
  constructor(
    what: string,
    { found, expected }: { readonly found: number | 'none' | null; readonly expected: number },
  ) {
    const version =
      found === null ? 'another record version' : found === 'none' ? 'no record version' : `record version ${found}`;
    super(
      `${what} has ${version}; this Selfheal reads version ${expected}. It was neither read nor changed. Deploy the version that wrote it until its incidents have ended, or start with empty tables (docs/guide/upgrade.md).`,
    );
  }
}

/** The other side refused for good (403, 404, AccessDenied): retrying cannot help. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/**
 * An effect was sent and its answer was lost (timeout, reset connection, 5xx after sending): it may have happened.
 * Never retried; the caller must observe the target instead. `cause` keeps the lost answer.
 */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

/** What a read gives; null when it is refused for good, so that a missing right takes a fact away and not the whole plan. */
export async function unlessRefused<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/** What was thrown, in words; not everything that is thrown is an error. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
