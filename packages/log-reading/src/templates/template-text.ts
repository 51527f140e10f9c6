import { isStop } from './line-scan.ts';
import { DIGITS, HOLE } from './message-positions.ts';

export const WILDCARD = '<*>';

const DELIMITER = /[\s,;=:()[\]{}<>"'|`#]/;
const DELIMITERS = Array.from({ length: 128 }, (_, code) => DELIMITER.test(String.fromCharCode(code)));
const MAX_CACHED = 4_096;
const cached = new Map<string, readonly string[]>();

function isDelimiter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < DELIMITERS.length ? DELIMITERS[code] === true : DELIMITER.test(text.charAt(at));
}

/** Words and marks of a position's text. */
export function piecesOf(text: string): readonly string[] {
  const known = cached.get(text);
  if (known !== undefined) return known;
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    let end = at;
    if (isDelimiter(text, at)) end += 1;
    else {
      while (isStop(text.charCodeAt(end))) end += 1;
      if (end === at) continue;
      // Full stops within a word belong to it.
      if (end < text.length && !isDelimiter(text, end)) {
        at = end - 1;
        continue;
      }
    }
    if (from < at) pieces.push(text.slice(from, at));
    pieces.push(text.slice(at, end));
    from = end;
    at = end - 1;
  }
  if (from < text.length) pieces.push(text.slice(from));
  if (cached.size >= MAX_CACHED) cached.clear();
  cached.set(text, pieces);
  return pieces;
}

/** How many pieces at the beginning, and at the end of the rest, are equal in all texts. */
export function sharedEnds(texts: readonly (readonly string[])[]): { before: number; behind: number } {
  const [first = [], ...others] = texts;
  let before = first.length;
  let behind = first.length;
  for (const other of others) {
    let equal = 0;
    while (equal < before && equal < other.length && first[equal] === other[equal]) equal += 1;
    before = equal;
  }
  behind -= before;
  for (const other of others) {
    let equal = 0;
    while (
      equal < behind &&
      equal < other.length - before &&
      first[first.length - 1 - equal] === other[other.length - 1 - equal]
    )
      equal += 1;
    behind = equal;
  }
  return { before, behind };
}

/** The text that stands for both: what differs becomes a hole. */
export function generalised(one: string, other: string): string {
  if (one === other || one === HOLE) return one;
  if (other === HOLE) return other;
  const [a, b] = [piecesOf(one), piecesOf(other)];
  if (a.length === b.length) return a.map((piece, at) => (piece === b[at] ? piece : HOLE)).join('');
  const { before, behind } = sharedEnds([a, b]);
  return `${a.slice(0, before).join('')}${HOLE}${a.slice(a.length - behind).join('')}`;
}

/** What a position shows in lines that differ: a hole for each value and identifier of its key. */
export function withoutNames(key: string): string {
  return piecesOf(key)
    .map((piece) => (piece.includes(DIGITS) ? HOLE : piece))
    .join('');
}

/** The template with wildcards in place of holes. */
export function templateText(shown: readonly string[]): string {
  return shown.join(' ').replaceAll(HOLE, WILDCARD);
}

/** The message's text for each wildcard of a template, in order; null when the message does not fit. */
export function parametersIn(template: string, message: string): string[] | null {
  const literals = template.split(WILDCARD);
  const first = literals[0] ?? '';
  if (literals.length === 1) return template === message ? [] : null;
  if (!message.startsWith(first)) return null;
  const parameters: string[] = [];
  let from = first.length;
  for (const literal of literals.slice(1, -1)) {
    const end = literal === '' ? from : message.indexOf(literal, from);
    if (end < 0) return null;
    parameters.push(message.slice(from, end));
    from = end + literal.length;
  }
  const last = literals.at(-1) ?? '';
  const end = message.length - last.length;
  if (end < from || !message.endsWith(last)) return null;
  parameters.push(message.slice(from, end));
  return parameters;
}
