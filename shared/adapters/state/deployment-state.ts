import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import {
  documentPath,
  type QualityState,
  requireDocumentSize,
} from '@selfheal/pull-request-quality/ports/quality-state.ts';
import * as z from 'zod';
import { packDocument, unpackDocument } from './packed-state.ts';

export interface DeploymentStateOptions {
  /** Where the deployment answers, without `/api`. */
  readonly url: string;
  /** `owner/name`. */
  readonly repository: string;
  /** A token of this run for the deployment. */
  readonly token: () => Promise<string>;
  readonly clock: Clock;
  readonly fetch?: typeof fetch;
  readonly timeoutMilliseconds?: number;
}

const ATTEMPTS = 3;
const PAUSE_MILLISECONDS = 400;
const Document = z.object({ revision: z.string().min(1), content: z.string() });
const Detail = z.object({ detail: z.string() });

/**
 * Documents that a deployed Selfheal keeps, over its API. They travel compressed, because a Lambda function takes no more than 6 MB. Throws
 * `Retryable` when it does not answer, `Refused` when it does not let this run read or write.
 */
export function makeDeploymentState(options: DeploymentStateOptions): QualityState {
  const { url, repository, token, clock, fetch: send = fetch, timeoutMilliseconds = 10_000 } = options;
  const ask = async (name: string, init: { method: string; headers?: Record<string, string>; body?: string }) => {
    const address = `${url.replace(/\/+$/, '')}/api/repositories/${repository}/quality/${wireName(name)}`;
    for (let attempt = 1; ; attempt++) {
      const authorization = `Bearer ${await token()}`;
      try {
        const response = await send(address, {
          ...init,
          headers: { ...init.headers, authorization },
          // The token goes to no other host.
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMilliseconds),
        });
        const text = await response.text();
        if (response.status < 500 && response.status !== 429) return { status: response.status, text };
        throw new Retryable(`it answers ${response.status}`);
      } catch (cause) {
        if (attempt >= ATTEMPTS)
          throw new Retryable(`Selfheal at ${url} is not available: ${reasonOf(cause)}.`, { cause });
        await clock.sleep(PAUSE_MILLISECONDS * attempt);
      }
    }
  };
  return {
    async read(name) {
      documentPath(name);
      const { status, text } = await ask(name, { method: 'GET' });
      if (status === 404) return null;
      if (status !== 200) throw refusal(url, status, text);
      const { revision, content } = parsed(Document, text, url);
      return { text: unpackDocument(content), revision };
    },
    async write(name, text, replaces) {
      documentPath(name);
      requireDocumentSize(name, text);
      const condition: Record<string, string> =
        replaces === null ? { 'if-none-match': '*' } : { 'if-match': `"${replaces}"` };
      const { status, text: answer } = await ask(name, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', ...condition },
        body: JSON.stringify({ content: packDocument(text) }),
      });
      if (status === 412) return 'changed-meanwhile';
      if (status !== 200) throw refusal(url, status, answer);
      return 'written';
    },
  };
}

/** A document's name in one segment of a path; `~` is in none. */
const wireName = (name: string): string => name.replaceAll('/', '~');

function refusal(url: string, status: number, text: string): Error {
  let detail = '';
  try {
    detail = Detail.parse(JSON.parse(text)).detail;
  } catch {
    // Not of this API: a proxy, or another server.
  }
  return new Refused(`Selfheal at ${url} refuses with ${status}${detail === '' ? '.' : `: ${detail}`}`);
}

function parsed<T>(schema: z.ZodType<T>, text: string, url: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Retryable(`Selfheal at ${url} answers with something else than a state document.`, { cause });
  }
}

const reasonOf = (cause: unknown): string => {
  const inner = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return `${cause instanceof Error ? cause.message : String(cause)}${inner}`;
};
