import { setTimeout } from 'node:timers/promises';
import { CorruptRecord, OutcomeUnknown, Refused, Retryable } from '#shared/kernel/errors.ts';

const THROTTLED =
  /^(Throttl|TooManyRequests|ProvisionedThroughputExceeded|RequestLimitExceeded|RequestThrottled|SlowDown|PriorRequestNotComplete|BandwidthLimitExceeded|LimitExceeded$)/;
/** The connection never stood, so nothing was sent. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const NETWORK = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'ERR_HTTP2_STREAM_CANCEL']);
const EFFECT_ATTEMPTS = 4;

interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
}

type Fate = 'throttled' | 'never-sent' | 'lost' | 'refused' | 'ours';

/** What an SDK error says about the request: refused for now, never sent, answer lost, refused for good, or a bug of ours. */
function fateOf(error: unknown): Fate {
  if (!(error instanceof Error)) return 'ours';
  const { name, code, $metadata, $response } = error as SdkError;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  if (THROTTLED.test(name) || status === 429) return 'throttled';
  if (code !== undefined && NEVER_SENT.has(code)) return 'never-sent';
  if (name === 'TimeoutError' || name === 'AbortError' || (code !== undefined && NETWORK.has(code))) return 'lost';
  if (status === undefined) return 'ours';
  return status >= 500 || status === 408 || status === 424 ? 'lost' : status >= 400 ? 'refused' : 'lost';
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
    const fate = fateOf(cause);
    if (fate === 'ours') throw cause;
    if (fate === 'refused') throw new Refused(sentence(what, cause), { cause });
    throw new Retryable(sentence(what, cause), { cause });
  }
}

/**
 * Runs an effect: repeated only while AWS certainly refused it (throttling, no connection). A lost answer is `OutcomeUnknown`,
 * so that the caller observes instead of doing it twice.
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
      const fate = fateOf(cause);
      if (fate === 'ours') throw cause;
      if (fate === 'refused') throw new Refused(sentence(what, cause), { cause });
      if (fate === 'lost') throw new OutcomeUnknown(sentence(what, cause), { cause });
      if (attempt >= EFFECT_ATTEMPTS) throw new Retryable(sentence(what, cause), { cause });
      await wait(attempt);
    }
  }
}

/** Full jitter: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/ */
const waitWithJitter = (attempt: number): Promise<unknown> => setTimeout(Math.random() * 100 * 2 ** attempt);

const sentence = (what: string, cause: unknown): string =>
  `${what}: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`;

/** Parses a record of ours that was read back; throws `CorruptRecord` that names it. Values are never in the message. */
export function parseRecord<T>(schema: { parse(value: unknown): T }, value: unknown, what: string): T {
  try {
    return schema.parse(value);
  } catch (cause) {
    throw new CorruptRecord(`${what} does not parse: ${(cause as Error).message}`, { cause });
  }
}
