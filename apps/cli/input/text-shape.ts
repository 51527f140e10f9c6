/** How the text of a file is written. */
export type TextShape = 'utf-8' | 'utf-16le' | 'utf-16be' | 'not-text';

/** Control characters are never more than this share of a text; in compressed or compiled files every tenth byte is one. */
const MAX_CONTROL_SHARE = 0.02;
/** Of the pairs of an UTF-16 text without a mark: at least so many have a zero byte on one side. */
const MIN_ZERO_SIDES = 0.4;
const MAX_ODD_ZEROS = 0.01;

/** Tab, line ends, form feed, backspace, bell and escape stand in ordinary logs. */
const USUAL_CONTROL = new Set([0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b]);

function controlShare(bytes: Uint8Array): number {
  let control = 0;
  for (const byte of bytes) if ((byte < 0x20 && !USUAL_CONTROL.has(byte)) || byte === 0x7f) control += 1;
  return control / bytes.length;
}

/** Text in western letters has its zero bytes all on the same side of each pair. */
function unmarkedUtf16(bytes: Uint8Array): TextShape | null {
  const pairs = Math.floor(bytes.length / 2);
  if (pairs < 2) return null;
  let first = 0;
  let second = 0;
  for (let at = 0; at < pairs; at++) {
    if (bytes[2 * at] === 0) first += 1;
    if (bytes[2 * at + 1] === 0) second += 1;
  }
  if (second >= pairs * MIN_ZERO_SIDES && first <= pairs * MAX_ODD_ZEROS) return 'utf-16le';
  if (first >= pairs * MIN_ZERO_SIDES && second <= pairs * MAX_ODD_ZEROS) return 'utf-16be';
  return null;
}

/** Tells by a file's first bytes whether it is text. A few stray control bytes or invalid UTF-8 do not make it binary. */
export function textShapeOf(start: Uint8Array): TextShape {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  const unmarked = unmarkedUtf16(start);
  if (unmarked !== null) return unmarked;
  return controlShare(start) > MAX_CONTROL_SHARE ? 'not-text' : 'utf-8';
}
