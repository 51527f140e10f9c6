import { setTimeout } from 'node:timers/promises';
import { CorruptRecord, OutcomeUnknown, Refused, Retryable, UnsupportedVersion } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';

const THROTTLED =
  /^(Throttl|TooManyRequests|ProvisionedThroughputExceeded|RequestLimitExceeded|RequestThrottled|SlowDown|PriorRequestNotComplete|BandwidthLimitExceeded|LimitExceeded$)/;
/** The connection was never established, so nothing was sent. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const NETWORK = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'ERR_HTTP2_STREAM_CANCEL']);
const EFFECT_ATTEMPTS = 4;

interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
}

type CallFailure = 'throttled' | 'never-sent' | 'outcome-unknown' | 'refused' | 'bug';

/**
 * Meaning of an SDK error for the request: refused for now, never sent, answer lost, refused permanently, or a bug of
 * ours.
 */
function classifyFailure(error: unknown): CallFailure {
  if (!(error instanceof Error)) return 'bug';
  const { name, code, $metadata, $response } = error as SdkError;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  if (THROTTLED.test(name) || status === 429) return 'throttled';
  if (code !== undefined && NEVER_SENT.has(code)) return 'never-sent';
  if (name === 'TimeoutError' || name === 'AbortError' || (code !== undefined && NETWORK.has(code)))
    return 'outcome-unknown';
  if (status === undefined) return 'bug';
  return status >= 500 || status === 408 || status === 424
    ? 'outcome-unknown'
    : status >= 400
      ? 'refused'
      : 'outcome-unknown';
}

/** True when the condition of a DynamoDB write did not hold. */
export function isConditionFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}

/** Runs a repeatable AWS call and translates its error: `Retryable` or `Refused`, `cause` kept. Bugs of ours pass unchanged. */
export async function callAws<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (isConditionFailure(cause)) throw cause;
    const failure = classifyFailure(cause);
    if (failure === 'bug') throw cause;
    if (failure === 'refused') throw new Refused(sentence(what, cause), { cause });
    throw new Retryable(sentence(what, cause), { cause });
  }
}

/**
 * Runs an effect: repeated only while AWS certainly refused it (throttling, no connection). A lost answer is
 * `OutcomeUnknown`, so that the caller observes instead of repeating it.
 */
export async function sendEffect<T>(
  what: string,
  call: () => Promise<T>,
  wait: (attempt: number) => Promise<unknown> = waitWithJitter,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (cause) {
      const failure = classifyFailure(cause);
      if (failure === 'bug') throw cause;
      if (failure === 'refused') throw new Refused(sentence(what, cause), { cause });
      if (failure === 'outcome-unknown') throw new OutcomeUnknown(sentence(what, cause), { cause });
      if (attempt >= EFFECT_ATTEMPTS) throw new Retryable(sentence(what, cause), { cause });
      await wait(attempt);
    }
  }
}

/** Full jitter: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/ */
const waitWithJitter = (attempt: number): Promise<unknown> => setTimeout(Math.random() * 100 * 2 ** attempt);

const sentence = (what: string, cause: unknown): string =>
  `${what}: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`;

/**
 * Parses a record of ours that was read back; throws `CorruptRecord` that names it, `UnsupportedVersion` when another version of Selfheal
 * wrote it. Values are never in the message.
 */
export function parseRecord<T>(schema: { parse(value: unknown): T }, value: unknown, what: string): T {
  try {
    return schema.parse(value);
  } catch (cause) {
    const expected = expectedVersion(cause);
    if (expected !== null) {
      const found = (value as { readonly version?: unknown } | null)?.version;
      throw new UnsupportedVersion(what, { found: typeof found === 'number' ? found : 'none', expected });
    }
    throw new CorruptRecord(`${what} does not parse: ${(cause as Error).message}`, { cause });
  }
}

/** Null unless the version is the problem. */
function expectedVersion(error: unknown): number | null {
  if (!(error instanceof z.ZodError)) return null;
  const issue = error.issues.find(
    ({ code, path }) => code === 'invalid_value' && path.length === 1 && path[0] === 'version',
  );
  const expected = issue?.code === 'invalid_value' ? issue.values[0] : null;
  return typeof expected === 'number' ? expected : null;
}
