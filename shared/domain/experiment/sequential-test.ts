/** Successes and failures of an arm, in the order in which they became known. */
export type Outcomes = readonly boolean[];

/** Parameter of the beta prior of each arm's rate, as recommended by Turner, Ly and Grünwald. */
const PRIOR = 0.18;

/**
 * Evidence that two arms have different success rates; may be computed after every outcome. An e-process of two-by-two
 * tables (R. J. Turner, A. Ly and P. D. Grünwald, "Generic E-variables for exact sequential k-sample tests that allow
 * for optional stopping", 2024). Without a difference the probability of ever reaching `1 / alpha` is at most `alpha`,
 * however often one looks. Outcomes are taken in blocks of one per arm; the rest wait for a partner. Returns the
 * largest value so far; 1 means no evidence.
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
