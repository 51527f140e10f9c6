import { phrase, type RedactedText } from '../../kernel/text/redacted-text.ts';

/** What is read of one line from its beginning. */
export const HEAD_READ = 32_768;
/** What is read of a longer line up to its end; what lies between is counted but not seen. Far more than is kept: see `withoutFirstWord`. */
export const TAIL_READ = 12_288;
/** What is kept of one line. */
export const LINE_KEPT = 2_000;
/** The share of it that its end gets: tools say last what went wrong. */
const END_KEPT = 700;
/** No secret that redaction knows is longer. */
const LONGEST_SECRET = 4_096;
const KEY_END = /-----END[A-Z0-9 ]{0,40}PRIVATE KEY/;
const SPACE = /\s/;
/** What tokens and encoded texts are made of, which may be longer. */
const ENCODED = /[\w+/=.~%-]/;

/** A line's head without its last word, which may be the first half of a secret that nobody can tell by its half. */
export function withoutLastWord(head: string): string {
  let end = head.length;
  while (end > 0 && head.length - end < LONGEST_SECRET && !SPACE.test(head.charAt(end - 1))) end -= 1;
  return head.slice(0, end);
}

/**
 * A line's end without what may belong to a secret that began in what was cut out: the first word with the value that may follow
 * it, the whole of an encoded text, and a private key.
 */
export function withoutFirstWord(tail: string): string {
  let start = Math.min(tail.length, LONGEST_SECRET);
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
