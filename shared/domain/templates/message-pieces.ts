export const WILDCARD = '<*>';
/** Stands for a value in keys; cleaned log text never contains it. */
export const VALUE_KEY = '\u0001';

/** One position of a message: a value, or text that may turn out to be a value. */
export interface Column {
  /** `identifier`: a word with a few digits that may vary (`worker3`, `ssh2`). */
  readonly kind: 'variable' | 'identifier' | 'word' | 'mark' | 'space';
  /** Equal for all messages of one shape: the text, an identifier with `#` for its digits, or the mark of a value. */
  readonly key: string;
  /** Its part of the template while no other message differs: text, or a wildcard with its unit (`<*> ms`). */
  readonly display: string;
  readonly value: string;
}

function flagsOf(characters: string): Uint8Array {
  const flags = new Uint8Array(128);
  for (const character of characters) flags[character.charCodeAt(0)] = 1;
  return flags;
}

const DELIMITERS = flagsOf(',;=:()[]{}<>"\'|`');
/** Characters that end a URL or a path inside a word. */
const PATH_ENDS = flagsOf(',;()[]{}<>"\'|`=');
/** A longer word is a value: no name is that long. */
const MAX_WORD_LENGTH = 400;
/** The rest of a message after this many pieces is one value. */
const MAX_PIECES = 600;
/** A word with more digits than this is a value, whatever its letters. */
const MAX_IDENTIFIER_DIGITS = 3;

/** Words that are values. */
const LITERALS = new Set(['true', 'false', 'null', 'nil', 'None', 'NaN', 'n/a', 'N/A']);

/** A MAC or IPv6 address; sticky. */
const COLON_GROUPS = /[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7}(?![0-9a-z])/iy;

/** Eight or more letters a to f do not occur in natural words. */
function isLongHex(word: string): boolean {
  return word.length >= 8 && /^[a-f]+$/i.test(word);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code > 127;
}

function hasPathShape(word: string): boolean {
  const first = word.indexOf('/');
  if (first >= 0) {
    if (first === 0) return word.length > 1;
    return word.indexOf('/', first + 1) > 0 || word.includes('.', first);
  }
  const back = word.indexOf('\\');
  return back >= 0 && word.length > 3;
}

/** The kind of a run of characters without delimiters. */
function kindOf(word: string): Column['kind'] {
  let digits = 0;
  let letters = 0;
  let slashes = 0;
  for (let at = 0; at < word.length; at += 1) {
    const code = word.charCodeAt(at);
    if (isDigit(code)) digits += 1;
    else if (isLetter(code)) letters += 1;
    else if (code === 47 || code === 92) slashes += 1;
  }
  if (slashes > 0 && (hasPathShape(word) || LITERALS.has(word))) return 'variable';
  if (digits === 0) {
    if (letters === 0) return 'mark';
    return LITERALS.has(word) || isLongHex(word) || (word.indexOf('@') > 0 && word.indexOf('.') > 0)
      ? 'variable'
      : 'word';
  }
  if (letters < 2 || digits > MAX_IDENTIFIER_DIGITS || isDigit(word.charCodeAt(0))) return 'variable';
  return /^[0-9a-f]+$|^[0-9A-F]+$/.test(word) ? 'variable' : 'identifier';
}

/** Index of the end of a URL, path or host with port that starts here, or -1. The delimiters in them do not split them. */
function endOfAddress(word: string, from: number): number {
  const colon = word.indexOf(':', from);
  if (colon < 0 && word.charCodeAt(from) !== 47) return -1;
  if (colon >= 0 && colon - from <= 4) {
    COLON_GROUPS.lastIndex = from;
    if (COLON_GROUPS.test(word) && /[0-9a-f]/i.test(word.slice(from, COLON_GROUPS.lastIndex)))
      return COLON_GROUPS.lastIndex;
  }
  const scheme = word.indexOf('://', from);
  const isUrl = scheme > from && scheme - from <= 12;
  const isPath = word.charCodeAt(from) === 47 && from + 1 < word.length && word.charCodeAt(from + 1) !== 47;
  const isDrive = isLetter(word.charCodeAt(from)) && word.startsWith(':\\', from + 1);
  if (!isUrl && !isPath && !isDrive) return -1;
  if (isUrl)
    for (let at = from; at < scheme; at += 1)
      if (!isLetter(word.charCodeAt(at)) && !isDigit(word.charCodeAt(at))) return -1;
  let end = isUrl ? scheme + 3 : from;
  while (end < word.length && PATH_ENDS[word.charCodeAt(end)] !== 1) end += 1;
  while (end > from + 1 && (word[end - 1] === ':' || word[end - 1] === '.')) end -= 1;
  return end;
}

/** Excludes a full stop or an ellipsis at the end of a value. */
function endWithoutStops(word: string, from: number, end: number): number {
  let last = end;
  while (
    last > from + 1 &&
    (word.charCodeAt(last - 1) === 46 || word.charCodeAt(last - 1) === 33 || word.charCodeAt(last - 1) === 63)
  )
    last -= 1;
  return last;
}

/** A value; `display` has a wildcard for each part that varies. */
export function variableOf(value: string, display: string = WILDCARD): Column {
  return { kind: 'variable', key: VALUE_KEY, display, value };
}

function columnOfText(text: string): Column {
  const kind = kindOf(text);
  if (kind === 'variable') return variableOf(text, /^#\d+$/.test(text) ? `#${WILDCARD}` : WILDCARD);
  if (kind !== 'identifier') return { kind, key: text, display: text, value: text };
  if (!/#\d+$/.test(text)) return { kind, key: text.replace(/\d+/g, '#'), display: text, value: text };
  const shown = text.replace(/\d+$/, WILDCARD);
  return { kind: 'word', key: shown, display: shown, value: text };
}

function markOf(text: string): Column {
  return { kind: 'mark', key: text, display: text, value: text };
}

const SPACE: Column = { kind: 'space', key: ' ', display: ' ', value: ' ' };
const MARKS = new Map([...',;=:()[]{}<>"\'|`'].map((mark) => [mark, markOf(mark)] as const));

function pushWord(columns: Column[], word: string): void {
  let at = 0;
  while (at < word.length) {
    const address = endOfAddress(word, at);
    if (address > at) {
      columns.push(variableOf(word.slice(at, address)));
      at = address;
      continue;
    }
    const mark = DELIMITERS[word.charCodeAt(at)] === 1 ? MARKS.get(word[at] ?? '') : undefined;
    if (mark !== undefined) {
      const isWildcard = word.startsWith(WILDCARD, at);
      columns.push(isWildcard ? variableOf(WILDCARD) : mark);
      at += isWildcard ? WILDCARD.length : 1;
      continue;
    }
    let end = at + 1;
    while (end < word.length && DELIMITERS[word.charCodeAt(end)] !== 1) end += 1;
    const last = endWithoutStops(word, at, end);
    columns.push(columnOfText(word.slice(at, last)));
    if (last < end) columns.push(markOf(word.slice(last, end)));
    at = end;
  }
}

/** Cache of the columns of words without values, which recur. */
const knownWords = new Map<string, readonly Column[]>();
const MAX_KNOWN_WORDS = 4_096;
const MAX_KNOWN_WORD_LENGTH = 24;

function pushKnownWord(columns: Column[], word: string): void {
  const known = knownWords.get(word);
  if (known !== undefined) {
    for (const column of known) columns.push(column);
    return;
  }
  const from = columns.length;
  pushWord(columns, word);
  const made = columns.slice(from);
  if (made.some(({ kind }) => kind === 'variable')) return;
  if (knownWords.size >= MAX_KNOWN_WORDS) knownWords.clear();
  knownWords.set(word, made);
}

/** Splits a message into pieces. Joined, they are the message with each run of white space as one space. */
export function piecesOf(message: string): Column[] {
  const columns: Column[] = [];
  let at = 0;
  while (at < message.length) {
    let end = at;
    let hasDigit = false;
    for (; end < message.length; end += 1) {
      const code = message.charCodeAt(end);
      if (code <= 32) break;
      if (code >= 48 && code <= 57) hasDigit = true;
    }
    if (end > at) {
      if (columns.length > 0) columns.push(SPACE);
      if (columns.length > MAX_PIECES) {
        columns.push(variableOf(message.slice(at).trim().replace(/\s+/g, ' ')));
        break;
      }
      const word = message.slice(at, end);
      if (word.length > MAX_WORD_LENGTH) columns.push(variableOf(word));
      else if (hasDigit || word.length > MAX_KNOWN_WORD_LENGTH) pushWord(columns, word);
      else pushKnownWord(columns, word);
    }
    at = end + 1;
  }
  return columns;
}
