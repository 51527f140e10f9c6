import * as z from 'zod';
import type { AnswersReport } from './answers-report.ts';
import { MIN_LOSS } from './degradation.ts';

/** State of the watch between two checks, so that a loss is reported once until it is over. */
export const Watch = z.strictObject({
  version: z.literal(1),
  /** Of the model that is watched. */
  model: z.string().min(1).max(64),
  degradedSince: z.iso.datetime().nullable(),
  lookedAt: z.iso.datetime(),
  /** When learning was reviewed by the schedule; absent before the first time. */
  reviewedAt: z.iso.datetime().optional(),
});
export type Watch = z.infer<typeof Watch>;

export interface NextWatch {
  readonly watch: Watch;
  /** What to report now. */
  readonly news: 'degraded' | 'mended' | null;
}

/** No judged claim is still five points or more below its promise. */
function isMended({ claims }: AnswersReport): boolean {
  return claims.every(
    ({ degradation }) =>
      degradation === null ||
      degradation.recent === null ||
      (!degradation.degraded && degradation.against - degradation.recent <= MIN_LOSS),
  );
}

/** The next state of the watch. A new model in production starts again. */
export function nextWatch(previous: Watch | null, report: AnswersReport, at: Date): NextWatch {
  const now = at.toISOString();
  const begun = previous?.model === report.model ? previous.degradedSince : null;
  const stays = begun !== null && !isMended(report);
  const since = stays ? begun : report.degraded ? now : null;
  const reviewed = previous?.reviewedAt === undefined ? {} : { reviewedAt: previous.reviewedAt };
  const watch: Watch = { version: 1, model: report.model, degradedSince: since, lookedAt: now, ...reviewed };
  const before = previous?.degradedSince ?? null;
  if (since !== null && since !== before) return { watch, news: 'degraded' };
  return { watch, news: before !== null && since === null ? 'mended' : null };
}

/**
 * `rights`: of the failures whose class people named, how many each version classified correctly without having learned
 * from them.
 */
export type Retraining =
  | { readonly kind: 'no-model' }
  | { readonly kind: 'too-few'; readonly cases: number; readonly needed: number }
  | {
      readonly kind: 'candidate';
      readonly id: string;
      readonly cases: number;
      readonly rights: { readonly before: number; readonly after: number };
      /** Why it would not be promoted; empty when it is shown to be no worse. */
      readonly reasonsAgainst: readonly string[];
    };
