import { isContinuation, isPlatformNoise, type LineScore, other, scoreLine, UNALARMING } from './line-score.ts';
import { wordingOfMessage } from './line-wording.ts';
import { messageOf, WORD_BUCKETS, type WordWeights, weightOfWords, wordBuckets } from './line-words.ts';
import { countsOf } from './outcome-figures.ts';
import { severitiesOf } from './severity.ts';

/** A line to be ranked: its 1-based number in the log, its cleaned text. */
export interface RankedText {
  readonly number: number;
  readonly text: string;
  /** Its score by keywords, where it was scored before. */
  readonly score?: LineScore | undefined;
}

/**
 * What the ranking looks at. Nothing in it names a tool; nothing depends on how long the log is or how far away its ends are, so that
 * healthy lines before and after a failure do not change it.
 */
export const LINE_FEATURES = [
  // The line alone.
  'keywords',
  'message keywords',
  'stated severity',
  'worded severity',
  'is a frame',
  'continues',
  'is noise',
  'names an exception',
  'names a line of a file',
  'length',
  'words',
  'letters',
  'digits',
  'punctuation',
  'capitals',
  // Its place in its paragraph.
  'indentation',
  'deeper than before',
  'deeper after',
  'line of paragraph',
  'frames before',
  'frames after',
  // Its neighbours' keywords.
  'keywords 1 before',
  'keywords 5 before',
  'keywords 20 before',
  'keywords 1 after',
  'keywords 5 after',
  'keywords 20 after',
  'strong line before',
  'strong line after',
  'end of step before',
  'end of step after',
  // What was learned of its words and those of its neighbours.
  'learned words',
  'rank of learned words',
  'learned words 1 before',
  'learned words 5 before',
  'learned words 1 after',
  'learned words 5 after',
  'learned words 20 after',
  // How unusual it is in its log.
  'rarity of words',
  'same wording',
  'same wording before',
  'keywords below the best',
  'strong lines',
  'strong lines before',
  'worst severity',
] as const;

export const FEATURE_COUNT = LINE_FEATURES.length;

/** A keyword score from which a line is strong. */
const STRONG = 7;
/** The distance of what is not there, as the logarithm of lines. */
const NOWHERE = 20;
const MAX_READ = 300;
const MAX_INDENTATION = 20;
/** The number of each severity in the features. */
export const SEVERITY = { debug: 1, info: 2, warning: 3, error: 4, critical: 5 } as const;

/** A frame of a stack trace, in the form of any common runtime, or a dump of registers and addresses. */
const FRAME =
  /^\s{0,40}(?:at\s+[\w$.<>/]+[\w$<>]\(|at\s\S+:\d|File "|#\d+\s|\w[\w.]{0,80}\+0x[0-9a-f]+\/0x|\[<[0-9a-f]+>\]|\? \w|from \S{1,200}:\d+:in|\S{1,200}\.(?:py|rb|js|ts|go|php|exs?):\d+|goroutine \d|\S{1,200}\(.{0,200}\)\s*(?:\[|~\[)|\.\.\. \d+ (?:more|frames)|[A-Z0-9]{2,3}: [0-9a-f]{4,16}\b|\S{1,200}\.(?:go|s):\d+ \+0x|[\w./*()-]{1,200}\(\S{0,200}0x)/;
const EXCEPTION = /(?:Error|Exception|Failure|Fault|[Pp]anic)\b/;
const PLACE = /\.\w{1,5}[:(]\d|line \d/;

const log2 = (count: number): number => Math.log2(1 + count);

/** What is read in a line once, whatever its neighbours are. */
export interface ReadLine {
  readonly message: string;
  readonly buckets: Uint16Array;
  readonly wording: string;
  /** By its keywords. */
  readonly score: LineScore;
  /** It reports success, or is what a tool prints after any failure. */
  readonly isNoise: boolean;
}

/** Reads each line once; `line.score` where it is known. */
export function readLines(lines: readonly RankedText[]): ReadLine[] {
  return lines.map(({ text, score = scoreLine(text) }) => {
    const message = messageOf(text).slice(0, MAX_READ);
    return { message, buckets: wordBuckets(message), wording: wordingOfMessage(message), score, isNoise: other(text) };
  });
}

/** Numbers of each line that its neighbours look at. */
interface Columns {
  readonly keywords: Float32Array;
  readonly learned: Float32Array;
  readonly indentation: Float32Array;
  readonly stated: Uint8Array;
  readonly worded: Uint8Array;
  readonly isFrame: Uint8Array;
  readonly isBlank: Uint8Array;
  readonly endsStep: Uint8Array;
}

function columnsOf(lines: readonly RankedText[], read: readonly ReadLine[], weights: WordWeights): Columns {
  const size = lines.length;
  const columns = {
    keywords: new Float32Array(size),
    learned: new Float32Array(size),
    indentation: new Float32Array(size),
    stated: new Uint8Array(size),
    worded: new Uint8Array(size),
    isFrame: new Uint8Array(size),
    isBlank: new Uint8Array(size),
    endsStep: new Uint8Array(size),
  };
  lines.forEach(({ text }, at) => {
    const { message, buckets, score: keywords } = read[at] as ReadLine;
    const { score, anchor } = keywords;
    const { stated, worded } = severitiesOf(text, keywords !== UNALARMING);
    columns.keywords[at] = score;
    columns.endsStep[at] = Number(anchor);
    columns.learned[at] = weightOfWords(buckets, weights);
    columns.indentation[at] = Math.min(MAX_INDENTATION, message.length - message.trimStart().length);
    columns.stated[at] = stated === null ? 0 : SEVERITY[stated];
    columns.worded[at] = worded === null ? 0 : SEVERITY[worded];
    columns.isFrame[at] = Number(FRAME.test(message));
    columns.isBlank[at] = Number(text.trim() === '');
  });
  return columns;
}

/** Shares of letters, digits, punctuation and capitals in a text, and its words of two and more letters. */
function charactersOf(
  text: string,
): readonly [letters: number, digits: number, punctuation: number, capitals: number, words: number] {
  let letters = 0;
  let digits = 0;
  let punctuation = 0;
  let capitals = 0;
  let words = 0;
  let row = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code > 96 && code < 123) || (code > 64 && code < 91)) {
      letters += 1;
      if (code < 91) capitals += 1;
      if (++row === 2) words += 1;
      continue;
    }
    row = 0;
    if (code > 127) letters += 1;
    else if (code > 47 && code < 58) digits += 1;
    else if (code > 32) punctuation += 1;
  }
  const length = Math.max(1, text.length);
  return [letters / length, digits / length, punctuation / length, capitals / length, words];
}

/** Index of the nearest line before and after each line for which `holds`, or -1. */
function nearest(size: number, holds: (at: number) => boolean): { before: Int32Array; after: Int32Array } {
  const before = new Int32Array(size);
  const after = new Int32Array(size);
  let found = -1;
  for (let at = 0; at < size; at++) {
    before[at] = found;
    if (holds(at)) found = at;
  }
  found = -1;
  for (let at = size - 1; at >= 0; at--) {
    after[at] = found;
    if (holds(at)) found = at;
  }
  return { before, after };
}

/** How many numbers are greater than each number. */
function ranksOf(numbers: Float32Array): Uint32Array {
  const sorted = Float32Array.from(numbers).sort();
  return Uint32Array.from(numbers, (number) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) <= number) low = middle + 1;
      else high = middle;
    }
    return sorted.length - low;
  });
}

/** The greatest number of a column among positions; 0 outside of the log. */
function greatest(column: Float32Array, from: number, to: number): number {
  let most = 0;
  const last = Math.min(column.length - 1, to);
  for (let at = Math.max(0, from); at <= last; at++) if ((column[at] as number) > most) most = column[at] as number;
  return most;
}

/** The same among those whose lines are near to that at `origin` in the log, too. */
function greatestNear(
  column: Float32Array,
  numbers: Int32Array,
  { from, to, origin }: { from: number; to: number; origin: number },
): number {
  let most = 0;
  const own = numbers[origin] as number;
  const last = Math.min(column.length - 1, to);
  for (let at = Math.max(0, from); at <= last; at++) {
    const isNear = Math.abs((numbers[at] as number) - own) <= Math.abs(at - origin) * 2 + 2;
    if (isNear && (column[at] as number) > most) most = column[at] as number;
  }
  return most;
}

function sumOf(column: Uint8Array, from: number, to: number): number {
  let sum = 0;
  const last = Math.min(column.length - 1, to);
  for (let at = Math.max(0, from); at <= last; at++) sum += column[at] as number;
  return sum;
}

/** How rare the words of each line are in its log: their mean, of 0 for words of every line and 1 for words of a single one. */
function raritiesOf(read: readonly ReadLine[]): Float32Array {
  const size = read.length;
  const linesWith = new Uint32Array(WORD_BUCKETS);
  for (const { buckets } of read) for (const bucket of buckets) linesWith[bucket] = (linesWith[bucket] as number) + 1;
  const rarityOf = Float64Array.from({ length: size + 1 }, (_, count) => Math.log2(size / Math.max(1, count)));
  return Float32Array.from(read, ({ buckets }) => {
    let sum = 0;
    for (const bucket of buckets) sum += rarityOf[linesWith[bucket] as number] as number;
    return buckets.length === 0 ? 0 : sum / buckets.length / Math.log2(size + 1);
  });
}

/**
 * The features of each line, one row after the other. `lines` are in the order of the log and may have gaps; `read` is what `readLines` read
 * in them. `weights`: what was learned of words.
 */
export function lineFeatures(
  lines: readonly RankedText[],
  read: readonly ReadLine[],
  weights: WordWeights,
): Float32Array {
  const size = lines.length;
  const columns = columnsOf(lines, read, weights);
  const { keywords, learned, indentation, stated, worded, isFrame, isBlank, endsStep } = columns;
  const numbers = Int32Array.from(lines, ({ number }) => number);
  const isWhole = size === 0 || (numbers[size - 1] as number) - (numbers[0] as number) === size - 1;
  const best = (column: Float32Array, from: number, to: number, origin: number): number =>
    isWhole ? greatest(column, from, to) : greatestNear(column, numbers, { from, to, origin });
  const wordings = countsOf(read.map(({ wording }) => wording));
  const rarities = raritiesOf(read);
  const strongest = greatest(keywords, 0, size);
  const worst = stated.reduce((most, level) => Math.max(most, level), 0);
  const strongs = keywords.reduce((sum, score) => sum + Number(score >= STRONG), 0);
  const strong = nearest(size, (at) => (keywords[at] ?? 0) >= STRONG);
  const text = nearest(size, (at) => isBlank[at] === 0);
  const end = nearest(size, (at) => endsStep[at] === 1);
  const ranks = ranksOf(learned);
  const distance = (at: number, other: number): number =>
    other < 0 ? NOWHERE : log2(Math.abs((numbers[other] as number) - (numbers[at] as number)));
  const rows = new Float32Array(size * FEATURE_COUNT);
  const seen = new Map<string, number>();
  let column = 0;
  const put = (value: number): void => {
    rows[column++] = value;
  };
  let paragraph = 0;
  let strongBefore = 0;
  for (let at = 0; at < size; at++) {
    const line = lines[at]?.text ?? '';
    const { message, wording, score, isNoise } = read[at] as ReadLine;
    const isGap = at === 0 || (numbers[at] as number) - (numbers[at - 1] as number) > 1;
    if (at > 0 && (isGap || isBlank[at - 1] === 1)) paragraph = at;
    const [letters, digits, punctuation, capitals, words] = charactersOf(message);
    const earlier = seen.get(wording) ?? 0;
    seen.set(wording, earlier + 1);
    const before = text.before[at] as number;
    const after = text.after[at] as number;
    const own = keywords[at] as number;
    const indent = indentation[at] as number;
    // In the order of `LINE_FEATURES`.
    put(own);
    put(score === UNALARMING || message === line ? own : scoreLine(message).score);
    put(stated[at] as number);
    put(worded[at] as number);
    put(isFrame[at] as number);
    put(Number(isContinuation(line)));
    put(Number(line === '' || isNoise || isPlatformNoise(line)));
    put(Number(EXCEPTION.test(message)));
    put(Number(PLACE.test(message)));
    put(message.length);
    put(Math.min(MAX_INDENTATION * 2, words));
    put(letters);
    put(digits);
    put(punctuation);
    put(capitals);
    put(indent);
    put(before < 0 ? 0 : indent - (indentation[before] as number));
    put(after < 0 ? 0 : (indentation[after] as number) - indent);
    put(log2(at - paragraph));
    put(sumOf(isFrame, at - 5, at - 1));
    put(sumOf(isFrame, at + 1, at + 5));
    put(best(keywords, at - 1, at - 1, at));
    put(best(keywords, at - 5, at - 2, at));
    put(best(keywords, at - 20, at - 6, at));
    put(best(keywords, at + 1, at + 1, at));
    put(best(keywords, at + 2, at + 5, at));
    put(best(keywords, at + 6, at + 20, at));
    put(distance(at, strong.before[at] as number));
    put(distance(at, strong.after[at] as number));
    put(distance(at, end.before[at] as number));
    put(distance(at, end.after[at] as number));
    put(learned[at] as number);
    put(log2(ranks[at] as number));
    put(best(learned, at - 1, at - 1, at));
    put(best(learned, at - 5, at - 1, at));
    put(best(learned, at + 1, at + 1, at));
    put(best(learned, at + 1, at + 5, at));
    put(best(learned, at + 6, at + 20, at));
    put(rarities[at] as number);
    put(log2(wordings.get(wording) as number));
    put(log2(earlier));
    put(strongest - own);
    put(log2(strongs));
    put(log2(strongBefore));
    put(worst);
    if (own >= STRONG) strongBefore += 1;
  }
  return rows;
}
