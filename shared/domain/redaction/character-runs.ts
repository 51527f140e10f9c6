import { endOfSequence } from './line-scanner.ts';

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
  /** A colour code within a word: without it, the line may read otherwise. */
  colour: 16,
  foreign: 32,
  /** One of the requested literals. */
  literal: 64,
  /** Twenty letters and digits in a row that no hash is: a letter beyond F, or 32 or 48 in hex. */
  dense: 128,
  /** Sixteen token characters in a row with two digits, or of letters alone. */
  long: 256,
  /** Twenty letters and digits in a row, two digits among them. */
  solid: 512,
  /** An at sign. */
  at: 1024,
  /** A control character, which is invisible. */
  control: 2048,
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

const AT = 256;
const CONTROL = 512;

const CLASSES = new Uint16Array(128);
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
for (let code = 0; code < 32; code++) CLASSES[code] = CONTROL;
CLASSES[0x09] = 0;
CLASSES[0x0d] = 0;
CLASSES[0x1b] = COLOUR;
CLASSES[0x40] = AT;
CLASSES[0x7f] = CONTROL;
const BASE64 = DIGIT | LOWER | UPPER | BASE64_SIGN;
const TOKEN = BASE64 | EDGE;

const MIN_TOKEN = 20;
const MIN_BASE64 = 16;
const MIN_HEX = 20;
const MIN_PAIRS = 9;
/** Enough to tell whether the rest of Base64 is worth decoding: three groups, nine bytes. */
const SAMPLE = 12;
/** Longer Base64 is decoded in pieces. */
const LONGEST = 65_536;

function sextet(code: number): number {
  if (code >= 97) return code - 71;
  if (code >= 65) return code === 95 ? 63 : code - 65;
  if (code >= 48) return code + 4;
  return code === 43 || code === 45 ? 62 : 63;
}

/**
 * Whether Base64 from `from` to `end` begins with possible text, in UTF-8 or UTF-16; most paths, names and hashes do
 * not.
 */
export function mayBeText(codes: Uint16Array, from: number, end: number): boolean {
  let follow = 0;
  let zeros = 0;
  for (let at = from; at + 4 <= end && at < from + SAMPLE; at += 4) {
    const bits =
      (sextet(codes[at] ?? 0) << 18) |
      (sextet(codes[at + 1] ?? 0) << 12) |
      (sextet(codes[at + 2] ?? 0) << 6) |
      sextet(codes[at + 3] ?? 0);
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
function signsOfRun(codes: Uint16Array, from: number, end: number): number {
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
      if (dense >= MIN_BASE64) found |= SIGN.long;
      if (dense >= MIN_TOKEN && denseDigits >= 2) {
        found |= SIGN.solid;
        if (denseDigits >= 3 && (beyondHex > 0 || dense === 32 || dense === 48)) found |= SIGN.dense;
      }
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
      if (base64 >= MIN_BASE64 && isEncoded(codes, at - base64, at)) found |= SIGN.base64;
      base64 = 0;
    }
  }
  if (digits > 1) found |= SIGN.long;
  return end - from >= MIN_TOKEN && digits > 0 && lower > 1 && upper > 1 ? found | SIGN.random : found;
}

function isEncoded(codes: Uint16Array, from: number, end: number): boolean {
  if (end - from > LONGEST) return true;
  for (let offset = 0; offset < 4; offset++) if (mayBeText(codes, from + offset, end)) return true;
  return false;
}

let units = Buffer.alloc(8_192);
let codes = new Uint16Array(units.buffer, units.byteOffset, units.length / 2);

/** Codes in a flat array, valid until the next call: several times faster to read than those of a sliced string. */
export function codesOf(text: string): Uint16Array {
  if (text.length > codes.length) {
    units = Buffer.alloc(text.length * 4);
    codes = new Uint16Array(units.buffer, units.byteOffset, units.length / 2);
  }
  units.write(text, 'utf16le');
  return codes;
}

/** What a finder's literal needs in its line, so that a pattern can match; several literals may end in one place. */
export const NEED = {
  nothing: 1,
  /** `SIGN.long`, or the end of the line, where the token may go on in the next. */
  long: 2,
  /** The same with `SIGN.solid`. */
  solid: 4,
  /** `SIGN.at`. */
  at: 8,
} as const;

/** The tables of a finder's automaton; `needs` has the bits of `NEED` for each accepting state, 0 for others. */
export interface LiteralMachine {
  readonly letters: Uint8Array;
  readonly next: Int32Array;
  readonly needs: Uint8Array;
}

const LINE_FEED = 10;
const ESCAPE_CODE = 27;
/** The beginning of a token at the end of a line is no longer: see `withoutBeginning` in `secret-continuations.ts`. */
const MAX_BEGINNING = 40;

/** Where the last scan ended: at a line feed, or the end. */
let scannedTo = 0;

/** Signs of the line that begins at `from`, up to a line feed if `isLine`, in any case to `length`. */
function scan(codes: Uint16Array, from: number, length: number, isLine: boolean, machine: LiteralMachine): number {
  // All in local variables, because this loop reads every character of the log.
  const { letters, next, needs } = machine;
  let state = 0;
  let found = 0;
  let run = 0;
  let pairs = 0;
  let needed = 0;
  let lastNeeded = -MAX_BEGINNING;
  let at = from;
  for (; at < length; at++) {
    const code = codes[at] ?? 0;
    const kind = code < 128 ? (CLASSES[code] ?? 0) : 0;
    if (kind === COLOUR) {
      const end = endOfSequence(codes, at, length);
      if (end > at) {
        if (run > 0 && end + 1 < length && isWordCode(codes[end + 1] ?? 0)) found |= SIGN.colour;
        if (run >= MIN_BASE64) found |= signsOfRun(codes, at - run, at);
        run = 0;
        at = end;
        continue;
      }
      found |= SIGN.colour;
    }
    state = next[state + (letters[code] ?? 0)] ?? 0;
    const need = needs[state] ?? 0;
    if (need !== 0) {
      needed |= need;
      lastNeeded = at;
    }
    if ((kind & TOKEN) !== 0) {
      run += 1;
      continue;
    }
    if (code === LINE_FEED && isLine) break;
    if (code >= 128) found |= SIGN.foreign;
    else if (kind !== 0)
      found |= (kind & ESCAPE ? SIGN.escape : 0) | (kind & AT ? SIGN.at : 0) | (kind & CONTROL ? SIGN.control : 0);
    if (run >= MIN_BASE64) found |= signsOfRun(codes, at - run, at);
    pairs = run === 2 ? pairs + 1 : 0;
    if (pairs >= MIN_PAIRS) found |= SIGN.hex;
    run = 0;
  }
  if (run >= MIN_BASE64) found |= signsOfRun(codes, at - run, at);
  scannedTo = at;
  if (needed === 0) return found;
  const isMet =
    (needed & NEED.nothing) !== 0 ||
    ((needed & NEED.long) !== 0 && (found & SIGN.long) !== 0) ||
    ((needed & NEED.solid) !== 0 && (found & SIGN.solid) !== 0) ||
    ((needed & NEED.at) !== 0 && (found & SIGN.at) !== 0) ||
    ((needed & (NEED.long | NEED.solid)) !== 0 && at - lastNeeded <= MAX_BEGINNING);
  return isMet ? found | SIGN.literal : found;
}

/** Whether a code is a letter, a digit or another character of tokens, or no ASCII. */
function isWordCode(code: number): boolean {
  return code >= 128 || code === ESCAPE_CODE || ((CLASSES[code] ?? 0) & TOKEN) !== 0;
}

const NO_LITERALS: LiteralMachine = {
  letters: new Uint8Array(1),
  next: new Int32Array(1),
  needs: new Uint8Array(1),
};

/**
 * Features of a text as bits of `SIGN`, in one pass; with a finder's machine, also whether one of its literals occurs
 * with what it needs. Where a bit is missing, no pattern for that feature can match: like scanners of repositories, this
 * skips most lines at the cost of one pass (the keywords of a rule in gitleaks, the Aho-Corasick prefilter of
 * trufflehog).
 */
export function signsIn(text: string, machine: LiteralMachine = NO_LITERALS): number {
  return scan(codesOf(text), 0, text.length, false, machine);
}

/** Bits that nothing follows from alone. */
const HARMLESS = SIGN.long | SIGN.solid | SIGN.at;

/**
 * Where the first line begins, at or behind `from`, that needs a look; `length` when none does. `from` is the beginning
 * of a line.
 */
export function firstDoubtfulLine(codes: Uint16Array, from: number, length: number, machine: LiteralMachine): number {
  for (let at = from; at < length; at = scannedTo + 1)
    if ((scan(codes, at, length, true, machine) & ~HARMLESS) !== 0) return at;
  return length;
}
