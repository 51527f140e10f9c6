import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { digestOf } from './digest.ts';

/** Beginning of a secret; the rest is the key in base64. */
const PREFIX = 'whsec_';

/**
 * The headers by which a receiver trusts a message (Standard Webhooks, standardwebhooks.com). The same body has the same id, so that a repeat is
 * recognised. `secret`: `whsec_` and the key in base64.
 */
export function standardWebhookHeaders(body: string, at: Date, secret: string): Record<string, string> {
  const id = `msg_${digestOf(body, 32)}`;
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = hmac(sha256, key, utf8ToBytes(`${id}.${timestamp}.${body}`));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${Buffer.from(signature).toString('base64')}`,
  };
}
