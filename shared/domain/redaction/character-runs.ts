import { type LiteralFinder, makeLiteralFinder } from './literal-finder.ts';

/** Features of a text that need a closer look. */
export const SIGN = {
  /** Twenty token characters in a row, with a digit and two letters of either case. */
  random: 1,
  /** Base64 that may decode to text. */
  base64: 2,
  /** Ten bytes in hex. */
  hex: 4,
  /** Characters that begin escapes or encodings. */
  escape: 8,
  /** The beginning of a colour code. */
  colour: 16,
  foreign: 32,
  /** One of the requested literals. */
  literal: 64,
  /** Twenty letters and digits in a row that no hash is: a letter beyond F, or 32 or 48 in hex. */
  dense: 128,
} as const;
export const RUNS = SIGN.random | SIGN.base64 | SIGN.hex | SIGN.dense;

const DIGIT = 1;
const LOWER = 2;
const UPPER = 4;
const HEX = 8;
/** Characters of Base64 besides letters and digits, including the URL variant. */
const BASE64_SIGN = 16;
/** Padding, and other characters of tokens. */
const EDGE = 32;
const ESCAPE = 64;
const COLOUR = 128;

const CLASSES = new Uint8Array(128);
const classify = (characters: RegExp, bit: number): void => {
  for (let code = 0; code < CLASSES.length; code++)
    if (characters.test(String.fromCharCode(code))) CLASSES[code] = (CLASSES[code] ?? 0) | bit;
};
classify(/\d/, DIGIT);
classify(/[a-z]/, LOWER);
classify(/[A-Z]/, UPPER);
classify(/[\da-fA-F]/, HEX);
classify(/[+/_-]/, BASE64_SIGN);
classify(/[=~]/, EDGE);
classify(/[\\%&]/, ESCAPE);
CLASSES[0x1b] = COLOUR;
const BASE64 = DIGIT | LOWER | UPPER | BASE64_SIGN;
const TOKEN = BASE64 | EDGE;

const MIN_TOKEN = 20;
const MIN_BASE64 = 16;
const MIN_HEX = 20;
const MIN_PAIRS = 9;
/** Enough to tell whether the rest of Base64 is worth decoding: three groups, nine bytes. */
const SAMPLE = 12;
const NO_LITERALS = makeLiteralFinder([]);
/** Longer Base64 is decoded in pieces. */
const LONGEST = 65_536;

function sextetAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 97) return code - 71;
  if (code >= 65) return code === 95 ? 63 : code - 65;
  if (code >= 48) return code + 4;
  return code === 43 || code === 45 ? 62 : 63;
}

/**
 * Whether Base64 from `from` to `end` begins with possible text, in UTF-8 or UTF-16; most paths, names and hashes do
 * not.
 */
export function mayBeText(text: string, from: number, end: number): boolean {
  let follow = 0;
  let zeros = 0;
  for (let at = from; at + 4 <= end && at < from + SAMPLE; at += 4) {
    const bits =
      (sextetAt(text, at) << 18) |
      (sextetAt(text, at + 1) << 12) |
      (sextetAt(text, at + 2) << 6) |
      sextetAt(text, at + 3);
    for (let shift = 16; shift >= 0; shift -= 8) {
      const byte = (bits >> shift) & 255;
      if (byte === 0) zeros += 1;
      else if (follow > 0) {
        if (byte >> 6 !== 2) return zeros > 0;
        follow -= 1;
      } else if (byte >= 128) {
        if (byte < 0xc2 || byte > 0xf4) return zeros > 0;
        follow = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      } else if ((byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) || byte === 127) return zeros > 0;
    }
  }
  return true;
}

/** Features of one run of token characters. */
function signsOfRun(text: string, codes: Uint16Array, from: number, end: number): number {
  let found = 0;
  let digits = 0;
  let lower = 0;
  let upper = 0;
  let base64 = 0;
  let hex = 0;
  let pairs = 0;
  let dense = 0;
  let denseDigits = 0;
  let beyondHex = 0;
  for (let at = from; at <= end; at++) {
    const kind = at < end ? (CLASSES[codes[at] ?? 0] ?? 0) : 0;
    if ((kind & (DIGIT | LOWER | UPPER)) !== 0) {
      dense += 1;
      denseDigits += kind & DIGIT;
      if ((kind & HEX) === 0) beyondHex += 1;
    } else {
      if (dense >= MIN_TOKEN && denseDigits >= 3 && (beyondHex > 0 || dense === 32 || dense === 48))
        found |= SIGN.dense;
      dense = 0;
      denseDigits = 0;
      beyondHex = 0;
    }
    digits += kind & DIGIT;
    lower += (kind & LOWER) >> 1;
    upper += (kind & UPPER) >> 2;
    if ((kind & HEX) !== 0) {
      hex += 1;
      if (hex >= MIN_HEX) found |= SIGN.hex;
    } else {
      pairs = hex === 2 ? pairs + 1 : 0;
      if (pairs >= MIN_PAIRS) found |= SIGN.hex;
      hex = 0;
    }
    if ((kind & BASE64) !== 0) base64 += 1;
    else {
      if (base64 >= MIN_BASE64 && isEncoded(text, at - base64, at)) found |= SIGN.base64;
      base64 = 0;
    }
  }
  return end - from >= MIN_TOKEN && digits > 0 && lower > 1 && upper > 1 ? found | SIGN.random : found;
}

function isEncoded(text: string, from: number, end: number): boolean {
  if (end - from > LONGEST) return true;
  for (let offset = 0; offset < 4; offset++) if (mayBeText(text, from + offset, end)) return true;
  return false;
}

let units = Buffer.alloc(8_192);
let codes = new Uint16Array(units.buffer, units.byteOffset, units.length / 2);

/** Codes in a flat array, valid until the next call: several times faster to read than those of a sliced string. */
function codesOf(text: string): Uint16Array {
  if (text.length > codes.length) {
    units = Buffer.alloc(text.length * 4);
    codes = new Uint16Array(units.buffer, units.byteOffset, units.length / 2);
  }
  units.write(text, 'utf16le');
  return codes;
}

/**
 * Features of a text as bits of `SIGN`, in one pass; with a finder, also whether one of its literals occurs. Where a
 * bit is missing, no pattern for that feature can match: like scanners of repositories, this skips most lines at the
 * cost of one pass (the keywords of a rule in gitleaks, the Aho-Corasick prefilter of trufflehog).
 */
export function signsIn(text: string, { machine }: Pick<LiteralFinder, 'machine'> = NO_LITERALS): number {
  // All in local variables, because this loop reads every character of the log.
  const { letters, next, accepting } = machine;
  const codes = codesOf(text);
  const length = text.length;
  let state = 0;
  let found = 0;
  let run = 0;
  let pairs = 0;
  for (let at = 0; at < length; at++) {
    const code = codes[at] ?? 0;
    state = next[state + (letters[code] ?? 0)] ?? 0;
    if (accepting[state] === 1) found |= SIGN.literal;
    const kind = code < 128 ? (CLASSES[code] ?? 0) : 0;
    if ((kind & TOKEN) !== 0) {
      run += 1;
      continue;
    }
    if (code >= 128) found |= SIGN.foreign;
    else found |= (kind & (ESCAPE | COLOUR)) >> 3;
    if (run >= MIN_BASE64) found |= signsOfRun(text, codes, at - run, at);
    pairs = run === 2 ? pairs + 1 : 0;
    if (pairs >= MIN_PAIRS) found |= SIGN.hex;
    run = 0;
  }
  if (run >= MIN_BASE64) found |= signsOfRun(text, codes, length - run, length);
  return found;
}
