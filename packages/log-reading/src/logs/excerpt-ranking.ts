import { sumsOfTrees } from '@selfheal/kernel/numbers/tree-ensemble.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { FEATURE_COUNT, LINE_FEATURES, lineFeatures, type ReadLine, readLines, SEVERITY } from './line-features.ts';
import type { LineRanker } from './line-ranker.ts';
import type { LineScore } from './line-score.ts';
import { repeatKeysOf } from './outcome-figures.ts';

/** A line that may go into the excerpt. */
export interface Candidate {
  readonly number: number;
  readonly text: RedactedText;
  /** When it was written, as the log says; undefined when it does not. */
  readonly at?: string | undefined;
  /** What carried it; undefined when nothing did. */
  readonly prefix?: RedactedText | undefined;
  /** Number of the runner's step that printed it, 0 before the first. */
  readonly section: number;
  /** By its own keywords; an anchor ends the failing step. */
  readonly score: LineScore;
  /** Score of its own keywords; lower when a passing run prints the line too. */
  readonly base: number;
  /** Whether a passing run of the same job prints it too. */
  readonly isKnown: boolean;
}

export interface RankedLine {
  readonly number: number;
  readonly text: RedactedText;
  readonly score: number;
  readonly at?: string;
  readonly prefix?: RedactedText;
}

/**
 * How the two answers of the ranker are combined, in log-odds. Chosen by recall of marked lines, mean over sources, each left out of what
 * was learned.
 */
const W = {
  /** Share of "says what went wrong" in the rank of a needed line. */
  cause: 0.3,
  /** What a line loses for each doubling of better ranked lines with the same wording. */
  repeated: 1,
  /** What a line loses that a passing run prints, too. */
  known: 20,
  /** What it loses when it reports success, or is what a tool prints after any failure. */
  noise: 5,
  /** What it loses when it says itself that it is for debugging, in a log that calls other lines errors. */
  debug: 2,
  /** What it loses when another step failed than the one that printed it. */
  otherStep: 6,
} as const;
/** Of so many best lines those that say what went wrong come first, each wording once. */
const HEAD = 12;
/** Share of the rank in the order of those. */
const RANK_IN_HEAD = 0.6;
/** The highest score of a line, and the log-odds by which scores become e times as certain. */
const FULL_SCORE = 10;
const SCORE_SCALE = 2;

const STATED = LINE_FEATURES.indexOf('stated severity');

/** The logarithms of the odds of both questions for each candidate. */
function answersOf(candidates: readonly Candidate[], read: readonly ReadLine[], { words, needed, cause }: LineRanker) {
  const rows = lineFeatures(candidates, read, words);
  const stated = (at: number): number => rows[at * FEATURE_COUNT + STATED] ?? 0;
  const hasErrors = candidates.some((_, at) => stated(at) >= SEVERITY.error);
  return {
    needed: sumsOfTrees(needed, rows, FEATURE_COUNT),
    cause: sumsOfTrees(cause, rows, FEATURE_COUNT),
    isDebug: (at: number): boolean => hasErrors && stated(at) === SEVERITY.debug,
  };
}

/** Positions of numbers, greatest first; of equal ones the first or the last. */
function descending(numbers: Float64Array, ofEqual: 'first' | 'last'): number[] {
  const sign = ofEqual === 'first' ? 1 : -1;
  return Array.from(numbers, (_, at) => at).sort((a, b) => (numbers[b] ?? 0) - (numbers[a] ?? 0) || sign * (a - b));
}

/** Ranks with repeated wording lowered: of many similar lines the best ones are enough. */
function withoutRepetition(ranks: Float64Array, wordings: readonly string[]): Float64Array {
  const lowered = Float64Array.from(ranks);
  const seen = new Map<string, number>();
  for (const at of descending(ranks, 'first')) {
    const wording = wordings[at] ?? '';
    const before = seen.get(wording) ?? 0;
    seen.set(wording, before + 1);
    lowered[at] = (ranks[at] ?? 0) - W.repeated * Math.log2(1 + before);
  }
  return lowered;
}

/** Moves each line whose wording came before it behind the others. */
function eachOnce(order: readonly number[], wordings: readonly string[]): number[] {
  const first = new Set<number>();
  const seen = new Set<string>();
  for (const at of order) {
    const wording = wordings[at] ?? '';
    if (!seen.has(wording)) first.add(at);
    seen.add(wording);
  }
  return [...first, ...order.filter((at) => !first.has(at))];
}

/**
 * The lines around the best ones gain: who needs one line of a report needs the others, and what a chosen line stands beside says more than the same line
 * elsewhere. They still compete with the other candidates. In log-odds. Chosen by recall of marked lines, each source left out of what was learned.
 */
const AROUND = { best: 12, before: 4, after: 8, gain: 1 } as const;
/** Behind so many lines comes what follows the very first, so many lines of it. */
const REPORT = { behind: 8, after: 3 } as const;
/** Behind so many lines, where a person has stopped to read, come whole paragraphs: what searches for similar failures needs their names. */
const PARAGRAPHS = { behind: 100, of: 30, before: 4, after: 4 } as const;

/** Calls `visit` with the lines next to a line in one direction, at most `reach`, up to a gap or a blank line; leaves out what a passing run prints. */
function visitNear(
  candidates: readonly Candidate[],
  { at, step, reach }: { readonly at: number; readonly step: 1 | -1; readonly reach: number },
  visit: (near: number) => void,
): void {
  const number = candidates[at]?.number ?? 0;
  for (let distance = 1; distance <= reach; distance++) {
    const near = at + step * distance;
    const line = candidates[near];
    if (line === undefined || line.number !== number + step * distance || line.text.trim() === '') return;
    if (!line.isKnown) visit(near);
  }
}

/** Orders all but the best lines anew, the lines around these with what they gain. */
function withNeighbours(
  order: readonly number[],
  ranks: Float64Array,
  candidates: readonly Candidate[],
): readonly number[] {
  const best = order.slice(0, AROUND.best);
  const gained = Float64Array.from(ranks);
  const gain = (near: number): void => {
    gained[near] = (ranks[near] ?? 0) + AROUND.gain;
  };
  for (const at of best) {
    visitNear(candidates, { at, step: 1, reach: AROUND.after }, gain);
    visitNear(candidates, { at, step: -1, reach: AROUND.before }, gain);
  }
  const others = order.slice(AROUND.best).sort((a, b) => (gained[b] ?? 0) - (gained[a] ?? 0));
  const first = order[0];
  const report: number[] = [];
  if (first !== undefined)
    visitNear(candidates, { at: first, step: 1, reach: REPORT.after }, (near) => report.push(near));
  const ordered = [...new Set([...best.slice(0, REPORT.behind), ...report, ...best, ...others])];
  const paragraphs: number[] = [];
  for (const at of ordered.slice(0, PARAGRAPHS.of)) {
    visitNear(candidates, { at, step: 1, reach: PARAGRAPHS.after }, (near) => paragraphs.push(near));
    visitNear(candidates, { at, step: -1, reach: PARAGRAPHS.before }, (near) => paragraphs.push(near));
  }
  return [...new Set([...ordered.slice(0, PARAGRAPHS.behind), ...paragraphs, ...ordered])];
}

/** Orders the candidates of a whole log best first; `failed`: the steps that ended in failure, as far as the log says. */
export function rankCandidates(
  candidates: readonly Candidate[],
  ranker: LineRanker,
  failed: ReadonlySet<number>,
): RankedLine[] {
  const read = readLines(candidates);
  const { needed, cause, isDebug } = answersOf(candidates, read, ranker);
  const wordings = repeatKeysOf(candidates.map(({ text }, at) => ({ text, wording: read[at]?.wording ?? '' })));
  // The passing run may print the end of a step that is allowed to fail; the last end is that of the failure.
  const end = candidates.findLastIndex(({ score }) => score.anchor);
  const ofStep = (at: number): number =>
    failed.size === 0 || failed.has(candidates[at]?.section ?? 0) ? 0 : W.otherStep;
  const own = Float64Array.from(candidates, ({ isKnown }, at) => {
    const ofLine = (isKnown && at !== end ? W.known : 0) + (read[at]?.isNoise ? W.noise : 0);
    const lowered = ofLine + (isDebug(at) ? W.debug : 0) + ofStep(at);
    return (needed[at] ?? 0) + W.cause * (cause[at] ?? 0) - lowered;
  });
  const ranks = withoutRepetition(own, wordings);
  const order = descending(ranks, 'last');
  const inHead = (at: number): number =>
    (cause[at] ?? 0) + RANK_IN_HEAD * (ranks[at] ?? 0) - (1 - RANK_IN_HEAD) * ofStep(at);
  const head = order.slice(0, HEAD).sort((a, b) => inHead(b) - inHead(a));
  const scores = order.map((at) => FULL_SCORE / (1 + Math.exp(-(ranks[at] ?? 0) / SCORE_SCALE)));
  const ranked = withNeighbours([...eachOnce(head, wordings), ...order.slice(HEAD)], ranks, candidates);
  return ranked.flatMap((at, place) => {
    const candidate = candidates[at];
    if (candidate === undefined) return [];
    const { number, text, at: time, prefix } = candidate;
    const line = { number, text, score: scores[place] ?? 0 };
    return [{ ...line, ...(time === undefined ? {} : { at: time }), ...(prefix === undefined ? {} : { prefix }) }];
  });
}
