import { Z95 } from '@selfheal/kernel/numbers/proportion.ts';
import type { HeldOutAnswer } from './held-out-answers.ts';

/** Two models on the same logs. Differences are new minus old: above 0 the new one is better. */
export interface Difference {
  readonly cases: number;
  readonly value: number;
  /** 95%. */
  readonly interval: readonly [low: number, high: number];
}

export interface Comparison {
  /** Share of right classes. */
  readonly classes: Difference;
  /** Brier score of the class's confidence, negated so that more is better. */
  readonly calibration: Difference;
  /** Share of right verdicts. */
  readonly verdicts: Difference;
}

interface Pair {
  readonly older: HeldOutAnswer;
  readonly newer: HeldOutAnswer;
}

/** Logs that both were tested on while they were held back. */
function pairsOf(older: readonly HeldOutAnswer[], newer: readonly HeldOutAnswer[]): Pair[] {
  const known = new Map(older.map((answer) => [answer.digest, answer]));
  const seen = new Set<string>();
  return newer.flatMap((answer) => {
    const other = known.get(answer.digest);
    if (other === undefined || seen.has(answer.digest)) return [];
    seen.add(answer.digest);
    return { older: other, newer: answer };
  });
}

/**
 * Difference of two shares on the same cases, with the adjusted Wald interval for paired shares (D. G. Bonett and R. M. Price, "Adjusted
 * Wald confidence interval for a difference of binomial proportions based on paired data", 2012).
 */
function shareDifference(pairs: readonly (readonly [older: boolean, newer: boolean])[]): Difference {
  const cases = pairs.length;
  const gained = pairs.filter(([older, newer]) => newer && !older).length;
  const lost = pairs.filter(([older, newer]) => older && !newer).length;
  const [up, down] = [(gained + 1) / (cases + 2), (lost + 1) / (cases + 2)];
  const half = Z95 * Math.sqrt((up + down - (up - down) ** 2) / (cases + 2));
  return { cases, value: cases === 0 ? 0 : (gained - lost) / cases, interval: [up - down - half, up - down + half] };
}

/** Difference of two means on the same cases, with the normal interval of the mean of their differences. */
function meanDifference(differences: readonly number[]): Difference {
  const cases = differences.length;
  if (cases < 2) return { cases, value: 0, interval: [-1, 1] };
  const value = differences.reduce((sum, one) => sum + one, 0) / cases;
  const variance = differences.reduce((sum, one) => sum + (one - value) ** 2, 0) / (cases - 1);
  const half = Z95 * Math.sqrt(variance / cases);
  return { cases, value, interval: [value - half, value + half] };
}

const loss = (confidence: number, right: boolean): number => (confidence - (right ? 1 : 0)) ** 2;

/** Compares the answers of two models to the logs that both know, each held back from it. */
export function compareModels(older: readonly HeldOutAnswer[], newer: readonly HeldOutAnswer[]): Comparison {
  const pairs = pairsOf(older, newer);
  const rightBoth = (right: (answer: HeldOutAnswer) => boolean | null) =>
    pairs.flatMap((pair): [boolean, boolean][] => {
      const [before, after] = [right(pair.older), right(pair.newer)];
      return before === null || after === null ? [] : [[before, after]];
    });
  const losses = pairs.flatMap(({ older: before, newer: after }) =>
    before.right === null || after.right === null
      ? []
      : [loss(before.confidence, before.right) - loss(after.confidence, after.right)],
  );
  return {
    classes: shareDifference(rightBoth(({ right }) => right)),
    calibration: meanDifference(losses),
    verdicts: shareDifference(rightBoth(({ verdictRight }) => verdictRight)),
  };
}
