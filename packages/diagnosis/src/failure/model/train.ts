import { digestOf } from '@selfheal/kernel/digest.ts';
import { FAMILY_OF, type FailureClass } from '@selfheal/kernel/failure-class.ts';
import { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { matchSignatures } from '../matching.ts';
import { answerOfSignatures, scoreClasses } from '../scoring.ts';
import type { SignatureSet } from '../signatures.ts';
import { type Calibration, type CalibrationPrior, fitCalibration, type ScoredAnswer } from './calibration.ts';
import { type Calibrations, type FailureModel, type Opinion, opinionOfVector, TRANSIENCE } from './failure-model.ts';
import { BUCKETS, featuresOf, type SparseVector } from './features.ts';
import {
  MODEL_PRIOR,
  SIGNATURE_PRIOR,
  type SignatureAnswer,
  signsOfModel,
  signsOfSignature,
  signsOfTransience,
  TRANSIENCE_PRIOR,
} from './signs.ts';
import { type Example, fitLinear, type LinearModel } from './softmax.ts';

/** One labelled log. Null fields are unknown and not learned from; logs of class `unknown` contain no failure. */
export interface TrainingCase {
  /** Repository or project. */
  readonly group: string;
  /** What is left out together when a model is judged, such as all logs of one origin; the group by default. */
  readonly fold?: string;
  readonly evidence: Evidence;
  readonly class: FailureClass | null;
  /** Other classes that are also right. */
  readonly accepted: readonly FailureClass[];
  /** Whether the same code passed, or would have passed, on a re-run. */
  readonly transient: boolean | null;
}

/** Training parameters; part of the model's provenance. */
export interface TrainingParameters {
  readonly folds: number;
  readonly classPenalty: number;
  readonly transiencePenalty: number;
  readonly minGroups: number;
  /** Weight of a signature's own example relative to a real log. */
  readonly exampleWeight: number;
}

export const TRAINING_PARAMETERS: TrainingParameters = {
  folds: 5,
  classPenalty: 0.02,
  transiencePenalty: 0.05,
  minGroups: 3,
  exampleWeight: 0.5,
};

/** Answers that the transience prior is worth: few data show failures that pass on a re-run. */
const PRIOR_STRENGTH = 10;
/** The other priors only matter where there is nothing to learn from. */
const WEAK = 0.5;

export interface TrainingResult {
  /** Fitted on every case. */
  readonly model: FailureModel;
  /** A model, including calibration, that saw no case of the same fold. */
  heldOut(one: Pick<TrainingCase, 'group' | 'fold'>): FailureModel;
}

interface PreparedCase extends Omit<TrainingCase, 'evidence'> {
  readonly vector: SparseVector;
  readonly weight: number;
  readonly answer: SignatureAnswer | null;
}

interface ScoredCase extends PreparedCase {
  readonly part: number;
  readonly opinion: Opinion;
}

const CLASSES = Object.keys(FAMILY_OF) as FailureClass[];

/** The fold of a group; always the same. */
export function foldOf(group: string, folds: number): number {
  return Number.parseInt(digestOf(group, 8), 16) % folds;
}

function foldOfCase({ fold, group }: Pick<TrainingCase, 'group' | 'fold'>, folds: number): number {
  return foldOf(fold ?? group, folds);
}

function prepare(cases: readonly TrainingCase[], signatures: SignatureSet): PreparedCase[] {
  const sizes = new Map<string, number>();
  for (const { group } of cases) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return cases.map(({ evidence, ...labels }) => {
    const matches = matchSignatures(evidence, signatures);
    return {
      ...labels,
      vector: featuresOf(evidence, matches),
      // Ten logs of one repository say less than ten logs of ten repositories.
      weight: 1 / Math.sqrt(sizes.get(labels.group) ?? 1),
      answer: answerOfSignatures(scoreClasses(matches)),
    };
  });
}

/** The examples of every signature: the only ones for some classes. Non-matching examples mostly show no failure. */
function casesOfSignatures({ all }: SignatureSet): TrainingCase[] {
  return all.flatMap(({ signature: { id, class: failureClass, verdict, examples } }) => {
    const common = { group: `signature ${id}`, accepted: [] };
    const transient = verdict === 'unknown' ? null : verdict !== 'regression';
    return [
      ...examples.matches.map((text) => ({
        ...common,
        evidence: evidenceOfText(text),
        class: failureClass,
        transient,
      })),
      ...examples.rejects.map((text) => ({
        ...common,
        evidence: evidenceOfText(text),
        class: 'unknown' as const,
        transient: null,
      })),
    ];
  });
}

function evidenceOfText(text: string): Evidence {
  const lines = text.split('\n');
  return Evidence.parse({
    version: 1,
    incidentId: 'none',
    gatheredAt: '1970-01-01T00:00:00.000Z',
    notes: [],
    sources: [
      {
        id: 'log',
        name: 'log',
        url: null,
        totalLines: lines.length,
        lines: lines.map((line, at) => ({ ref: `L${at + 1}`, number: at + 1, text: line, score: 1 })),
      },
    ],
  });
}

type Linear = Pick<FailureModel, 'classes' | 'transience'>;

function fitBoth(cases: readonly PreparedCase[], parameters: TrainingParameters, base?: Linear): Linear {
  const { minGroups, classPenalty, transiencePenalty } = parameters;
  const common = { buckets: BUCKETS, minGroups };
  const learn = (
    outcomes: readonly string[],
    penalty: number,
    outcomeOf: (one: PreparedCase) => string | null,
    prior: LinearModel | undefined,
  ): LinearModel => {
    const examples = cases.flatMap((one): Example[] => {
      const outcome = outcomeOf(one);
      return outcome === null ? [] : [{ ...one, outcome }];
    });
    return fitLinear(examples, { ...common, outcomes, penalty, ...(prior ? { prior } : {}) });
  };
  return {
    classes: learn(base?.classes.outcomes ?? CLASSES, classPenalty, (one) => one.class, base?.classes),
    transience: learn(
      TRANSIENCE,
      transiencePenalty,
      ({ transient }) => (transient === null ? null : TRANSIENCE[transient ? 1 : 0]),
      base?.transience,
    ),
  };
}

interface Priors {
  readonly signature: CalibrationPrior;
  readonly model: CalibrationPrior;
  readonly transience: CalibrationPrior;
}

function calibrate(judged: readonly ScoredCase[], priors: Priors): Calibrations {
  const isRight = (one: ScoredCase, answer: FailureClass | undefined): boolean =>
    answer !== undefined && (answer === one.class || one.accepted.includes(answer));
  const labelled = judged.filter((one) => one.class !== null);
  const bySignature = labelled.flatMap((one): ScoredAnswer[] =>
    one.answer === null
      ? []
      : [{ ...one, signs: signsOfSignature(one.answer, one.opinion), right: isRight(one, one.answer.class) }],
  );
  const byModel = labelled
    .filter(({ opinion }) => opinion.classes[0]?.class !== 'unknown')
    .map((one) => ({ ...one, signs: signsOfModel(one.opinion), right: isRight(one, one.opinion.classes[0]?.class) }));
  const byTransience = judged.flatMap((one): ScoredAnswer[] =>
    one.transient === null ? [] : [{ ...one, signs: signsOfTransience(one.answer, one.opinion), right: one.transient }],
  );
  const rounded = (weights: Calibration): Calibration => weights.map((weight) => Number(weight.toFixed(6)));
  return {
    signature: rounded(fitCalibration(bySignature, priors.signature)),
    model: rounded(fitCalibration(byModel, priors.model)),
    transience: rounded(fitCalibration(byTransience, priors.transience)),
  };
}

/**
 * The same cases with weights that let each origin count by the root of its size: the next log is rarely like those of the largest one.
 * The sum of all weights stays.
 */
function evenly(cases: readonly ScoredCase[]): ScoredCase[] {
  const originOf = ({ fold, group }: ScoredCase): string => fold ?? group;
  const sizes = new Map<string, number>();
  for (const one of cases) sizes.set(originOf(one), (sizes.get(originOf(one)) ?? 0) + one.weight);
  const scaled = cases.map((one) => ({ ...one, weight: one.weight / Math.sqrt(sizes.get(originOf(one)) ?? 1) }));
  const sum = (all: readonly ScoredCase[]): number => all.reduce((total, { weight }) => total + weight, 0);
  const scale = sum(cases) / Math.max(1e-9, sum(scaled));
  return scaled.map((one) => ({ ...one, weight: one.weight * scale }));
}

interface CrossFit {
  readonly id: string;
  readonly folds: number;
  readonly priors: Priors;
  readonly learn: (cases: readonly PreparedCase[]) => Linear;
}

/** Fits on every case and on all folds but one, by groups; calibrations use the held-back folds. */
function crossFit(prepared: readonly PreparedCase[], { id, folds, priors, learn }: CrossFit): TrainingResult {
  const fitted = Array.from({ length: folds }, (_, fold) =>
    learn(prepared.filter((one) => foldOfCase(one, folds) !== fold)),
  );
  const judged = prepared.flatMap((one): ScoredCase[] => {
    const part = foldOfCase(one, folds);
    const linear = fitted[part];
    return linear === undefined ? [] : [{ ...one, part, opinion: opinionOfVector(linear, one.vector) }];
  });
  const models = fitted.map((linear, part) => {
    const others = judged.filter((one) => one.part !== part);
    return { id, ...linear, calibrations: calibrate(evenly(others), priors) };
  });
  const model = { id, ...learn(prepared), calibrations: calibrate(evenly(judged), priors) };
  return { model, heldOut: (one) => models[foldOfCase(one, folds)] ?? model };
}

/**
 * Trains on labelled failures: both linear models on every case and on all folds but one, by groups; calibrations on
 * the held-back folds, so that a confidence is the share that is right on unseen repositories. `id` names the training
 * data.
 */
export function trainFailureModel(
  cases: readonly TrainingCase[],
  signatures: SignatureSet,
  { id, parameters = TRAINING_PARAMETERS }: { id: string; parameters?: TrainingParameters },
): TrainingResult {
  const examples = prepare(casesOfSignatures(signatures), signatures).map((one) => ({
    ...one,
    weight: one.weight * parameters.exampleWeight,
  }));
  return crossFit(prepare(cases, signatures), {
    id,
    folds: parameters.folds,
    priors: {
      signature: { prior: SIGNATURE_PRIOR, strength: WEAK },
      model: { prior: MODEL_PRIOR, strength: WEAK },
      transience: { prior: TRANSIENCE_PRIOR, strength: PRIOR_STRENGTH },
    },
    learn: (some) => fitBoth([...some, ...examples], parameters),
  });
}

/** Parameters for adapting a model in production; part of the provenance. */
export const ADAPTATION_PARAMETERS: TrainingParameters = {
  folds: 5,
  classPenalty: 1,
  transiencePenalty: 1,
  minGroups: 3,
  exampleWeight: 0,
};

/**
 * Adapts a model to your own failures that it answered before: the same fit, regularised towards the model's weights
 * instead of zero (C. Chelba and A. Acero, "Adaptation of maximum entropy capitalizer: little data can help a lot",
 * 2004). Fewer than a hundred cases correct it where it was wrong; the rest stays as it was.
 */
export function adaptFailureModel(
  base: FailureModel,
  cases: readonly TrainingCase[],
  signatures: SignatureSet,
  { id, parameters = ADAPTATION_PARAMETERS }: { id: string; parameters?: TrainingParameters },
): TrainingResult {
  const near = (prior: Calibration): CalibrationPrior => ({ prior, strength: PRIOR_STRENGTH });
  return crossFit(prepare(cases, signatures), {
    id,
    folds: parameters.folds,
    priors: {
      signature: near(base.calibrations.signature),
      model: near(base.calibrations.model),
      transience: near(base.calibrations.transience),
    },
    learn: (some) => fitBoth(some, parameters, base),
  });
}
