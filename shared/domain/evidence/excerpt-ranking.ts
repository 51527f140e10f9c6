import { isContinuation, isPlatformNoise } from './line-score.ts';

/** A line that may come into the excerpt. */
export interface Candidate {
  readonly number: number;
  readonly text: string;
  /** When it was written, as the log says; undefined when it does not. */
  readonly at?: string | undefined;
  /** Score by its own wording. */
  readonly base: number;
  /** Whether it ends the failing step. */
  readonly anchor: boolean;
  /** Set while reading: near an alarming line. */
  kept: boolean;
}

export interface RankedLine {
  readonly number: number;
  readonly text: string;
  readonly score: number;
  readonly at?: string;
}

/** How the parts of the score weigh. Chosen by line recall on hand-marked failing logs, half the repositories held out. */
const W = {
  /** Falls per line after an alarming line; slower through lines that continue it. */
  afterDecay: 0.795,
  continuedDecay: 0.971,
  /** Falls per line before an alarming line. */
  beforeDecay: 0.947,
  /** What neighbours lend, of their own score. */
  carriedForward: 1.21,
  carriedBack: 0.61,
  /** A step's end follows; nearness to it. */
  anchor: 7.94,
  anchorReach: 1180,
  /** Nearness to the end of the log. */
  end: 5.02,
  endReach: 226,
  /** How much repeated wording loses per doubling. */
  repetition: 0.377,
} as const;

const MASK = /\d+|0x[0-9a-f]+/gi;

/** The same wording many times is noise of the tools, not the failure. */
function repetitionFactors(candidates: readonly Candidate[]): Float64Array {
  const keys = candidates.map((candidate) =>
    candidate.base > 0 ? candidate.text.slice(0, 160).replace(MASK, '#') : '',
  );
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return Float64Array.from(keys, (key) => {
    const count = counts.get(key) ?? 1;
    return count <= 3 ? 1 : 1 / (1 + W.repetition * Math.log2(count / 3));
  });
}

/** What neighbours lend: an alarming line lifts what follows it, and a little what stands before it. */
function carriedScores(candidates: readonly Candidate[], own: Float64Array): Float64Array {
  const carried = new Float64Array(own.length);
  let current = 0;
  for (let at = 0; at < own.length; at++) {
    const candidate = candidates[at];
    const previous = candidates[at - 1];
    if (candidate === undefined) continue;
    const gap = previous === undefined ? 0 : candidate.number - previous.number;
    const decay = isContinuation(candidate.text) ? W.continuedDecay : W.afterDecay;
    current = gap > 1 ? 0 : current * decay;
    carried[at] = current * W.carriedForward;
    current = Math.max(current, own[at] ?? 0);
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

/** Lines that say nothing are not lifted much by their neighbours. */
function tellingShare(text: string): number {
  if (text === '') return 0.2;
  return isPlatformNoise(text) ? 0.1 : 1;
}

function lineOf({ number, text, at }: Candidate): { number: number; text: string; at?: string } {
  return at === undefined ? { number, text } : { number, text, at };
}

/** Orders candidates best first. `totalLines` is the log's length; infinite while it is not known yet. */
export function rankCandidates(candidates: readonly Candidate[], totalLines: number): RankedLine[] {
  const factors = repetitionFactors(candidates);
  const own = Float64Array.from(candidates, (candidate, at) => candidate.base * (factors[at] ?? 1));
  const carried = carriedScores(candidates, own);
  const anchors = anchorNearness(candidates);
  const ranked = candidates.map((candidate, at) => {
    const end = Number.isFinite(totalLines) ? Math.exp((candidate.number - totalLines) / W.endReach) : 0;
    const wording = Math.max(own[at] ?? 0, carried[at] ?? 0);
    const score = wording + W.anchor * (anchors[at] ?? 0) + W.end * end;
    return { ...lineOf(candidate), score: score * tellingShare(candidate.text) };
  });
  return ranked.sort((a, b) => b.score - a.score || b.number - a.number);
}
