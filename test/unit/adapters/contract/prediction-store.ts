import { beforeEach, describe, expect, it } from 'vitest';
import type { PredictionStore } from '#shared/ports/learning-stores.ts';
import { aCorrection, anEnding, aPrediction } from '#test/builders/index.ts';

/** What every prediction store does, whatever it is made of. */
export function predictionStoreContract(name: string, open: () => Promise<PredictionStore>): void {
  let store: PredictionStore;
  beforeEach(async () => {
    store = await open();
  });

  describe(name, () => {
    it('[C68] keeps what was said first of an attempt, and each attempt for itself', async () => {
      const said = aPrediction();
      expect(await store.addPrediction(said)).toBe('added');
      expect(await store.addPrediction({ ...said, class: 'storage_issues' })).toBe('exists');
      expect(await store.addPrediction({ ...said, attempt: 2 })).toBe('added');
      expect(await store.recentPredictions(10)).toEqual([{ ...said, attempt: 2 }, said]);
    });

    it('[C68] keeps the first ending, and none of what was not predicted', async () => {
      const said = aPrediction();
      expect(await store.endPrediction(said, anEnding())).toBe('refused');
      await store.addPrediction(said);
      const endings = [anEnding(), anEnding({ shown: 'lasting' })];
      const written = await Promise.all(endings.map((ending) => store.endPrediction(said, ending)));
      expect(written.sort()).toEqual(['refused', 'written']);
      expect(await store.endPrediction(said, anEnding({ shown: 'unknown', by: null }))).toBe('refused');
      const [kept] = await store.recentPredictions(1);
      expect(endings).toContainEqual(kept?.ending);
    });

    it('keeps the first announcement and the first setback, and none of what was not predicted', async () => {
      const said = aPrediction();
      const announced = { at: '2026-11-21T12:02:00.000Z', channel: 'github-comment' };
      const setback = { at: '2026-11-22T12:00:00.000Z', kind: 'recurred' as const };
      const note = () => Promise.all([store.noteAnnounced(said, announced), store.noteSetback(said, setback)]);
      expect(await note()).toEqual(['refused', 'refused']);
      await store.addPrediction(said);
      expect(await note()).toEqual(['written', 'written']);
      expect(await store.noteAnnounced(said, { ...announced, channel: 'email' })).toBe('refused');
      expect(await store.noteSetback(said, { ...setback, kind: 'called-wrong' })).toBe('refused');
      expect(await store.recentPredictions(10)).toEqual([{ ...said, announced, setback }]);
    });

    it('keeps the latest correction, in whatever order they come', async () => {
      const said = aPrediction();
      const [first, last] = [aCorrection(), aCorrection({ at: '2026-11-21T16:00:00.000Z', class: 'flaky_tests' })];
      expect(await store.correctPrediction(said, first)).toBe('refused');
      await store.addPrediction(said);
      expect(await store.correctPrediction(said, last)).toBe('written');
      expect(await store.correctPrediction(said, first)).toBe('refused');
      expect(await store.endPrediction(said, anEnding())).toBe('written');
      expect(await store.recentPredictions(10)).toEqual([{ ...said, ending: anEnding(), correction: last }]);
    });

    it('gives those of the incidents opened last first, no more than asked for', async () => {
      for (const hour of [14, 12, 15, 13]) {
        await store.addPrediction(aPrediction({ openedAt: `2026-11-21T${hour}:00:00.000Z` }));
      }
      const hours = (await store.recentPredictions(3)).map(({ openedAt }) => openedAt.slice(11, 13));
      expect(hours).toEqual(['15', '14', '13']);
    });

    it('remembers the state of the watch', async () => {
      expect(await store.watch()).toBeNull();
      const watch = {
        version: 1 as const,
        model: '0123456789abcdef',
        degradedSince: null,
        lookedAt: '2026-11-21T12:00:00.000Z',
      };
      await store.setWatch(watch);
      await store.setWatch({ ...watch, degradedSince: watch.lookedAt });
      expect(await store.watch()).toEqual({ ...watch, degradedSince: watch.lookedAt });
    });
  });
}
