import { lazy } from '@selfheal/kernel/lazy.ts';
import { endOfSequence, endOfStamp } from './line-scanner.ts';
import type { LiteralAutomaton } from './literal-finder.ts';

/** Features of a text that need a closer look. */
export const SIGN = {
  /** Twenty token characters in a row, with a digit and two letters of either case. */
  random: 1,
  /** Base64 that may decode to text. */
  base64: 2,
  /** Ten bytes in hex that may be text. */
  hex: 4,
  /** The beginning of an escape or an encoded character. */
  escape: 8,
  /** A colour code within a word: without it, the line may read otherwise. */
  colour: 16,
  /** A character beyond ASCII that may belong to a word for password, look like another one, or be invisible. */
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
 * How many bytes of a character of UTF-8 have to follow `byte`, when `follow` had to before it; -1 for a byte that cannot
 * be there, as no control can.
 */
function stillToFollow(follow: number, byte: number): number {
  if (follow > 0) return byte >> 6 === 2 ? follow - 1 : -1;
  if (byte < 128) return byte >= 32 ? (byte === 127 ? -1 : 0) : byte === 9 || byte === 10 || byte === 13 ? 0 : -1;
  if (byte < 0xc2 || byte > 0xf4) return -1;
  return byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
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
      else follow = stillToFollow(follow, byte);
      if (follow < 0) return zeros > 0;
    }
  }
  return true;
}

function hexDigit(code: number): number {
  return code < 65 ? code - 48 : (code & 31) + 9;
}

/**
 * Whether hexadecimal from `from` to `end`, at least twenty digits, is no part of a word and begins with possible text.
 * `before`, `behind`: the codes around it, 0 where the run ends.
 */
function mayBeHexText(codes: Uint16Array, from: number, end: number, before: number, behind: number): boolean {
  if ((end - from) % 2 !== 0 || isOfWord(behind)) return false;
  const isAlone = !isOfWord(before) || before === 0x58 || before === 0x78;
  if (!isAlone) return false;
  const byteAt = (index: number): number =>
    (hexDigit(codes[from + 2 * index] ?? 0) << 4) | hexDigit(codes[from + 2 * index + 1] ?? 0);
  // In UTF-16 every other byte is zero.
  if ((byteAt(0) === 0 && byteAt(2) === 0) || (byteAt(1) === 0 && byteAt(3) === 0)) return true;
  let follow = 0;
  for (let index = 0; index < MIN_HEX / 2 && follow >= 0; index++) follow = stillToFollow(follow, byteAt(index));
  return follow >= 0;
}

/** Whether `\w` matches a code. */
function isOfWord(code: number): boolean {
  return code === 0x5f || ((CLASSES[code] ?? 0) & (DIGIT | LOWER | UPPER)) !== 0;
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
    } else {
      if (hex >= MIN_HEX) {
        const before = at - hex > from ? (codes[at - hex - 1] ?? 0) : 0;
        if (mayBeHexText(codes, at - hex, at, before, at < end ? (codes[at] ?? 0) : 0)) found |= SIGN.hex;
      }
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
  /** `SIGN.long`, or the end of the line in the same word, where the token may go on in the next. */
  long: 2,
  /** The same with `SIGN.solid`. */
  solid: 4,
  /** `SIGN.at`. */
  at: 8,
  /** A hyphen behind no letter or digit, as before an option. */
  option: 16,
  /** `SIGN.long`, or the end of the line nearby: a value may be in the next. */
  value: 32,
  /** The end of the line nearby. */
  end: 64,
  /** Says nothing about the line. */
  never: 128,
} as const;

/**
 * The tables of a finder's automaton for this scan. `infos` has for each UTF-16 code its letter in the automaton and,
 * above, what else is to do; `steps` leads from a state and a letter to the next state, in the upper bits, with the bits
 * of `NEED` of the literals that end there.
 */
export interface LiteralMachine {
  readonly infos: Uint16Array;
  readonly steps: Int32Array;
}

const LETTER = 255;
/** In `infos`: a character of tokens, and one that has to be looked at. */
const OF_TOKEN = 256;
const SPECIAL = 512;
const NEED_BITS = 8;
/** All but `NEED.never`. */
const NEEDS = 127;

/**
 * Letters and signs beyond ASCII that belong to no word for password, do not look like others and are visible: those of
 * Latin that no such word has, arrows, boxes, ticks and pictures.
 */
const HARMLESS_RANGES: readonly (readonly [first: number, last: number])[] = [
  [0xa0, 0xac],
  [0xae, 0xbf],
  [0x250, 0x2ff],
  [0x2500, 0x2bff],
  // Halves of pictures. The other half is visible, too.
  [0xd83d, 0xd83e],
  [0xdc00, 0xdfff],
];

/** What `infos` says of each code besides its letter. */
function codeInfos(): Uint16Array {
  const infos = new Uint16Array(65_536).fill(SPECIAL, 128);
  for (const [first, last] of HARMLESS_RANGES) infos.fill(0, first, last + 1);
  for (let code = 0; code < 128; code++) {
    const kind = CLASSES[code] ?? 0;
    if ((kind & TOKEN) !== 0) infos[code] = OF_TOKEN;
    else if (kind !== 0) infos[code] = SPECIAL;
  }
  infos[LINE_FEED] = SPECIAL;
  return infos;
}

/** Packs the automaton of a finder of ASCII literals, whose bits are those of `NEED`, for `signsIn`. */
export function makeLiteralMachine({ letters, steps }: Pick<LiteralAutomaton, 'letters' | 'steps'>): LiteralMachine {
  const infos = codeInfos();
  for (let code = 0; code < 128; code++) infos[code] = (infos[code] ?? 0) | (letters[code] ?? 0);
  return { infos, steps };
}

const LINE_FEED = 10;
const ESCAPE_CODE = 27;
const HYPHEN = 45;
/** The beginning of a token at the end of a line is no longer: see `withoutBeginning` in `secret-continuations.ts`. */
const MAX_BEGINNING = 40;

/** Where the last scan ended: at a line feed, or the end. */
let scannedTo = 0;

/** Signs of the line that begins at `from`, up to a line feed if `isLine`, in any case to `length`. */
function scan(codes: Uint16Array, from: number, length: number, isLine: boolean, machine: LiteralMachine): number {
  // All in local variables, because this loop reads every character of the log.
  const { infos, steps } = machine;
  let step = 0;
  let found = 0;
  let run = 0;
  let pairs = 0;
  let needed = 0;
  let lastNeeded = -1;
  // A runner's timestamp is no part of a secret, and its `7Z ` is not a program that takes passwords; the blank may count.
  const begin = endOfStamp(codes, from, length);
  let at = begin === from ? from : begin - 1;
  for (; at < length; at++) {
    const code = codes[at] as number;
    const info = infos[code] as number;
    if ((info & SPECIAL) !== 0) {
      if (code === LINE_FEED && isLine) break;
      if (code === ESCAPE_CODE) {
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
      found |= code >= 128 ? SIGN.foreign : signsOfSpecial(codes, at, length);
    }
    step = steps[(step >>> NEED_BITS) + (info & LETTER)] as number;
    if ((step & NEEDS) !== 0) {
      needed |= step & NEEDS;
      lastNeeded = at;
    }
    if ((info & OF_TOKEN) !== 0) {
      run += 1;
      continue;
    }
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
    ((needed & NEED.option) !== 0 && hasOption(codes, from, at)) ||
    ((needed & NEED.value) !== 0 && (found & SIGN.long) !== 0) ||
    ((needed & (NEED.value | NEED.end)) !== 0 && lastNeeded >= at - MAX_BEGINNING) ||
    // A token that goes on in the next line begins in the last word.
    ((needed & (NEED.long | NEED.solid)) !== 0 && lastNeeded >= at - Math.min(run, MAX_BEGINNING));
  return isMet ? found | SIGN.literal : found;
}

/** Whether a hyphen from `from` to `end` is behind no letter or digit, or may be behind a colour. */
function hasOption(codes: Uint16Array, from: number, end: number): boolean {
  let isBehindWord = false;
  for (let at = from; at < end; at++) {
    const code = codes[at] as number;
    if (code === ESCAPE_CODE || (code === HYPHEN && !isBehindWord)) return true;
    isBehindWord = code < 128 && ((CLASSES[code] ?? 0) & (DIGIT | LOWER | UPPER)) !== 0;
  }
  return false;
}

/** The sign of an ASCII character that is not of tokens. */
function signsOfSpecial(codes: Uint16Array, at: number, length: number): number {
  const code = codes[at] as number;
  const kind = CLASSES[code] ?? 0;
  if ((kind & AT) !== 0) return SIGN.at;
  if ((kind & CONTROL) !== 0) return SIGN.control;
  return (kind & ESCAPE) !== 0 && (at + 2 >= length || beginsEscape(code, codes[at + 1] ?? 0)) ? SIGN.escape : 0;
}

/** Whether after `\\`, `%` or `&` comes what an escape, an encoded character or an entity goes on with. */
function beginsEscape(code: number, next: number): boolean {
  if (code === 0x25) return next >= 0x32 && next <= 0x37;
  if (code === 0x26) return next === 0x23 || ((CLASSES[next] ?? 0) & LOWER) !== 0;
  return next === 0x75 || next === 0x78 || next === 0x22 || next === 0x27 || next === 0x2f;
}

/** Whether a code is a letter, a digit or another character of tokens, or no ASCII. */
function isWordCode(code: number): boolean {
  return code >= 128 || code === ESCAPE_CODE || ((CLASSES[code] ?? 0) & TOKEN) !== 0;
}

const noLiterals = lazy((): LiteralMachine => ({ infos: codeInfos(), steps: new Int32Array(1) }));

/**
 * Features of a text as bits of `SIGN`, in one pass; with a finder's machine, also whether one of its literals occurs
 * with what it needs. Where a bit is missing, no pattern for that feature can match: like scanners of repositories, this
 * skips most lines at the cost of one pass (the keywords of a rule in gitleaks, the Aho-Corasick prefilter of
 * trufflehog).
 */
export function signsIn(text: string, machine: LiteralMachine = noLiterals()): number {
  return scan(codesOf(text), 0, text.length, false, machine);
}

/** Bits that nothing follows from alone. */
const HARMLESS = SIGN.long | SIGN.solid | SIGN.at;

/**
 * Where the first line begins, at or behind `from`, that needs a look, and its signs; `length` when none does. `from` is the
 * beginning of a line.
 */
export function firstDoubtfulLine(
  codes: Uint16Array,
  from: number,
  length: number,
  machine: LiteralMachine,
): { readonly from: number; readonly signs: number } {
  for (let at = from; at < length; at = scannedTo + 1) {
    const signs = scan(codes, at, length, true, machine);
    if ((signs & ~HARMLESS) !== 0) return { from: at, signs };
  }
  return { from: length, signs: 0 };
}
