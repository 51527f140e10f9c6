import type { Clock } from '@selfheal/kernel/time.ts';
import { type AnswersReport, answersReportOf, type WatchedModel } from '#shared/domain/answers/answers-report.ts';
import { SIGNATURES_ALONE } from '#shared/domain/answers/prediction.ts';
import type { Retraining } from '#shared/domain/answers/watch.ts';
import { nextWatch } from '#shared/domain/answers/watch.ts';
import { type ModelVersion, productionOf } from '#shared/domain/learning/model-registry.ts';
import { promisedBy } from '#shared/domain/learning/provenance.ts';
import type { ModelRegistryStore, PredictionStore } from '#shared/ports/learning-stores.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import { type AnnounceDeps, announce } from '../notify/announce.ts';
import { readStop, type StopDeps } from '../notify/stop-notice.ts';

export interface WatchedModelDeps {
  readonly registry: Pick<ModelRegistryStore, 'read' | 'getVersion'>;
  /** The shipped model; null when it has no provenance. */
  readonly shipped: ModelVersion | null;
}

export interface WatchAnswersDeps extends WatchedModelDeps, AnnounceDeps, StopDeps {
  /** Trains a candidate with the failures whose class is known by now. */
  readonly retrain: () => Promise<Retraining>;
  readonly log: Log;
  readonly predictions: Pick<PredictionStore, 'recentPredictions' | 'watch' | 'setWatch'>;
  readonly clock: Clock;
  readonly meter: Meter;
}

/** Predictions read: more than the test needs to find a loss, and at most a few megabytes. */
const LOOKED_AT = 2000;

/** The model in production, with the accuracy that its training promised. */
export async function watchedModel({ registry, shipped }: WatchedModelDeps): Promise<WatchedModel> {
  const production = productionOf(await registry.read());
  const id = production?.id ?? shipped?.provenance.model ?? SIGNATURES_ALONE;
  const version = id === shipped?.provenance.model ? shipped : await registry.getVersion(id);
  return { id, promised: version === null ? { class: null, verdict: null } : promisedBy(version.provenance) };
}

/**
 * Compares predictions with outcomes, publishes metrics, and mails once when answers get worse than promised; again only after they were good
 * meanwhile. The state is written last, so that a crash in between repeats the mail instead of losing it.
 */
export async function watchAnswers(deps: WatchAnswersDeps): Promise<AnswersReport> {
  const model = await watchedModel(deps);
  const report = answersReportOf(await deps.predictions.recentPredictions(LOOKED_AT), model);
  count(report, deps.meter);
  const { watch, news } = nextWatch(await deps.predictions.watch(), report, deps.clock.now());
  if (news === 'degraded') {
    const [retraining, stopped] = [await attemptRetraining(deps), await readStop(deps)];
    await announce({ kind: 'quality-degraded', report, retraining, stopped }, deps);
  }
  if (news !== null) deps.meter.count(`quality-notified-${news}`);
  deps.meter.count('quality-degraded', watch.degradedSince === null ? 0 : 1);
  await deps.predictions.setWatch(watch);
  return report;
}

/** Null when retraining failed; the loss is reported anyway. */
async function attemptRetraining({ retrain, meter, log }: WatchAnswersDeps): Promise<Retraining | null> {
  try {
    const retraining = await retrain();
    meter.count(`quality-retraining-${retraining.kind}`);
    return retraining;
  } catch (error) {
    meter.count('quality-retraining-failed');
    log.error('Retraining failed; there is no new candidate.', {
      error: error instanceof Error ? error.name : 'unknown',
    });
    return null;
  }
}

/** Unknown values are not published, so that no graph shows them as zero. */
function count({ judged, accuracy, brier, calibrationError, mix, cost }: AnswersReport, meter: Meter): void {
  meter.count('quality-judged', judged);
  if (accuracy !== null) meter.count('quality-accuracy', accuracy.value);
  if (brier !== null) meter.count('quality-brier', brier);
  if (calibrationError !== null) meter.count('quality-calibration-error', calibrationError);
  if (mix !== null) meter.count('quality-class-mix', mix.index);
  if (cost.microdollarsPerIncident !== null) meter.count('quality-incident-microdollars', cost.microdollarsPerIncident);
}
