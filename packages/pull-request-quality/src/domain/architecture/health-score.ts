import { rounded, sum } from './folder-coupling.ts';

export const SCORE_PARTS = ['cycles', 'complexity', 'coupling', 'distance'] as const;
export type ScorePart = (typeof SCORE_PARTS)[number];

interface PartRule {
  /** Points that this part can cost. */
  readonly points: number;
  /** The measure at which all of them are lost. */
  readonly worst: number;
  readonly meaning: string;
}

/** What costs points, of the ten. The report and docs/guide/architecture.md print these numbers. */
export const SCORE_RULES: Readonly<Record<ScorePart, PartRule>> = {
  cycles: {
    points: 4,
    worst: 0.2,
    meaning:
      'share of files in a circle of imports (half for circles through types or deferred imports); at least 0.01 for each circle',
  },
  complexity: {
    points: 3,
    worst: 0.4,
    meaning:
      'share of the lines of functions that stand in a function of cognitive complexity above 15, each line counted once and once more for each change of its file',
  },
  coupling: {
    points: 2,
    worst: 0.2,
    meaning:
      'share of the imports between folders that run against the main direction of two folders that import each other',
  },
  distance: {
    points: 1,
    worst: 1,
    meaning: 'mean distance of the folders from the main sequence, each weighted by its files',
  },
};

interface HealthScore {
  /** 0 to 10, one decimal. */
  readonly value: number;
  readonly parts: {
    part: ScorePart;
    /** 0 to 1. */
    measured: number;
    /** Points lost by it, at most the points of the part. */
    lost: number;
  }[];
}

/** 10 - sum over the parts of points * min(1, measured / worst). */
export function scoreHealth(measured: Readonly<Record<ScorePart, number>>): HealthScore {
  const parts = SCORE_PARTS.map((part) => {
    const { points, worst } = SCORE_RULES[part];
    return { part, measured: rounded(measured[part]), lost: rounded(points * Math.min(1, measured[part] / worst)) };
  });
  const value = Math.round((10 - sum(parts.map(({ lost }) => lost))) * 10) / 10;
  return { value: Math.max(0, value), parts };
}
