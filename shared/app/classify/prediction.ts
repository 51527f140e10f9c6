import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { SIGNATURES_ALONE } from '#shared/domain/answers/prediction.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import type { PredictionStore } from '#shared/ports/learning-stores.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';

export interface PredictionDeps {
  readonly predictions: Pick<PredictionStore, 'addPrediction'>;
  readonly clock: Clock;
  readonly meter: Meter;
}

/**
 * Stores the prediction before its outcome can be known; a repeat of the step changes nothing. `model` is the id of the linear model that
 * was used. A failed write is only counted, so that healing continues.
 */
export async function keepPrediction(
  incident: Incident,
  classification: Classification,
  model: string | undefined,
  { predictions, clock, meter }: PredictionDeps,
): Promise<void> {
  const { id, attempt, openedAt, target } = incident;
  const prediction = {
    version: 1 as const,
    incidentId: id,
    attempt,
    openedAt,
    at: clock.now().toISOString(),
    kind: target.kind,
    scope: knowledgeScopeOf(target),
    class: classification.class,
    verdict: classification.verdict,
    confidence: classification.confidence,
    signature: classification.signature,
    model: model ?? SIGNATURES_ALONE,
  };
  await predictions.addPrediction(prediction).catch(() => meter.count('prediction-lost'));
}
