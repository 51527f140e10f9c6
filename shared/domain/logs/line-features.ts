import { isContinuation, isPlatformNoise, other, scoreLine } from './line-score.ts';
import { messageOf, type WordWeights, weightOfWords, wordBuckets } from './line-words.ts';
import { statedSeverity, wordedSeverity } from './severity.ts';

/** A line to be ranked: its 1-based number in the log, its cleaned text. */
export interface RankedText {
  readonly number: number;
  readonly text: string;
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
const SEVERITY = { debug: 1, info: 2, warning: 3, error: 4, critical: 5 } as const;

/** A frame of a stack trace, in the form of any common runtime, or a dump of registers and addresses. */
const FRAME =
  /^\s{0,40}(?:at\s+[\w$.<>/]+[\w$<>]\(|at\s\S+:\d|File "|#\d+\s|\w[\w.]{0,80}\+0x[0-9a-f]+\/0x|\[<[0-9a-f]+>\]|\? \w|from \S{1,200}:\d+:in|\S{1,200}\.(?:py|rb|js|ts|go|php|exs?):\d+|goroutine \d|\S{1,200}\(.{0,200}\)\s*(?:\[|~\[)|\.\.\. \d+ (?:more|frames)|[A-Z0-9]{2,3}: [0-9a-f]{4,16}\b|\S{1,200}\.(?:go|s):\d+ \+0x|[\w./*()-]{1,200}\(\S{0,200}0x)/;
const EXCEPTION = /(?:Error|Exception|Failure|Fault|[Pp]anic)\b/;
const PLACE = /\.\w{1,5}[:(]\d|line \d/;
/** What varies between lines with the same wording: quoted words, paths, numbers. */
const VARYING = /"[^"]{0,80}"|'[^']{0,80}'|`[^`]{0,80}`|[/\\]\S{0,200}|0x[0-9a-f]+|\d+/gi;

/** The wording of a line: its message with quoted words, paths and numbers masked. */
export function wordingOf(text: string): string {
  return maskedWording(messageOf(text));
}

function maskedWording(message: string): string {
  return message.slice(0, 200).replace(VARYING, '#');
}

const log2 = (count: number): number => Math.log2(1 + count);

/** What is computed once for each line, before its neighbours are known. */
interface ReadLine {
  readonly message: string;
  readonly buckets: Uint16Array;
  readonly wording: string;
}

/** Numbers of each line that its neighbours look at. */
interface Columns {
  readonly keywords: Float32Array;
  readonly learned: Float32Array;
  readonly indentation: Float32Array;
  readonly stated: Uint8Array;
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
    isFrame: new Uint8Array(size),
    isBlank: new Uint8Array(size),
    endsStep: new Uint8Array(size),
  };
  lines.forEach(({ text }, at) => {
    const { message, buckets } = read[at] as ReadLine;
    const { score, anchor } = scoreLine(text);
    const stated = statedSeverity(text);
    columns.keywords[at] = score;
    columns.endsStep[at] = Number(anchor);
    columns.learned[at] = weightOfWords(buckets, weights);
    columns.indentation[at] = Math.min(MAX_INDENTATION, message.length - message.trimStart().length);
    columns.stated[at] = stated === null ? 0 : SEVERITY[stated];
    columns.isFrame[at] = Number(FRAME.test(message));
    columns.isBlank[at] = Number(text.trim() === '');
  });
  return columns;
}

/** Shares of letters, digits, punctuation and capitals in a text. */
function charactersOf(text: string): readonly [letters: number, digits: number, punctuation: number, capitals: number] {
  let letters = 0;
  let digits = 0;
  let punctuation = 0;
  let capitals = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 64 && code < 91) capitals += 1;
    if ((code > 64 && code < 91) || (code > 96 && code < 123) || code > 127) letters += 1;
    else if (code > 47 && code < 58) digits += 1;
    else if (code > 32) punctuation += 1;
  }
  const length = Math.max(1, text.length);
  return [letters / length, digits / length, punctuation / length, capitals / length];
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

/**
 * The features of each line, one row after the other. `lines` are in the order of the log and may have gaps. `weights`: what was learned of
 * words.
 */
export function lineFeatures(lines: readonly RankedText[], weights: WordWeights): Float32Array {
  const size = lines.length;
  const read = lines.map(({ text }): ReadLine => {
    const message = messageOf(text).slice(0, MAX_READ);
    return { message, buckets: wordBuckets(message), wording: maskedWording(message) };
  });
  const columns = columnsOf(lines, read, weights);
  const { keywords, learned, indentation, stated, isFrame, isBlank, endsStep } = columns;
  const number = (at: number): number => lines[at]?.number ?? 0;
  const isGap = (at: number): boolean => at === 0 || number(at) - number(at - 1) > 1;
  const best = (column: Float32Array, from: number, to: number, origin: number): number => {
    let most = 0;
    for (let at = Math.max(0, from); at <= Math.min(size - 1, to); at++) {
      const isNear = Math.abs(number(at) - number(origin)) <= Math.abs(at - origin) * 2 + 2;
      if (isNear) most = Math.max(most, column[at] ?? 0);
    }
    return most;
  };
  const count = (column: Uint8Array, from: number, to: number): number => {
    let sum = 0;
    for (let at = Math.max(0, from); at <= Math.min(size - 1, to); at++) sum += column[at] ?? 0;
    return sum;
  };
  const wordings = new Map<string, number>();
  const wordLines = new Map<number, number>();
  for (const { wording, buckets } of read) {
    wordings.set(wording, (wordings.get(wording) ?? 0) + 1);
    for (const bucket of buckets) wordLines.set(bucket, (wordLines.get(bucket) ?? 0) + 1);
  }
  const strongest = keywords.reduce((most, score) => Math.max(most, score), 0);
  const worst = stated.reduce((most, level) => Math.max(most, level), 0);
  const strongs = keywords.reduce((sum, score) => sum + Number(score >= STRONG), 0);
  const strong = nearest(size, (at) => (keywords[at] ?? 0) >= STRONG);
  const text = nearest(size, (at) => isBlank[at] === 0);
  const end = nearest(size, (at) => endsStep[at] === 1);
  const ranks = ranksOf(learned);
  const distance = (at: number, other: number): number =>
    other < 0 ? NOWHERE : log2(Math.abs(number(other) - number(at)));
  const rows = new Float32Array(size * FEATURE_COUNT);
  const seen = new Map<string, number>();
  let paragraph = 0;
  let strongBefore = 0;
  for (let at = 0; at < size; at++) {
    const line = lines[at]?.text ?? '';
    const { message, buckets, wording } = read[at] as ReadLine;
    if (at > 0 && (isGap(at) || isBlank[at - 1] === 1)) paragraph = at;
    const worded = wordedSeverity(line);
    const [letters, digits, punctuation, capitals] = charactersOf(message);
    let rarity = 0;
    for (const bucket of buckets) rarity += Math.log2(size / (wordLines.get(bucket) ?? 1));
    const earlier = seen.get(wording) ?? 0;
    seen.set(wording, earlier + 1);
    const before = text.before[at] ?? -1;
    const after = text.after[at] ?? -1;
    const own = keywords[at] ?? 0;
    const indent = indentation[at] ?? 0;
    rows.set(
      [
        own,
        message === line ? own : scoreLine(message).score,
        stated[at] ?? 0,
        worded === null ? 0 : SEVERITY[worded],
        isFrame[at] ?? 0,
        Number(isContinuation(line)),
        Number(line === '' || isPlatformNoise(line) || other(line)),
        Number(EXCEPTION.test(message)),
        Number(PLACE.test(message)),
        message.length,
        Math.min(MAX_INDENTATION * 2, message.match(/[A-Za-z]{2,}/g)?.length ?? 0),
        letters,
        digits,
        punctuation,
        capitals,
        indent,
        before < 0 ? 0 : indent - (indentation[before] ?? 0),
        after < 0 ? 0 : (indentation[after] ?? 0) - indent,
        log2(at - paragraph),
        count(isFrame, at - 5, at - 1),
        count(isFrame, at + 1, at + 5),
        best(keywords, at - 1, at - 1, at),
        best(keywords, at - 5, at - 2, at),
        best(keywords, at - 20, at - 6, at),
        best(keywords, at + 1, at + 1, at),
        best(keywords, at + 2, at + 5, at),
        best(keywords, at + 6, at + 20, at),
        distance(at, strong.before[at] ?? -1),
        distance(at, strong.after[at] ?? -1),
        distance(at, end.before[at] ?? -1),
        distance(at, end.after[at] ?? -1),
        learned[at] ?? 0,
        log2(ranks[at] ?? 0),
        best(learned, at - 1, at - 1, at),
        best(learned, at - 5, at - 1, at),
        best(learned, at + 1, at + 1, at),
        best(learned, at + 1, at + 5, at),
        best(learned, at + 6, at + 20, at),
        buckets.length === 0 ? 0 : rarity / buckets.length / Math.log2(size + 1),
        log2(wordings.get(wording) ?? 1),
        log2(earlier),
        strongest - own,
        log2(strongs),
        log2(strongBefore),
        worst,
      ],
      at * FEATURE_COUNT,
    );
    if (own >= STRONG) strongBefore += 1;
  }
  return rows;
}
