import type { Prediction } from '#shared/domain/answers/prediction.ts';
import type { Watch } from '#shared/domain/answers/watch.ts';
import type { PredictionKey, PredictionStore } from '#shared/ports/learning-stores.ts';

const keyOf = ({ incidentId, attempt, openedAt }: PredictionKey): string => `${openedAt}#${incidentId}#${attempt}`;

export function makeMemoryPredictionStore(given: readonly Prediction[] = []): PredictionStore {
  const predictions = new Map<string, Prediction>(given.map((one) => [keyOf(one), one]));
  let kept: Watch | null = null;
  const noteOnce = (key: PredictionKey, part: Pick<Prediction, 'ending' | 'announced' | 'setback'>) => {
    const known = predictions.get(keyOf(key));
    const [name] = Object.keys(part);
    if (known === undefined || (name ?? '') in known) return 'refused' as const;
    predictions.set(keyOf(key), { ...known, ...part });
    return 'written' as const;
  };
  return {
    addPrediction: async (prediction) => {
      const key = keyOf(prediction);
      if (predictions.has(key)) return 'exists';
      predictions.set(key, { ...prediction });
      return 'added';
    },
    endPrediction: async (key, ending) => noteOnce(key, { ending }),
    noteAnnounced: async (key, announced) => noteOnce(key, { announced }),
    noteSetback: async (key, setback) => noteOnce(key, { setback }),
    correctPrediction: async (key, correction) => {
      const known = predictions.get(keyOf(key));
      if (known === undefined || (known.correction !== undefined && known.correction.at >= correction.at)) {
        return 'refused';
      }
      predictions.set(keyOf(key), { ...known, correction });
      return 'written';
    },
    recentPredictions: async (limit) =>
      [...predictions.entries()]
        .sort(([a], [b]) => (a < b ? 1 : -1))
        .slice(0, limit)
        .map(([, one]) => ({ ...one })),
    watch: async () => kept,
    setWatch: async (watch) => {
      kept = watch;
    },
  };
}
