/**
 * How improbable a count of `observed` or more is where `expected` is usual, -log10; 0 when no more than usual was observed. Of counts whose variance
 * is `expected + dispersion * expected²` (negative binomial; Poisson for a dispersion of 0), by Chernoff's bound of the tail (H. Chernoff, 1952), so
 * never more than the truth.
 */
export function excessSurprise(observed: number, expected: number, dispersion: number): number {
  return observed > expected ? boundOf(observed, expected, dispersion) : 0;
}

/** The same for a count of `observed` or less. */
export function shortfallSurprise(observed: number, expected: number, dispersion: number): number {
  return observed < expected ? boundOf(observed, expected, dispersion) : 0;
}

/** Below this no rate is known well. */
const MIN_EXPECTED = 1e-4;
/** Less is a Poisson distribution, for numbers of this size. */
const MIN_DISPERSION = 1e-6;

function boundOf(observed: number, given: number, dispersion: number): number {
  const expected = Math.max(given, MIN_EXPECTED);
  const own = observed === 0 ? 0 : observed * Math.log(observed / expected);
  if (dispersion < MIN_DISPERSION) return Math.max(0, own - (observed - expected)) / Math.LN10;
  const size = 1 / dispersion;
  return Math.max(0, own - (observed + size) * Math.log((observed + size) / (expected + size))) / Math.LN10;
}
