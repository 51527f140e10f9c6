/** Successes and failures of an arm in the order in which they became known. */
export type Outcomes = readonly boolean[];

/** Of the beta prior of each arm's rate; the value that Turner, Ly and Grünwald recommend. */
const PRIOR = 0.18;

/**
 * The evidence that two arms succeed at different rates, which may be looked at after every outcome: an e-process of two-by-two tables
 * (R. J. Turner, A. Ly and P. D. Grünwald, "Generic E-variables for exact sequential k-sample tests that allow for optional stopping",
 * 2024). Without a difference it ever reaches `1 / alpha` with a chance of `alpha` at most, however often one looks.
 * Outcomes are taken in blocks of one of each arm; the rest waits for its partner. Returns the largest value so far; 1 is none.
 */
export function evidenceOfDifference(a: Outcomes, b: Outcomes): number {
  const [first, second] = [new Rate(), new Rate()];
  let log = 0;
  let highest = 0;
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const [inA, inB] = [a[at] === true, b[at] === true];
    const [rateA, rateB] = [first.estimate(), second.estimate()];
    const same = (rateA + rateB) / 2;
    log += Math.log(chance(rateA, inA) * chance(rateB, inB)) - Math.log(chance(same, inA) * chance(same, inB));
    highest = Math.max(highest, log);
    first.add(inA);
    second.add(inB);
  }
  return Math.exp(highest);
}

const chance = (rate: number, success: boolean): number => (success ? rate : 1 - rate);

class Rate {
  private successes = 0;
  private cases = 0;
  add(success: boolean): void {
    this.cases += 1;
    if (success) this.successes += 1;
  }
  /** Never 0 or 1, so that no outcome is impossible. */
  estimate(): number {
    return (this.successes + PRIOR) / (this.cases + 2 * PRIOR);
  }
}
