import { detachedText } from '../redaction/placeholder.ts';
import { type Candidate, strongest } from './excerpt-ranking.ts';

/** Lines kept before and after an alarming line. */
const BEFORE = 12;
const AFTER = 30;
const HOT = 3;
const TAIL = 500;
/** When the pool exceeds the first, it is cut back to the second. */
const MAX_KEPT = 16_000;
const KEPT_AFTER_CUT = 4_000;

/** The lines that may go into an excerpt; few, however long the log is. */
export interface LinePool {
  /**
   * Takes lines in order, by their own weight. `look` is called for those that are kept, for themselves or for a
   * neighbour.
   */
  add(weight: Weight, look: () => Candidate): void;
  /** In source order. */
  all(): readonly Candidate[];
}

/** Decides whether a line keeps its surroundings. */
export type Weight = Pick<Candidate, 'base' | 'anchor'>;

interface Held {
  candidate: Candidate | null;
  readonly look: () => Candidate;
  isKept: boolean;
}

function candidateIn(held: Held): Candidate {
  held.candidate ??= held.look();
  return held.candidate;
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
    const { text, at } = candidate;
    kept.push({ ...candidate, text: detachedText(text), at: at === undefined ? at : detachedText(at) });
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
    all: () => [...kept, ...recent.map(candidateIn)],
  };
}
