import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import type { TreeEnsemble } from '@selfheal/kernel/numbers/tree-ensemble.ts';

/** Rows of features with the answer of each, 0 or 1, and its weight. */
export interface TreeRows {
  readonly features: Float32Array;
  readonly width: number;
  readonly answers: Uint8Array;
  readonly weights: Float32Array;
}

export interface TreeSettings {
  readonly trees: number;
  readonly leaves: number;
  readonly learningRate: number;
  /** Smallest sum of second derivatives in a leaf. */
  readonly minLeaf: number;
  /** Penalty on the size of a leaf's value. */
  readonly penalty: number;
  /** Share of the features that a tree may use, drawn anew for each. */
  readonly featureShare: number;
}

const BINS = 64;
const SAMPLED_FOR_BINS = 20_000;
const MIN_GAIN = 1e-3;

/** Thresholds between the bins of each feature, ascending, by quantiles. */
function thresholdsOf({ features, width, answers }: TreeRows): Float32Array[] {
  const size = answers.length;
  const sampled = Math.min(size, SAMPLED_FOR_BINS);
  return Array.from({ length: width }, (_, feature) => {
    const values = Float32Array.from({ length: sampled }, (_, at) => {
      const row = Math.floor((at * size) / sampled);
      return features[row * width + feature] ?? 0;
    }).sort();
    const thresholds: number[] = [];
    for (let bin = 1; bin < BINS; bin++) {
      const value = values[Math.floor((bin * sampled) / BINS)] ?? 0;
      if (value > (thresholds.at(-1) ?? Number.NEGATIVE_INFINITY)) thresholds.push(value);
    }
    return Float32Array.from(thresholds);
  });
}

function binsOf({ features, width, answers }: TreeRows, thresholds: readonly Float32Array[]): Uint8Array {
  const bins = new Uint8Array(answers.length * width);
  for (const [feature, limits] of thresholds.entries()) {
    for (let row = 0; row < answers.length; row++) {
      const value = features[row * width + feature] ?? 0;
      let low = 0;
      let high = limits.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (value >= (limits[middle] ?? 0)) low = middle + 1;
        else high = middle;
      }
      bins[row * width + feature] = low;
    }
  }
  return bins;
}

interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
}

interface Leaf {
  readonly node: number;
  /** Its rows are `order[from..to)`. */
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly second: number;
  readonly split: Split | null;
}

/**
 * Boosted trees for a yes-or-no answer: logistic loss with second derivatives, leaves grown best first over binned features (G. Ke et al.,
 * "LightGBM", NeurIPS 2017; T. Chen and C. Guestrin, "XGBoost", KDD 2016). Deterministic.
 */
export function growTrees(rows: TreeRows, settings: TreeSettings): TreeEnsemble {
  const { width, answers, weights } = rows;
  const size = answers.length;
  const thresholds = thresholdsOf(rows);
  const bins = binsOf(rows, thresholds);
  let all = 0;
  let yes = 0;
  for (let row = 0; row < size; row++) {
    all += weights[row] ?? 0;
    yes += (weights[row] ?? 0) * (answers[row] ?? 0);
  }
  const base = Math.log(yes / (all - yes));
  const scores = new Float32Array(size).fill(base);
  const first = new Float64Array(size);
  const second = new Float64Array(size);
  const order = new Int32Array(size);
  const random = numbersFrom(settings.trees);
  const feature: number[] = [];
  const value: number[] = [];
  const left: number[] = [];
  const roots: number[] = [];
  const addNode = (sumFirst: number, sumSecond: number): number => {
    feature.push(-1);
    left.push(0);
    return value.push((-sumFirst / (sumSecond + settings.penalty)) * settings.learningRate) - 1;
  };
  const sumFirst = new Float64Array(BINS);
  const sumSecond = new Float64Array(BINS);
  const bestSplit = (leaf: Omit<Leaf, 'split'>, columns: readonly number[]): Split | null => {
    let best: Split | null = null;
    const whole = leaf.first ** 2 / (leaf.second + settings.penalty);
    for (const column of columns) {
      sumFirst.fill(0);
      sumSecond.fill(0);
      for (let at = leaf.from; at < leaf.to; at++) {
        const row = order[at] ?? 0;
        const bin = bins[row * width + column] ?? 0;
        sumFirst[bin] = (sumFirst[bin] ?? 0) + (first[row] ?? 0);
        sumSecond[bin] = (sumSecond[bin] ?? 0) + (second[row] ?? 0);
      }
      let lowFirst = 0;
      let lowSecond = 0;
      for (let bin = 0; bin < (thresholds[column]?.length ?? 0); bin++) {
        lowFirst += sumFirst[bin] ?? 0;
        lowSecond += sumSecond[bin] ?? 0;
        const highSecond = leaf.second - lowSecond;
        if (lowSecond < settings.minLeaf || highSecond < settings.minLeaf) continue;
        const gain =
          lowFirst ** 2 / (lowSecond + settings.penalty) +
          (leaf.first - lowFirst) ** 2 / (highSecond + settings.penalty) -
          whole;
        if (gain > (best?.gain ?? MIN_GAIN)) best = { gain, feature: column, bin };
      }
    }
    return best;
  };
  const leafOf = (leaf: Omit<Leaf, 'split'>, columns: readonly number[]): Leaf => ({
    ...leaf,
    split: bestSplit(leaf, columns),
  });
  for (let tree = 0; tree < settings.trees; tree++) {
    let allFirst = 0;
    let allSecond = 0;
    for (let row = 0; row < size; row++) {
      const probability = 1 / (1 + Math.exp(-(scores[row] ?? 0)));
      const weight = weights[row] ?? 0;
      allFirst += first[row] = weight * (probability - (answers[row] ?? 0));
      allSecond += second[row] = weight * probability * (1 - probability) + 1e-9;
      order[row] = row;
    }
    const columns = Array.from({ length: width }, (_, column) => column).filter(() => random() < settings.featureShare);
    const root = addNode(allFirst, allSecond);
    roots.push(root);
    const leaves = [leafOf({ node: root, from: 0, to: size, first: allFirst, second: allSecond }, columns)];
    while (leaves.length < settings.leaves) {
      const next = leaves.reduce((best, leaf, at) => {
        return (leaf.split?.gain ?? 0) > (leaves[best]?.split?.gain ?? 0) ? at : best;
      }, 0);
      const leaf = leaves[next];
      if (leaf === undefined || leaf.split === null) break;
      const { feature: column, bin } = leaf.split;
      let from = leaf.from;
      let to = leaf.to - 1;
      let lowFirst = 0;
      let lowSecond = 0;
      while (from <= to) {
        const row = order[from] ?? 0;
        if ((bins[row * width + column] ?? 0) <= bin) {
          lowFirst += first[row] ?? 0;
          lowSecond += second[row] ?? 0;
          from += 1;
        } else {
          order[from] = order[to] ?? 0;
          order[to] = row;
          to -= 1;
        }
      }
      const low = addNode(lowFirst, lowSecond);
      const high = addNode(leaf.first - lowFirst, leaf.second - lowSecond);
      feature[leaf.node] = column;
      value[leaf.node] = thresholds[column]?.[bin] ?? 0;
      left[leaf.node] = low;
      leaves.splice(
        next,
        1,
        leafOf({ node: low, from: leaf.from, to: from, first: lowFirst, second: lowSecond }, columns),
        leafOf(
          { node: high, from, to: leaf.to, first: leaf.first - lowFirst, second: leaf.second - lowSecond },
          columns,
        ),
      );
    }
    for (const { node, from, to } of leaves) {
      for (let at = from; at < to; at++) {
        const row = order[at] ?? 0;
        scores[row] = (scores[row] ?? 0) + (value[node] ?? 0);
      }
    }
  }
  return {
    base,
    roots: Uint16Array.from(roots),
    feature: Int8Array.from(feature),
    value: Float32Array.from(value),
    left: Uint16Array.from(left),
  };
}
