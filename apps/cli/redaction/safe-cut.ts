import { redact } from '@selfheal/redaction/redact.ts';

/** Characters compared on either side of a cut. No secret that the redactor recognises is longer. */
const REACH = 4_096;
const MAX_TRIES = 24;
const STEP = 509;

const SPACE = /\s/;

/** Whether redacting both sides separately gives the same text as redacting them together. */
function isSafe(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - REACH), at);
  const after = text.slice(at, at + REACH);
  return redact(before + after).text === redact(before).text + redact(after).text;
}

/** Positions to try, last first: after white space, then anywhere. */
function* candidates(text: string, last: number): Generator<number> {
  let found = 0;
  for (let at = last; at > last - REACH && at > 0 && found < MAX_TRIES; at--) {
    if (!SPACE.test(text.charAt(at - 1))) continue;
    found += 1;
    yield at;
  }
  for (let tries = 1; tries <= MAX_TRIES; tries++) yield last - tries * STEP;
}

/**
 * A position where a long line can be cut without cutting a secret: redacting both sides separately gives the same text as redacting them
 * together. It lies well before the end of the line. Null when none was found.
 */
export function safeCut(text: string): number | null {
  const last = text.length - REACH;
  for (const at of candidates(text, last)) if (at > 0 && isSafe(text, at)) return at;
  return null;
}
