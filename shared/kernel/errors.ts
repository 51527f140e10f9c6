/** The condition may pass by itself: the state machine retries the step (it matches this error's name). */
export class Retryable extends Error {
  override readonly name: string = 'Retryable';
}

/** Refused for now and for longer than a function should wait: the state machine retries the step after a minute and more. */
export class RateLimited extends Retryable {
  override readonly name = 'RateLimited';
}

/** The other side answered, and its answer does not fit its API: the work was done and may have cost something. */
export class UnreadableAnswer extends Retryable {}

/** What came in cannot be used. The message names what is wrong and how to mend it; retrying is pointless. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

/** A record we own is missing or does not parse: something is broken and a human must look. */
export class CorruptRecord extends Error {
  override readonly name = 'CorruptRecord';
}

/** The other side refused for good (403, 404, AccessDenied): retrying cannot help. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/**
 * An effect was sent and its answer is lost (timeout, reset connection, 5xx after sending): it may have happened or not.
 * Never retried; whoever asked must observe the target instead. `cause` keeps the lost answer.
 */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}
