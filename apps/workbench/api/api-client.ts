import { type OptionSpecs, type OptionValues, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { withPathParts } from '@selfheal/kernel/path-part.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { hc } from 'hono/client';
import * as z from 'zod';
import type { Api } from '#functions/api/app.ts';
import { type Place, readSession, type Session, writeSession } from './session.ts';

export const API_OPTIONS = {
  url: {
    type: 'string',
    value: 'URL',
    about: 'the deployment\'s API; by default SELFHEAL_URL or that of "selfheal login"',
  },
  token: {
    type: 'string',
    value: 'TOKEN',
    about:
      'your ID token of the user pool, or an API key; by default SELFHEAL_TOKEN, which unlike an argument is not in process lists',
  },
  profile: {
    type: 'string',
    value: 'NAME',
    about: 'use the sign-in of "selfheal login --profile NAME"; SELFHEAL_PROFILE by default',
  },
} as const satisfies OptionSpecs;
export type ApiOptions = OptionValues<typeof API_OPTIONS>;

const TIMEOUT_MILLISECONDS = 20_000;
const MAX_DETAIL_LENGTH = 500;
/** A token is refreshed when it would expire within this time. */
const REFRESH_MILLISECONDS = 60_000;

/** Problem details (RFC 9457), and the answers of API Gateway itself. */
const Refusal = z.union([
  z.object({ detail: z.string() }).transform(({ detail }) => detail),
  z.object({ message: z.string() }).transform(({ message }) => message),
]);

/** The API understood the request and did not do what it asks for: not allowed, decided before or expired. */
export class RefusedByApi extends UsageError {
  /** The API's own words. */
  readonly detail: string;

  constructor(base: string, status: number, detail: string) {
    super(`${detail} (${base}, status ${status})`);
    this.detail = detail;
  }
}
const REFUSED = [403, 404, 409, 410];
/** Before the name of a field: the part of the request that holds it, which nobody types at a terminal. */
const PART_OF_REQUEST =
  /(?<![\w.])(?:json|query|param|header|change)\.(?=[\w.[\]-]+(?:, [\w.[\]-]+)*(?:: | is missing: | must be ))/g;

export type ApiClient = ReturnType<typeof clientOf>;
type ApiTerminal = Pick<Terminal, 'environment' | 'now'>;

/**
 * The API of a deployment, for whoever the token names. Every request fails with `UsageError` when nobody answers, and with the API's own words
 * when it refuses. Throws `UsageError` without an address or a token.
 */
export async function openApi(options: ApiOptions, terminal: ApiTerminal): Promise<ApiClient> {
  const { base, token } = await credentialsOf(options, terminal);
  return clientOf(base, token);
}

/** The API for whoever has not signed in. */
export const openApiUnsigned = (base: string): ApiClient => clientOf(base, null);

/** The address and the token of the options, of the environment, or of `selfheal login`, whose token is refreshed if need be. */
export async function credentialsOf(
  options: ApiOptions,
  terminal: ApiTerminal,
): Promise<{ readonly base: string; readonly token: string }> {
  const { environment } = terminal;
  const given = { url: options.url ?? environment.SELFHEAL_URL, token: options.token ?? environment.SELFHEAL_TOKEN };
  // The token of one deployment is not shown to another.
  if (given.token && !given.url)
    throw new UsageError('A token was given without an address: set SELFHEAL_URL, or use --url, to say whose it is.');
  if (given.token) return { base: addressOf(given.url), token: given.token };
  const place = { ...terminal, profile: options.profile };
  const session = await readSession(place);
  const base = addressOf(given.url || session?.url);
  if (session === null || session.url !== base)
    throw new UsageError(`No token for ${base}: run "selfheal login --url ${base}", or set SELFHEAL_TOKEN.`);
  return { base, token: (await fresh(session, place)).token };
}

async function fresh(session: Session, place: ApiTerminal & Place): Promise<Session> {
  if (Date.parse(session.expiresAt) - place.now() > REFRESH_MILLISECONDS) return session;
  const { url, refreshToken } = session;
  const expired = new UsageError(`Your sign-in at ${url} has expired: run "selfheal login --url ${url}".`);
  if (refreshToken === null) throw expired;
  const response = await clientOf(url, null, expired).api.auth.refresh.$post({ json: { refreshToken } });
  const answer = await contentOf(response);
  const next = sessionOf(url, { ...answer, refreshToken: answer.refreshToken ?? refreshToken }, place);
  await writeSession(next, place);
  return next;
}

const Challenged = z.object({
  detail: z.string(),
  challenge: z.object({ name: z.enum(['NEW_PASSWORD_REQUIRED', 'SOFTWARE_TOKEN_MFA']), session: z.string() }),
});
type Challenge = z.infer<typeof Challenged>['challenge'];
const Tokens = z.object({ token: z.string(), expiresInSeconds: z.number(), refreshToken: z.string().nullable() });

/**
 * Signs in with a password and stores the session. `ask` gives the answer to a challenge of the user pool. Throws `UsageError` with the API's
 * words when it refuses.
 */
export async function signIn(
  url: string,
  { user, password }: { readonly user: string; readonly password: string },
  ask: (challenge: Challenge['name'], detail: string) => Promise<string>,
  place: ApiTerminal & Place,
): Promise<void> {
  const base = addressOf(url);
  const post = (route: 'login' | 'challenge', body: object) =>
    send(base, `${base}/api/auth/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  let response = await post('login', { user, password });
  for (;;) {
    if (response.ok) {
      const tokens = Tokens.safeParse(await response.json().catch(() => null));
      if (!tokens.success) throw new UsageError(`${base} is not the API of Selfheal.`);
      return await writeSession(sessionOf(base, tokens.data, place), place);
    }
    const challenged = Challenged.safeParse(
      await response
        .clone()
        .json()
        .catch(() => null),
    );
    if (!challenged.success) throw new UsageError(`${await detailOf(response)} (${base}, status ${response.status})`);
    const { detail, challenge } = challenged.data;
    response = await post('challenge', {
      user,
      ...challenge,
      answer: await ask(challenge.name, cleanText(detail, MAX_DETAIL_LENGTH)),
    });
  }
}

export function sessionOf(
  url: string,
  answer: { readonly token: string; readonly expiresInSeconds: number; readonly refreshToken: string | null },
  { now }: Pick<Terminal, 'now'>,
): Session {
  const { token, refreshToken, expiresInSeconds } = answer;
  const expiresAt = new Date(now() + expiresInSeconds * 1000).toISOString();
  return { version: 1, url, token, refreshToken, expiresAt };
}

/** Sends one request of a token's owner. Throws `UsageError` when nobody answers in time. */
export async function send(base: string, address: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  // Follows no redirect: the token must reach only the given address.
  return await fetch(address, { ...init, redirect: 'error', signal }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : 'no reason given';
    throw new UsageError(`${base} does not answer (${reason}). Check the address and the network.`);
  });
}

function clientOf(base: string, token: string | null, unauthenticated?: UsageError) {
  const client = hc<Api>(base, {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const response = await send(base, input, init);
      if (response.ok) return response;
      if (response.status === 401 && unauthenticated !== undefined) throw unauthenticated;
      const detail = await detailOf(response);
      if (REFUSED.includes(response.status)) throw new RefusedByApi(base, response.status, detail);
      const wayOut = response.status === 401 ? ' Run "selfheal login", or set SELFHEAL_TOKEN.' : '';
      throw new UsageError(`${detail}${wayOut} (${base}, status ${response.status})`);
    },
  });
  return withPathParts(client, noId);
}

const noId = (value: string): UsageError =>
  new UsageError(
    value === ''
      ? 'An id is missing: an empty text names nothing.'
      : `"${cleanText(value, 100)}" is no id: an id is not . or .., and holds no slash, backslash or control character.`,
  );

/** The content of a good answer; the client has thrown for any other. Throws `UsageError` for what is not of the API. */
export async function contentOf<R extends { readonly ok: boolean; readonly url: string; json(): Promise<unknown> }>(
  response: R,
): Promise<Awaited<ReturnType<Extract<R, { ok: true }>['json']>>> {
  const content = await response.json().catch((error: unknown) => {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(
      `${response.url} answered, but not as the API of Selfheal does. Check the address: "selfheal login --url URL" or SELFHEAL_URL.`,
    );
  });
  return content as never;
}

async function detailOf(response: Response): Promise<string> {
  const said = Refusal.safeParse(await response.json().catch(() => null));
  return said.success
    ? cleanText(said.data, MAX_DETAIL_LENGTH).replaceAll(PART_OF_REQUEST, '')
    : 'The API refused the request and gave no reason.';
}

/** Throws `UsageError` for anything but an https address, or http on this machine. */
export function addressOf(url: string | undefined): string {
  if (!url)
    throw new UsageError(
      'No address: run "selfheal login --url URL", or set SELFHEAL_URL to the address of the deployment\'s API.',
    );
  const parsed = URL.parse(url);
  const local = parsed?.hostname === '127.0.0.1' || parsed?.hostname === 'localhost';
  if (parsed?.protocol !== 'https:' && !(local && parsed?.protocol === 'http:')) {
    throw new UsageError(`${url}: expected an address that begins with https://.`);
  }
  return url.replace(/\/+$/, '');
}
