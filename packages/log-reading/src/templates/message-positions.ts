import { isCalendarWord, isDottedHost, isHostName, LITERALS, UNITS } from './lexicon.ts';
import { IDENTIFIER, LOOK_AHEAD, MARK, NUMBER, type ScannedLine, VALUE, VALUE_FROM_DIGIT, WORD } from './line-scan.ts';

/** Stands for a value in keys and templates; cleaned log text never contains it. */
export const HOLE = '\u0001';

/**
 * A message as positions: its words, each with the marks around it. What brackets or quotes enclose within a message is one position,
 * however many words it has.
 */
export interface Positions {
  /** Equal for all messages of one shape: values are holes, and so are the digits of identifiers (`DIGITS`). */
  readonly keys: readonly string[];
  /** What the template shows while no other message differs: values are holes, all else is as written. */
  readonly shown: readonly string[];
}

/** Stands for the digits of an identifier in keys. */
export const DIGITS = '\u0002';
/** Most parts between two quotes or brackets. */
const MAX_ENCLOSED = 40;
const HOST_WITH_NUMBER = /^[A-Za-z][\w-]*\d$/;
const COLON = 58;
const COMMA = 44;
const EQUALS = 61;
const OPEN = 40;
const CLOSE = 41;

/** The tokens of a line after joining addresses and dates; reused for each line. */
const tokenKind = new Uint8Array(1_024);
const tokenSpaced = new Uint8Array(1_024);
/** The character of a delimiter, 0 for other tokens. */
const tokenMark = new Uint16Array(1_024);
const tokenText: string[] = [];
let tokenCount = 0;

/** Words, marks and values, where several values may be read as one; reused for each line. */
const partSpaced = new Uint8Array(2_048);
/** The character of a mark, 1 for marks of several characters, 0 for all else. */
const partMark = new Uint16Array(2_048);
const partKey: string[] = [];
const partShown: string[] = [];
let partCount = 0;

/** What closes a bracket or quote; 0 when the character is none. */
function closerFor(mark: number): number {
  if (mark === OPEN) return CLOSE;
  if (mark === 91 || mark === 123) return mark + 2;
  return mark === 34 || mark === 39 || mark === 96 ? mark : 0;
}

function isColon({ mark, spaced }: ScannedLine, at: number): boolean {
  return mark[at] === COLON && spaced[at] === 0;
}

/** The last token of the value that has a part at `at`: `10.0.0.1:80`, `12:30:11`. */
function endOfValue(scan: ScannedLine, at: number): number {
  let last = at;
  while (isColon(scan, last + 1)) {
    // IPv6 addresses have two colons in a row.
    const next = isColon(scan, last + 2) ? last + 3 : last + 2;
    if (scan.spaced[next] === 1 || (scan.kind[next] as number) < VALUE) break;
    last = next;
  }
  return last;
}

function isPartOfDate(line: string, { kind, from, to, spaced }: ScannedLine, at: number): boolean {
  if (spaced[at] === 0) return false;
  const type = kind[at];
  if (type === WORD) return isCalendarWord(line.slice(from[at], to[at]));
  return type === NUMBER || type === VALUE_FROM_DIGIT;
}

/** Reads the tokens of a line: addresses and dates become single values. */
function readTokens(line: string, scan: ScannedLine): void {
  const { count, kind, from, to, spaced, mark } = scan;
  kind.fill(MARK, count, count + LOOK_AHEAD);
  mark.fill(0, count, count + LOOK_AHEAD);
  spaced.fill(0, count, count + LOOK_AHEAD);
  let written = 0;
  for (let at = 0; at < count; at += 1) {
    let type = kind[at] as number;
    tokenSpaced[written] = spaced[at] as number;
    tokenMark[written] = mark[at] as number;
    let text = '';
    if (type >= VALUE) {
      type = VALUE;
      at = endOfValue(scan, at);
    } else {
      text = line.slice(from[at], to[at]);
      let last = at;
      if (type !== MARK) {
        if (isColon(scan, at + 1) && spaced[at + 2] === 0) {
          const next = kind[at + 2] as number;
          const isUrl = next >= VALUE && line.startsWith('//', from[at + 2]);
          const isHost =
            next === NUMBER && (isDottedHost(text) || (type === IDENTIFIER && HOST_WITH_NUMBER.test(text)));
          if (isUrl || isHost) last = endOfValue(scan, at + 2);
        } else if (isCalendarWord(text)) {
          while (isPartOfDate(line, scan, last + 1)) last = endOfValue(scan, last + 1);
        }
        if (last > at || LITERALS.has(text) || isHostName(text)) type = VALUE;
      }
      at = last;
    }
    tokenKind[written] = type;
    tokenText[written] = text;
    written += 1;
  }
  tokenCount = written;
  tokenKind.fill(MARK, written, written + LOOK_AHEAD);
  tokenMark.fill(0, written, written + LOOK_AHEAD);
  tokenSpaced.fill(0, written, written + LOOK_AHEAD);
}

function isUnit(at: number): boolean {
  const text = tokenText[at] as string;
  return tokenKind[at] === WORD && tokenSpaced[at] === 1 && text.length <= 7 && UNITS.has(text.toLowerCase());
}

/** Index behind a number's unit, and behind the same quantity in brackets: ` bytes (1.5 KB)`. */
function behindUnit(at: number): number {
  if (!isUnit(at)) return at;
  const end = at + 1;
  if (tokenMark[end] !== OPEN || tokenSpaced[end] !== 1 || tokenKind[end + 1] !== VALUE) return end;
  const close = isUnit(end + 2) ? end + 3 : end + 2;
  return tokenMark[close] === CLOSE ? close + 1 : end;
}

/** Index behind the value that begins at `at`, with its unit and the values that follow in a list (`1 2 3`, `a1, b2`). */
function behindList(at: number): number {
  let end = behindUnit(at + 1);
  for (;;) {
    const isComma = tokenMark[end] === COMMA;
    const next = isComma ? end + 1 : end;
    if (tokenKind[next] !== VALUE || !(isComma || tokenSpaced[next] === 1)) return end;
    end = behindUnit(next + 1);
  }
}

/** Whether a value is missing before the mark at `at`: between brackets or quotes that do not belong to a word. */
function isMissingBefore(at: number): boolean {
  if (at === 0 || tokenSpaced[at] === 1 || tokenMark[at] === 0) return false;
  if (closerFor(tokenMark[at - 1] as number) !== tokenMark[at]) return false;
  if (tokenSpaced[at - 1] === 1) return true;
  const before = at > 1 ? tokenMark[at - 2] : 0;
  return before === EQUALS || before === COLON || before === COMMA;
}

function addPart(spaced: number, mark: number, key: string, shown: string): void {
  partSpaced[partCount] = spaced;
  partMark[partCount] = mark;
  partKey[partCount] = key;
  partShown[partCount] = shown;
  partCount += 1;
}

/** What is shown of the values between two tokens. */
function shownList(at: number, end: number): string {
  let shown = HOLE;
  for (let index = at + 1; index < end; index += 1)
    shown += (tokenSpaced[index] === 1 ? ' ' : '') + (tokenKind[index] === VALUE ? HOLE : tokenText[index]);
  return shown;
}

function readParts(): void {
  partCount = 0;
  for (let at = 0; at < tokenCount; at += 1) {
    const kind = tokenKind[at];
    const spaced = tokenSpaced[at] as number;
    const text = tokenText[at] as string;
    if (kind === VALUE) {
      const end = behindList(at);
      addPart(spaced, 0, HOLE, end === at + 1 ? HOLE : shownList(at, end));
      at = end - 1;
    } else if (kind === MARK) {
      if (isMissingBefore(at)) addPart(0, 0, HOLE, HOLE);
      addPart(spaced, Math.max(tokenMark[at] as number, 1), text, text);
    } else addPart(spaced, 0, kind === IDENTIFIER ? text.replace(/\d+/g, DIGITS) : text, text);
  }
}

/** Index of the mark that closes what the mark at `at` opens, or -1. */
function closerOf(at: number): number {
  const open = partMark[at] as number;
  const close = closerFor(open);
  if (close === 0) return -1;
  const end = Math.min(partCount, at + MAX_ENCLOSED);
  if (close === open) {
    // An apostrophe is no quote: a quote stands beside white space or marks.
    if (partSpaced[at] === 0 && at > 0 && partMark[at - 1] === 0) return -1;
    for (let index = at + 1; index < end; index += 1)
      if (partMark[index] === close) {
        const isEnd = index + 1 >= partCount || partSpaced[index + 1] === 1 || partMark[index + 1] !== 0;
        return isEnd ? index : -1;
      }
    return -1;
  }
  let depth = 0;
  for (let index = at; index < end; index += 1) {
    if (partMark[index] === open) depth += 1;
    else if (partMark[index] === close) {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return -1;
}

/** The positions of a scanned message. */
export function positionsOf(line: string, scan: ScannedLine): Positions {
  readTokens(line, scan);
  readParts();
  const keys: string[] = [];
  const shown: string[] = [];
  let key = '';
  let show = '';
  let closes = -1;
  for (let at = 0; at < partCount; at += 1) {
    const isSpaced = partSpaced[at] === 1;
    if (at > closes) {
      if (at > 0 && isSpaced) {
        keys.push(key);
        shown.push(show);
        key = '';
        show = '';
      }
      // A bracket at the very beginning holds a field of its own (`[client 10.0.0.1] denied`).
      if (at > 0 && partMark[at] !== 0) closes = closerOf(at);
    } else if (isSpaced) {
      key += ' ';
      show += ' ';
    }
    key += partKey[at];
    show += partShown[at];
  }
  keys.push(key);
  shown.push(show);
  return { keys, shown };
}
