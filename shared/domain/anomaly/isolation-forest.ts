import { numbersFrom } from '#shared/kernel/numbers/seeded-numbers.ts';
/** Scores how easily a point is isolated from those the forest was built on. */
export interface IsolationForest {
  /** 0 to 1: near 1 an outlier, 0.5 and less normal. */
  score(point: readonly number[]): number;
}

export interface IsolationForestOptions {
  readonly trees: number;
  /** Points drawn per tree, without replacement. */
  readonly sampleSize: number;
  /** The same seed and points build the same forest. */
  readonly seed: number;
}

export const isolationForestDefaults: IsolationForestOptions = { trees: 100, sampleSize: 256, seed: 1 };

type Tree =
  | { readonly kind: 'leaf'; readonly size: number }
  | { readonly kind: 'split'; readonly axis: number; readonly at: number; readonly below: Tree; readonly above: Tree };

/**
 * Isolation forest (Liu, Ting and Zhou, "Isolation Forest", ICDM 2008): random splits isolate an outlier after few
 * splits. Splits are drawn among the axes that vary in a node. Points have equal lengths; without any, every score is
 * 0.5.
 */
export function makeIsolationForest(
  points: readonly (readonly number[])[],
  options: Partial<IsolationForestOptions> = {},
): IsolationForest {
  const { trees, sampleSize, seed } = { ...isolationForestDefaults, ...options };
  const random = numbersFrom(seed);
  const size = Math.min(sampleSize, points.length);
  const deepest = Math.ceil(Math.log2(Math.max(size, 2)));
  const forest = Array.from({ length: trees }, () => grow(draw(points, size, random), deepest, random));
  const usual = averagePath(size);
  return {
    score(point) {
      if (usual === 0) return 0.5;
      const mean = forest.reduce((sum, tree) => sum + pathLength(tree, point), 0) / forest.length;
      return 2 ** (-mean / usual);
    },
  };
}

type Points = readonly (readonly number[])[];

function draw(points: Points, size: number, random: () => number): Points {
  const pool = [...points];
  for (let index = 0; index < size; index += 1) {
    const other = index + Math.floor(random() * (pool.length - index));
    [pool[index], pool[other]] = [pool[other] ?? [], pool[index] ?? []];
  }
  return pool.slice(0, size);
}

function grow(points: Points, depthLeft: number, random: () => number): Tree {
  const ranges = depthLeft === 0 || points.length < 2 ? [] : varyingAxes(points);
  const range = ranges[Math.floor(random() * ranges.length)];
  if (range === undefined) return { kind: 'leaf', size: points.length };
  const at = range.low + random() * (range.high - range.low);
  const isBelow = (point: readonly number[]): boolean => (point[range.axis] ?? 0) <= at;
  const below = grow(points.filter(isBelow), depthLeft - 1, random);
  const above = grow(
    points.filter((point) => !isBelow(point)),
    depthLeft - 1,
    random,
  );
  return { kind: 'split', axis: range.axis, at, below, above };
}

function varyingAxes(points: Points): { axis: number; low: number; high: number }[] {
  const axes = (points[0] ?? []).map((_, axis) => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const point of points) {
      const value = point[axis] ?? 0;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return { axis, low, high };
  });
  return axes.filter(({ low, high }) => high > low);
}

function pathLength(tree: Tree, point: readonly number[]): number {
  let depth = 0;
  let node = tree;
  while (node.kind === 'split') {
    node = (point[node.axis] ?? 0) <= node.at ? node.below : node.above;
    depth += 1;
  }
  return depth + averagePath(node.size);
}

/** Mean path of an unsuccessful search in a binary search tree of `size` points. */
function averagePath(size: number): number {
  if (size <= 1) return 0;
  if (size === 2) return 1;
  const harmonic = Math.log(size - 1) + 0.5772156649015329;
  return 2 * harmonic - (2 * (size - 1)) / size;
}
