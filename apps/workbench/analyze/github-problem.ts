import { UsageError } from '@selfheal/cli-kit/command.ts';
import { OutcomeUnknown, RateLimited, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { isHttpError } from '#shared/adapters/github/github-errors.ts';

/** A request to GitHub, described for error messages. */
export interface Request {
  /** After "GITHUB_TOKEN may not": `read run 7 of acme/shop`. */
  readonly what: string;
  /** The permission of a fine-grained token that it needs: `Actions: read`. */
  readonly right: string;
  /** What 404 means: `acme/shop has no run 7`. */
  readonly missing: string;
}

const APP_HELP =
  'A GitHub App has a limit of its own: set GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY instead of GITHUB_TOKEN.';
const MAX_REASON = 300;

/** Sends the request. Turns a failure of GitHub into a `UsageError` that says what is missing and how to fix it. */
export async function asking<T>(request: Request, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw problemOf(request, error) ?? error;
  }
}

/** The failure in words, and how to mend it; null for what is no failure of GitHub. */
export function problemOf({ what, right, missing }: Request, error: unknown): UsageError | null {
  const cause = error instanceof Error ? error.cause : undefined;
  if (error instanceof RateLimited)
    return new UsageError(`GitHub's rate limit is used up${untilWords(cause)}: cannot ${what}. ${APP_HELP}`, { cause });
  if (error instanceof OutcomeUnknown)
    return new UsageError(`GitHub gave no answer: look whether it did ${what}, then try again.`, { cause });
  if (error instanceof Retryable)
    return new UsageError(`GitHub cannot be reached: cannot ${what} (${cleanText(error.message, MAX_REASON)}).`, {
      cause,
    });
  if (!(error instanceof Refused)) return null;
  const status = isHttpError(cause) ? cause.status : null;
  if (status === 401)
    return new UsageError('GitHub does not accept GITHUB_TOKEN (401): it is wrong, expired or revoked.', { cause });
  if (status === 403) {
    const needed = acceptedRights(cause) ?? right;
    return new UsageError(`GITHUB_TOKEN may not ${what} (403): give it the permission ${needed}.`, { cause });
  }
  if (status === 404) return new UsageError(`${missing}, or GITHUB_TOKEN may not see it (404).`, { cause });
  return new UsageError(`GitHub refused to ${what} (${cleanText(error.message, MAX_REASON)}).`, { cause });
}

const headerOf = (cause: unknown, name: string): string | null => {
  const value = isHttpError(cause) ? cause.response?.headers[name] : undefined;
  return value === undefined || value === '' ? null : String(value);
};

/** The permissions that GitHub lists as sufficient: `actions=read`, or alternatives as in `issues=write; pull_requests=write`. */
function acceptedRights(cause: unknown): string | null {
  const header = headerOf(cause, 'x-accepted-github-permissions');
  if (header === null || !/^[\w=;, ]{1,200}$/.test(header)) return null;
  const words = header.split(/;\s*/).map((choice) => choice.split(/,\s*/).map(rightWords).join(' and '));
  return words.join(', or ');
}

function rightWords(right: string): string {
  const [name = '', level = ''] = right.split('=');
  const words = name.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}: ${level}`;
}

/** ` until 10:00 UTC`; empty if GitHub does not say it. */
function untilWords(cause: unknown): string {
  const reset = Number(headerOf(cause, 'x-ratelimit-reset') ?? Number.NaN);
  const exhausted = headerOf(cause, 'x-ratelimit-remaining') === '0';
  return exhausted && Number.isFinite(reset) ? ` until ${new Date(reset * 1000).toISOString().slice(11, 16)} UTC` : '';
}
