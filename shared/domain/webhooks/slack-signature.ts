import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { inTime, isSame, type Verification } from './verify-delivery.ts';

/** Of a request that Slack sends with this timestamp (seconds since 1970). */
export function slackSignature(secret: string, timestamp: string, body: Uint8Array): string {
  const signed = concatBytes(utf8ToBytes(`v0:${timestamp}:`), body);
  return `v0=${bytesToHex(hmac(sha256, utf8ToBytes(secret), signed))}`;
}

/**
 * Whether Slack sent a request to our app: `v0=` and the HMAC-SHA-256 of `v0:timestamp:body`, in constant time. `stale` when it is rightly signed and more than
 * five minutes off. An empty secret proves nothing. https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function verifySlackRequest(
  { headers, body }: { readonly headers: Readonly<Record<string, string | undefined>>; readonly body: Uint8Array },
  secret: string,
  now: Date,
): Verification {
  const { 'x-slack-request-timestamp': timestamp = '', 'x-slack-signature': signature = '' } = headers;
  if (secret === '' || !/^\d{1,12}$/.test(timestamp)) return 'invalid';
  return isSame(signature, slackSignature(secret, timestamp, body)) ? inTime(Number(timestamp), now) : 'invalid';
}
