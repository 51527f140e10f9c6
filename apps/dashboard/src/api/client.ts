import { withPathParts } from '@selfheal/kernel/path-part.ts';
import { hc } from 'hono/client';
import type { Api } from '#functions/api/app.ts';
import { noteAnswer, noteSilence } from './connection.ts';
import { currentSession, forgetSession, startSession } from './session.ts';

/** The API refused a request or failed; the message is for the reader. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** 0 when nobody answered. */
  readonly status: number;
  /** The whole answer, where there is one: problem details (RFC 9457). */
  readonly problem: unknown;
  constructor(status: number, message: string, { problem, ...options }: ErrorOptions & { problem?: unknown } = {}) {
    super(message, options);
    this.status = status;
    this.problem = problem;
  }
}

/** A token is renewed when it would expire within this time. Milliseconds. */
const RENEW_BEFORE = 60_000;
const TIMEOUT = 15_000;
const NOBODY_ANSWERED = 'The API does not answer. The page goes on trying.';
/** Answers of a gateway whose function cannot be reached. */
const UNREACHABLE = new Set([502, 503, 504]);

const originOfPage = location.origin;

/** Answers by address, so that a poll costs no more than a 304 while nothing changes. */
const answers = new Map<string, { readonly etag: string; readonly text: string }>();
const MAX_ANSWERS = 50;

/** The API, typed by its own routes. A request of somebody who is signed in carries the token. Throws `ApiError`. */
export const api = withPathParts(
  hc<Api>(originOfPage, { fetch: (input: string | URL | Request, init?: RequestInit) => send(String(input), init) }),
  () => new ApiError(404, 'There is nothing of this name: the address holds something that no id is.'),
).api;

async function send(url: string, init: RequestInit = {}): Promise<Response> {
  await renewIfNeeded(url);
  const response = await request(url, init);
  if (response.status !== 401 || isSignIn(url)) return response;
  if (!(await renew())) throw new ApiError(401, 'Your sign-in has ended.');
  const again = await request(url, init);
  if (again.status === 401) {
    forgetSession();
    throw await errorOf(again);
  }
  return again;
}

async function request(url: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  const session = currentSession();
  const isRead = (init.method ?? 'GET') === 'GET';
  if (session !== null && !isSignIn(url)) headers.set('authorization', `Bearer ${session.token}`);
  const known = isRead ? answers.get(url) : undefined;
  if (known !== undefined) headers.set('if-none-match', known.etag);
  const response = await fetch(url, {
    ...init,
    headers,
    cache: 'no-store',
    signal: AbortSignal.timeout(TIMEOUT),
  }).catch((cause: unknown) => {
    noteSilence();
    throw new ApiError(0, NOBODY_ANSWERED, { cause });
  });
  if (UNREACHABLE.has(response.status)) noteSilence();
  else noteAnswer(response.headers);
  if (response.status === 304 && known !== undefined) {
    // Chromium counts an answer whose end nobody reads as broken off.
    await response.text();
    return remembered(known);
  }
  if (response.status === 401 && !isSignIn(url)) return response;
  if (!response.ok) throw await errorOf(response);
  return isRead ? await remember(url, response) : response;
}

const JSON_TYPE = { 'content-type': 'application/json' };

async function remember(url: string, response: Response): Promise<Response> {
  const etag = response.headers.get('etag');
  if (etag === null) return response;
  const text = await response.text();
  answers.delete(url);
  answers.set(url, { etag, text });
  const [oldest] = answers.keys();
  if (answers.size > MAX_ANSWERS && oldest !== undefined) answers.delete(oldest);
  return remembered({ etag, text });
}

const remembered = ({ etag, text }: { readonly etag: string; readonly text: string }): Response =>
  new Response(text, { headers: { ...JSON_TYPE, etag } });

/** With the words of problem details (RFC 9457), or of API Gateway. */
async function errorOf(response: Response): Promise<ApiError> {
  const problem: unknown = await response.json().catch(() => null);
  const { detail, message } = (problem ?? {}) as { detail?: unknown; message?: unknown };
  const words = [detail, message].find((each) => typeof each === 'string');
  return new ApiError(response.status, words ?? `The API answered with status ${response.status}.`, { problem });
}

const isSignIn = (url: string): boolean =>
  /\/api\/auth\/(?:login|refresh|challenge)$/.test(url.startsWith('http') ? new URL(url).pathname : url);

async function renewIfNeeded(url: string): Promise<void> {
  const session = currentSession();
  if (session !== null && !isSignIn(url) && session.expiresAt - Date.now() < RENEW_BEFORE) await renew();
}

let renewing: Promise<boolean> | null = null;

/** Gets a new token, once for all requests that need it. False when the reader has to sign in again. */
function renew(): Promise<boolean> {
  renewing ??= renewed().finally(() => {
    renewing = null;
  });
  return renewing;
}

async function renewed(): Promise<boolean> {
  const refreshToken = currentSession()?.refreshToken ?? null;
  if (refreshToken !== null) {
    try {
      const response = await api.auth.refresh.$post({ json: { refreshToken } });
      startSession(await contentOf(response));
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status !== 401) throw error;
    }
  }
  if (await signInLocally()) return true;
  forgetSession();
  return false;
}

/** The content of a good answer; the client has thrown for any other. */
export async function contentOf<R extends { readonly ok: boolean; json(): Promise<unknown> }>(
  response: R,
): Promise<Awaited<ReturnType<Extract<R, { ok: true }>['json']>>> {
  return (await response.json()) as never;
}

/** Whether the page comes from this machine. */
export const isLocal = /^(?:127\.0\.0\.1|\[::1\]|(?:[\w-]+\.)*localhost)$/.test(location.hostname);

/** `npm start` gives its own pages a token of the local user; a deployment has no such address. */
export async function signInLocally(): Promise<boolean> {
  if (!isLocal) return false;
  try {
    const response = await fetch('/local-api/session', { method: 'POST', cache: 'no-store' });
    if (!response.ok || !(response.headers.get('content-type') ?? '').startsWith('application/json')) return false;
    startSession(await response.json());
    return true;
  } catch {
    return false;
  }
}
