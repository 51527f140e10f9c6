import { detachedText } from '@selfheal/redaction/placeholder.ts';
import type { Candidate } from './excerpt-ranking.ts';
import type { LineScore } from './line-score.ts';
import { wordingOf } from './line-wording.ts';
import { countsOf, repeatKeysOf } from './outcome-figures.ts';

/** Lines kept before and after an alarming line. */
const BEFORE = 12;
const AFTER = 30;
const HOT = 3;
const TAIL = 500;
/** When the pool exceeds the first, it is cut back to the second. */
const MAX_KEPT = 16_000;
const KEPT_AFTER_CUT = 4_000;
/** What an alarming line gives to the lines after and before it falls by these factors for each line. */
const AFTER_DECAY = 0.9;
const BEFORE_DECAY = 0.85;
/** How much the weight of a wording falls with each doubling of its lines. */
const REPETITION = 0.45;

/** The lines that may go into an excerpt; few, however long the log is. */
export interface LinePool {
  /**
   * Takes lines in order, by their own weight. `look` is called for those that are kept, for themselves or for a
   * neighbour.
   */
  add(weight: Weight, look: () => Candidate): void;
  /** The strongest lines, at most so many, in source order. */
  best(most: number): readonly Candidate[];
}

/** Decides whether a line keeps its surroundings. */
type Weight = Pick<Candidate, 'base'> & Pick<LineScore, 'anchor'>;

interface Held {
  candidate: Candidate | null;
  readonly look: () => Candidate;
  isKept: boolean;
}

function candidateIn(held: Held): Candidate {
  held.candidate ??= held.look();
  return held.candidate;
}

/** Raises each weight to what an alarming neighbour gives it, in the direction of `step`. */
function spread(candidates: readonly Candidate[], weights: Float64Array, step: 1 | -1, decay: number): void {
  let carried = 0;
  for (let at = step === 1 ? 0 : weights.length - 1; at >= 0 && at < weights.length; at += step) {
    const gap = Math.abs((candidates[at]?.number ?? 0) - (candidates[at - step]?.number ?? 0));
    carried = gap > 1 ? 0 : carried * decay;
    weights[at] = carried = Math.max(carried, weights[at] ?? 0);
  }
}

/**
 * The strongest of the lines of a log that is still being read, in source order: alarming lines with their surroundings, the less the more
 * often their wording occurs; where a wording occurs first says most. Of equal ones the later are kept.
 */
function strongest(candidates: Candidate[], most: number): Candidate[] {
  if (candidates.length <= most) return candidates;
  const wordings = repeatKeysOf(
    candidates.map(({ base, text }) => ({ text, wording: base > 0 ? wordingOf(text) : '' })),
  );
  const counts = countsOf(wordings);
  const seen = new Set<string>();
  const weights = Float64Array.from(candidates, ({ base }, at) => {
    const wording = wordings[at] ?? '';
    if (seen.has(wording)) return base / (1 + REPETITION * Math.log2(counts.get(wording) ?? 1));
    seen.add(wording);
    return base;
  });
  const before = Float64Array.from(weights);
  spread(candidates, weights, 1, AFTER_DECAY);
  spread(candidates, before, -1, BEFORE_DECAY);
  before.forEach((weight, at) => {
    weights[at] = Math.max(weight, weights[at] ?? 0);
  });
  const sorted = weights.slice().sort();
  const least = sorted[sorted.length - most] as number;
  let givenUp = sorted.length - most - sorted.indexOf(least);
  return candidates.filter((_, at) => {
    const weight = weights[at] ?? 0;
    return weight > least || (weight === least && givenUp-- <= 0);
  });
}

/**
 * Creates a pool. It keeps the newest lines and the surroundings of alarming ones; the least alarming are dropped
 * first.
 */
export function makeLinePool(): LinePool {
  let kept: Candidate[] = [];
  let recent: Held[] = [];
  let after = 0;
  const keep = (candidate: Candidate): void => {
    const { text, at, prefix } = candidate;
    kept.push({
      ...candidate,
      text: detachedText(text),
      at: at === undefined ? at : detachedText(at),
      prefix: prefix === undefined ? prefix : detachedText(prefix),
    });
  };
  const age = (): void => {
    for (const held of recent.slice(0, -TAIL)) if (held.isKept) keep(candidateIn(held));
    recent = recent.slice(-TAIL);
    if (kept.length > MAX_KEPT) kept = strongest(kept, KEPT_AFTER_CUT);
  };
  return {
    add({ base, anchor }, look) {
      recent.push({ candidate: null, look, isKept: after > 0 });
      after = Math.max(0, after - 1);
      if (base >= HOT || anchor) {
        for (let at = Math.max(0, recent.length - BEFORE - 1); at < recent.length; at++) {
          const near = recent[at];
          if (near !== undefined) near.isKept = true;
        }
        after = AFTER;
      }
      if (recent.length >= TAIL * 2) age();
    },
    best: (most) => strongest([...kept, ...recent.map(candidateIn)], most),
  };
}
