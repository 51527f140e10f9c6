/** What a failed request means for its caller. */
export type CallFailure =
  /** Certainly not done. `waitMilliseconds`: the wait that GitHub requests, or null. */
  | { kind: 'rate-limited'; waitMilliseconds: number | null }
  /** The connection was never established. */
  | { kind: 'never-sent' }
  /** 5xx, timeout or a reset connection: it may have been done or not. */
  | { kind: 'outcome-unknown' }
  | { kind: 'refused' }
  /** Not an HTTP failure: a bug of ours. */
  | { kind: 'bug' };

/** The relevant parts of Octokit's `RequestError`; without `response` the network failed. */
interface HttpError extends Error {
  readonly status: number;
  readonly response?: { readonly headers: Readonly<Record<string, string | number | undefined>> };
}

const NEVER_SENT = /\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)\b/;
const RATE_LIMIT = /rate limit|abuse detection/i;

/** Rate limits: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export function classifyFailure(error: unknown, now: Date): CallFailure {
  if (!isHttpError(error)) return { kind: 'bug' };
  if (!error.response) return { kind: NEVER_SENT.test(causes(error)) ? 'never-sent' : 'outcome-unknown' };
  const { headers } = error.response;
  const limited =
    error.status === 429 ||
    (error.status === 403 &&
      (headers['retry-after'] !== undefined ||
        String(headers['x-ratelimit-remaining']) === '0' ||
        RATE_LIMIT.test(error.message)));
  if (limited) return { kind: 'rate-limited', waitMilliseconds: waitOf(headers, now) };
  return { kind: error.status >= 500 || error.status === 408 ? 'outcome-unknown' : 'refused' };
}

export function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}

function waitOf(headers: Readonly<Record<string, string | number | undefined>>, now: Date): number | null {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000;
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  const exhausted = String(headers['x-ratelimit-remaining']) === '0';
  return exhausted && Number.isFinite(reset) ? Math.max(0, reset * 1000 - now.getTime()) : null;
}

/** Codes and names of an error and all its causes. */
function causes(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 5) return '';
  const code = 'code' in error ? String(error.code) : '';
  const inner = error instanceof AggregateError ? error.errors.map((one) => causes(one, depth + 1)).join(' ') : '';
  return `${error.name} ${code} ${error.message} ${inner} ${causes(error.cause, depth + 1)}`;
}
