import { digestOf } from '@selfheal/kernel/digest.ts';
import { remembered } from '@selfheal/kernel/remembered.ts';

/** The last segment of a masked folder stays: it names the file. */
function maskFolder(path: string): string {
  const last = path.split(/[/\\]/).at(-1) ?? '';
  return last === '' ? '<dir>' : `<dir>/${last}`;
}

/** A quoted identifier names the thing that failed; a quoted sentence or value varies. */
function maskQuoted(text: string): string {
  return /^.[A-Za-z_][\w./@:-]{1,80}.$/.test(text) ? text : '<quoted>';
}

/**
 * What varies between two occurrences of one failure, most specific first. The order matters: earlier masks consume
 * what later ones would match.
 */
const MASKS: readonly (readonly [pattern: RegExp, mask: string | ((match: string) => string)])[] = [
  [/\[redacted:[\w-]{1,40}(?::\d{1,6})?\]/g, '<secret>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\b/g, '<time>'],
  [/\b\d{4}[-/]\d\d[-/]\d\d\b/g, '<date>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<uuid>'],
  [/\b(?:0x[0-9a-f]{1,16}|sha\d{1,3}[:-][0-9a-f]{16,128})\b/gi, '<hex>'],
  // Masked like numbers: a short hash may contain no letter, and a number may have any number of digits.
  [/\b(?=[0-9a-f]{0,63}\d)(?=\d{0,63}[a-f])[0-9a-f]{7,64}\b/gi, '<n>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g, '<ip>'],
  [/\b\d{1,20}(?:\.\d{1,20})? ?(?:ns|µs|us|ms|s|sec|secs|seconds?|m|min|minutes?|h|hours?)\b/g, '<duration>'],
  [/\b\d{1,20}(?:\.\d{1,20})? ?(?:[kmgt]i?b|bytes|%)/gi, '<size>'],
  [
    /(?:\/(?:home|Users|runner|tmp|var|builds?|github|workspace|private|opt|root)(?:\/[\w.@+-]{1,80}){1,12}|[A-Z]:\\(?:[\w.@ +-]{1,80}\\){1,12})/g,
    maskFolder,
  ],
  [/:\d{1,40}(?:[.:]\d{1,20})*\b/g, ':<n>'],
  [/"[^"\n]{1,200}"|`[^`\n]{1,200}`/g, maskQuoted],
  [/\b\d{1,40}(?:\.\d{1,20})*\b/g, '<n>'],
];

/** Characters; evidence has no longer lines. */
const MAX_READ_LENGTH = 4_000;
const MAX_TEMPLATE_LENGTH = 500;

/**
 * Masks everything in a line that varies between two occurrences of one failure: numbers, hexadecimal ids, times,
 * durations, sizes, addresses, machine folders and quoted values. Words, symbols, file and test names stay.
 */
export const templateOf: (line: string) => string = remembered(readTemplate, 512);

function readTemplate(line: string): string {
  let template = line.slice(0, MAX_READ_LENGTH);
  for (const [pattern, mask] of MASKS) {
    template = typeof mask === 'string' ? template.replace(pattern, mask) : template.replace(pattern, mask);
  }
  // Cut after masking: a longer number must not push other words out.
  return template.replace(/\s+/g, ' ').slice(0, MAX_TEMPLATE_LENGTH).trim();
}

/**
 * 16 hexadecimal digits, equal for equal failures: a hash of the templates of the deciding lines, each counted once,
 * with their class or signature id.
 */
export function fingerprintOf(kind: string, lines: readonly string[]): string {
  const templates = [...new Set(lines.map(templateOf).filter((template) => template !== ''))];
  return digestOf([kind, ...templates].join('\n'), 16);
}
