import { hc } from 'hono/client';
import * as z from 'zod';
import type { Api } from '#functions/api/app.ts';
import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { type OptionSpecs, type OptionValues, UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';

export const API_OPTIONS = {
  url: { type: 'string', value: 'URL', about: "the deployment's API; SELFHEAL_URL by default" },
  token: {
    type: 'string',
    value: 'TOKEN',
    about:
      'your ID token of the user pool, or an API key; SELFHEAL_TOKEN by default, which unlike an argument is not in process lists',
  },
} as const satisfies OptionSpecs;

const TIMEOUT_MILLISECONDS = 20_000;
const MAX_DETAIL_LENGTH = 500;

/** What is read of problem details (RFC 9457) and of an answer of API Gateway itself. */
const Refusal = z.union([
  z.object({ detail: z.string() }).transform(({ detail }) => detail),
  z.object({ message: z.string() }).transform(({ message }) => message),
]);

export type ApiClient = ReturnType<typeof hc<Api>>;

/**
 * The API of a deployment, for whoever the token names. Every request fails with `UsageError` when nobody answers, and
 * with the API's own words when it refuses. Throws `UsageError` without an address or a token.
 */
export function openApi(
  options: OptionValues<typeof API_OPTIONS>,
  { environment }: Pick<Terminal, 'environment'>,
): ApiClient {
  const base = addressOf(options.url ?? environment.SELFHEAL_URL);
  const token = options.token ?? environment.SELFHEAL_TOKEN;
  if (!token) throw new UsageError('No token: set SELFHEAL_TOKEN to your ID token or an API key, or use --token.');
  return hc<Api>(base, {
    headers: { authorization: `Bearer ${token}` },
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
      // A token goes nowhere but to the address that was named.
      const response = await fetch(input, { ...init, redirect: 'error', signal }).catch((error: unknown) => {
        throw new UsageError(`${base}: no answer (${error instanceof Error ? error.message : 'no reason given'}).`);
      });
      if (response.ok) return response;
      throw new UsageError(`${base}: status ${response.status}. ${await detailOf(response)}`);
    },
  });
}

async function detailOf(response: Response): Promise<string> {
  const said = Refusal.safeParse(await response.json().catch(() => null));
  return said.success ? cleanText(said.data, MAX_DETAIL_LENGTH) : 'It gave no reason.';
}

/** Throws `UsageError` for anything but an https address, or http on this machine. */
export function addressOf(url: string | undefined): string {
  if (!url) throw new UsageError("No address: set SELFHEAL_URL to the address of the deployment's API, or use --url.");
  const parsed = URL.parse(url);
  const local = parsed?.hostname === '127.0.0.1' || parsed?.hostname === 'localhost';
  if (parsed?.protocol !== 'https:' && !(local && parsed?.protocol === 'http:')) {
    throw new UsageError(`${url}: expected an address that begins with https://.`);
  }
  return url.replace(/\/+$/, '');
}
