import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

const ENCODER = new TextEncoder();

/** SHA-256 of a UTF-8 text, lower-case hexadecimal, `length` characters (64 at most). */
export function digestOf(text: string, length = 64): string {
  const digest = sha256(ENCODER.encode(text));
  return bytesToHex(digest.subarray(0, Math.ceil(length / 2))).slice(0, length);
}

/** JSON with object keys sorted at every depth, so that equal values have equal text (after RFC 8785's key order). */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

const COMMIT_DIGITS = 12;

/** The commit's id as stored in records. */
export const shortCommit = (sha: string): string => sha.slice(0, COMMIT_DIGITS);
