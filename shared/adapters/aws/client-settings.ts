/** Milliseconds. Short, so that several attempts fit into a function's time; connections are kept alive by default. */
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/**
 * Settings of every SDK client, without the clients, so that a bundle contains only those it uses. For what may be
 * repeated, reads and idempotent writes: the SDK's exponential backoff with full jitter.
 */
export const REPEATABLE = { maxAttempts: 4, retryMode: 'standard', requestHandler } as const;

/** For effects: sent once. `sendEffect` repeats only what AWS certainly refused. */
export const ONCE = { maxAttempts: 1, requestHandler: { ...requestHandler, requestTimeout: 10_000 } } as const;
