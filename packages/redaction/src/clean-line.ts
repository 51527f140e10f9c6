import { visibleText } from './visible-text.ts';

const ESC = String.fromCharCode(0x1b);
const CSI = String.fromCharCode(0x9b);
const BELL = String.fromCharCode(0x07);
/** Terminal control sequences (ECMA-48): colours, cursor moves, titles and links. */
const ESCAPES = new RegExp(
  `[${ESC}${CSI}](?:\\[[0-9;:?]{0,40}[ -/]{0,3}[@-~]|\\][^${BELL}${ESC}]{0,400}(?:${BELL}|${ESC}\\\\)|[()#][0-9A-Za-z]|[=>78cDEHMNOZ])`,
  'g',
);
/** Escape sequences that a tool already printed as text. */
const CARET_ESCAPES = /\^\[\[[0-9;]{0,20}[A-Za-z]/g;
const TIMESTAMP = /^\uFEFF?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z /;
const STAMP_END = 'Z ';
const TIMESTAMP_LENGTH = 35;
const TRAVIS_MARK = /travis_(?:fold|time):(?:start|end)[:\w.=,-]{0,200}/g;
const code = (value: number): string => String.fromCharCode(value);
/** All control characters (Unicode Cc) except the tab. */
const CONTROL = new RegExp(`[${code(0)}-${code(8)}${code(0x0a)}-${code(0x1f)}${code(0x7f)}-${code(0x9f)}]`);
const EVERY_CONTROL = new RegExp(CONTROL.source, 'g');

const DASH = 45;
const LETTER_T = 84;
/** Checking two characters saves the pattern for most lines. */
function mayBeStamped(text: string): boolean {
  return text.charCodeAt(4) === DASH && text.charCodeAt(10) === LETTER_T;
}

/** The line without the timestamp that a runner put before it. */
export function withoutTimestamp(line: string): string {
  // Replacing it would cost several objects a line.
  return mayBeStamped(line) && TIMESTAMP.test(line) ? line.slice(line.indexOf(STAMP_END) + STAMP_END.length) : line;
}

/** The visible part of a line that carriage returns overwrite: the last piece that is not blank. */
function lastOverwrite(text: string): string {
  let end = text.length;
  while (end > 0) {
    const start = text.lastIndexOf('\r', end - 1);
    const piece = text.slice(start + 1, end);
    if (piece.trim() !== '') return piece;
    end = Math.max(0, start);
  }
  return '';
}

/**
 * A line without any of these, a lone carriage return or an invisible character changes by cleaning only at its ends.
 */
export const DRESSING: readonly string[] = [
  '^[[',
  'travis_',
  ...Array.from({ length: 0xa0 }, (_, value) => code(value)).filter((char) => !/[\t\n\r]|[ -~]/.test(char)),
];

/**
 * A log line as a person sees it: without terminal escapes, runner timestamp, overwritten progress, fold marks and
 * invisible characters.
 */
export function cleanLine(raw: string): string {
  let text = raw.charCodeAt(0) === 0xfeff ? raw.slice(1) : raw;
  text = withoutTimestamp(text);
  if (text.includes(ESC) || text.includes(CSI)) text = text.replace(ESCAPES, '');
  if (text.includes('^[[')) text = text.replace(CARET_ESCAPES, '');
  if (text.includes('\r')) text = lastOverwrite(text);
  if (text.includes('travis_')) text = text.replace(TRAVIS_MARK, '');
  return visibleText(CONTROL.test(text) ? text.replace(EVERY_CONTROL, '') : text).trimEnd();
}

/**
 * Same as `cleanLine` for a line known to hold no `DRESSING`, no lone carriage return and nothing invisible. Only colours,
 * which scanners skip, and its ends are left to handle.
 */
export function cleanPlainLine(raw: string): string {
  if (raw.includes(ESC)) return cleanLine(raw);
  return withoutTimestamp(raw).trimEnd();
}

/** The timestamp that a runner or log service put before the line (`2026-11-21T03:04:05.678Z`), or undefined. */
export function timestampOf(raw: string): string | undefined {
  if (raw.charCodeAt(0) !== 0xfeff && !mayBeStamped(raw)) return undefined;
  const stamp = TIMESTAMP.exec(raw.slice(0, TIMESTAMP_LENGTH))?.[0];
  return stamp?.replace('\uFEFF', '').trimEnd();
}
