import type { Candidate } from './excerpt-ranking.ts';
import type { HeldLine } from './last-lines.ts';
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

/** What was found out about a line when it was read. */
type SeenLine = Pick<Candidate, 'text' | 'score' | 'base' | 'isKnown'>;

/** Makes a candidate, which does not keep the log in memory, of a raw line in a section of its log; `seen`: null for a quiet line, which nobody has read. */
export type LookAtLine = (line: HeldLine, section: number, seen: SeenLine | null) => Candidate;

/** The lines that may go into an excerpt; few, however long the log is. */
export interface LinePool {
  /** Takes lines in order. A quiet one has no weight of its own. */
  add(line: HeldLine, section: number, seen: SeenLine | null): void;
  /** The strongest lines, at most so many, in source order. */
  best(most: number): readonly Candidate[];
}

/** One object for each line of a log: what is made of it, it holds itself. */
interface Held {
  readonly line: HeldLine;
  readonly section: number;
  readonly seen: SeenLine | null;
  candidate: Candidate | null;
  isKept: boolean;
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
 * first. `look` is called for those that are kept, for themselves or for a neighbour.
 */
export function makeLinePool(look: LookAtLine): LinePool {
  let kept: Candidate[] = [];
  let recent: Held[] = [];
  let after = 0;
  const candidateIn = (held: Held): Candidate => {
    held.candidate ??= look(held.line, held.section, held.seen);
    return held.candidate;
  };
  const age = (): void => {
    const old = recent.length - TAIL;
    recent.forEach((held, at) => {
      if (at < old && held.isKept) kept.push(candidateIn(held));
    });
    recent = recent.slice(-TAIL);
    if (kept.length > MAX_KEPT) kept = strongest(kept, KEPT_AFTER_CUT);
  };
  return {
    add(line, section, seen) {
      recent.push({ line, section, seen, candidate: null, isKept: after > 0 });
      after = Math.max(0, after - 1);
      if (seen !== null && (seen.base >= HOT || seen.score.anchor)) {
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
