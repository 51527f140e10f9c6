import type { TestOutcome } from './normal-form.ts';

/** Counts tests by their names: a test that ran several times counts once, with its worst outcome. */
export interface DistinctTests {
  add(suite: string, name: string, outcome: TestOutcome): void;
  counts(): Readonly<Record<TestOutcome, number>>;
}

/** An error is worse than a failure; a test that passed once was not skipped. */
const ORDER: readonly TestOutcome[] = ['skipped', 'passed', 'failed', 'error'];
const FIRST_CAPACITY = 1 << 12;
/** More tests than that are counted without comparing them: the table has to stay in memory. */
const MAX_CAPACITY = 1 << 20;
const MAX_FILL = 0.75;

/**
 * Names are kept as hashes of 64 bits in one table, so that hundreds of thousands of them fit into ten megabytes. At most 786,432 names are compared;
 * each further test counts as one of its own.
 */
export function makeDistinctTests(): DistinctTests {
  let hashes = new Uint32Array(2 * FIRST_CAPACITY);
  /** 0: a free place; otherwise 1 and the index of the outcome. */
  let outcomes = new Uint8Array(FIRST_CAPACITY);
  let used = 0;
  const counts = [0, 0, 0, 0];

  const placeOf = (low: number, high: number): number => {
    const mask = outcomes.length - 1;
    let at = low & mask;
    while (outcomes[at] !== 0 && (hashes[2 * at] !== low || hashes[2 * at + 1] !== high)) at = (at + 1) & mask;
    return at;
  };
  const put = (at: number, low: number, high: number, outcome: number): void => {
    hashes[2 * at] = low;
    hashes[2 * at + 1] = high;
    outcomes[at] = outcome;
  };
  const grow = (): void => {
    const [before, marks] = [hashes, outcomes];
    hashes = new Uint32Array(2 * before.length);
    outcomes = new Uint8Array(2 * marks.length);
    for (let at = 0; at < marks.length; at++) {
      const mark = marks[at] ?? 0;
      const [low, high] = [before[2 * at] ?? 0, before[2 * at + 1] ?? 0];
      if (mark !== 0) put(placeOf(low, high), low, high, mark);
    }
  };
  return {
    add(suite, name, outcome) {
      const rank = ORDER.indexOf(outcome);
      if (used >= outcomes.length * MAX_FILL) {
        if (outcomes.length >= MAX_CAPACITY) {
          counts[rank] = (counts[rank] ?? 0) + 1;
          return;
        }
        grow();
      }
      const [low, high] = hashOf(suite, name);
      const at = placeOf(low, high);
      const known = (outcomes[at] ?? 0) - 1;
      if (known >= rank) return;
      if (known >= 0) counts[known] = (counts[known] ?? 0) - 1;
      else used += 1;
      counts[rank] = (counts[rank] ?? 0) + 1;
      put(at, low, high, rank + 1);
    },
    counts: () => ({ skipped: counts[0] ?? 0, passed: counts[1] ?? 0, failed: counts[2] ?? 0, error: counts[3] ?? 0 }),
  };
}

/** 64 bits of both names, after MurmurHash3's mixing (A. Appleby, 2011); not against somebody who looks for collisions. */
function hashOf(suite: string, name: string): [low: number, high: number] {
  let low = 0x9e3779b9;
  let high = 0x85ebca6b;
  const mix = (code: number): void => {
    low = Math.imul(low ^ code, 0x9e3779b1);
    high = Math.imul(high ^ code, 0x5f356495);
  };
  for (let at = 0; at < suite.length; at++) mix(suite.charCodeAt(at));
  // No character has this code, so that the names cannot be shifted into each other.
  mix(0x10000);
  for (let at = 0; at < name.length; at++) mix(name.charCodeAt(at));
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  return [low >>> 0, high >>> 0];
}
