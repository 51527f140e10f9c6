import { type Answer, calibrationErrorOf, reliabilityOf } from '@selfheal/kernel/numbers/reliability.ts';
import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';

/** Expected calibration error with ten bins of equal width, 0 to 1. NaN without cases. */
export const calibrationError = (answers: readonly Answer[]): number =>
  calibrationErrorOf(reliabilityOf(answers)) ?? Number.NaN;

const DRAWS = 1_000;

/**
 * The calibration errors that confidences have when they are exactly right, because of the few cases alone (J. Bröcker and L. A. Smith,
 * "Increasing the reliability of reliability diagrams", 2007): their mean, and what they stay below in 95 of 100. No goal below can be told from chance.
 */
export function errorsOfExact(confidences: readonly number[]): { readonly mean: number; readonly most: number } {
  const random = numbersFrom(confidences.length);
  const errors = Array.from({ length: DRAWS }, () =>
    calibrationError(confidences.map((confidence) => ({ confidence, right: random() < confidence }))),
  ).sort((a, b) => a - b);
  return { mean: errors.reduce((sum, one) => sum + one, 0) / DRAWS, most: errors[Math.floor(DRAWS * 0.95)] ?? 1 };
}

/** The true kind of a case and the predicted one; null when there was no answer. */
export interface LabelledAnswer {
  readonly actual: string;
  readonly answer: string | null;
}

/** F1 of one kind: the harmonic mean of precision and recall. NaN when the kind is neither among the cases nor among the answers. */
export function f1Of(kind: string, answered: readonly LabelledAnswer[]): number {
  let hits = 0;
  let wrong = 0;
  for (const { actual, answer } of answered) {
    if (actual === kind && answer === kind) hits += 1;
    else if (actual === kind || answer === kind) wrong += 1;
  }
  return (2 * hits) / (2 * hits + wrong);
}

/** Mean F1 over the kinds with at least `minCases` cases; NaN when there is none. */
export function macroF1(answered: readonly LabelledAnswer[], minCases: number): number {
  const counts = new Map<string, number>();
  for (const { actual } of answered) counts.set(actual, (counts.get(actual) ?? 0) + 1);
  const kinds = [...counts].filter(([, count]) => count >= minCases).map(([kind]) => kind);
  return kinds.reduce((sum, kind) => sum + f1Of(kind, answered), 0) / kinds.length;
}
