import { OutcomeUnknown, RateLimited, Refused, Unreachable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import * as z from 'zod';
import { type HostApi, NotThere, type QueryValue } from '#shared/ports/host-api.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import { packLogs } from '../archive/pack-logs.ts';
import { readAtMost } from './read-at-most.ts';

export interface HostApiOptions {
  /** Named in errors: `GitLab`. */
  readonly title: string;
  /** `https://gitlab.com/api/v4`. */
  readonly baseUrl: string;
  readonly token: () => Promise<string>;
  readonly clock: Clock;
  readonly meter?: Pick<Meter, 'count'> | undefined;
  /** Counts every request. */
  readonly counter: string;
  readonly timeoutMilliseconds?: number;
}

interface HostRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
  readonly timeoutMilliseconds?: number;
}

const RETRIES = 3;
const WAIT_MILLISECONDS = 250;
/** Longer waits are left to the workflow, for which waiting costs nothing. */
const MAX_WAIT_MILLISECONDS = 10_000;
const MAX_JSON_BYTES = 20_000_000;
const ERROR_WORDS = 200;
/** System errors before which nothing was sent. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** A code host's REST API through `fetch`, with a bearer token. Redirects are not followed: the token goes to the configured host alone. */
export function makeHostApi(options: HostApiOptions): HostApi {
  const { title, clock } = options;
  const exchange = exchanger(options);
  const repeated = async (request: HostRequest): Promise<Response> => {
    for (let retry = 0; ; retry += 1) {
      try {
        return await exchange(request, false);
      } catch (error) {
        const wait = waitBefore(retry, error);
        if (wait === null || retry >= RETRIES) throw error;
        await clock.sleep(wait);
      }
    }
  };
  const parsed = async <T>(what: string, answer: Response, schema: z.ZodType<T>): Promise<T> => {
    const bytes = await readBounded(answer, MAX_JSON_BYTES);
    const result = schema.safeParse(jsonOf(bytes));
    if (result.success) return result.data;
    throw new Refused(`${title}: the answer to ${what} has not the documented form.`, { cause: result.error });
  };
  return {
    read: async (path, schema, query = {}) =>
      await parsed(`GET ${path}`, await repeated({ method: 'GET', path, query }), schema),
    list: async (path, item, query, maxPages) => {
      const items = [];
      let next: Readonly<Record<string, QueryValue>> | null = { per_page: 100, ...query };
      for (let page = 0; next !== null && page < maxPages; page += 1) {
        const answer: Response = await repeated({ method: 'GET', path, query: next });
        items.push(...(await parsed(`GET ${path}`, answer, z.array(item))));
        next = nextPage(answer);
      }
      return items;
    },
    bytes: async (path, maxBytes, timeoutMilliseconds) => {
      const request: HostRequest = { method: 'GET', path };
      const answer =
        timeoutMilliseconds === undefined
          ? await repeated(request)
          : await exchange({ ...request, timeoutMilliseconds }, false);
      return await readBounded(answer, maxBytes);
    },
    write: async (method, path, body, schema) =>
      await parsed(`${method} ${path}`, await repeated({ method, path, body }), schema),
    effect: async (path, body, schema) => {
      const answer = await exchange({ method: 'POST', path, body }, true);
      try {
        return await parsed(`POST ${path}`, answer, schema);
      } catch (cause) {
        throw new OutcomeUnknown(`${title}: POST ${path} was done, and the answer could not be read.`, { cause });
      }
    },
    packLogs,
  };
}

function exchanger({ title, baseUrl, token, meter, counter, timeoutMilliseconds = 10_000 }: HostApiOptions) {
  return async (request: HostRequest, once: boolean): Promise<Response> => {
    const { method, path, query = {}, body } = request;
    const url = new URL(`${baseUrl.replace(/\/+$/, '')}/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const authorization = `Bearer ${await token()}`;
    meter?.count(counter);
    const what = `${title}: ${method} ${path}`;
    let answer: Response;
    try {
      answer = await fetch(url, {
        method,
        redirect: 'manual',
        headers: {
          authorization,
          'user-agent': 'selfheal',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(request.timeoutMilliseconds ?? timeoutMilliseconds),
      });
    } catch (cause) {
      if (once && !NEVER_SENT.has(codeOf(cause))) throw new OutcomeUnknown(`${what}: no answer.`, { cause });
      throw new Unreachable(`${what}: no answer.`, { cause });
    }
    if (answer.ok) return answer;
    throw await failureOf(what, answer, once);
  };
}

async function failureOf(what: string, answer: Response, once: boolean): Promise<Error> {
  const { status } = answer;
  const text = new TextDecoder().decode((await readBounded(answer, MAX_JSON_BYTES)) ?? undefined);
  const words = text.replaceAll(/\s+/g, ' ').slice(0, ERROR_WORDS);
  if (status === 429) {
    const after = Number(answer.headers.get('retry-after') ?? Number.NaN);
    const error = new RateLimited(
      `${what}: too many requests${Number.isFinite(after) ? `; again in ${after} s` : ''}.`,
    );
    return Object.assign(error, { waitMilliseconds: Number.isFinite(after) ? after * 1000 : WAIT_MILLISECONDS });
  }
  if (status >= 300 && status < 400) return new Refused(`${what}: the answer was a redirect, which is not followed.`);
  const Refusal = status === 404 ? NotThere : Refused;
  if (status < 500) return new Refusal(`${what}: the answer was status ${status}: ${words}`);
  const message = `${what}: the answer was status ${status}.`;
  return once ? new OutcomeUnknown(message) : new Unreachable(message);
}

/** Null when a repeat does not help, or would wait for too long. */
function waitBefore(retry: number, error: unknown): number | null {
  const backoff = Math.random() * WAIT_MILLISECONDS * 2 ** retry;
  if (error instanceof Unreachable) return backoff;
  if (!(error instanceof RateLimited)) return null;
  const wait = (error as { waitMilliseconds?: number }).waitMilliseconds ?? WAIT_MILLISECONDS;
  return wait + backoff > MAX_WAIT_MILLISECONDS ? null : wait + backoff;
}

/** Null when there are more bytes. */
async function readBounded(answer: Response, maxBytes: number): Promise<Uint8Array | null> {
  try {
    return await readAtMost(answer.body, maxBytes);
  } catch (cause) {
    throw new Unreachable('The answer broke off.', { cause });
  }
}

function jsonOf(bytes: Uint8Array | null): unknown {
  try {
    return bytes === null ? undefined : JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** Query of the next page, from the `link` header: the token is sent to no host that a header names. */
function nextPage({ headers }: Response): Record<string, string> | null {
  const next = /<([^<>]+)>;\s*rel="next"/.exec(headers.get('link') ?? '')?.[1];
  const query = next === undefined ? undefined : URL.parse(next)?.searchParams;
  return query ? Object.fromEntries(query) : null;
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

const Tokens = z.record(z.string(), z.object({ token: z.string().min(1) }));

/** Token of a host in the secret of code hosts, whose field `hosts` is JSON. Throws `Refused` that says what to store. */
export function hostTokenOf({ hosts }: Readonly<Record<string, string>>, id: string): string {
  const tokens = Tokens.safeParse(jsonOf(new TextEncoder().encode(hosts ?? '{}')));
  const token = tokens.success ? tokens.data[id]?.token : undefined;
  if (token !== undefined) return token;
  throw new Refused(`The token secret has no token of ${id}: add "hosts": {"${id}": {"token": "..."}} to it.`);
}
