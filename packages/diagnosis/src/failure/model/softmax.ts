import type { SparseVector } from './features.ts';
import { minimise } from './minimise.ts';

/** A multinomial logistic regression over hashed features. */
export interface LinearModel {
  /** Names of the outcomes, in the order of the weights. */
  readonly outcomes: readonly string[];
  /** Row of each bucket in `weights`, or -1 for buckets not seen in training. */
  readonly rows: Int32Array;
  /** `rows` x outcomes; the last row is the bias. Those of a file are small whole numbers, to be multiplied by `steps`. */
  readonly weights: Float64Array | Int8Array;
  /** By outcome; absent where the weights are as they are. */
  readonly steps?: readonly number[];
}

export interface Example {
  readonly vector: SparseVector;
  readonly outcome: string;
  /** Repository or project: what is held back together. */
  readonly group: string;
  /** Weight of the example. */
  readonly weight: number;
}

export interface FitOptions {
  readonly outcomes: readonly string[];
  /** Strength of the quadratic penalty (ridge) on every weight but the bias. */
  readonly penalty: number;
  readonly buckets: number;
  /** Buckets that fewer groups show are dropped: they identify a repository rather than a failure. */
  readonly minGroups: number;
  /**
   * Weights are regularised towards these instead of zero, the bias too; its buckets are kept however many groups show
   * them.
   */
  readonly prior?: LinearModel;
}

const ROUNDS = 60;
const TOLERANCE = 1e-4;

/** Turns scores into probabilities, in place. */
function normalise(scores: Float64Array): Float64Array {
  const most = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (let at = 0; at < scores.length; at++) {
    const value = Math.exp((scores[at] ?? 0) - most);
    scores[at] = value;
    sum += value;
  }
  for (let at = 0; at < scores.length; at++) scores[at] = (scores[at] ?? 0) / sum;
  return scores;
}

type Weighed = Pick<LinearModel, 'rows' | 'weights' | 'steps'> & { readonly width: number };

function probabilities({ rows, weights, steps, width }: Weighed, { buckets, values }: SparseVector): Float64Array {
  const bias = weights.length - width;
  const scores = Float64Array.from(weights.subarray(bias));
  for (let at = 0; at < buckets.length; at++) {
    const row = rows[buckets[at] ?? 0] ?? -1;
    if (row < 0) continue;
    const value = values[at] ?? 0;
    for (let k = 0; k < width; k++) scores[k] = (scores[k] ?? 0) + value * (weights[row * width + k] ?? 0);
  }
  if (steps !== undefined) for (let k = 0; k < width; k++) scores[k] = (scores[k] ?? 0) * (steps[k] ?? 0);
  return normalise(scores);
}

/** The probability of each outcome, in the model's order; they sum to 1. */
export function predict(model: LinearModel, vector: SparseVector): Float64Array {
  return probabilities({ ...model, width: model.outcomes.length }, vector);
}

function rowsOf(
  examples: readonly Example[],
  { buckets, minGroups, prior }: FitOptions,
): { rows: Int32Array; count: number } {
  const groups = Array.from({ length: buckets }, () => new Set<string>());
  for (const { vector, group } of examples) for (const bucket of vector.buckets) groups[bucket]?.add(group);
  let count = 0;
  const isKnown = (bucket: number): boolean => (prior?.rows[bucket] ?? -1) >= 0;
  const rows = Int32Array.from(groups, (seen, bucket) => (isKnown(bucket) || seen.size >= minGroups ? count++ : -1));
  return { rows, count };
}

/** Adds one example's part of the gradient; returns its part of the loss. */
function addExample(example: Example, target: number, model: Weighed, gradient: Float64Array): number {
  const { buckets, values } = example.vector;
  const { rows, width } = model;
  const errors = probabilities(model, example.vector);
  const loss = -example.weight * Math.log(Math.max(1e-300, errors[target] ?? 0));
  errors[target] = (errors[target] ?? 0) - 1;
  const bias = gradient.length - width;
  for (let k = 0; k < width; k++) gradient[bias + k] = (gradient[bias + k] ?? 0) + example.weight * (errors[k] ?? 0);
  for (let at = 0; at < buckets.length; at++) {
    const row = rows[buckets[at] ?? 0] ?? -1;
    if (row < 0) continue;
    const factor = example.weight * (values[at] ?? 0);
    for (let k = 0; k < width; k++) {
      const slot = row * width + k;
      gradient[slot] = (gradient[slot] ?? 0) + factor * (errors[k] ?? 0);
    }
  }
  return loss;
}

/** The prior's weights at the rows of their buckets; zero elsewhere. */
function priorWeights({ prior }: FitOptions, rows: Int32Array, size: number, width: number): Float64Array {
  const weights = new Float64Array(size);
  if (prior === undefined) return weights;
  const copy = (from: number, to: number) => {
    for (let k = 0; k < width; k++) weights[to + k] = (prior.weights[from + k] ?? 0) * (prior.steps?.[k] ?? 1);
  };
  rows.forEach((row, bucket) => {
    const known = prior.rows[bucket] ?? -1;
    if (row >= 0 && known >= 0) copy(known * width, row * width);
  });
  copy(prior.weights.length - width, size - width);
  return weights;
}

/**
 * Fits the weights by penalised maximum likelihood. Throws `RangeError` for examples of outcomes that are not in
 * `outcomes`.
 */
export function fitLinear(examples: readonly Example[], options: FitOptions): LinearModel {
  const { outcomes, penalty } = options;
  const width = outcomes.length;
  const { rows, count } = rowsOf(examples, options);
  const targets = examples.map(({ outcome }) => outcomes.indexOf(outcome));
  if (targets.includes(-1)) throw new RangeError('An example has an outcome that is not among the outcomes to learn.');
  const bias = count * width;
  const start = priorWeights(options, rows, bias + width, width);
  const penalised = options.prior === undefined ? bias : start.length;
  const weights = minimise(
    (point, gradient) => {
      gradient.fill(0);
      const model = { rows, weights: point, width };
      let loss = 0;
      examples.forEach((example, at) => {
        loss += addExample(example, targets[at] ?? 0, model, gradient);
      });
      for (let at = 0; at < penalised; at++) {
        const away = (point[at] ?? 0) - (start[at] ?? 0);
        loss += (penalty / 2) * away * away;
        gradient[at] = (gradient[at] ?? 0) + penalty * away;
      }
      return loss;
    },
    start.slice(),
    { rounds: ROUNDS, tolerance: TOLERANCE },
  );
  return { outcomes, rows, weights };
}
