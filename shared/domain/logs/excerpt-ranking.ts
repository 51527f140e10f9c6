import type { RedactedText } from '../../kernel/text/redacted-text.ts';
import { isContinuation, isNoise, isPlatformNoise, type LineScore } from './line-score.ts';

/** A line that may go into the excerpt. */
export interface Candidate {
  readonly number: number;
  readonly text: RedactedText;
  /** When it was written, as the log says; undefined when it does not. */
  readonly at?: string | undefined;
  /** Score of its own text. */
  readonly base: number;
  /** Whether it ends the failing step. */
  readonly anchor: boolean;
  /** Equal for lines with the same wording, apart from the things they name; 0 when the wording does not matter. */
  readonly wording: number;
  /** Whether it continues the line before it. */
  readonly continues: boolean;
  /** How informative it is; uninformative lines are not raised much by their neighbours. */
  readonly telling: number;
}

export interface RankedLine {
  readonly number: number;
  readonly text: RedactedText;
  readonly score: number;
  readonly at?: string;
}

/**
 * Weights of the parts of the score. Chosen by line recall on hand-marked failing logs, with half the repositories held
 * out.
 */
const W = {
  /** Falls per line after an alarming line; slower through lines that continue it. */
  afterDecay: 0.835,
  continuedDecay: 0.987,
  /** Falls per line before an alarming line. */
  beforeDecay: 0.932,
  /** How much neighbours add, as a share of their own score. */
  carriedForward: 1.15,
  carriedBack: 0.81,
  /** Bonus for being near the end of a step that follows. */
  anchor: 5.8,
  anchorReach: 400,
  /** Bonus for being near the end of the log. */
  end: 3.06,
  endReach: 240,
  /** How much repeated wording loses per doubling, and how much of that the first occurrences are spared. */
  repetition: 0.45,
  firstSpared: 0.2,
} as const;

/** What varies between lines with the same wording: quoted words, paths, numbers. */
const VARYING = /"[^"]{0,80}"|'[^']{0,80}'|`[^`]{0,80}`|[/\\]\S{0,200}|\d+/g;

/** Hashes a line's wording with its varying parts masked (FNV-1a, 32 bits). */
function wordingOf(text: string): number {
  const masked = text.slice(0, 200).replace(VARYING, '#');
  let hash = 0x811c9dc5;
  for (let at = 0; at < masked.length; at++) hash = Math.imul(hash ^ masked.charCodeAt(at), 0x01000193);
  return hash >>> 0 || 1;
}

function informativeShare(text: string): number {
  if (text === '') return 0.2;
  if (isPlatformNoise(text)) return 0.1;
  return isNoise(text) ? 0.4 : 1;
}

/** Shares of its own weight and of its total that a line keeps when a passing run prints it too. */
const KNOWN_OWN = 0.3;
const KNOWN_TELLING = 0.4;

/** Weight of a line by itself; lower when a passing run of the same job prints it too, unless it ends a step. */
export function ownWeight({ score, anchor }: LineScore, isKnown: boolean): number {
  return isKnown && !anchor ? score * KNOWN_OWN : score;
}

/**
 * A line with everything its ranking needs, computed once. `isKnown`: a passing run of the same job prints it too, so
 * it explains no failure; only lines that end a step keep their weight.
 */
export function candidateOf(
  { number, text, at }: Pick<Candidate, 'number' | 'text' | 'at'>,
  lineScore: LineScore,
  isKnown: boolean,
): Candidate {
  const { score, anchor } = lineScore;
  return {
    number,
    text,
    at,
    base: ownWeight(lineScore, isKnown),
    anchor,
    wording: score > 0 ? wordingOf(text) : 0,
    continues: isContinuation(text),
    telling: informativeShare(text) * (isKnown && !anchor ? KNOWN_TELLING : 1),
  };
}

/**
 * Penalty for repetition: wording that occurs many times is noise, and of many similar failures the first ones are
 * enough.
 */
function repetitionFactors(candidates: readonly Candidate[]): Float64Array {
  const counts = new Map<number, number>();
  for (const { wording } of candidates) if (wording !== 0) counts.set(wording, (counts.get(wording) ?? 0) + 1);
  const seen = new Map<number, number>();
  return Float64Array.from(candidates, ({ wording }) => {
    if (wording === 0) return 1;
    const nth = (seen.get(wording) ?? 0) + 1;
    seen.set(wording, nth);
    const count = counts.get(wording) ?? 1;
    return 1 / (1 + W.repetition * ((1 - W.firstSpared) * Math.log2(count) + W.firstSpared * Math.log2(nth)));
  });
}

/** Lines of a failing test's report after its heading, including source and output without any mark. */
const REPORT = 14;
const HEADING = 9;

function opensReport(candidate: Candidate | undefined): boolean {
  return candidate !== undefined && candidate.base >= HEADING && !candidate.text.startsWith('##[');
}

function endsReport({ anchor, telling, text }: Candidate): boolean {
  return anchor || (telling < 1 && text !== '');
}

/** Score from neighbours: an alarming line raises the lines after it, and slightly those before it. */
function carriedScores(candidates: readonly Candidate[], own: Float64Array): Float64Array {
  const carried = new Float64Array(own.length);
  let current = 0;
  let inReport = 0;
  for (let at = 0; at < own.length; at++) {
    const candidate = candidates[at];
    const previous = candidates[at - 1];
    if (candidate === undefined) continue;
    const gap = previous === undefined ? 0 : candidate.number - previous.number;
    if (opensReport(previous)) inReport = REPORT;
    else inReport = endsReport(candidate) ? 0 : inReport - 1;
    const decay = candidate.continues || inReport > 0 ? W.continuedDecay : W.afterDecay;
    current = gap > 1 ? 0 : current * decay;
    carried[at] = current * W.carriedForward;
    // Lines after the end of the failing step belong to something else.
    current = candidate.anchor ? 0 : Math.max(current, own[at] ?? 0);
  }
  current = 0;
  for (let at = own.length - 1; at >= 0; at--) {
    const gap = (candidates[at + 1]?.number ?? 0) - (candidates[at]?.number ?? 0);
    current = gap > 1 ? 0 : current * W.beforeDecay;
    carried[at] = Math.max(carried[at] ?? 0, current * W.carriedBack);
    current = Math.max(current, own[at] ?? 0);
  }
  return carried;
}

/** Nearness to the line that ended the step: 1 right before the next anchor, falling with distance. */
function anchorNearness(candidates: readonly Candidate[]): Float64Array {
  const nearness = new Float64Array(candidates.length);
  let anchorAt = Number.POSITIVE_INFINITY;
  for (let at = candidates.length - 1; at >= 0; at--) {
    const candidate = candidates[at];
    if (candidate === undefined) continue;
    if (candidate.anchor) anchorAt = candidate.number;
    nearness[at] = Math.exp((candidate.number - anchorAt) / W.anchorReach);
  }
  return nearness;
}

function lineOf({ number, text, at }: Candidate): { number: number; text: RedactedText; at?: string } {
  return at === undefined ? { number, text } : { number, text, at };
}

/** Score of each candidate. `totalLines` is the log's length; infinite while unknown. */
function scoresOf(candidates: readonly Candidate[], totalLines: number): Float64Array {
  const factors = repetitionFactors(candidates);
  const own = Float64Array.from(candidates, (candidate, at) => candidate.base * (factors[at] ?? 1));
  const carried = carriedScores(candidates, own);
  const anchors = anchorNearness(candidates);
  return Float64Array.from(candidates, ({ number, telling }, at) => {
    const end = Number.isFinite(totalLines) ? Math.exp((number - totalLines) / W.endReach) : 0;
    const wording = Math.max(own[at] ?? 0, carried[at] ?? 0);
    return (wording + W.anchor * (anchors[at] ?? 0) + W.end * end) * telling;
  });
}

/** The best `most` candidates of a log that is still being read, in source order; the later one wins a tie. */
export function strongest(candidates: readonly Candidate[], most: number): Candidate[] {
  const scores = scoresOf(candidates, Number.POSITIVE_INFINITY);
  const sorted = scores.slice().sort();
  const least = sorted[sorted.length - most] ?? Number.NEGATIVE_INFINITY;
  let givenUp = sorted.length - most - sorted.indexOf(least);
  return candidates.filter((_, at) => {
    const score = scores[at] ?? 0;
    return score > least || (score === least && givenUp-- <= 0);
  });
}

/** Orders the candidates of a whole log best first. */
export function rankCandidates(candidates: readonly Candidate[], totalLines: number): RankedLine[] {
  const scores = scoresOf(candidates, totalLines);
  const ranked = candidates.map((candidate, at) => ({ ...lineOf(candidate), score: scores[at] ?? 0 }));
  return ranked.sort((a, b) => b.score - a.score || b.number - a.number);
}
