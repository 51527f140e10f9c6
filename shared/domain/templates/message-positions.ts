import { isCalendarWord, isDottedHost, isHostName, LITERALS, UNITS } from './lexicon.ts';
import { IDENTIFIER, MARK, NUMBER, type ScannedLine, VALUE, VALUE_FROM_DIGIT, WORD } from './line-scan.ts';

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
const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '"': '"', "'": "'", '`': '`' };
const HOST_WITH_NUMBER = /^[A-Za-z][\w-]*\d$/;
const COLON = 58;
const SPACED = 1;
const IS_MARK = 2;

/** The tokens of a line after joining addresses and dates; reused for each line. */
const tokens = { count: 0, kind: new Uint8Array(1_024), spaced: new Uint8Array(1_024), text: [] as string[] };
/** Words, marks and values, where several values may be read as one; reused for each line. */
const parts = { count: 0, flags: new Uint8Array(2_048), key: [] as string[], shown: [] as string[] };

/** Reads the tokens of a line: addresses and dates become single values. */
function readTokens(line: string, { count, kind, from, to, spaced }: ScannedLine): void {
  const isColon = (at: number): boolean =>
    at < count &&
    kind[at] === MARK &&
    spaced[at] === 0 &&
    line.charCodeAt(from[at] as number) === COLON &&
    (to[at] as number) - (from[at] as number) === 1;
  /** The last token of the value that has a part at `at`: `10.0.0.1:80`, `12:30:11`. */
  const endOfValue = (at: number): number => {
    let last = at;
    for (;;) {
      // IPv6 addresses have two colons in a row.
      const next = isColon(last + 2) ? last + 3 : last + 2;
      if (!isColon(last + 1) || next >= count || spaced[next] === 1 || (kind[next] as number) < VALUE) return last;
      last = next;
    }
  };
  const isPartOfDate = (at: number): boolean =>
    at < count &&
    spaced[at] === 1 &&
    (kind[at] === NUMBER ||
      kind[at] === VALUE_FROM_DIGIT ||
      (kind[at] === WORD && isCalendarWord(line.slice(from[at], to[at]))));
  /** The last token of the address or date that begins with the word at `at`. */
  const endOfWord = (at: number, text: string): number => {
    if (isColon(at + 1) && at + 2 < count && spaced[at + 2] === 0) {
      const next = kind[at + 2] as number;
      const isUrl = next >= VALUE && line.startsWith('//', from[at + 2]);
      const isHost =
        next === NUMBER && (isDottedHost(text) || (kind[at] === IDENTIFIER && HOST_WITH_NUMBER.test(text)));
      return isUrl || isHost ? endOfValue(at + 2) : at;
    }
    let last = at;
    if (isCalendarWord(text)) while (isPartOfDate(last + 1)) last = endOfValue(last + 1);
    return last;
  };
  let written = 0;
  for (let at = 0; at < count; at += 1) {
    const type = kind[at] as number;
    tokens.spaced[written] = spaced[at] as number;
    tokens.kind[written] = type;
    if (type >= VALUE) {
      tokens.kind[written] = VALUE;
      tokens.text[written] = '';
      at = endOfValue(at);
    } else {
      const text = line.slice(from[at], to[at]);
      tokens.text[written] = text;
      if (type !== MARK) {
        const last = endOfWord(at, text);
        if (last > at || LITERALS.has(text) || isHostName(text)) tokens.kind[written] = VALUE;
        at = last;
      }
    }
    written += 1;
  }
  tokens.count = written;
  // Looking ahead finds nothing behind the end.
  for (let at = written; at < written + 8; at += 1) {
    tokens.kind[at] = MARK;
    tokens.text[at] = '';
    tokens.spaced[at] = 0;
  }
}

function isMark(at: number, text: string): boolean {
  return tokens.kind[at] === MARK && tokens.text[at] === text;
}

function isUnit(at: number): boolean {
  const text = tokens.text[at] as string;
  return tokens.kind[at] === WORD && tokens.spaced[at] === 1 && text.length <= 7 && UNITS.has(text.toLowerCase());
}

/** Index behind a number's unit, and behind the same quantity in brackets: ` bytes (1.5 KB)`. */
function behindUnit(at: number): number {
  if (!isUnit(at)) return at;
  const end = at + 1;
  if (!isMark(end, '(') || tokens.spaced[end] !== 1 || tokens.kind[end + 1] !== VALUE) return end;
  const close = isUnit(end + 2) ? end + 3 : end + 2;
  return isMark(close, ')') ? close + 1 : end;
}

/** Index behind the value that begins at `at`, with its unit and the values that follow in a list (`1 2 3`, `a1, b2`). */
function behindList(at: number): number {
  let end = behindUnit(at + 1);
  for (;;) {
    const isComma = isMark(end, ',');
    const next = isComma ? end + 1 : end;
    if (tokens.kind[next] !== VALUE || !(isComma || tokens.spaced[next] === 1)) return end;
    end = behindUnit(next + 1);
  }
}

/** Whether a value is missing before the mark at `at`: between brackets or quotes that do not belong to a word. */
function isMissingBefore(at: number): boolean {
  if (at === 0 || tokens.spaced[at] === 1 || tokens.kind[at - 1] !== MARK) return false;
  if (CLOSERS[tokens.text[at - 1] as string] !== tokens.text[at]) return false;
  return (
    tokens.spaced[at - 1] === 1 ||
    (at > 1 && tokens.kind[at - 2] === MARK && /^[=:,]$/.test(tokens.text[at - 2] as string))
  );
}

function addPart(flags: number, key: string, shown: string): void {
  parts.flags[parts.count] = flags;
  parts.key[parts.count] = key;
  parts.shown[parts.count] = shown;
  parts.count += 1;
}

function readParts(): void {
  parts.count = 0;
  for (let at = 0; at < tokens.count; at += 1) {
    const kind = tokens.kind[at];
    const flags = tokens.spaced[at] === 1 ? SPACED : 0;
    if (kind === VALUE) {
      const end = behindList(at);
      let shown = HOLE;
      for (let index = at + 1; index < end; index += 1)
        shown += (tokens.spaced[index] === 1 ? ' ' : '') + (tokens.kind[index] === VALUE ? HOLE : tokens.text[index]);
      addPart(flags, HOLE, shown);
      at = end - 1;
      continue;
    }
    const text = tokens.text[at] as string;
    if (kind === MARK) {
      if (isMissingBefore(at)) addPart(0, HOLE, HOLE);
      addPart(flags | IS_MARK, text, text);
    } else addPart(flags, kind === IDENTIFIER ? text.replace(/\d+/g, DIGITS) : text, text);
  }
}

function isMarkPart(at: number): boolean {
  return ((parts.flags[at] as number) & IS_MARK) !== 0;
}

/** Index of the mark that closes what the mark at `at` opens, or -1. */
function closerOf(at: number): number {
  const open = parts.key[at] as string;
  const close = CLOSERS[open];
  if (close === undefined) return -1;
  const end = Math.min(parts.count, at + MAX_ENCLOSED);
  if (close === open) {
    // An apostrophe is no quote: a quote stands beside white space or marks.
    if (parts.flags[at] === IS_MARK && at > 0 && !isMarkPart(at - 1)) return -1;
    for (let index = at + 1; index < end; index += 1)
      if (parts.key[index] === close) return index + 1 >= parts.count || parts.flags[index + 1] !== 0 ? index : -1;
    return -1;
  }
  let depth = 0;
  for (let index = at; index < end; index += 1) {
    if (parts.key[index] === open) depth += 1;
    else if (parts.key[index] === close) {
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
  for (let at = 0; at < parts.count; at += 1) {
    const flags = parts.flags[at] as number;
    if (at > closes) {
      if (at > 0 && (flags & SPACED) !== 0) {
        keys.push(key);
        shown.push(show);
        key = '';
        show = '';
      }
      // A bracket at the very beginning holds a field of its own (`[client 10.0.0.1] denied`).
      if (at > 0 && (flags & IS_MARK) !== 0) closes = closerOf(at);
    } else if ((flags & SPACED) !== 0) {
      key += ' ';
      show += ' ';
    }
    key += parts.key[at];
    show += parts.shown[at];
  }
  keys.push(key);
  shown.push(show);
  return { keys, shown };
}
