import { normalFrom } from '../kernel/seeded-numbers.ts';
import type { Benefit } from './action-experience.ts';

/** A draw from the beta distribution of a benefit; `random` gives numbers from 0 to 1. */
export function sampleOf({ helped, failed }: Benefit, random: () => number): number {
  const a = gamma(helped, random);
  return a / (a + gamma(failed, random));
}

/** G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", 2000; shapes below 1 by their last section. */
function gamma(shape: number, random: () => number): number {
  if (shape < 1) return gamma(shape + 1, random) * Math.max(random(), Number.MIN_VALUE) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normalFrom(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(Math.max(random(), Number.MIN_VALUE)) < 0.5 * x * x + d - d * v + d * Math.log(v))
      return d * v;
  }
}
