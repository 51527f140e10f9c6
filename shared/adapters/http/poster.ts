import { setTimeout } from 'node:timers/promises';
import { OutcomeUnknown, RateLimited, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import { addressKindOf } from '#shared/domain/playbook/network-address.ts';
import type { SecretReader } from '#shared/ports/cloud.ts';
import type { ChannelAnswer, ChannelRequest, Poster } from '#shared/ports/poster.ts';
import { safeExchange } from './safe-exchange.ts';

export interface PosterOptions {
  /** Reads the secret `channels`. */
  readonly secrets: SecretReader;
  /** Replaces every address's origin (`http://127.0.0.1:4000`), for the local runtime; only there loopback is called. */
  readonly origin?: string | undefined;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

/** A message that arrives twice is better than none. */
const isPassing = (error: unknown): boolean => error instanceof Retryable || error instanceof OutcomeUnknown;

const TIMEOUT_SECONDS = 5;
/** A service that is away for longer is told of in another channel. */
const ATTEMPTS = 3;
const WAIT_MILLISECONDS = 500;
/** Of a service that takes no more messages, and says for how long. */
const MAX_WAIT_SECONDS = 5;
/** Of an answer in an error. */
const ERROR_WORDS = 200;
const Fields = z.record(z.string(), z.string());

/** `node:http` behind the port, with the secret of the deployment's channels: an object of fields, or one address, for each. */
export function makePoster({ secrets, origin, wait = setTimeout }: PosterOptions): Poster {
  const exchange = (request: ChannelRequest, url: URL) =>
    safeExchange({
      what: request.what,
      url,
      method: request.method ?? 'POST',
      headers: { 'content-type': 'application/json', ...request.headers, ...forwardedHost(request, origin) },
      body: request.method === 'GET' ? null : request.body,
      timeoutSeconds: TIMEOUT_SECONDS,
      lost: OutcomeUnknown,
      mayConnect: (address) => origin !== undefined || addressKindOf(address) === 'public',
    });
  return {
    async secretOf(channel) {
      const stored = (await secrets.read('channels'))[channel];
      const fields = Fields.safeParse(fieldsIn(stored));
      if (fields.success) return fields.data;
      throw new Refused(
        `Nothing is stored for the channel ${channel}. Add "${channel}": {"url": "..."} to the secret that the output ChannelSecretName names.`,
      );
    },
    async send(request) {
      const address = addressOf(request, origin);
      for (let attempt = 1; ; attempt += 1) {
        try {
          const answer = await exchange(request, address);
          if (answer.status === 429 && attempt < ATTEMPTS && mayWaitFor(answer)) {
            await wait(Number(answer.headers['retry-after']) * 1000);
            continue;
          }
          return checked(request, answer);
        } catch (error) {
          // A service that says when it takes messages again refuses each one before, and some count them against their sender.
          if (error instanceof RateLimited) throw error;
          const isLost = error instanceof OutcomeUnknown;
          if (attempt >= ATTEMPTS || !isPassing(error) || (isLost && request.once === true)) throw error;
          await wait(WAIT_MILLISECONDS * attempt);
        }
      }
    },
  };
}

/** Whether the service takes messages again so soon that the function may wait for it. */
function mayWaitFor({ headers }: ChannelAnswer): boolean {
  const seconds = Number(headers['retry-after'] || Number.NaN);
  return seconds >= 0 && seconds <= MAX_WAIT_SECONDS;
}

function fieldsIn(stored: string | undefined): unknown {
  if (stored === undefined || stored === 'not-set') return null;
  if (/^https:\/\//.test(stored)) return { url: stored };
  try {
    return JSON.parse(stored);
  } catch {
    return null;
  }
}

function addressOf({ what, url }: ChannelRequest, origin: string | undefined): URL {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.protocol !== 'https:' || parsed.username !== '' || parsed.password !== '')
    throw new Refused(`${what}: the stored address is not one that begins with https:// and holds no user.`);
  return origin === undefined ? parsed : new URL(parsed.pathname + parsed.search, origin);
}

/** The local runtime's services have one origin: they know by this whom was meant. */
const forwardedHost = ({ url }: ChannelRequest, origin: string | undefined) =>
  origin === undefined ? {} : { 'x-forwarded-host': new URL(url).host };

function checked({ what }: ChannelRequest, answer: ChannelAnswer): ChannelAnswer {
  const { status, headers, text } = answer;
  if (status >= 200 && status < 300) return answer;
  if (status === 429) {
    const after = headers['retry-after'];
    throw new RateLimited(`${what}: too many messages${after === undefined ? '' : `; again after ${after}`}.`);
  }
  const words = text.replaceAll(/\s+/g, ' ').slice(0, ERROR_WORDS);
  if (status >= 500) throw new OutcomeUnknown(`${what}: the answer was status ${status}: ${words}`);
  if (status >= 300 && status < 400) throw new Refused(`${what}: the answer was a redirect, which is not followed.`);
  throw new Refused(`${what}: the answer was status ${status}: ${words}`);
}
