import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { standardWebhookSignature } from '@selfheal/kernel/standard-webhook.ts';
import { DEFAULT_TOKEN_HEADER, type Scheme } from './connection.ts';

/** What is known of a delivery before anything in it is believed. */
export interface RawDelivery {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The bytes exactly as received. */
  readonly body: Uint8Array;
  /** Secret at the end of the path; null without one. */
  readonly pathSecret: string | null;
}

/** What a connection's settings add to its scheme. */
export interface SchemeSettings {
  readonly scheme: Scheme;
  /** Lower-case name of the header with the secret; of `token-header` alone. */
  readonly header?: string | undefined;
}

/** `stale`: rightly signed, and more than five minutes off by the time that the signature covers. */
export type Verification = 'valid' | 'invalid' | 'stale';

/** One scheme: the answer for one secret. Pure; the time is passed in. */
type Verifier = (delivery: RawDelivery, secret: string, now: Date, settings: SchemeSettings) => Verification;

/** A delivery further off than this is refused, so that a copied one cannot be sent again later. */
const MAX_CLOCK_DIFFERENCE_SECONDS = 300;

const VERIFIERS: Readonly<Record<Scheme, Verifier>> = {
  /** "Validating webhook deliveries", docs.github.com. */
  github: ({ headers, body }, secret) =>
    validIf(isSame(headers['x-hub-signature-256'] ?? '', `sha256=${hmacHex(secret, body)}`)),
  'standard-webhooks': verifyStandardWebhook,
  grafana: verifyGrafana,
  /** "Webhooks", docs.sentry.io: hexadecimal HMAC-SHA-256 of the body with the client secret of the integration. */
  sentry: ({ headers, body }, secret) => validIf(isSame(headers['sentry-hook-signature'] ?? '', hmacHex(secret, body))),
  /** "Verifying signatures", developer.pagerduty.com: several signatures while a secret is being changed. */
  pagerduty: ({ headers, body }, secret) => {
    const expected = `v1=${hmacHex(secret, body)}`;
    return validIf(anyOf((headers['x-pagerduty-signature'] ?? '').split(/\s*,\s*/), expected));
  },
  /** RFC 6750. */
  bearer: ({ headers }, secret) => {
    const [, token = ''] = /^Bearer +(\S+)\s*$/i.exec(headers.authorization ?? '') ?? [];
    return validIf(isSame(token, secret));
  },
  /** RFC 7617, with any user name. */
  basic: ({ headers }, secret) => {
    const [, encoded = ''] = /^Basic +([A-Za-z0-9+/]+=*)\s*$/i.exec(headers.authorization ?? '') ?? [];
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    return validIf(colon >= 0 && isSame(text.slice(colon + 1), secret));
  },
  'token-header': ({ headers }, secret, _now, { header = DEFAULT_TOKEN_HEADER }) =>
    validIf(isSame(headers[header] ?? '', secret)),
  path: ({ pathSecret }, secret) => validIf(isSame(pathSecret ?? '', secret)),
};

/**
 * Whether one of the secrets proves a delivery, over the raw bytes and in constant time. `stale` when none is valid and one would be but for its
 * time. An empty secret proves nothing. Never throws.
 */
export function verifyDelivery(
  settings: SchemeSettings,
  delivery: RawDelivery,
  secrets: readonly string[],
  now: Date,
): Verification {
  const results = secrets
    .filter((secret) => secret !== '')
    .map((secret) => VERIFIERS[settings.scheme](delivery, secret, now, settings));
  return results.includes('valid') ? 'valid' : results.includes('stale') ? 'stale' : 'invalid';
}

/** standardwebhooks.com: Base64 HMAC-SHA-256 of `id.timestamp.body`; several signatures with a space between. */
function verifyStandardWebhook({ headers, body }: RawDelivery, secret: string, now: Date): Verification {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': signatures = '' } = headers;
  if (id === '' || !/^\d{1,12}$/.test(timestamp)) return 'invalid';
  return anyOf(signatures.split(' '), standardWebhookSignature(id, timestamp, body, secret))
    ? inTime(Number(timestamp), now)
    : 'invalid';
}

/**
 * "Webhook notifier", grafana.com/docs: hexadecimal HMAC-SHA-256 of the body, or of `timestamp:body` where the contact point names a header for
 * the time; ours is to be named `X-Grafana-Alerting-Timestamp`.
 */
function verifyGrafana({ headers, body }: RawDelivery, secret: string, now: Date): Verification {
  const { 'x-grafana-alerting-signature': signature = '', 'x-grafana-alerting-timestamp': timestamp } = headers;
  if (timestamp === undefined) return validIf(isSame(signature, hmacHex(secret, body)));
  if (!/^\d{1,12}$/.test(timestamp)) return 'invalid';
  const signed = concatBytes(utf8ToBytes(`${timestamp}:`), body);
  return isSame(signature, hmacHex(secret, signed)) ? inTime(Number(timestamp), now) : 'invalid';
}

/** Of a rightly signed delivery. `seconds`: since 1970, by the sender's clock. */
export function inTime(seconds: number, now: Date): Verification {
  return Math.abs(now.getTime() / 1000 - seconds) <= MAX_CLOCK_DIFFERENCE_SECONDS ? 'valid' : 'stale';
}

const validIf = (holds: boolean): Verification => (holds ? 'valid' : 'invalid');
const hmacHex = (secret: string, signed: Uint8Array): string => bytesToHex(hmac(sha256, utf8ToBytes(secret), signed));
const anyOf = (given: readonly string[], expected: string): boolean =>
  given.slice(0, 10).filter((one) => isSame(one, expected)).length > 0;

/** Compares digests, so that neither the length nor the first difference shows in the time that it takes. */
export function isSame(given: string, expected: string): boolean {
  const [a, b] = [sha256(utf8ToBytes(given)), sha256(utf8ToBytes(expected))];
  let difference = 0;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0 && given !== '';
}
