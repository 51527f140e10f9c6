import { Octokit } from '@octokit/core';
import { InvalidInput, OutcomeUnknown, RateLimited, Refused, Retryable, Unreachable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { FIRST_HOST, hostOfRepository, RepositoryName } from '#shared/domain/incident/target-context.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import { type CallFailure, classifyFailure } from './github-errors.ts';

export interface RepositoryReference {
  readonly owner: string;
  readonly repo: string;
}

export interface GithubOptions {
  /** `https://api.github.com`, or `https://<host>/api/v3`. */
  readonly apiUrl: string;
  /** `repository`: the repository of the request, or null; a GitHub App has a token per owner. */
  readonly token: (repository: RepositoryReference | null) => Promise<string>;
  /** Login under which a GitHub App writes; null or absent when the token is a user's. */
  readonly botLogin?: () => Promise<string | null>;
  readonly clock: Clock;
  readonly userAgent?: string;
  /** Counts every request as `github-requests`, because all functions share one rate limit. */
  readonly meter?: Pick<Meter, 'count'>;
  /** Time-out of one request, including its body. */
  readonly timeoutMilliseconds?: number;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: unknown;
}
type Parameters = Readonly<Record<string, unknown>>;
interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: Error };
}

/** GitHub's REST API with this project's rules for retries. `route` is Octokit's: `GET /repos/{owner}/{repo}`. */
export interface GithubClient {
  /** For repeatable requests: reads, and writes with the same result when done twice. */
  call<T>(route: string, parameters: Parameters, schema: Schema<T>): Promise<T>;
  /** Like `call`, but unparsed and without following redirects. */
  open(route: string, parameters: Parameters): Promise<Answer>;
  /** Page after page, at most `maxPages`. */
  pages<T>(route: string, parameters: Parameters, schema: Schema<T>, maxPages: number): AsyncGenerator<T>;
  /** For requests that must not be done twice: a lost answer is `OutcomeUnknown`, never a second attempt. */
  effect<T>(route: string, parameters: Parameters, schema: Schema<T>): Promise<T>;
}

const RETRIES = 3;
/** Longer waits are left to the workflow, for which waiting costs nothing. */
const MAX_WAIT_MILLISECONDS = 10_000;
const API_VERSION = '2022-11-28';

export function makeGithubClient(options: GithubOptions): GithubClient {
  const send = sender(options);
  const repeat = (route: string, parameters: Parameters, redirect?: 'manual'): Promise<Answer> =>
    withRetries(route, options.clock, ['never-sent', 'outcome-unknown'], () => send(route, parameters, redirect));
  return {
    call: async (route, parameters, schema) => parse(route, await repeat(route, parameters), schema),
    open: (route, parameters) => repeat(route, parameters, 'manual'),
    pages: async function* (route, parameters, schema, maxPages) {
      let position: Parameters | null = { per_page: 100 };
      for (let page = 0; position !== null && page < maxPages; page++) {
        const answer = await repeat(route, { ...parameters, ...position });
        yield parse(route, answer, schema);
        position = nextPage(answer);
      }
    },
    effect: async (route, parameters, schema) => {
      const answer = await withRetries(route, options.clock, ['never-sent'], () => send(route, parameters));
      const parsed = schema.safeParse(answer.data);
      if (parsed.success) return parsed.data;
      throw new OutcomeUnknown(`${route}: done, but the answer could not be parsed.`, { cause: parsed.error });
    },
  };
}

type Send = (route: string, parameters: Parameters, redirect?: 'manual') => Promise<Answer>;

function sender({ apiUrl, token, meter, userAgent = 'selfheal', timeoutMilliseconds = 10_000 }: GithubOptions): Send {
  if (!/^https?:$/.test(URL.parse(apiUrl)?.protocol ?? '')) {
    throw new InvalidInput(`github.apiUrl must be an http or https URL, not ${apiUrl}.`);
  }
  const octokit = new Octokit({ baseUrl: apiUrl.replace(/\/+$/, ''), userAgent });
  return async (route, parameters, redirect) => {
    const authorization = `Bearer ${await token(repositoryIn(parameters))}`;
    meter?.count('github-requests');
    return await octokit.request(route, {
      ...parameters,
      headers: { authorization, 'x-github-api-version': API_VERSION },
      request: { signal: AbortSignal.timeout(timeoutMilliseconds), ...(redirect ? { redirect } : {}) },
    });
  };
}

function repositoryIn({ owner, repo }: Parameters): RepositoryReference | null {
  return typeof owner === 'string' && typeof repo === 'string' ? { owner, repo } : null;
}

/** Retries after the given failures, and always after a short rate limit: GitHub refused, so nothing was done. */
async function withRetries(
  route: string,
  clock: Clock,
  repeatable: readonly CallFailure['kind'][],
  send: () => Promise<Answer>,
): Promise<Answer> {
  for (let retry = 0; ; retry++) {
    try {
      return await send();
    } catch (cause) {
      const failure = classifyFailure(cause, clock.now());
      const wait = waitBefore(retry, failure);
      const again = failure.kind === 'rate-limited' || repeatable.includes(failure.kind);
      if (!again || retry >= RETRIES || wait > MAX_WAIT_MILLISECONDS) throw asPortError(route, failure, again, cause);
      await clock.sleep(wait);
    }
  }
}

/** Exponential backoff with full jitter, in addition to the wait that GitHub requests. */
function waitBefore(retry: number, failure: CallFailure): number {
  const asked = failure.kind === 'rate-limited' ? failure.waitMilliseconds : null;
  return (asked ?? 0) + Math.random() * 250 * 2 ** retry;
}

function asPortError(route: string, failure: CallFailure, repeatable: boolean, cause: unknown): unknown {
  if (failure.kind === 'bug') return cause;
  hideTraffic(cause);
  const message = `${route}: ${cause instanceof Error ? cause.message : String(cause)}`;
  if (failure.kind === 'refused') return new Refused(message, { cause });
  if (failure.kind === 'rate-limited') return new RateLimited(message, { cause });
  return repeatable ? new Unreachable(message, { cause }) : new OutcomeUnknown(message, { cause });
}

/** Request and response stay readable but are not logged: a comment's body contains lines of a private log. */
function hideTraffic(cause: unknown): void {
  if (!(cause instanceof Error)) return;
  for (const part of ['request', 'response']) {
    if (Object.hasOwn(cause, part)) Object.defineProperty(cause, part, { enumerable: false });
  }
}

/** Text where JSON was expected was cut off or came from a proxy: the next answer may be valid. */
function parse<T>(route: string, answer: Answer, schema: Schema<T>): T {
  const parsed = schema.safeParse(answer.data);
  if (parsed.success) return parsed.data;
  const message = `${route}: the answer has not the documented form.`;
  if (typeof answer.data === 'object') throw new Refused(message, { cause: parsed.error });
  throw new Retryable(message, { cause: parsed.error });
}

/**
 * Position of the next page from the `link` header. Only its query is used: the token is sent to no host that a header
 * names.
 */
function nextPage({ headers }: Answer): Parameters | null {
  const next = /<([^<>]+)>;\s*rel="next"/.exec(String(headers.link ?? ''))?.[1];
  const query = next === undefined ? undefined : URL.parse(next)?.searchParams;
  return query ? Object.fromEntries(query) : null;
}

/** Splits `owner/name`; throws `InvalidInput` for anything else. */
export function repositoryOf(repository: string): { owner: string; repo: string } {
  const [owner, repo] = repository.split('/');
  if (
    !RepositoryName.safeParse(repository).success ||
    hostOfRepository(repository) !== FIRST_HOST ||
    !owner ||
    !repo ||
    repo === '.' ||
    repo === '..'
  ) {
    throw new InvalidInput(`${repository} is not a repository name (owner/name).`);
  }
  return { owner, repo };
}
