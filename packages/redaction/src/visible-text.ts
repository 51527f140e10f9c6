/**
 * Invisible characters that cleaning drops: format characters, those that Unicode says to ignore (zero width, soft
 * hyphen, BOM, tags, variation selectors) and controls. Tab and line ends stay, as does the beginning of terminal
 * sequences.
 */
const code = (value: number): string => String.fromCharCode(value);
const CONTROLS = `${code(0)}-${code(8)}${code(0x0b)}${code(0x0c)}${code(0x0e)}-${code(0x1a)}${code(0x1c)}-${code(0x1f)}${code(0x7f)}-${code(0x9a)}${code(0x9c)}-${code(0x9f)}`;
const INVISIBLE = new RegExp(`[\\p{Cf}\\p{Default_Ignorable_Code_Point}${CONTROLS}]`, 'u');
const EVERY_INVISIBLE = new RegExp(INVISIBLE.source, 'gu');
/** Letters and signs of most logs, and colours: checked first, because Unicode properties are slow to test. */
const PLAIN = new RegExp(
  `^[\\t\\r${code(0x1b)} -~\\u00a0-\\u00ac\\u00ae-\\u02ff\\u2010-\\u2027\\u2190-\\u2bff\\u3041-\\u3096\\u4e00-\\u9fff\\uac00-\\ud7a3]*$`,
);

/** The text without invisible characters: texts that look the same become equal. */
export function visibleText(text: string): string {
  return PLAIN.test(text) || !INVISIBLE.test(text) ? text : text.replace(EVERY_INVISIBLE, '');
}

/**
 * UTF-16 codes that are, or begin, an invisible character that is no control, first and last of each range; those beyond 16
 * bits by their first half.
 */
export const INVISIBLE_RANGES: readonly (readonly [first: number, last: number])[] = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x600, 0x605],
  [0x61c, 0x61c],
  [0x6dd, 0x6dd],
  [0x70f, 0x70f],
  [0x890, 0x891],
  [0x8e2, 0x8e2],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xd804, 0xd804],
  [0xd80d, 0xd80d],
  [0xd82f, 0xd82f],
  [0xd834, 0xd834],
  [0xdb40, 0xdb43],
];
