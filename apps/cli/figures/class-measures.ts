/** The confidence of an answer, 0 to 1, and whether it was right. */
export interface ScoredPrediction {
  readonly confidence: number;
  readonly right: boolean;
}

const BINS = 10;

/**
 * Expected calibration error with ten bins of equal width, 0 to 1: the difference between mean confidence and accuracy of each bin, weighted by
 * cases (Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015). NaN without cases.
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
