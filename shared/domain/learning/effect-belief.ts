/** Chances to help that are told apart, and of each what a help and a failure say. */
const LEVELS = Float64Array.from({ length: 20 }, (_, at) => (at + 0.5) / 20);
const OTHERWISE = LEVELS.map((level) => 1 - level);
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** How likely each chance to help is. */
export type Belief = Readonly<Float64Array>;

/** What an execution of an action showed, and when, in milliseconds since 1970. */
export interface Trial {
  readonly at: number;
  readonly likelihoods: Readonly<Float64Array>;
}

/**
 * How likely each chance makes it that an action helped, or did not. What weighs less than 1, which is one outcome of the place in
 * question, counts by a power (J. G. Ibrahim and M.-H. Chen, "Power prior distributions for regression models", 2000).
 */
export function likelihoodsOf(helped: boolean, weight: number): Readonly<Float64Array> {
  const likelihoods = helped ? LEVELS : OTHERWISE;
  return weight === 1 ? likelihoods : likelihoods.map((one) => one ** weight);
}

/** The belief in a stated chance that is worth so many outcomes, over a uniform prior: a beta distribution. */
export function statedBelief(chance: number, worth: number): Belief {
  const belief = LEVELS.map((level) => (level ** chance * (1 - level) ** (1 - chance)) ** worth);
  normalise(belief);
  return belief;
}

export interface Followed {
  readonly belief: Belief;
  /** Logarithm of how likely the trials were. */
  readonly logEvidence: number;
}

/**
 * Follows a chance to help through trials, in the order of time, that may at any moment have become another one, of which nothing is
 * known: the exact filter of a change-point model (R. P. Adams and D. J. C. MacKay, "Bayesian online changepoint detection", 2007; for
 * choosing actions J. Mellor and J. Shapiro, "Thompson sampling in switching environments with Bayesian online change detection", 2013).
 * The belief at the start is of the first trial; that at the end is for `now`, in milliseconds since 1970.
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

/** After so many expected changes: the same as before, or any. */
function drift(belief: Float64Array, changes: number): void {
  if (changes <= 0) return;
  const same = Math.exp(-changes);
  const any = (1 - same) / belief.length;
  for (let at = 0; at < belief.length; at++) belief[at] = (belief[at] ?? 0) * same + any;
}

/** Bayes' rule; returns how likely it was. */
function weigh(belief: Float64Array, likelihoods: Readonly<Float64Array>): number {
  for (let at = 0; at < belief.length; at++) belief[at] = (belief[at] ?? 0) * (likelihoods[at] ?? 0);
  return normalise(belief);
}

/** Makes its shares add up to 1; returns what they added up to. */
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
