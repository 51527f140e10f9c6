/** Kinds of tokens. A word or an identifier is text that may turn out to be a value. */
export const WORD = 0;
/** A word with a few digits, which may vary (`worker3`, `ssh2`). */
export const IDENTIFIER = 1;
export const MARK = 2;
/** A value by its form; the next two are values too. */
export const VALUE = 3;
/** Begins with a digit but is more than a number (`35ms`, `2025-01-02`). */
export const VALUE_FROM_DIGIT = 4;
export const NUMBER = 5;

/** The tokens of the line that was scanned last. Reused by the next scan. */
export interface ScannedLine {
  count: number;
  readonly kind: Uint8Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** 1 where white space precedes the token. */
  readonly spaced: Uint8Array;
  /** The character of a delimiter, 0 for other tokens. */
  readonly mark: Uint16Array;
  /** Hash of the line's form, in two independent halves. */
  low: number;
  high: number;
}

/** The rest of a message after this many tokens is one value. */
const MAX_TOKENS = 600;
/** Room behind the last token, so that looking ahead needs no check. */
export const LOOK_AHEAD = 8;
/** A longer word is a value: no name is that long. */
const MAX_WORD_LENGTH = 200;
/** A word with more digits than this is a value, whatever its letters. */
const MAX_IDENTIFIER_DIGITS = 3;

/** What a character adds to the counts of its word: digits, letters a to f, other letters and slashes in eight bits each. */
const DIGIT = 1;
const HEX_LETTER = 1 << 8;
const LETTER = 1 << 16;
const SLASH = 1 << 24;
/** Ends a word: white space or a delimiter. */
const ENDS_WORD = -1;

function countsByCharacter(): Int32Array {
  const counts = new Int32Array(65_536).fill(LETTER);
  counts.fill(0, 0, 128);
  counts.fill(ENDS_WORD, 0, 33);
  for (let code = 0; code < 10; code += 1) counts[48 + code] = DIGIT;
  for (let code = 0; code < 26; code += 1) {
    const letter = code < 6 ? HEX_LETTER : LETTER;
    counts[65 + code] = letter;
    counts[97 + code] = letter;
  }
  for (const character of ',;=:()[]{}<>"\'|`#') counts[character.charCodeAt(0)] = ENDS_WORD;
  for (const character of '/\\') counts[character.charCodeAt(0)] = SLASH;
  return counts;
}

const COUNTS = countsByCharacter();
const SPACE = 32;

/** Whether a word with one slash is a path with a file at its end. */
function hasFile(line: string, from: number, to: number): boolean {
  const dot = line.lastIndexOf('.', to - 1);
  return dot > from && dot > line.indexOf('/', from);
}

/** The kind of the word between two indexes, from the counts of its characters. */
function kindOf(line: string, from: number, to: number, counts: number): number {
  const length = to - from;
  if (length > MAX_WORD_LENGTH) return VALUE;
  const first = COUNTS[line.charCodeAt(from)];
  const digits = counts & 255;
  const hexLetters = (counts >>> 8) & 255;
  const letters = hexLetters + ((counts >>> 16) & 255);
  const slashes = counts >>> 24;
  let kind = WORD;
  if (digits > 0) {
    if (first === DIGIT) return digits === length ? NUMBER : VALUE_FROM_DIGIT;
    if (digits > MAX_IDENTIFIER_DIGITS || letters < 2 || digits + hexLetters === length) return VALUE;
    kind = IDENTIFIER;
  } else if (letters === 0) return MARK;
  if (slashes === 0) return kind;
  return slashes > 1 || first === SLASH || hasFile(line, from, to) ? VALUE : kind;
}

const scanned: ScannedLine = {
  count: 0,
  kind: new Uint8Array(MAX_TOKENS + LOOK_AHEAD),
  from: new Int32Array(MAX_TOKENS + LOOK_AHEAD),
  to: new Int32Array(MAX_TOKENS + LOOK_AHEAD),
  spaced: new Uint8Array(MAX_TOKENS + LOOK_AHEAD),
  mark: new Uint16Array(MAX_TOKENS + LOOK_AHEAD),
  low: 0,
  high: 0,
};

/**
 * Splits a message into words, values and marks in one pass, and hashes its form: the message with its values masked. Messages of one form
 * have the same tokens but for their values. The hash is FNV-1a in two halves.
 */
export function scanLine(line: string, start: number, end: number): ScannedLine {
  const { kind, from, to, spaced, mark } = scanned;
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  let count = 0;
  let at = start;
  let gap = 0;
  while (at < end && count < MAX_TOKENS) {
    const first = at;
    const begin = line.charCodeAt(at);
    at += 1;
    if (begin <= SPACE) {
      gap = Math.min(count, 1);
      continue;
    }
    let type = MARK;
    let hash = Math.imul(0x2c1b3c6d ^ begin, 0x01000193);
    let counts = COUNTS[begin] as number;
    let last = at;
    mark[count] = begin;
    if (counts !== ENDS_WORD) {
      for (; at < end; at += 1) {
        const code = line.charCodeAt(at);
        const add = COUNTS[code] as number;
        if (add === ENDS_WORD) break;
        hash = Math.imul(hash ^ code, 0x01000193);
        counts = (counts + add) | 0;
      }
      // Full stops and the like at the end are not part of a word.
      last = at;
      while (last > first + 1 && isStop(line.charCodeAt(last - 1))) last -= 1;
      type = kindOf(line, first, last, counts);
      if (type >= VALUE) hash = 0x3c6ef372 + type + ((at - last) << 5);
      mark[count] = 0;
    }
    hash ^= gap << 20;
    low = Math.imul(low ^ hash, 0x01000193);
    low ^= low >>> 15;
    high = Math.imul(high ^ hash ^ (hash >>> 16), 0x5bd1e995);
    high ^= high >>> 13;
    kind[count] = type;
    from[count] = first;
    to[count] = last;
    spaced[count] = gap;
    count += 1;
    gap = 0;
    if (last < at) {
      kind[count] = MARK;
      mark[count] = 0;
      from[count] = last;
      to[count] = at;
      spaced[count] = 0;
      count += 1;
    }
  }
  if (at < end) count = addRest(line, at, end, count);
  scanned.count = count;
  scanned.low = low;
  scanned.high = high;
  return scanned;
}

/** Adds what is left of a line with too many tokens as one value. */
function addRest(line: string, start: number, end: number, count: number): number {
  let first = start;
  let last = end;
  while (first < last && line.charCodeAt(first) <= SPACE) first += 1;
  while (first < last && line.charCodeAt(last - 1) <= SPACE) last -= 1;
  if (first === last) return count;
  scanned.kind[count] = VALUE;
  scanned.mark[count] = 0;
  scanned.from[count] = first;
  scanned.to[count] = last;
  scanned.spaced[count] = first > start ? 1 : 0;
  return count + 1;
}

/** `.`, `!` or `?`. */
export function isStop(code: number): boolean {
  return code === 46 || code === 33 || code === 63;
}

/**
 * Has a token of each kind. Scanned when the module is loaded, because V8 drops a function's optimised code, and compiles it again, at each
 * branch that was never taken before.
 */
const SAMPLE = `word, src/main src/main.c /var/log a//b node-12 0x1f a1b2c3d4 35ms 7 -- end... ${'long'.repeat(60)} 'x!' `;
for (const sample of [SAMPLE, SAMPLE.repeat(40)]) scanLine(sample, 0, sample.length);
