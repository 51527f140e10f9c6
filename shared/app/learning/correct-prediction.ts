import type { Correction, Prediction } from '#shared/domain/answers/prediction.ts';
import type { PredictionStore } from '#shared/ports/learning-stores.ts';

export interface CorrectionOrder extends Pick<Correction, 'class' | 'by'> {
  readonly incidentId: string;
  readonly at: Date;
}

export type CorrectionResult =
  | { kind: 'corrected'; said: Prediction['class']; right: boolean }
  | { kind: 'refused'; reason: string };

/** How many predictions are searched; people do not remember older ones. */
const LOOKED_AT = 2000;

/**
 * Stores the class that a person gives as the right one for an incident's last prediction. It judges that prediction; no correction raises
 * what Selfheal may do by itself. With `dryRun` nothing is stored.
 */
export async function correctPrediction(
  { incidentId, class: actual, by, at }: CorrectionOrder,
  predictions: Pick<PredictionStore, 'recentPredictions' | 'correctPrediction'>,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<CorrectionResult> {
  const recent = await predictions.recentPredictions(LOOKED_AT);
  const said = recent.filter((one) => one.incidentId === incidentId).sort((a, b) => b.attempt - a.attempt)[0];
  if (said === undefined) {
    return { kind: 'refused', reason: `it has no prediction among the last ${LOOKED_AT}.` };
  }
  const correction = { at: at.toISOString(), by, class: actual };
  const written = dryRun ? 'written' : await predictions.correctPrediction(said, correction);
  if (written === 'refused') return { kind: 'refused', reason: 'there is a later correction.' };
  return { kind: 'corrected', said: said.class, right: said.class === actual };
}
