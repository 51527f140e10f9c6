import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type RawRef, rawNameOf } from './raw-name.ts';

export { RawRef } from './raw-name.ts';

/** Length of a hash; long enough to avoid collisions. */
const HASH_LENGTH = 40;
const MIN_KEY_LENGTH = 16;

/**
 * HMAC-SHA-256 of a name (RFC 2104) with a key of the deployment: equal for equal names, and reveals nothing else.
 * Without a key, somebody could hash likely names and compare. Throws `RangeError` for a key that is too short.
 */
export function keyedHashOf(ref: RawRef, key: string): string {
  if (key.length < MIN_KEY_LENGTH) throw new RangeError(`The name key needs at least ${MIN_KEY_LENGTH} characters.`);
  return bytesToHex(hmac(sha256, utf8ToBytes(key), utf8ToBytes(rawNameOf(ref)))).slice(0, HASH_LENGTH);
}
