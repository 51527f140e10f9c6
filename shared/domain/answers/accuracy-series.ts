import { Proportion, proportionOf } from '@selfheal/kernel/numbers/proportion.ts';
import { brierScore } from '@selfheal/kernel/numbers/reliability.ts';
import * as z from 'zod';
import { judge } from './judgement.ts';
import type { Prediction } from './prediction.ts';

/** The answers of one day or week, by the time when their truth became known. */
export const AccuracyPoint = z.object({
  /** Begin of the day (UTC), or of the seven days that end with the last one. */
  from: z.string(),
  predictions: z.number().int(),
  judged: z.number().int(),
  accuracy: Proportion.nullable(),
  meanConfidence: z.number().nullable(),
  brier: z.number().nullable(),
});
export type AccuracyPoint = z.infer<typeof AccuracyPoint>;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Accuracy over time, oldest first, with a point for each step also where nothing was judged. */
export function accuracySeries(
  predictions: readonly Prediction[],
  { to, days, stepDays }: { readonly to: Date; readonly days: number; readonly stepDays: 1 | 7 },
): AccuracyPoint[] {
  const end = Math.floor(to.getTime() / DAY_MS + 1) * DAY_MS;
  const step = stepDays * DAY_MS;
  const steps = Math.ceil(days / stepDays);
  const indexOf = (at: string): number => Math.floor((Date.parse(at) - (end - steps * step)) / step);
  const judgements = predictions.flatMap((prediction) => {
    const scored = judge(prediction);
    return scored.kind === 'judged' ? [scored.judgements[0]] : [];
  });
  return Array.from({ length: steps }, (_, index) => {
    const own = judgements.filter(({ at }) => indexOf(at) === index);
    const rights = own.filter(({ right }) => right).length;
    return {
      from: new Date(end - (steps - index) * step).toISOString(),
      predictions: predictions.filter(({ at }) => indexOf(at) === index).length,
      judged: own.length,
      accuracy: proportionOf(rights, own.length),
      meanConfidence: own.length === 0 ? null : own.reduce((sum, { confidence }) => sum + confidence, 0) / own.length,
      brier: brierScore(own),
    };
  });
}
