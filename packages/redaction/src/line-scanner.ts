import {
  STEP_BITS as BITS,
  type LiteralAutomaton,
  STEP_MARKS as MARKS,
  makeLiteralAutomaton,
} from './literal-finder.ts';

/** Takes text in chunks of any size and returns its lines, each with marks for the literals that occur in it. */
export interface LineScanner {
  push(chunk: string): void;
  /** Returns a last line without a line feed. */
  end(): void;
}

/**
 * One line without its line feed: `marks` has a bit for each group of literals that occurs anywhere in it, including
 * what was cut out. For a line too long to hold, `text` is its head and `tail` its end; otherwise `tail` is null. Both
 * are slices that keep a whole chunk alive.
 */
export type TakeLine = (text: string, marks: number, tail: string | null) => void;

/** How many characters of a line are held from its beginning and its end; a line no longer than both is held whole. */
export interface HeldLengths {
  readonly head: number;
  readonly tail: number;
}

/**
 * What a scanner searches for, ignoring colours and cursor moves. Group `n` sets bit `n`; a carriage return without a
 * line feed sets `loneReturn`.
 */
export interface ScanPlan {
  readonly letters: LiteralAutomaton['letters'];
  readonly steps: LiteralAutomaton['steps'];
  readonly loneReturn: number;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const ESCAPE = 27;
const SPACE = 32;
const BRACKET = 91;
/** Characters that are copied and scanned at once. */
const AT_ONCE = 65_536;

export type CodeRange = readonly [first: number, last: number];

/** Any character of a class that no literal contains also marks a line for its group. */
export interface MarkingCharacters {
  readonly group: number;
  /** The first and the last UTF-16 code of each range of the class. */
  readonly ranges: readonly CodeRange[];
}

/** Represents all characters of a class in the automaton; no log contains it. */
const FIRST_STAND_IN = 0xf8f0;
const ASCII_CODES = 128;

/** Builds the plan once, for any number of scanners. At most eight groups. */
export function makeScanPlan(
  groups: readonly (readonly string[])[],
  loneReturnGroup: number,
  characters: readonly MarkingCharacters[] = [],
): ScanPlan {
  const standIns = characters.map((_, index) => String.fromCharCode(FIRST_STAND_IN + index));
  const owners = [
    ...groups.flatMap((literals, group) => literals.map(() => 1 << group)),
    ...characters.map(({ group }) => 1 << group),
  ];
  const { letters, steps } = makeLiteralAutomaton([...groups.flat(), ...standIns], (index) => owners[index] ?? 0);
  characters.forEach(({ ranges }, index) => {
    const letter = letters[FIRST_STAND_IN + index] ?? 0;
    for (const [first, last] of ranges)
      for (let code = Math.max(first, ASCII_CODES); code <= last; code++) letters[code] ||= letter;
  });
  return { letters, steps, loneReturn: 1 << loneReturnGroup };
}

/** The marks of one text without line feeds. */
export function marksOf({ letters, steps }: ScanPlan, text: string): number {
  let step = 0;
  let found = 0;
  for (let at = 0; at < text.length; at++) {
    step = steps[(step >>> BITS) + (letters[text.charCodeAt(at)] ?? 0)] ?? 0;
    found |= step;
  }
  return found & MARKS;
}

/** Whether a code may be between a control sequence's bracket and its final letter. */
function isParameter(code: number): boolean {
  return (code >= 48 && code <= 59) || code === 63;
}

/**
 * Position of the final letter of the terminal control sequence (`ESC [ 1 ; 31 m`, ECMA-48) that begins at `at`; `at`
 * itself when it has a rarer form or may continue in the next chunk.
 */
export function endOfSequence(codes: Uint16Array, at: number, length: number): number {
  if (codes[at + 1] !== BRACKET) return at;
  let end = at + 2;
  while (end < length && end < at + 40 && isParameter(codes[end] ?? 0)) end += 1;
  const last = codes[end] ?? 0;
  return end < length && last >= 64 && last <= 126 ? end : at;
}

const DASH = 45;
const DOT = 46;
const COLON = 58;
const LETTER_T = 84;
const LETTER_Z = 90;
/** The signs between the digits of a runner's timestamp (`2026-11-21T03:04:05.678Z `). */
const STAMP_SIGNS: readonly (readonly [offset: number, code: number])[] = [
  [4, DASH],
  [7, DASH],
  [10, LETTER_T],
  [13, COLON],
  [16, COLON],
  [19, DOT],
];
const MIN_STAMP_LENGTH = 25;
const MAX_STAMP_LENGTH = 31;

const isDigit = (code: number | undefined): boolean => code !== undefined && code >= 48 && code <= 57;

/** Where the text of a line begins after the timestamp that `cleanLine` removes; `at` without a complete timestamp. */
export function endOfStamp(codes: Uint16Array, at: number, length: number): number {
  if (codes[at + 4] !== DASH || codes[at + 10] !== LETTER_T || at + MIN_STAMP_LENGTH > length) return at;
  for (const [offset, code] of STAMP_SIGNS) if (codes[at + offset] !== code) return at;
  for (let offset = 0; offset < 19; offset++)
    if (offset !== 4 && offset !== 7 && offset !== 10 && offset !== 13 && offset !== 16 && !isDigit(codes[at + offset]))
      return at;
  let end = at + 20;
  while (end < length && end < at + MAX_STAMP_LENGTH && isDigit(codes[end])) end += 1;
  const fraction = end - at - 20;
  const isStamp =
    fraction >= 3 && fraction <= 9 && end + 1 < length && codes[end] === LETTER_Z && codes[end + 1] === SPACE;
  return isStamp ? end + 2 : at;
}

/** A line made of several chunks; of one longer than head and end together, only those are held. */
class OpenLine {
  #parts: string[] = [];
  #held = 0;
  #head: string | null = null;
  readonly #limits: HeldLengths;

  constructor(limits: HeldLengths) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#held === 0;
  }

  add(piece: string): void {
    if (piece === '') return;
    this.#parts.push(piece);
    this.#held += piece.length;
    const { head, tail } = this.#limits;
    if (this.#held <= head + tail) return;
    const text = this.#parts.join('');
    this.#head ??= text.slice(0, head);
    this.#parts = [text.slice(-tail)];
    // Doubles the room before the next cut.
    this.#held = tail;
  }

  close(marks: number, take: TakeLine): void {
    const text = this.#parts.length === 1 ? (this.#parts[0] ?? '') : this.#parts.join('');
    const head = this.#head;
    this.#parts = [];
    this.#held = 0;
    this.#head = null;
    if (head === null) take(text, marks, null);
    else take(head, marks, text.slice(-this.#limits.tail));
  }
}

class Scanner implements LineScanner {
  readonly #plan: ScanPlan;
  readonly #longest: number;
  readonly #take: TakeLine;
  readonly #open: OpenLine;
  // Codes in a flat array are several times faster to read than those of a sliced string.
  readonly #units = Buffer.alloc(AT_ONCE * 2);
  readonly #codes = new Uint16Array(this.#units.buffer, this.#units.byteOffset, AT_ONCE);
  #step = 0;
  #marks = 0;

  constructor(plan: ScanPlan, limits: HeldLengths, take: TakeLine) {
    this.#plan = plan;
    this.#longest = limits.head + limits.tail;
    this.#take = take;
    this.#open = new OpenLine(limits);
  }

  push(chunk: string): void {
    if (chunk.length <= AT_ONCE) this.#scan(chunk);
    else for (let at = 0; at < chunk.length; at += AT_ONCE) this.#scan(chunk.slice(at, at + AT_ONCE));
  }

  end(): void {
    if (!this.#open.isEmpty) this.#close('', this.#marks & MARKS);
    this.#step = 0;
    this.#marks = 0;
  }

  #scan(text: string): void {
    this.#units.write(text, 'utf16le');
    // All in local variables, because this loop reads every character of the log.
    const codes = this.#codes;
    const { letters, steps, loneReturn } = this.#plan;
    const length = text.length;
    let step = this.#step;
    let marks = this.#marks;
    let from = 0;
    // The timestamp is skipped: cleaning removes it, and its `7Z ` is not a program that takes passwords.
    for (let at = this.#open.isEmpty ? endOfStamp(codes, 0, length) : 0; at < length; at++) {
      const code = codes[at] ?? 0;
      if (code < SPACE) {
        if (code === LINE_FEED) {
          this.#close(text.slice(from, at), marks & MARKS);
          from = at + 1;
          at = endOfStamp(codes, from, length) - 1;
          step = 0;
          marks = 0;
          continue;
        }
        // A word with a colour code inside is still one word.
        const end = code === ESCAPE ? endOfSequence(codes, at, length) : at;
        if (end > at) {
          at = end;
          continue;
        }
        if (code === CARRIAGE_RETURN && (at + 1 === length || codes[at + 1] !== LINE_FEED)) marks |= loneReturn;
      }
      step = steps[(step >>> BITS) + (letters[code] ?? 0)] ?? 0;
      marks |= step;
    }
    this.#step = step;
    this.#marks = marks;
    if (from < length) this.#open.add(from === 0 ? text : text.slice(from));
  }

  #close(piece: string, marks: number): void {
    if (this.#open.isEmpty && piece.length <= this.#longest) {
      this.#take(piece, marks, null);
      return;
    }
    this.#open.add(piece);
    this.#open.close(marks, this.#take);
  }
}

/** Creates a scanner for one text. */
export function makeLineScanner(plan: ScanPlan, limits: HeldLengths, take: TakeLine): LineScanner {
  return new Scanner(plan, limits, take);
}
