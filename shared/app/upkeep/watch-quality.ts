import { type ModelVersion, productionOf } from '#shared/domain/learning/model-registry.ts';
import { promisedBy } from '#shared/domain/learning/provenance.ts';
import { SIGNATURES_ALONE } from '#shared/domain/quality/prediction.ts';
import { type QualityReport, qualityOf, type WatchedModel } from '#shared/domain/quality/quality-report.ts';
import { nextWatch } from '#shared/domain/quality/watch.ts';
import { redactOutgoing } from '#shared/domain/redaction/redact.ts';
import type { Mailer } from '#shared/ports/cloud.ts';
import type { ModelRegistryStore } from '#shared/ports/model-registry.ts';
import type { PredictionStore } from '#shared/ports/prediction-store.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';
import type { Retraining } from '../learning/retrain.ts';
import { sendMail } from '../notify/escalate.ts';
import { renderDegradationMail } from './watch-quality-words.ts';

export interface WatchedModelDeps {
  readonly registry: Pick<ModelRegistryStore, 'read' | 'getVersion'>;
  /** What ships with the code; null when it has no provenance. */
  readonly shipped: ModelVersion | null;
}

export interface WatchQualityDeps extends WatchedModelDeps {
  /** Trains a candidate with the failures whose truth is known by now. */
  readonly retrain: () => Promise<Retraining>;
  readonly log: Log;
  readonly predictions: Pick<PredictionStore, 'recentPredictions' | 'watch' | 'setWatch'>;
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly meter: Meter;
}

/** Attempts at incidents that are looked at: more than the test needs to find a loss, and a few megabytes at the most. */
const LOOKED_AT = 2000;

/** The model in production with what its training promised. */
export async function watchedModel({ registry, shipped }: WatchedModelDeps): Promise<WatchedModel> {
  const production = productionOf(await registry.read());
  const id = production?.id ?? shipped?.provenance.model ?? SIGNATURES_ALONE;
  const version = id === shipped?.provenance.model ? shipped : await registry.getVersion(id);
  return { id, promised: version === null ? { class: null, verdict: null } : promisedBy(version.provenance) };
}

/**
 * Compares what was predicted with what came out, counts it for operators, and mails once when answers got worse than promised, until
 * that is mended. The state is written last: after a crash in between the mail goes out again rather than never.
 */
export async function watchQuality(deps: WatchQualityDeps): Promise<QualityReport> {
  const model = await watchedModel(deps);
  const report = qualityOf(await deps.predictions.recentPredictions(LOOKED_AT), model);
  count(report, deps.meter);
  const { watch, news } = nextWatch(await deps.predictions.watch(), report, deps.clock.now());
  if (news === 'degraded') {
    const { subject, message } = renderDegradationMail(report, await attemptRetraining(deps));
    await sendMail(deps.mailer, redactOutgoing(subject), redactOutgoing(message));
  }
  if (news !== null) deps.meter.count(`quality-told-${news}`);
  deps.meter.count('quality-degraded', watch.degradedSince === null ? 0 : 1);
  await deps.predictions.setWatch(watch);
  return report;
}

/** Null when it failed: the loss is told all the same. */
async function attemptRetraining({ retrain, meter, log }: WatchQualityDeps): Promise<Retraining | null> {
  try {
    const retraining = await retrain();
    meter.count(`quality-retraining-${retraining.kind}`);
    return retraining;
  } catch (error) {
    meter.count('quality-retraining-failed');
    log.error('No candidate could be trained.', { error: error instanceof Error ? error.name : 'unknown' });
    return null;
  }
}

/** What is not known is not counted, so that no graph shows a zero for it. */
function count({ judged, accuracy, brier, calibrationError, mix, cost }: QualityReport, meter: Meter): void {
  meter.count('quality-judged', judged);
  if (accuracy !== null) meter.count('quality-accuracy', accuracy.value);
  if (brier !== null) meter.count('quality-brier', brier);
  if (calibrationError !== null) meter.count('quality-calibration-error', calibrationError);
  if (mix !== null) meter.count('quality-class-mix', mix.index);
  if (cost.microdollarsPerIncident !== null) meter.count('quality-incident-microdollars', cost.microdollarsPerIncident);
}
