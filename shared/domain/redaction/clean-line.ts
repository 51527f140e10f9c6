import { visibleText } from './visible-text.ts';

const ESC = String.fromCharCode(0x1b);
const CSI = String.fromCharCode(0x9b);
const BELL = String.fromCharCode(0x07);
/** Terminal control sequences (ECMA-48): colours, cursor moves, titles and links. */
const ESCAPES = new RegExp(
  `[${ESC}${CSI}](?:\\[[0-9;:?]{0,40}[ -/]{0,3}[@-~]|\\][^${BELL}${ESC}]{0,400}(?:${BELL}|${ESC}\\\\)|[()#][0-9A-Za-z]|[=>78cDEHMNOZ])`,
  'g',
);
/** Escapes that a tool already made visible. */
const CARET_ESCAPES = /\^\[\[[0-9;]{0,20}[A-Za-z]/g;
const TIMESTAMP = /^\uFEFF?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z /;
const TIMESTAMP_LENGTH = 35;
const TRAVIS_MARK = /travis_(?:fold|time):(?:start|end)[:\w.=,-]{0,200}/g;
const code = (value: number): string => String.fromCharCode(value);
/** All control characters (Unicode Cc) but the tab. */
const CONTROL = new RegExp(`[${code(0)}-${code(8)}${code(0x0a)}-${code(0x1f)}${code(0x7f)}-${code(0x9f)}]`);
const EVERY_CONTROL = new RegExp(CONTROL.source, 'g');

const DASH = 45;
const LETTER_T = 84;
/** A look at two characters spares most lines the pattern. */
function mayBeStamped(text: string): boolean {
  return text.charCodeAt(4) === DASH && text.charCodeAt(10) === LETTER_T;
}

/** What stays visible of a line whose carriage returns overwrite it: the last piece that is not blank. */
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

/** A line in which none of these stands, nor a lone carriage return or an invisible character, says when cleaned what it says as it is, but for its ends. */
export const DRESSING: readonly string[] = [
  '^[[',
  'travis_',
  ...Array.from({ length: 0xa0 }, (_, value) => code(value)).filter((char) => !/[\t\n\r]|[ -~]/.test(char)),
];

/** A log line as a person sees it: no terminal escapes, no runner timestamp, no overwritten progress, no fold marks, nothing invisible. */
export function cleanLine(raw: string): string {
  let text = raw.charCodeAt(0) === 0xfeff ? raw.slice(1) : raw;
  if (mayBeStamped(text)) text = text.replace(TIMESTAMP, '');
  if (text.includes(ESC) || text.includes(CSI)) text = text.replace(ESCAPES, '');
  if (text.includes('^[[')) text = text.replace(CARET_ESCAPES, '');
  if (text.includes('\r')) text = lastOverwrite(text);
  if (text.includes('travis_')) text = text.replace(TRAVIS_MARK, '');
  return visibleText(CONTROL.test(text) ? text.replace(EVERY_CONTROL, '') : text).trimEnd();
}

/** The time stamp a runner or log service put before the line (`2026-11-21T03:04:05.678Z`), or undefined. */
export function timestampOf(raw: string): string | undefined {
  if (raw.charCodeAt(0) !== 0xfeff && !mayBeStamped(raw)) return undefined;
  const stamp = TIMESTAMP.exec(raw.slice(0, TIMESTAMP_LENGTH))?.[0];
  return stamp?.replace('\uFEFF', '').trimEnd();
}
