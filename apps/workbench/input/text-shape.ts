/** Encoding of a text file; `not-text` for a binary file. */
export type TextShape = 'utf-8' | 'utf-16le' | 'utf-16be' | 'not-text';

/** Maximum share of control characters in a text. In compressed or compiled files it is about a tenth. */
const MAX_CONTROL_SHARE = 0.02;
/** UTF-16 without a byte order mark: minimum share of byte pairs with a zero on the one side, and maximum on the other. */
const MIN_ZERO_SIDES = 0.4;
const MAX_ODD_ZEROS = 0.01;

/** Control characters of ordinary logs: bell, backspace, tab, line ends, form feed, escape. */
const ALLOWED_CONTROL = new Set([0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b]);

function controlShare(bytes: Uint8Array): number {
  let control = 0;
  for (const byte of bytes) if ((byte < 0x20 && !ALLOWED_CONTROL.has(byte)) || byte === 0x7f) control += 1;
  return control / bytes.length;
}

/** Detects UTF-16 without a byte order mark: Latin text has its zero bytes on the same side of each pair. */
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

/** Detects the encoding from the first bytes of a file. Tolerates a few control characters and invalid UTF-8. */
export function textShapeOf(start: Uint8Array): TextShape {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  const unmarked = unmarkedUtf16(start);
  if (unmarked !== null) return unmarked;
  return controlShare(start) > MAX_CONTROL_SHARE ? 'not-text' : 'utf-8';
}
