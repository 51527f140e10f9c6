/** Evidence beyond the class, each of which was checked by code. */
export type CauseCheck =
  /** The import that the log cites stands in the checked-out source, and files and manifests say why it fails. */
  | 'source'
  /** A language model that saw the log independently cites the line that decided. */
  | 'model';

/** How often a cause with this check was the right one. */
interface Outcomes {
  readonly right: number;
  readonly of: number;
}

/**
 * Causes that the sources confirmed, of generated projects whose cause is known (`npm run lab -- eval checked-causes`). A test measures them anew.
 */
export const CONFIRMED_BY_SOURCE: Outcomes = { right: 1954, of: 2000 };

/**
 * How much likelier a model cites the deciding line when the cause is right. An assumption, kept low: two to one, because no outcomes of real models are recorded here.
 */
const MODEL_LIKELIHOOD_RATIO = 2;

/** Nothing that was read from a log is surer. */
const MAX_CONFIDENCE = 0.97;

/** The mean of a Beta distribution with a uniform prior: a share of few outcomes is less sure. */
const rateOf = ({ right, of }: Outcomes): number => (right + 1) / (of + 2);

/**
 * The probability that the cause is the right one, and so that a change there is worth trying: the calibrated one of the class, or, where the sources confirm the cause, the measured
 * rate of such causes; a model's citation multiplies its odds (Bayes' rule).
 */
export function fixConfidence(classConfidence: number, checks: readonly CauseCheck[]): number {
  const base = checks.includes('source') ? rateOf(CONFIRMED_BY_SOURCE) : classConfidence;
  if (!checks.includes('model') || base <= 0 || base >= 1) return Math.min(MAX_CONFIDENCE, base);
  const odds = (base / (1 - base)) * MODEL_LIKELIHOOD_RATIO;
  return Math.min(MAX_CONFIDENCE, odds / (1 + odds));
}
