import * as z from 'zod';
import { LEAST_LOSS } from './degradation.ts';
import type { QualityReport } from './quality-report.ts';

/** What the watch remembers from one look to the next, so that a loss is told once until it is mended. */
export const Watch = z.strictObject({
  version: z.literal(1),
  /** Of the model that is watched. */
  model: z.string().min(1).max(64),
  degradedSince: z.iso.datetime().nullable(),
  lookedAt: z.iso.datetime(),
});
export type Watch = z.infer<typeof Watch>;

export interface NextWatch {
  readonly watch: Watch;
  /** What there is to tell now. */
  readonly news: 'degraded' | 'mended' | null;
}

/** Nothing that is judged still lies five points and more below its promise. */
function isMended({ claims }: QualityReport): boolean {
  return claims.every(
    ({ degradation }) =>
      degradation === null ||
      degradation.recent === null ||
      (!degradation.degraded && degradation.against - degradation.recent <= LEAST_LOSS),
  );
}

/** The next state of the watch. Another model in production begins anew. */
export function nextWatch(previous: Watch | null, report: QualityReport, at: Date): NextWatch {
  const now = at.toISOString();
  const begun = previous?.model === report.model ? previous.degradedSince : null;
  const stays = begun !== null && !isMended(report);
  const since = stays ? begun : report.degraded ? now : null;
  const watch: Watch = { version: 1, model: report.model, degradedSince: since, lookedAt: now };
  const before = previous?.degradedSince ?? null;
  if (since !== null && since !== before) return { watch, news: 'degraded' };
  return { watch, news: before !== null && since === null ? 'mended' : null };
}
