/** Lines from which a wrap is recognised, and that are held until it is. */
const BLOCK = 200;
/** Widths at which terminals, mails and editors wrap. */
const MIN_WIDTH = 60;
const MAX_WIDTH = 200;
/** Different lines of exactly the greatest length that a wrap needs; of them this share breaks within a word. */
const MIN_FULL = 3;
const MIN_BROKEN = 2;
const BROKEN_SHARE = 0.4;
/** More lines of the same length are a table, a dump or a ruler. */
const MAX_FULL_SHARE = 0.5;
/** A line goes on over so many more at most. */
const MAX_PARTS = 20;
const WORD_END = /\w$/;
const WORD_START = /^\w/;
/** A line of words: neither a ruler, nor digits of a key. */
const HAS_WORDS = /\S \S/;
const HAS_LETTER = /\p{L}/u;

/** So many characters show that two lines begin alike, digits aside: lines with times are lines of their own. */
const HEAD = 6;
const headOf = (line: string): string => line.slice(0, HEAD).replace(/\d/g, '0');

const widthOf = (raw: string): number => (raw.endsWith('\r') ? raw.length - 1 : raw.length);

/**
 * The width at which the lines were wrapped, or null. No line is longer, several are exactly as long, and where these end a word goes on in the
 * next line; a column that a tool pads to the width of a terminal has no such breaks.
 */
function wrapWidthOf(lines: readonly string[], longestBefore = 0): number | null {
  const width = lines.reduce((most, line) => Math.max(most, widthOf(line)), longestBefore);
  if (width < MIN_WIDTH || width > MAX_WIDTH) return null;
  const full = new Set<string>();
  let count = 0;
  let broken = 0;
  let shorter = 0;
  lines.forEach((line, at) => {
    if (widthOf(line) !== width || !HAS_WORDS.test(line) || !HAS_LETTER.test(line)) return;
    const next = lines[at + 1] ?? '';
    count += 1;
    full.add(line);
    if (WORD_END.test(line.trimEnd()) && WORD_START.test(next) && headOf(line) !== headOf(next)) broken += 1;
    if (next !== '' && widthOf(next) < width) shorter += 1;
  });
  const isWrapped =
    full.size >= MIN_FULL &&
    count <= lines.length * MAX_FULL_SHARE &&
    broken >= Math.max(MIN_BROKEN, count * BROKEN_SHARE) &&
    shorter * 2 >= count;
  return isWrapped ? width : null;
}

/** A raw line; `tail` where it was too long to be held. */
interface Wrapped {
  readonly raw: string;
  readonly tail: string | null;
}

/**
 * Takes raw lines in order and hands them on; in a log that was wrapped at a fixed width (copied from a terminal or a mail), each with what was wrapped
 * from it. `join` makes one line of the first and its whole text. Holds `BLOCK` lines.
 */
export function makeUnwrapper<L extends Wrapped>(
  join: (first: L, text: string) => L,
  take: (line: L) => void,
): { push(line: L): void; end(): void } {
  let waiting: L[] = [];
  let longest = 0;
  const unwrap = (lines: readonly L[], width: number): void => {
    for (let at = 0; at < lines.length; ) {
      const first = lines[at++] as L;
      let text = first.raw;
      let part = first;
      for (let parts = 0; at < lines.length && widthOf(part.raw) === width && parts < MAX_PARTS; parts++) {
        part = lines[at++] as L;
        text = text.slice(0, widthOf(text)) + part.raw;
      }
      take(text === first.raw ? first : join(first, text));
    }
  };
  const decide = (): void => {
    const lines = waiting;
    waiting = [];
    const width =
      longest > MAX_WIDTH
        ? null
        : wrapWidthOf(
            lines.map(({ raw }) => raw),
            longest,
          );
    longest = lines.reduce(
      (most, { raw, tail }) => Math.max(most, tail === null ? widthOf(raw) : Number.POSITIVE_INFINITY),
      longest,
    );
    if (width !== null) unwrap(lines, width);
    else lines.forEach(take);
  };
  return {
    push(line) {
      // No line of a log with a longer one was wrapped.
      if (longest > MAX_WIDTH && waiting.length === 0) return take(line);
      waiting.push(line);
      if (waiting.length >= BLOCK) decide();
    },
    end: decide,
  };
}
