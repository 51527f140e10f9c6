import { cleanText } from '@selfheal/redaction/clean-text.ts';
import * as z from 'zod';
import { ApiRefusal, type DeploymentApi } from '#shared/ports/deployment-api.ts';

const TIMEOUT_MILLISECONDS = 20_000;
const MAX_DETAIL = 300;

/** The only requests with a body: each reads, and needs no more than the permission `read`. */
const QUESTIONS = /^\/api\/(?:logs\/analyze|knowledge\/try|actions\/[a-z0-9][a-z0-9_-]{0,99}\/try)$/;

const WAYS_OUT: Readonly<Record<number, string>> = {
  401: 'Sign in again ("selfheal login"), or use another API key.',
  403: 'Ask an administrator for the role.',
  429: 'Wait a moment and try again.',
  503: 'Wait a moment and try again.',
};

/** Problem details (RFC 9457), and the answers of API Gateway itself. */
const Words = z
  .union([z.object({ detail: z.string() }), z.object({ message: z.string() })])
  .transform((said) => ('detail' in said ? said.detail : said.message));

export interface DeploymentApiOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** A token of the user pool or an API key, read before each request. */
  readonly token: () => Promise<string>;
  readonly dashboardUrl: string | null;
}

/** `fetch` behind the port. It follows no redirect: the token must reach only the given address. */
export function makeDeploymentApi({ baseUrl, token, dashboardUrl }: DeploymentApiOptions): DeploymentApi {
  async function send(path: string, init: RequestInit, signal: AbortSignal): Promise<unknown> {
    const headers = { ...init.headers, authorization: `Bearer ${await token()}`, accept: 'application/json' };
    const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLISECONDS)]);
    const response = await fetch(`${baseUrl}${path}`, { ...init, headers, redirect: 'error', signal: limited }).catch(
      (error: unknown) => {
        if (signal.aborted) throw error;
        throw new ApiRefusal('The API of the deployment does not answer. Try again in a moment.');
      },
    );
    const body: unknown = await response.json().catch(() => null);
    if (response.ok && body !== null) return body;
    const said = Words.safeParse(body);
    const { status } = response;
    throw new ApiRefusal(`The API answered with status ${status}. ${WAYS_OUT[status] ?? ''}`.trim(), {
      detail: said.success ? cleanText(said.data, MAX_DETAIL) : '',
      status,
    });
  }
  return {
    dashboardUrl: dashboardUrl === null ? null : dashboardUrl.replace(/\/+$/, ''),
    get(path, query, signal) {
      const given = Object.entries(query).filter((one): one is [string, string] => one[1] !== undefined);
      return send(given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`, {}, signal);
    },
    async ask(path, body, signal) {
      if (!QUESTIONS.test(path)) throw new Error(`${path} is not among the questions that may be asked of the API.`);
      const headers = { 'content-type': 'application/json' };
      return await send(path, { method: 'POST', headers, body: JSON.stringify(body) }, signal);
    },
  };
}
