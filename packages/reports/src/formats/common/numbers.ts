/** `1,234.5` of Surefire and `0,250` of German systems are numbers, too. */
const THOUSANDS = /^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$/;

/** `1.024,12`. */
const POINTS = /^[1-9]\d{0,2}(?:\.\d{3})+,\d+$/;

/** Seconds of an attribute; null when it is missing, no number, or negative because a clock was set back. */
export function secondsOf(
  text: string | undefined,
  { hasDecimalCommas }: { readonly hasDecimalCommas: boolean },
): number | null {
  if (text === undefined || text.trim() === '') return null;
  const isGrouped = THOUSANDS.test(text) && !(hasDecimalCommas && /^\d+,\d+$/.test(text));
  const plain = isGrouped
    ? text.replaceAll(',', '')
    : (POINTS.test(text) ? text.replaceAll('.', '') : text).replace(',', '.');
  const value = Number(plain);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

/** Times that can only be read with a decimal comma, and those that can only be read with a decimal point. */
const TIME = /\b(?:time|duration)\s*=\s*["'](\d[\d.,]*)["']/g;

/** Whether the times of a text of XML are written with decimal commas: one of them that has no other meaning decides, unless another has a point. */
export function hasDecimalCommas(text: string): boolean {
  let found = false;
  for (const [, time = ''] of text.matchAll(TIME)) {
    if (/^\d+\.\d+$/.test(time)) return false;
    found ||= /^\d+,\d+$/.test(time) && !THOUSANDS.test(time);
  }
  return found;
}

/** Seconds of `hh:mm:ss.fraction`, with days before it (`1.02:03:04`) as .NET writes them. */
export function secondsOfClock(text: string | undefined): number | null {
  const found = /^(?:(\d{1,6})\.)?(\d{1,6}):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text ?? '');
  if (found === null) return null;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = found;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}

/** Text that is meant as a number: also what a tool prints after it divided by zero. */
const LIKE_A_NUMBER = /^[+-]?(?:\d|nan$|inf(?:inity)?$)/i;

/** A document that can refuse to be read. */
interface Refusing {
  refuse(problem: string, remedy: string): never;
}

/** A count of an attribute; null when it is missing or a word. Refuses one that is negative, broken or endless. */
export function countOf(name: string, text: string | undefined, document: Refusing): number | null {
  const written = text?.trim() ?? '';
  if (!LIKE_A_NUMBER.test(written)) return null;
  const count = Number(THOUSANDS.test(written) ? written.replaceAll(',', '') : written);
  if (!Number.isInteger(count))
    document.refuse(`${name}="${text}" is no whole number`, 'A count is 0 or more: write the report again');
  if (count < 0) document.refuse(`${name}="${text}" is negative`, 'A count is 0 or more: write the report again');
  return count;
}

/** A line number; null when it is none. */
export function lineOf(text: string | number | null | undefined): number | null {
  const line = typeof text === 'string' && /^\d{1,9}$/.test(text.trim()) ? Number(text) : text;
  return typeof line === 'number' && Number.isSafeInteger(line) && line > 0 ? line : null;
}
