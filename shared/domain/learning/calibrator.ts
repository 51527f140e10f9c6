import { calibrated, fitCalibration } from '@selfheal/diagnosis/failure/model/calibration.ts';
import { logOdds } from '@selfheal/kernel/numbers/log-odds.ts';
import { type Answer, brierScore, calibrationErrorOf, reliabilityOf } from '@selfheal/kernel/numbers/reliability.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import * as z from 'zod';

const Probability = z.number().min(0).max(1);

/** Maps a confidence to the rate at which answers with it are right. Monotonic. */
export const Calibrator = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('identity') }),
  z.strictObject({ kind: z.literal('platt'), slope: z.number().positive(), intercept: z.number() }),
  z.strictObject({
    kind: z.literal('isotonic'),
    /** By rising confidence; linear between two points, flat beyond the ends. */
    knots: z.array(z.strictObject({ confidence: Probability, probability: Probability })).min(1),
  }),
]);
export type Calibrator = z.infer<typeof Calibrator>;
type CalibratorKind = Calibrator['kind'];

const IDENTITY: Calibrator = { kind: 'identity' };

/** The calibrated probability of a confidence. */
export function applyCalibrator(calibrator: Calibrator, confidence: number): number {
  switch (calibrator.kind) {
    case 'identity':
      return confidence;
    case 'platt':
      return calibrated([calibrator.slope, calibrator.intercept], [logOdds(confidence)]);
    case 'isotonic':
      return between(calibrator.knots, confidence);
    default:
      return calibrator satisfies never;
  }
}

type Knots = Extract<Calibrator, { kind: 'isotonic' }>['knots'];

function between(knots: Knots, confidence: number): number {
  const above = knots.findIndex((knot) => knot.confidence >= confidence);
  const [left, right] = [knots[above - 1], knots[above]];
  if (right === undefined) return knots.at(-1)?.probability ?? confidence;
  if (left === undefined) return right.probability;
  const share = (confidence - left.confidence) / (right.confidence - left.confidence);
  return left.probability + share * (right.probability - left.probability);
}

/** The identity, worth one answer: it dominates when there are few answers or only one confidence. */
const NO_CORRECTION = { prior: [1, 0], strength: 1 };

/**
 * Platt scaling: a logistic curve over the log-odds of the confidence (J. Platt, 1999). Null where higher confidence
 * came with fewer right answers: no curve can fix such a confidence.
 */
function fitPlatt(answers: readonly Answer[]): Calibrator | null {
  const judged = answers.map(({ confidence, right }) => ({ signs: [logOdds(confidence)], right, weight: 1 }));
  const [slope = 0, intercept = 0] = fitCalibration(judged, NO_CORRECTION);
  return slope > 0 ? { kind: 'platt', slope, intercept } : null;
}

interface Block {
  sum: number;
  rights: number;
  cases: number;
}

/**
 * Isotonic regression: the monotonic step function nearest to the outcomes, by pooling adjacent violators (M. Ayer et
 * al., "An empirical distribution function for sampling with incomplete information", 1955; for confidences: B.
 * Zadrozny and C. Elkan, 2002).
 */
function fitIsotonic(answers: readonly Answer[]): Calibrator {
  const blocks: Block[] = [];
  for (const { confidence, right } of [...answers].sort((a, b) => a.confidence - b.confidence)) {
    blocks.push({ sum: confidence, rights: right ? 1 : 0, cases: 1 });
    for (let last = blocks.length - 1; last > 0; last -= 1) {
      const [before, after] = [blocks[last - 1], blocks[last]];
      if (before === undefined || after === undefined || !belongTogether(before, after)) break;
      blocks.splice(last - 1, 2, {
        sum: before.sum + after.sum,
        rights: before.rights + after.rights,
        cases: before.cases + after.cases,
      });
    }
  }
  const knots = blocks.map(({ sum, rights, cases }) => ({ confidence: sum / cases, probability: rights / cases }));
  return { kind: 'isotonic', knots };
}

/** Higher confidence with fewer right answers, or the same confidence. */
function belongTogether(before: Block, after: Block): boolean {
  return (
    before.rights / before.cases >= after.rights / after.cases || before.sum / before.cases >= after.sum / after.cases
  );
}

function calibratorOf(kind: CalibratorKind, answers: readonly Answer[]): Calibrator | null {
  if (kind === 'identity') return IDENTITY;
  return kind === 'platt' ? fitPlatt(answers) : fitIsotonic(answers);
}

/** Figures of a kind of calibrator on answers that it was not fitted on. */
interface CalibratorFigures {
  readonly kind: CalibratorKind;
  readonly brier: number;
  readonly calibrationError: number;
}

export interface ChosenCalibrator {
  readonly calibrator: Calibrator;
  readonly cases: number;
  /** On held-out answers, for each kind that could be fitted; empty when there are too few. */
  readonly figures: readonly CalibratorFigures[];
  readonly reason: string;
}

export interface CalibrationChoice {
  /** A kind to use where it is no worse than none; null: the best of all. */
  readonly method: Exclude<CalibratorKind, 'identity'> | null;
  readonly folds: number;
}

/** Fewer answers are not enough for a curve. */
export const MIN_CASES = 50;

/**
 * Chooses the correction of confidences by cross-validation; a calibrator is chosen only when its Brier score on
 * held-out answers beats no correction by more than the standard error of the difference.
 */
export function chooseCalibrator(answers: readonly Answer[], { method, folds }: CalibrationChoice): ChosenCalibrator {
  const cases = answers.length;
  if (cases < MIN_CASES) {
    return {
      calibrator: IDENTITY,
      cases,
      figures: [],
      reason: `${counted(cases, 'answer')} ${cases === 1 ? 'is' : 'are'} too few: ${MIN_CASES} are needed.`,
    };
  }
  const kinds: CalibratorKind[] = method === null ? ['platt', 'isotonic'] : [method];
  const tried = kinds.flatMap((kind) => heldOut(kind, answers, folds) ?? []);
  const best = tried
    .filter((one) => gainOver(answers, one.answers))
    .sort((a, b) => a.figures.brier - b.figures.brier)[0];
  const figures = [{ kind: 'identity' as const, ...figuresOf(answers) }, ...tried.map((one) => one.figures)];
  const fitted = best === undefined ? null : calibratorOf(best.figures.kind, answers);
  if (best === undefined || fitted === null) {
    return { calibrator: IDENTITY, cases, figures, reason: 'No calibration is shown to be better than none.' };
  }
  const reason = `${best.figures.kind} has the best Brier score on held-out answers.`;
  return { calibrator: fitted, cases, figures, reason };
}

interface HeldOut {
  readonly figures: CalibratorFigures;
  /** In the input's order, each with the confidence that the other folds give it. */
  readonly answers: readonly Answer[];
}

function heldOut(kind: CalibratorKind, answers: readonly Answer[], folds: number): HeldOut[] | null {
  const fitted = Array.from({ length: folds }, (_, fold) =>
    calibratorOf(
      kind,
      answers.filter((_answer, at) => at % folds !== fold),
    ),
  );
  const corrected = answers.flatMap(({ confidence, right }, at) => {
    const calibrator = fitted[at % folds];
    return calibrator ? [{ confidence: applyCalibrator(calibrator, confidence), right }] : [];
  });
  if (corrected.length < answers.length) return null;
  return [{ figures: { kind, ...figuresOf(corrected) }, answers: corrected }];
}

function figuresOf(answers: readonly Answer[]): { brier: number; calibrationError: number } {
  return { brier: brierScore(answers) ?? 0, calibrationError: calibrationErrorOf(reliabilityOf(answers)) ?? 0 };
}

/** Whether the squared errors are smaller by more than the standard error of the difference. */
function gainOver(before: readonly Answer[], after: readonly Answer[]): boolean {
  const error = ({ confidence, right }: Answer): number => (confidence - (right ? 1 : 0)) ** 2;
  const gains = before.map((answer, at) => error(answer) - error(after[at] ?? answer));
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (gains.length - 1);
  return mean > Math.sqrt(variance / gains.length);
}

/** The lowest confidence, in hundredths, from which answers are right this often; null when there is none. */
export function confidenceFor(calibrator: Calibrator, accuracy: number): number | null {
  for (let hundredths = 0; hundredths <= 100; hundredths += 1) {
    if (applyCalibrator(calibrator, hundredths / 100) >= accuracy) return hundredths / 100;
  }
  return null;
}
