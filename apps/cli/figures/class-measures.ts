/** An answer with a confidence, and whether it was right. */
export interface ScoredPrediction {
  readonly confidence: number;
  readonly right: boolean;
}

const BINS = 10;

/**
 * Expected calibration error with ten bins of equal width: how far confidence is from the share that was right, weighed by cases
 * (Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015). NaN of nothing.
 */
export function calibrationError(judged: readonly ScoredPrediction[]): number {
  const bins = Array.from({ length: BINS }, () => ({ confidence: 0, right: 0 }));
  for (const { confidence, right } of judged) {
    const bin = bins[Math.min(BINS - 1, Math.floor(confidence * BINS))];
    if (bin === undefined) continue;
    bin.confidence += confidence;
    bin.right += right ? 1 : 0;
  }
  return bins.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0) / judged.length;
}

/** A case of two or more kinds, with what was answered; null is no answer. */
export interface Answered {
  readonly actual: string;
  readonly answer: string | null;
}

/** F1 of one kind: the harmonic mean of precision and recall; NaN when it is neither there nor answered. */
export function f1Of(kind: string, answered: readonly Answered[]): number {
  let hits = 0;
  let wrong = 0;
  for (const { actual, answer } of answered) {
    if (actual === kind && answer === kind) hits += 1;
    else if (actual === kind || answer === kind) wrong += 1;
  }
  return (2 * hits) / (2 * hits + wrong);
}

/** Mean F1 over the kinds that have at least `least` cases; NaN when none has. */
export function macroF1(answered: readonly Answered[], least: number): number {
  const counts = new Map<string, number>();
  for (const { actual } of answered) counts.set(actual, (counts.get(actual) ?? 0) + 1);
  const kinds = [...counts].filter(([, count]) => count >= least).map(([kind]) => kind);
  return kinds.reduce((sum, kind) => sum + f1Of(kind, answered), 0) / kinds.length;
}
