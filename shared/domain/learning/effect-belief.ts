/** Grid of chances to help, and the likelihood of a success and a failure under each. */
const LEVELS = Float64Array.from({ length: 20 }, (_, at) => (at + 0.5) / 20);
const OTHERWISE = LEVELS.map((level) => 1 - level);
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** Probability of each chance to help. */
export type Belief = Readonly<Float64Array>;

/** Result of an executed action, and when, in milliseconds since 1970. */
export interface Trial {
  readonly at: number;
  readonly likelihoods: Readonly<Float64Array>;
}

/**
 * Likelihood of a success or a failure under each chance. A weight below 1 (1 is one outcome of the scope in question)
 * counts as a power (J. G. Ibrahim and M.-H. Chen, "Power prior distributions for regression models", 2000).
 */
export function likelihoodsOf(helped: boolean, weight: number): Readonly<Float64Array> {
  const likelihoods = helped ? LEVELS : OTHERWISE;
  return weight === 1 ? likelihoods : likelihoods.map((one) => one ** weight);
}

/** Prior for a stated chance that is worth this many outcomes, over a uniform one: a beta distribution. */
export function statedBelief(chance: number, worth: number): Belief {
  const belief = LEVELS.map((level) => (level ** chance * (1 - level) ** (1 - chance)) ** worth);
  normalise(belief);
  return belief;
}

export interface Followed {
  readonly belief: Belief;
  /** Logarithm of the likelihood of the trials. */
  readonly logEvidence: number;
}

/**
 * Tracks a chance to help through trials, in order of time, that may at any moment change to another, unknown one: the
 * exact filter of a change-point model (R. P. Adams and D. J. C. MacKay, "Bayesian online changepoint detection", 2007;
 * for choosing actions J. Mellor and J. Shapiro, "Thompson sampling in switching environments with Bayesian online
 * change detection", 2013). The initial belief is for the first trial, the final one for `now`, in milliseconds since
 * 1970.
 */
export function follow(
  start: Belief,
  trials: readonly Trial[],
  { changesPerYear, now }: { readonly changesPerYear: number; readonly now: number },
): Followed {
  const belief = Float64Array.from(start);
  let logEvidence = 0;
  let before = trials[0]?.at ?? now;
  for (const { at, likelihoods } of trials) {
    drift(belief, (changesPerYear * (at - before)) / YEAR_MS);
    logEvidence += Math.log(weigh(belief, likelihoods));
    before = at;
  }
  drift(belief, (changesPerYear * (now - before)) / YEAR_MS);
  return { belief, logEvidence };
}

/** After this many expected changes: the same as before, or any. */
function drift(belief: Float64Array, changes: number): void {
  if (changes <= 0) return;
  const same = Math.exp(-changes);
  const any = (1 - same) / belief.length;
  for (let at = 0; at < belief.length; at++) belief[at] = (belief[at] ?? 0) * same + any;
}

/** Bayes' rule; returns the likelihood. */
function weigh(belief: Float64Array, likelihoods: Readonly<Float64Array>): number {
  for (let at = 0; at < belief.length; at++) belief[at] = (belief[at] ?? 0) * (likelihoods[at] ?? 0);
  return normalise(belief);
}

/** Normalises the shares; returns their sum. */
function normalise(belief: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < belief.length; at++) sum += belief[at] ?? 0;
  for (let at = 0; at < belief.length; at++) belief[at] = (belief[at] ?? 0) / sum;
  return sum;
}

/** The expected chance, and the expectation of its square. */
export function momentsOf(belief: Belief): { mean: number; square: number } {
  let mean = 0;
  let square = 0;
  for (let at = 0; at < belief.length; at++) {
    const [share, level] = [belief[at] ?? 0, LEVELS[at] ?? 0];
    mean += share * level;
    square += share * level * level;
  }
  return { mean, square };
}
