import * as z from 'zod';

/** The normal distribution's 97.5% point. */
export const Z95 = 1.959963984540054;

/**
 * Wilson's 95% score interval of a proportion (E. B. Wilson, "Probable inference, the law of succession, and
 * statistical inference", JASA 22, 1927). Without cases it is 0 to 1.
 */
export function wilsonInterval(hits: number, cases: number): [low: number, high: number] {
  if (cases === 0) return [0, 1];
  const share = hits / cases;
  const scale = 1 + (Z95 * Z95) / cases;
  const centre = (share + (Z95 * Z95) / (2 * cases)) / scale;
  const half = (Z95 / scale) * Math.sqrt((share * (1 - share)) / cases + (Z95 * Z95) / (4 * cases * cases));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** A share and the counts behind it. */
export const Proportion = z
  .object({
    value: z.number(),
    hits: z.number(),
    cases: z.number(),
    /** Wilson's 95% interval. */
    interval: z.tuple([z.number(), z.number()]).readonly(),
  })
  .meta({ id: 'Proportion', description: 'A share with its counts and its 95 % interval.' });
export type Proportion = z.infer<typeof Proportion>;

/** Null without cases. */
export function proportionOf(hits: number, cases: number): Proportion | null {
  return cases === 0 ? null : { value: hits / cases, hits, cases, interval: wilsonInterval(hits, cases) };
}

/** A probability in whole percent for display: at most 99, because no estimate is certain. */
export function percentOf(probability: number): number {
  return Math.min(99, Math.round(probability * 100));
}
