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
  /** Hash of the line's form, in two independent halves. */
  low: number;
  high: number;
}

/** The rest of a message after this many tokens is one value. */
const MAX_TOKENS = 600;
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

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** The kind of the word between two indexes, from the counts of its characters. */
function kindOf(line: string, from: number, to: number, counts: number): number {
  const length = to - from;
  if (length > MAX_WORD_LENGTH) return VALUE;
  const digits = counts & 255;
  const hexLetters = (counts >>> 8) & 255;
  const letters = hexLetters + ((counts >>> 16) & 255);
  const slashes = counts >>> 24;
  let kind = WORD;
  if (digits > 0) {
    const begins = isDigit(line.charCodeAt(from));
    if (begins) return digits === length ? NUMBER : VALUE_FROM_DIGIT;
    if (digits > MAX_IDENTIFIER_DIGITS || letters < 2 || digits + hexLetters === length) return VALUE;
    kind = IDENTIFIER;
  } else if (letters === 0) return MARK;
  if (slashes === 0) return kind;
  if (slashes > 1 || COUNTS[line.charCodeAt(from)] === SLASH) return VALUE;
  const dot = line.lastIndexOf('.', to - 1);
  return dot > from && dot > line.indexOf('/', from) ? VALUE : kind;
}

const scanned: ScannedLine = {
  count: 0,
  kind: new Uint8Array(MAX_TOKENS + 2),
  from: new Int32Array(MAX_TOKENS + 2),
  to: new Int32Array(MAX_TOKENS + 2),
  spaced: new Uint8Array(MAX_TOKENS + 2),
  low: 0,
  high: 0,
};

/**
 * Splits a message into words, values and marks in one pass, and hashes its form: the message with its values masked. Messages of one form
 * have the same tokens but for their values. The hash is FNV-1a in two halves.
 */
export function scanLine(line: string, start: number, end: number): ScannedLine {
  const { kind, from, to, spaced } = scanned;
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  let count = 0;
  let at = start;
  let gap = 0;
  while (at < end) {
    let code = line.charCodeAt(at);
    if (code <= SPACE) {
      gap = 1;
      at += 1;
      continue;
    }
    if (count >= MAX_TOKENS) {
      let last = end;
      while (line.charCodeAt(last - 1) <= SPACE) last -= 1;
      kind[count] = VALUE;
      from[count] = at;
      to[count] = last;
      spaced[count] = gap;
      count += 1;
      break;
    }
    const isSpaced = count > 0 ? gap : 0;
    gap = 0;
    const first = at;
    spaced[count] = isSpaced;
    from[count] = first;
    let add = COUNTS[code] as number;
    if (add === ENDS_WORD) {
      at += 1;
      kind[count] = MARK;
      to[count] = at;
      count += 1;
      low = Math.imul(low ^ (code + (isSpaced << 8)), 0x01000193);
      high = Math.imul(high ^ (code + (isSpaced << 8)), 0x5bd1e995);
      continue;
    }
    let hash = 0x2c1b3c6d + isSpaced;
    let counts = 0;
    do {
      hash = Math.imul(hash ^ code, 0x01000193);
      counts = (counts + add) | 0;
      at += 1;
      if (at >= end) break;
      code = line.charCodeAt(at);
      add = COUNTS[code] as number;
    } while (add !== ENDS_WORD);
    // Full stops and the like at the end are not part of a word.
    let last = at;
    while (last > first + 1 && isStop(line.charCodeAt(last - 1))) last -= 1;
    const type = kindOf(line, first, last, counts);
    if (type >= VALUE) hash = 0x3c6ef372 + type + (isSpaced << 4) + ((at - last) << 5);
    low = Math.imul(low ^ hash, 0x01000193);
    low ^= low >>> 15;
    high = Math.imul(high ^ hash ^ (hash >>> 16), 0x5bd1e995);
    high ^= high >>> 13;
    kind[count] = type;
    to[count] = last;
    count += 1;
    if (last < at) {
      kind[count] = MARK;
      spaced[count] = 0;
      from[count] = last;
      to[count] = at;
      count += 1;
    }
  }
  scanned.count = count;
  scanned.low = low;
  scanned.high = high;
  return scanned;
}

function isStop(code: number): boolean {
  return code === 46 || code === 33 || code === 63;
}
