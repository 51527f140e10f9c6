import { Announced, Correction, Ending, Prediction, Setback } from '#shared/domain/answers/prediction.ts';
import { Watch } from '#shared/domain/answers/watch.ts';
import type { PredictionKey, PredictionStore } from '#shared/ports/learning-stores.ts';
import { type Key, openTable, type TableOptions, ttlOf, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const PARTITION = 'PREDICTIONS';
const WATCH: Key = { pk: 'QUALITY', sk: 'WATCH' };
/** A year and a month, so that seasons can be compared. */
const KEPT_DAYS = 400;
const DAY = 24 * 60 * 60 * 1000;

/** Sorted by the time their incidents were opened, which never changes. */
const keyOf = ({ incidentId, attempt, openedAt }: PredictionKey): Key => ({
  pk: PARTITION,
  sk: `${openedAt}#${incidentId}#${String(attempt).padStart(4, '0')}`,
});

/**
 * Stats table: `PREDICTIONS`, one item per incident and attempt in the order in which incidents were opened, and the
 * state of the watch over our answers.
 */
export function makeDynamoPredictionStore(options: TableOptions): PredictionStore {
  const table = openTable(options);
  /** Of a part that is written once, by its first writer. */
  const noteOnce = async (key: PredictionKey, part: 'ending' | 'announced' | 'setback', value: object) => {
    const written = await table.update(keyOf(key), {
      update: 'SET #part = :value',
      condition: 'attribute_exists(pk) AND attribute_not_exists(#part)',
      names: { '#part': part },
      values: { ':value': value },
    });
    return written === null ? ('refused' as const) : ('written' as const);
  };
  return {
    addPrediction: async (prediction) => {
      const record = Prediction.parse(prediction);
      const expiresAt = ttlOf(new Date(Date.parse(record.openedAt) + KEPT_DAYS * DAY));
      const item = { ...keyOf(record), ...record, expiresAt };
      return (await table.put(item, { condition: 'attribute_not_exists(pk)' })) ? 'added' : 'exists';
    },
    endPrediction: (key, ending) => noteOnce(key, 'ending', Ending.parse(ending)),
    noteAnnounced: (key, announced) => noteOnce(key, 'announced', Announced.parse(announced)),
    noteSetback: (key, setback) => noteOnce(key, 'setback', Setback.parse(setback)),
    correctPrediction: async (key, correction) => {
      const written = await table.update(keyOf(key), {
        update: 'SET correction = :correction',
        condition: 'attribute_exists(pk) AND (attribute_not_exists(correction) OR correction.#at < :at)',
        names: { '#at': 'at' },
        values: { ':correction': Correction.parse(correction), ':at': correction.at },
      });
      return written === null ? 'refused' : 'written';
    },
    recentPredictions: async (limit) => {
      const items = await table.query(PARTITION, { newestFirst: true, limit });
      return items.map((item) => parseRecord(Prediction, withoutStorage(item), `Prediction ${String(item.sk)}`));
    },
    watch: async () => {
      const item = await table.get(WATCH);
      return item && parseRecord(Watch, withoutStorage(item), 'The state of the watch');
    },
    setWatch: async (watch) => {
      await table.put({ ...WATCH, ...Watch.parse(watch) });
    },
  };
}
