import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type RawRef, rawNameOf } from './raw-name.ts';

export { RawRef } from './raw-name.ts';

/** Of a hash: too many to collide. */
const HASH_LENGTH = 40;
const MIN_KEY_LENGTH = 16;

/**
 * Equal for equal names, and says nothing else about them: HMAC-SHA-256 (RFC 2104) with a key of the deployment. A hash without a key is
 * found out by hashing likely names. Throws `RangeError` for a key that is too short to be one.
 */
export function keyedHashOf(ref: RawRef, key: string): string {
  if (key.length < MIN_KEY_LENGTH)
    throw new RangeError(`The key of names needs ${MIN_KEY_LENGTH} characters at least.`);
  return bytesToHex(hmac(sha256, utf8ToBytes(key), utf8ToBytes(rawNameOf(ref)))).slice(0, HASH_LENGTH);
}
