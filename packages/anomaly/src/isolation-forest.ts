import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';

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

/** Trees that a point descends at the same time. With four of them, steps still wait for each other. */
const TOGETHER = 10;

/**
 * All trees of a forest in flat arrays. Every tree is complete: the children of node `n` are `2n + 1` (below) and
 * `2n + 2` (above), and a leaf that ends early repeats its path length in all places below it. So a point takes the same
 * number of steps in every tree, which a processor can foresee.
 */
interface Forest {
  /** Splits per tree, and steps from a root to a leaf. */
  readonly splits: number;
  readonly depth: number;
  /** Of each split, the axis and the largest value that goes below. */
  readonly axes: Uint16Array;
  readonly limits: Float64Array;
  /** Of each leaf, the expected path length to one point. */
  readonly paths: Float64Array;
}

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
  const depth = Math.ceil(Math.log2(Math.max(size, 2)));
  const splits = 2 ** depth - 1;
  // Trees that only fill up the last group have paths of length 0.
  const places = Math.ceil(trees / TOGETHER) * TOGETHER;
  const forest: Forest = {
    splits,
    depth,
    axes: new Uint16Array(places * splits),
    limits: new Float64Array(places * splits),
    paths: new Float64Array(places * (splits + 1)),
  };
  for (let tree = 0; tree < trees; tree += 1)
    grow(forest, { tree, node: 0, level: 0 }, draw(points, size, random), random);
  const usual = averagePath(size);
  const point = new Float64Array(points[0]?.length ?? 0);
  return {
    score(values) {
      if (usual === 0) return 0.5;
      for (let axis = 0; axis < point.length; axis += 1) point[axis] = values[axis] ?? 0;
      return 2 ** (-pathLengths(forest, point) / trees / usual);
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

interface Place {
  readonly tree: number;
  readonly node: number;
  readonly level: number;
}

function grow(forest: Forest, { tree, node, level }: Place, points: Points, random: () => number): void {
  const ranges = level === forest.depth || points.length < 2 ? [] : varyingAxes(points);
  const range = ranges[Math.floor(random() * ranges.length)];
  if (range === undefined) {
    endHere(forest, { tree, node, level }, level + averagePath(points.length));
    return;
  }
  const limit = range.low + random() * (range.high - range.low);
  forest.axes[tree * forest.splits + node] = range.axis;
  forest.limits[tree * forest.splits + node] = limit;
  const isBelow = (point: readonly number[]): boolean => (point[range.axis] ?? 0) <= limit;
  grow(forest, { tree, node: 2 * node + 1, level: level + 1 }, points.filter(isBelow), random);
  const above = points.filter((point) => !isBelow(point));
  grow(forest, { tree, node: 2 * node + 2, level: level + 1 }, above, random);
}

/** All leaves below the node get the path length; where its splits send a point does not matter. */
function endHere({ splits, depth, paths }: Forest, { tree, node, level }: Place, path: number): void {
  const leaves = 2 ** (depth - level);
  const first = (node + 1) * leaves - 1 - splits;
  paths.fill(path, tree * (splits + 1) + first, tree * (splits + 1) + first + leaves);
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

/** Sum of the path lengths of a point in all trees. Without branches, and the steps in ten trees do not wait for each other. */
function pathLengths({ splits, depth, axes, limits, paths }: Forest, point: Float64Array): number {
  const leaves = splits + 1;
  let sum = 0;
  for (let root = 0, leaf = -splits; root < axes.length; root += TOGETHER * splits, leaf += TOGETHER * leaves) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let e = 0;
    let f = 0;
    let g = 0;
    let h = 0;
    let i = 0;
    let j = 0;
    for (let level = 0; level < depth; level += 1) {
      a = childOf(a, point, axes, limits, root);
      b = childOf(b, point, axes, limits, root + splits);
      c = childOf(c, point, axes, limits, root + 2 * splits);
      d = childOf(d, point, axes, limits, root + 3 * splits);
      e = childOf(e, point, axes, limits, root + 4 * splits);
      f = childOf(f, point, axes, limits, root + 5 * splits);
      g = childOf(g, point, axes, limits, root + 6 * splits);
      h = childOf(h, point, axes, limits, root + 7 * splits);
      i = childOf(i, point, axes, limits, root + 8 * splits);
      j = childOf(j, point, axes, limits, root + 9 * splits);
    }
    sum += (paths[leaf + a] as number) + (paths[leaf + leaves + b] as number);
    sum += (paths[leaf + 2 * leaves + c] as number) + (paths[leaf + 3 * leaves + d] as number);
    sum += (paths[leaf + 4 * leaves + e] as number) + (paths[leaf + 5 * leaves + f] as number);
    sum += (paths[leaf + 6 * leaves + g] as number) + (paths[leaf + 7 * leaves + h] as number);
    sum += (paths[leaf + 8 * leaves + i] as number) + (paths[leaf + 9 * leaves + j] as number);
  }
  return sum;
}

/** The child of a node that a point belongs to, in the tree at `root`. `| 0` lets the engine compile the comparison without a branch. */
function childOf(
  node: number,
  point: Float64Array,
  axes: Forest['axes'],
  limits: Forest['limits'],
  root: number,
): number {
  const value = point[axes[root + node] as number] as number;
  return (2 * node + 2 - Number(value <= (limits[root + node] as number))) | 0;
}

/** Mean path of an unsuccessful search in a binary search tree of `size` points. */
function averagePath(size: number): number {
  if (size <= 1) return 0;
  if (size === 2) return 1;
  const harmonic = Math.log(size - 1) + 0.5772156649015329;
  return 2 * harmonic - (2 * (size - 1)) / size;
}
