import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { Proportion, proportionOf } from '@selfheal/kernel/numbers/proportion.ts';
import {
  brierScore,
  calibrationErrorOf,
  ReliabilityBin,
  reliabilityOf,
  Tuning,
  tuningOf,
} from '@selfheal/kernel/numbers/reliability.ts';
import * as z from 'zod';
import { ClassMix, classMixOf, countClasses } from './class-mix.ts';
import { CostReport, costOf } from './cost.ts';
import { Degradation, degradationOf, type PromisedAccuracy, ROLLING } from './degradation.ts';
import { Claim, type Judgement, judge } from './judgement.ts';
import type { Prediction } from './prediction.ts';

/** The model in production and its promised accuracy. */
export interface WatchedModel {
  readonly id: string;
  readonly promised: Readonly<Record<Claim, PromisedAccuracy | null>>;
}

const ClaimReport = z.object({
  claim: Claim,
  judged: z.number().int(),
  /** Of the last hundred answers with a known outcome. */
  accuracy: Proportion.nullable(),
  /** Null when nothing was promised. */
  degradation: Degradation.nullable(),
});
type ClaimReport = z.infer<typeof ClaimReport>;

const ModelUse = z.object({
  model: z.string(),
  predictions: z.number().int(),
  judged: z.number().int(),
  /** Of all its predictions with a known outcome. */
  accuracy: Proportion.nullable(),
});
type ModelUse = z.infer<typeof ModelUse>;

/** Quality of the answers of the model in production. */
export const AnswersReport = z.object({
  model: z.string(),
  predictions: z.number().int(),
  judged: z.number().int(),
  /** The truth is known and nothing had been claimed. */
  abstained: z.number().int(),
  /** Neither right nor wrong: the outcome is unknown. */
  unknown: z.number().int(),
  /**
   * Of the last hundred predictions with a known outcome. A person's word on the class takes precedence over an
   * action's on the verdict.
   */
  accuracy: Proportion.nullable(),
  brier: z.number().nullable(),
  calibrationError: z.number().nullable(),
  tuning: Tuning,
  reliability: z
    .array(ReliabilityBin)
    .readonly()
    .meta({ description: 'The reliability diagram: of answers of about the same confidence, how many were right.' }),
  claims: z.array(ClaimReport).readonly(),
  degraded: z.boolean(),
  retrain: z.object({ due: z.boolean(), reasons: z.array(z.string()).readonly() }),
  /** The last hundred answers against earlier ones; null when there are too few. */
  mix: ClassMix.nullable(),
  /** Over all models. */
  cost: CostReport,
  models: z.array(ModelUse).readonly(),
});
export type AnswersReport = z.infer<typeof AnswersReport>;

const CLAIMS: readonly Claim[] = ['class', 'verdict'];
/** This many corrections alone are a reason to retrain. */
const CORRECTIONS_WORTH_LEARNING = 50;

const inOrder = (a: { at: string }, b: { at: string }): number => Date.parse(a.at) - Date.parse(b.at);

function judgementsOf(predictions: readonly Prediction[], claim?: Claim): Judgement[] {
  return predictions
    .flatMap((prediction) => {
      const judged = judge(prediction);
      if (judged.kind !== 'judged') return [];
      const [first] = judged.judgements;
      return claim === undefined ? [first] : judged.judgements.filter((one) => one.claim === claim);
    })
    .sort(inOrder);
}

function accuracyOf(judgements: readonly Judgement[]): Proportion | null {
  return proportionOf(judgements.filter(({ right }) => right).length, judgements.length);
}

function claimReport(claim: Claim, predictions: readonly Prediction[], promised: PromisedAccuracy | null): ClaimReport {
  const judgements = judgementsOf(predictions, claim);
  // Nothing was promised for failures said to last, and only an alarm's rollback ever reveals one.
  const rights = judgements.filter(({ passes }) => passes !== false).map(({ right }) => right);
  return {
    claim,
    judged: judgements.length,
    accuracy: accuracyOf(judgements.slice(-ROLLING)),
    degradation: promised === null ? null : degradationOf(rights, promised),
  };
}

function retraining(claims: readonly ClaimReport[], predictions: readonly Prediction[]): AnswersReport['retrain'] {
  const reasons = claims.flatMap(({ claim, degradation }) =>
    degradation?.degraded && degradation.recent !== null
      ? [
          `The ${claim} was right in ${shareText(degradation.recent)} of the last judged, promised ${shareText(degradation.against)}.`,
        ]
      : [],
  );
  const corrections = predictions.filter(
    ({ correction, class: said }) => correction !== undefined && correction.class !== said,
  ).length;
  if (corrections >= CORRECTIONS_WORTH_LEARNING) {
    reasons.push(`People corrected the class ${corrections} times since it was put to work.`);
  }
  return { due: reasons.length > 0, reasons };
}

function usesOf(predictions: readonly Prediction[]): ModelUse[] {
  const models = [...new Set(predictions.map(({ model }) => model))].sort();
  return models.map((model) => {
    const own = predictions.filter((one) => one.model === model);
    const judgements = judgementsOf(own);
    return { model, predictions: own.length, judged: judgements.length, accuracy: accuracyOf(judgements) };
  });
}

function mixOf(predictions: readonly Prediction[]): ClassMix | null {
  const classes = [...predictions].sort(inOrder).map((one) => one.class);
  return classMixOf(countClasses(classes.slice(0, -ROLLING)), countClasses(classes.slice(-ROLLING)));
}

/** Compares predictions with their outcomes, in any order. */
export function answersReportOf(predictions: readonly Prediction[], watched: WatchedModel): AnswersReport {
  const own = predictions.filter(({ model }) => model === watched.id);
  const kinds = own.map((one) => judge(one).kind);
  const count = (kind: (typeof kinds)[number]): number => kinds.filter((one) => one === kind).length;
  const judgements = judgementsOf(own);
  const reliability = reliabilityOf(judgements);
  const claims = CLAIMS.map((claim) => claimReport(claim, own, watched.promised[claim]));
  return {
    model: watched.id,
    predictions: own.length,
    judged: count('judged'),
    abstained: count('abstained'),
    unknown: count('unknown'),
    accuracy: accuracyOf(judgements.slice(-ROLLING)),
    brier: brierScore(judgements),
    calibrationError: calibrationErrorOf(reliability),
    tuning: tuningOf(judgements),
    reliability,
    claims,
    degraded: claims.some(({ degradation }) => degradation?.degraded === true),
    retrain: retraining(claims, own),
    mix: mixOf(own),
    cost: costOf(predictions),
    models: usesOf(predictions),
  };
}
