import type { Correction, Ending, Prediction } from '#shared/domain/quality/prediction.ts';
import type { Watch } from '#shared/domain/quality/watch.ts';

/** One attempt at one incident. */
export type PredictionKey = Pick<Prediction, 'incidentId' | 'attempt' | 'openedAt'>;

/** What was predicted and what came out. Every write is one conditional single-item write. */
export interface PredictionStore {
  /** Once per incident and attempt: what was said first stands. */
  addPrediction(prediction: Omit<Prediction, 'ending' | 'correction'>): Promise<'added' | 'exists'>;
  /** Once: the first ending stands. `refused` also when nothing was predicted. */
  endPrediction(key: PredictionKey, ending: Ending): Promise<'written' | 'refused'>;
  /** The latest correction stands. `refused` when there is a later one, or nothing was predicted. */
  correctPrediction(key: PredictionKey, correction: Correction): Promise<'written' | 'refused'>;
  /** Of the incidents opened last first, at most `limit`. */
  recentPredictions(limit: number): Promise<Prediction[]>;
  /** Null before the first look. */
  watch(): Promise<Watch | null>;
  setWatch(watch: Watch): Promise<void>;
}
