import { setTimeout } from 'node:timers/promises';
import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import type { JsonPost, JsonRequest } from '#shared/ports/model-client.ts';
import { readAtMost } from './read-at-most.ts';

/** A model's answer has some kilobytes; endless answers are cut off. */
const MAX_BYTES = 1_000_000;
const ATTEMPTS = 2;
const MAX_WAIT_MILLISECONDS = 10_000;
const USUAL_WAIT_MILLISECONDS = 500;
const ERROR_WORDS = 300;

type Answer = { kind: 'ok'; body: unknown } | { kind: 'again'; status: number; waitMilliseconds: number };

/**
 * `fetch` behind the port: no redirect is followed, so that a key is sent nowhere else. `origin` replaces every
 * address's own (`http://127.0.0.1:4000`), for the local runtime.
 */
export function makeJsonPost(options: { readonly origin?: string; readonly fetch?: typeof fetch } = {}): JsonPost {
  const { fetch: send = fetch, origin } = options;
  return {
    async post(given) {
      const request = origin === undefined ? given : { ...given, url: moved(given.url, origin) };
      for (let attempt = 1; ; attempt++) {
        const answer = await once(request, send);
        if (answer.kind === 'ok') return answer.body;
        const { status, waitMilliseconds } = answer;
        if (attempt >= ATTEMPTS || waitMilliseconds > MAX_WAIT_MILLISECONDS)
          throw new Retryable(`${request.what}: the server answered with status ${status}.`);
        await waitOrStop(waitMilliseconds, request);
      }
    },
  };
}

function moved(url: string, origin: string): string {
  const { pathname, search } = new URL(url);
  return new URL(pathname + search, origin).href;
}

async function once(request: JsonRequest, send: typeof fetch): Promise<Answer> {
  const { what, url, headers, body, signal } = request;
  try {
    const response = await send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal,
    });
    const text = await readText(response, what);
    if (response.ok) return { kind: 'ok', body: parse(text, what) };
    if (response.status === 429 || response.status >= 500)
      return { kind: 'again', status: response.status, waitMilliseconds: waitOf(response) };
    throw new Refused(`${what}: status ${response.status}: ${text.slice(0, ERROR_WORDS)}`);
  } catch (cause) {
    if (cause instanceof Refused || cause instanceof Retryable) throw cause;
    throw new Retryable(`${what}: ${reasonOf(cause)}`, { cause });
  }
}

async function readText(response: Response, what: string): Promise<string> {
  const bytes = await readAtMost(response.body, MAX_BYTES);
  if (bytes === null) throw new Retryable(`${what}: the answer is longer than ${MAX_BYTES} bytes.`);
  return new TextDecoder().decode(bytes);
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Retryable(`${what}: the answer is not JSON.`, { cause });
  }
}

/** `retry-after` in seconds, as the providers send it (RFC 9110, 10.2.3). */
function waitOf({ headers }: Response): number {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : USUAL_WAIT_MILLISECONDS;
}

async function waitOrStop(milliseconds: number, { what, signal }: JsonRequest): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, { signal });
  } catch (cause) {
    throw new Retryable(`${what}: timed out.`, { cause });
  }
}

/** `fetch failed` says nothing; its cause does: `connect ECONNREFUSED 127.0.0.1:11434`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
