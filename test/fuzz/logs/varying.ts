import * as fc from 'fast-check';

/** What may vary between two occurrences of one failure. */
const number = fc.oneof(
  fc.nat(9),
  fc.nat(1_000_000),
  fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  fc.constantFrom(999_999, 1_000_000, 9_999_999, 12_345_678),
);
const decimal = fc.oneof(
  fc.tuple(number, fc.nat(999)).map(([whole, rest]) => `${whole}.${rest}`),
  fc.double({ min: 0.001, max: 1e9, noNaN: true }).map(String),
);
const instant = fc.date({
  min: new Date('2000-01-01T00:00:00Z'),
  max: new Date('2099-12-31T00:00:00Z'),
  noInvalidDate: true,
});
const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''))
    // One in a thousand short hashes has no digit at all and reads like a word.
    .filter((text) => /\d/.test(text));

const KINDS: readonly fc.Arbitrary<string>[] = [
  fc.oneof(number.map(String), decimal),
  instant.map((at) => at.toISOString()),
  instant.map((at) => at.toISOString().slice(0, 19).replace('T', ' ')),
  instant.map((at) => at.toISOString().slice(11, 19)),
  fc.uuid(),
  hex(7),
  hex(40),
  number.map((value) => `0x${value.toString(16)}`),
  ...['ms', 's', ' seconds', 'h'].map((unit) =>
    fc.oneof(number.map(String), decimal).map((value) => `${value}${unit}`),
  ),
  ...['MB', ' bytes', '%', 'KiB'].map((unit) => number.map((value) => `${value}${unit}`)),
  fc.ipV4(),
  fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 65_535 })).map(([address, port]) => `${address}:${port}`),
];

export interface VaryingLine {
  readonly words: readonly string[];
  /** The same words with one set of values, and with another. */
  readonly first: string;
  readonly second: string;
}

const WORDS = [
  'timeout',
  'after',
  'request',
  'worker',
  'process',
  'exited',
  'with',
  'while',
  'checkout',
  'retry',
  'port',
];
const separators = fc.constantFrom(' ', ': ', '=', ' (', ') ', ' [', '] ', ', ', ' #', ':', ' at ');

/** A line in two occurrences that differ in numbers, times, ids, sizes and addresses only. */
export const varyingLine: fc.Arbitrary<VaryingLine> = fc
  .array(
    fc
      .tuple(fc.constantFrom(...WORDS), separators, fc.constantFrom(...KINDS), separators)
      .chain(([word, before, kind, after]) => fc.tuple(kind, kind).map((values) => ({ word, before, after, values }))),
    { minLength: 1, maxLength: 14 },
  )
  .map((parts) => {
    const written = (occurrence: 0 | 1) =>
      parts.map(({ word, before, values, after }) => `${word}${before}${values[occurrence]}${after}`).join('');
    return { words: parts.map(({ word }) => word), first: written(0), second: written(1) };
  });
