import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';

/** Characters read from the beginning of a line. */
export const HEAD_READ = 32_768;
/**
 * Characters read from the end of a longer line; the part between is counted but not seen. Far more than is kept: see
 * `withoutFirstWord`.
 */
export const TAIL_READ = 12_288;
/** Characters kept of a line. */
export const LINE_KEPT = 2_000;
/** Share of them for the end: tools often say last what went wrong. */
const END_KEPT = 700;
/** No known secret is longer. */
const MAX_SECRET_LENGTH = 4_096;
const KEY_END = /-----END[A-Z0-9 ]{0,40}PRIVATE KEY/;
const SPACE = /\s/;
/** Characters of tokens and encoded texts, which may be longer. */
const ENCODED = /[\w+/=.~%-]/;

/** A line's head without its last word, which may be the first half of a secret. */
export function withoutLastWord(head: string): string {
  let end = head.length;
  while (end > 0 && head.length - end < MAX_SECRET_LENGTH && !SPACE.test(head.charAt(end - 1))) end -= 1;
  return head.slice(0, end);
}

/**
 * A line's end without anything that may belong to a secret begun in the omitted part: the first word with a value that
 * may follow it, a whole encoded text, and a private key.
 */
export function withoutFirstWord(tail: string): string {
  let start = Math.min(tail.length, MAX_SECRET_LENGTH);
  while (start < tail.length && ENCODED.test(tail.charAt(start))) start += 1;
  const rest = tail.slice(start);
  const keyEnd = KEY_END.exec(rest)?.index ?? -1;
  const keyBegin = rest.indexOf('-----BEGIN');
  return keyEnd >= 0 && (keyBegin < 0 || keyBegin > keyEnd) ? rest.slice(keyEnd) : rest;
}

/** Head and end of a redacted line with the cut marked. */
export function shortened(head: RedactedText, end = head): RedactedText {
  return phrase`${head.slice(0, LINE_KEPT - END_KEPT)} [line cut] ${end.slice(-END_KEPT)}`;
}
