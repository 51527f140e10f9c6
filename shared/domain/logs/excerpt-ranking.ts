import type { RedactedText } from '../../kernel/text/redacted-text.ts';
import { isCalm, isContinuation, isPlatformNoise, type LineScore } from './line-score.ts';

/** A line that may come into the excerpt. */
export interface Candidate {
  readonly number: number;
  readonly text: RedactedText;
  /** When it was written, as the log says; undefined when it does not. */
  readonly at?: string | undefined;
  /** Score by its own wording. */
  readonly base: number;
  /** Whether it ends the failing step. */
  readonly anchor: boolean;
  /** Equal for lines of the same wording, whatever they name; 0 when the wording does not matter. */
  readonly wording: number;
  /** Whether it continues what the line before it began. */
  readonly continues: boolean;
  /** Lines that say nothing are not lifted much by their neighbours. */
  readonly telling: number;
}

export interface RankedLine {
  readonly number: number;
  readonly text: RedactedText;
  readonly score: number;
  readonly at?: string;
}

/** How the parts of the score weigh. Chosen by line recall on hand-marked failing logs, half the repositories held out. */
const W = {
  /** Falls per line after an alarming line; slower through lines that continue it. */
  afterDecay: 0.835,
  continuedDecay: 0.987,
  /** Falls per line before an alarming line. */
  beforeDecay: 0.932,
  /** What neighbours lend, of their own score. */
  carriedForward: 1.15,
  carriedBack: 0.81,
  /** A step's end follows; nearness to it. */
  anchor: 5.8,
  anchorReach: 400,
  /** Nearness to the end of the log. */
  end: 3.06,
  endReach: 240,
  /** How much repeated wording loses per doubling, and how much of that the first of them are spared. */
  repetition: 0.45,
  firstSpared: 0.2,
} as const;

/** What varies between lines of one wording: quoted words, paths, numbers. */
const VARYING = /"[^"]{0,80}"|'[^']{0,80}'|`[^`]{0,80}`|[/\\]\S{0,200}|\d+/g;

/** Hashes the wording of a line with what varies masked (FNV-1a, 32 bits). */
function wordingOf(text: string): number {
  const masked = text.slice(0, 200).replace(VARYING, '#');
  let hash = 0x811c9dc5;
  for (let at = 0; at < masked.length; at++) hash = Math.imul(hash ^ masked.charCodeAt(at), 0x01000193);
  return hash >>> 0 || 1;
}

function tellingShare(text: string): number {
  if (text === '') return 0.2;
  if (isPlatformNoise(text)) return 0.1;
  return isCalm(text) ? 0.4 : 1;
}

/** What is left of its own weight, and of all, to a line that a passing run prints as well. */
const KNOWN_OWN = 0.3;
const KNOWN_TELLING = 0.4;

/** What a line weighs by itself; less when a passing run of the same job has it too, unless it ends a step. */
export function ownWeight({ score, anchor }: LineScore, isKnown: boolean): number {
  return isKnown && !anchor ? score * KNOWN_OWN : score;
}

/**
 * A line with what its ranking needs, worked out once. `isKnown`: a passing run of the same job has it too, so that it explains no
 * failure; only what ends a step keeps its weight.
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
    telling: tellingShare(text) * (isKnown && !anchor ? KNOWN_TELLING : 1),
  };
}

/** The same wording many times is noise of the tools, not the failure; of many failures alike the first ones tell as much as all. */
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

/** Lines of a failing test's report that follow its heading, source and output without any mark among them. */
const REPORT = 14;
const HEADING = 9;

function opensReport(candidate: Candidate | undefined): boolean {
  return candidate !== undefined && candidate.base >= HEADING && !candidate.text.startsWith('##[');
}

function endsReport({ anchor, telling, text }: Candidate): boolean {
  return anchor || (telling < 1 && text !== '');
}

/** What neighbours lend: an alarming line lifts what follows it, and a little what stands before it. */
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
    // What comes after the failing step's end is another matter.
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

/** Nearness to what ended the step: 1 right before the nearest anchor that follows, falling with distance. */
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

/** Score of each candidate. `totalLines` is the log's length; infinite while it is not known yet. */
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

/** The best `most` of the candidates of a log that goes on, in source order; of equal ones the later. */
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
