import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { bufferOf } from '@selfheal/kernel/numbers/tree-ensemble.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import * as z from 'zod';
import type { SignatureMatch } from '../matching.ts';
import { type Calibration, STEP_PRIOR } from './calibration.ts';
import { BUCKETS, featuresOf, type SparseVector } from './features.ts';
import { type LinearModel, predict } from './softmax.ts';

/** Outcomes of the transience model: a failure that passes on a re-run, or not. */
export const TRANSIENCE = ['lasting', 'transient'] as const;

/** What was learned from labelled failures: classes, whether they pass on a re-run, and calibrations. */
export interface FailureModel {
  /** Digest of training data, parameters and result; identifies the version. */
  readonly id: string;
  readonly classes: LinearModel;
  readonly transience: LinearModel;
  readonly calibrations: Calibrations;
}

export interface Calibrations {
  /** For an answer from a signature: see `signsOfSignature`. */
  readonly signature: Calibration;
  /** For an answer from the model alone: see `signsOfModel`. */
  readonly model: Calibration;
  /** For "passes on a re-run": see `signsOfTransience`. */
  readonly transience: Calibration;
}

const Weights = z.strictObject({
  outcomes: z.array(z.string()).min(2),
  /** Base64 of the learned buckets, 16 bits each, little endian, ascending. */
  buckets: z.string(),
  /** Weight of one step, per outcome. */
  steps: z.array(z.number().positive()),
  /** Base64 of signed bytes: buckets and then the bias, outcomes within them. */
  weights: z.string(),
});
const CalibrationFile = z.array(z.number()).min(2);
/** Models of before the sign for an answer by the step alone have no weight for it. */
const LENGTH_WITHOUT_STEP = 3;

function withStep(weights: Calibration): Calibration {
  const [weak = 0, support = 0, bias = 0] = weights;
  return weights.length === LENGTH_WITHOUT_STEP ? [weak, support, STEP_PRIOR, bias] : weights;
}

/** `shared/data/models/failure.json`: numbers only, no text of any log. */
export const FailureModelFile = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  classes: Weights.extend({ outcomes: z.array(FailureClass).min(2) }),
  transience: Weights.extend({ outcomes: z.tuple([z.literal('lasting'), z.literal('transient')]) }),
  calibrations: z.strictObject({
    signature: CalibrationFile.min(LENGTH_WITHOUT_STEP).max(4),
    model: CalibrationFile.length(4),
    transience: CalibrationFile.length(4),
  }),
});
export type FailureModelFile = z.infer<typeof FailureModelFile>;

/** The model's answer for one failure, most likely class first. */
export interface Opinion {
  readonly classes: readonly { readonly class: FailureClass; readonly probability: number }[];
  /** Probability that the failure passes on a re-run. */
  readonly transient: number;
  /** Share of the features that were seen in training; with few known features the model is less certain. */
  readonly known: number;
}

const FULL_STEP = 127;

function encode({ outcomes, rows, weights, steps: ownSteps }: LinearModel): z.infer<typeof Weights> {
  const width = outcomes.length;
  const weightOf = (row: number, k: number) => (weights[row * width + k] ?? 0) * (ownSteps?.[k] ?? 1);
  const bias = weights.length / width - 1;
  const steps = outcomes.map((_, k) => {
    let most = 1e-6;
    for (let row = 0; row <= bias; row++) most = Math.max(most, Math.abs(weightOf(row, k)));
    return Number((most / FULL_STEP).toPrecision(6));
  });
  const known: { bucket: number; row: number }[] = [];
  rows.forEach((row, bucket) => {
    if (row >= 0) known.push({ bucket, row });
  });
  const bytes = new Int8Array((known.length + 1) * width);
  [...known.map(({ row }) => row), bias].forEach((row, at) => {
    for (let k = 0; k < width; k++) bytes[at * width + k] = Math.round(weightOf(row, k) / (steps[k] ?? 1));
  });
  const buckets = Buffer.alloc(known.length * 2);
  known.forEach(({ bucket }, at) => {
    buckets.writeUInt16LE(bucket, at * 2);
  });
  return {
    outcomes: [...outcomes],
    buckets: buckets.toString('base64'),
    steps,
    weights: Buffer.from(bytes.buffer).toString('base64'),
  };
}

function decode(file: z.infer<typeof Weights>): LinearModel {
  const width = file.outcomes.length;
  const buckets = new Uint16Array(bufferOf(file.buckets));
  const weights = new Int8Array(bufferOf(file.weights));
  if (file.steps.length !== width || weights.length !== (buckets.length + 1) * width) {
    throw new RangeError('The number of weights does not match buckets times outcomes.');
  }
  const rows = new Int32Array(BUCKETS).fill(-1);
  buckets.forEach((bucket, row) => {
    rows[bucket] = row;
  });
  return { outcomes: file.outcomes, rows, weights, steps: file.steps };
}

/** The model as its file: weights quantised to 127ths of the largest weight of their outcome. */
export function toModelFile({ id, classes, transience, calibrations }: FailureModel): FailureModelFile {
  return FailureModelFile.parse({
    version: 1,
    id,
    classes: encode(classes),
    transience: encode(transience),
    calibrations,
  });
}

/** Reads a model file. Throws `ZodError` or `RangeError` when it is not one. */
export function parseModelFile(content: unknown): FailureModel {
  const { id, classes, transience, calibrations } = FailureModelFile.parse(content);
  const { signature, ...others } = calibrations;
  return {
    ...{ id, classes: decode(classes), transience: decode(transience) },
    calibrations: { signature: withStep(signature), ...others },
  };
}

function knownShare({ rows }: LinearModel, { buckets, values }: SparseVector): number {
  let known = 0;
  let all = 1e-12;
  values.forEach((value, at) => {
    all += value * value;
    if ((rows[buckets[at] ?? 0] ?? -1) >= 0) known += value * value;
  });
  return known / all;
}

/** The model's answer for features. */
export function opinionOfVector(model: Pick<FailureModel, 'classes' | 'transience'>, vector: SparseVector): Opinion {
  const shares = predict(model.classes, vector);
  const classes = model.classes.outcomes.map((outcome, at) => ({
    class: FailureClass.parse(outcome),
    probability: shares[at] ?? 0,
  }));
  return {
    classes: classes.sort((a, b) => b.probability - a.probability),
    transient: predict(model.transience, vector)[1] ?? 0,
    known: knownShare(model.classes, vector),
  };
}

/** The model's answer for the evidence; `matches` are the signatures found in it. */
export function opinionOf(model: FailureModel, evidence: Evidence, matches: readonly SignatureMatch[]): Opinion {
  return opinionOfVector(model, featuresOf(evidence, matches));
}
