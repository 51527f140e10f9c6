/** A value as written in a text. */
export interface AssignedValue {
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
  /** A quote that this line does not close: the value continues in the next line. */
  readonly closedBy: string | null;
}

const CLOSING: Readonly<Record<string, string>> = { '“': '”', '„': '“', '«': '»', '‘': '’', '「': '」', '『': '』' };
// Branch names use dashes where their titles have blanks.
const OPENING = /^[-_+]{0,2}(?:[bruBRU@$]|[A-Z]{1,2}(?="))?(\\{0,7})("""|'''|["'`“„«‘「『])/;
/** Longer values are cut; no one-line secret is longer. */
const LONGEST = 8_000;
const SPACE = /\s/g;
/** Placeholder of a secret that was already replaced. */
const MASK = /^\[(?:redacted:|(?:masked|secure|filtered|hidden|removed|redacted|\*+)\])/i;
/**
 * Characters that end an unquoted value without a blank: quotes, escaped line ends, the next parameter, field or
 * element.
 */
const NEXT =
  /["'`“”]|\\[nrt"']|<\/|\]\]>|&(?:amp;)?[\w.%-]{1,60}=|;(?:$|[A-Za-z][\w ]{0,40}=)|,(?:$|["']?[A-Za-z][\w.-]{0,60}["']?[=:])|\)[.;,]|\[redacted:/;
const BRACKETS: readonly (readonly [string, string])[] = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
  ['<', '>'],
];

/** Position of the closing quote; -1 when the next `LONGEST` characters contain none. */
function closingOf(text: string, from: number, quote: string, backslashes: string): number {
  const close = backslashes + (CLOSING[quote] ?? quote);
  const until = Math.min(text.length, from + LONGEST);
  for (let at = from; at < until; at++) {
    if (text.startsWith(close, at)) return at;
    if (backslashes === '' && text[at] === '\\' && quote.length === 1 && quote !== "'") at += 1;
  }
  return -1;
}

function isUnbalanced(word: string, open: string, close: string): boolean {
  return word.split(close).length > word.split(open).length;
}

/** Without the punctuation of the surrounding sentence or list. */
function withoutMarks(word: string): string {
  let end = word.length;
  for (; end > 1; end--) {
    const last = word.charAt(end - 1);
    if (/[,;:.!?"'`]/.test(last)) continue;
    const pair = BRACKETS.find(([, close]) => close === last);
    if (pair === undefined || !isUnbalanced(word.slice(0, end), pair[0], pair[1])) break;
  }
  return word.slice(0, end);
}

function quotedValueAt(text: string, at: number): AssignedValue | null {
  const opening = OPENING.exec(text.slice(at, at + 14));
  if (opening === null) return null;
  const [whole, backslashes = '', quote = ''] = opening;
  const start = at + whole.length;
  const end = closingOf(text, start, quote, backslashes);
  // Nothing in quotes, and the quote of a text around it.
  if (end < 0 && quote.length > 1 && /\s/.test(text.charAt(start))) return null;
  if (end >= 0) return { start, end, isQuoted: true, closedBy: null };
  if (text.length > start + LONGEST) return { start, end: start + LONGEST, isQuoted: true, closedBy: null };
  return { start, end: text.trimEnd().length, isQuoted: true, closedBy: backslashes + (CLOSING[quote] ?? quote) };
}

/**
 * The value that begins at `at`: up to the closing quote, otherwise the word without what cannot belong to it; at most
 * `longest` characters are read. Null when there is none.
 */
export function valueAt(text: string, at: number, longest = LONGEST): AssignedValue | null {
  if (at >= text.length || MASK.test(text.slice(at, at + 12))) return null;
  const quoted = quotedValueAt(text, at);
  if (quoted !== null) return quoted.end > quoted.start ? quoted : null;
  SPACE.lastIndex = at;
  const blank = SPACE.exec(text.slice(0, at + longest))?.index;
  const word = text.slice(at, blank ?? at + longest);
  const next = NEXT.exec(word.slice(1));
  const kept = withoutMarks(next === null ? word : word.slice(0, next.index + 1));
  return kept === '' ? null : { start: at, end: at + kept.length, isQuoted: false, closedBy: null };
}

/** Maximum elements of a list that are read. */
const MAX_ELEMENTS = 200;

/** The values that begin at `at`: one, or those of a list in brackets; of a call, those in quotes. */
export function valuesAt(text: string, at: number, longest = LONGEST): AssignedValue[] {
  const bracket = text.charAt(at);
  if ((bracket !== '[' && bracket !== '(') || MASK.test(text.slice(at, at + 12))) {
    const value = valueAt(text, at, longest);
    return value === null ? [] : [value];
  }
  const close = bracket === '[' ? ']' : ')';
  const values: AssignedValue[] = [];
  for (let next = at + 1; next < text.length && values.length < MAX_ELEMENTS; ) {
    const char = text.charAt(next);
    if (char === close) break;
    const value = /[\s,[\]()]/.test(char) ? null : valueAt(text, next);
    if (value !== null && (value.isQuoted || bracket === '[')) values.push(value);
    next = value === null ? next + 1 : Math.max(next + 1, value.end + (value.isQuoted ? 1 : 0));
  }
  return values;
}
