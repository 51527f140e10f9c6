import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { digestOf } from './digest.ts';

/** Beginning of a secret; the rest is the key in Base64. */
export const STANDARD_SECRET_PREFIX = 'whsec_';

/**
 * Signature of a body that was sent under this id at this time (seconds since 1970). A secret without its prefix is the key itself.
 */
export function standardWebhookSignature(id: string, timestamp: string, body: Uint8Array, secret: string): string {
  const key = secret.startsWith(STANDARD_SECRET_PREFIX)
    ? Buffer.from(secret.slice(STANDARD_SECRET_PREFIX.length), 'base64')
    : utf8ToBytes(secret);
  const signed = concatBytes(utf8ToBytes(`${id}.${timestamp}.`), body);
  return `v1,${Buffer.from(hmac(sha256, key, signed)).toString('base64')}`;
}

/**
 * The headers by which a receiver trusts a message (Standard Webhooks, standardwebhooks.com). The same body has the same id, so that a repeat is
 * recognised. `secret`: `whsec_` and the key in base64.
 */
export function standardWebhookHeaders(body: string, at: Date, secret: string): Record<string, string> {
  const id = `msg_${digestOf(body, 32)}`;
  const timestamp = String(Math.floor(at.getTime() / 1000));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': standardWebhookSignature(id, timestamp, utf8ToBytes(body), secret),
  };
}
