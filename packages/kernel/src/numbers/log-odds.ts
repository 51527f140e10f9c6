const FURTHEST = 6;

/** The logarithm of the odds, bounded. */
export function logOdds(probability: number): number {
  const kept = Math.min(1 - 1e-9, Math.max(1e-9, probability));
  return Math.max(-FURTHEST, Math.min(FURTHEST, Math.log(kept / (1 - kept))));
}

/** The probability of log-odds. */
export function logistic(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}
