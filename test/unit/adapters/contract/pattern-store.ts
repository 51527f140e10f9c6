import { beforeEach, describe, expect, it } from 'vitest';
import type { LearningNote } from '#shared/domain/learning/learning-note.ts';
import type { PatternStore } from '#shared/ports/learning-stores.ts';
import { aPattern } from '#test/builders/index.ts';

const SCOPE = aPattern().scope;
const note = (change: Partial<LearningNote> = {}): LearningNote => ({
  version: 1,
  scope: SCOPE,
  at: '2026-11-21T12:00:00.000Z',
  by: 'the team',
  event: 'pattern.learned',
  patternId: aPattern().id,
  reason: 'learned from 2 records',
  ...change,
});

/** What every store of patterns does, whatever it is made of. */
export function patternStoreContract(name: string, open: () => Promise<PatternStore>): void {
  let store: PatternStore;
  beforeEach(async () => {
    store = await open();
  });

  describe(name, () => {
    it('keeps the patterns of each place apart', async () => {
      expect(await store.list(SCOPE)).toEqual([]);
      expect(await store.write(aPattern())).toBe('written');
      expect(await store.write(aPattern({ scope: 'repository#502' }))).toBe('written');
      expect(await store.list(SCOPE)).toEqual([aPattern()]);
    });

    it('writes over the revision that was read, and over no other', async () => {
      await store.write(aPattern());
      const second = aPattern({ revision: 2, confidence: 0.6 });
      expect(await Promise.all([store.write(second), store.write(aPattern())])).toEqual([
        'written',
        'changed-meanwhile',
      ]);
      expect(await store.write({ ...second, revision: 4 })).toBe('changed-meanwhile');
      expect(await store.list(SCOPE)).toEqual([second]);
    });

    it('[D208] gives out no more new patterns in a day than are allowed', async () => {
      const taken: boolean[] = [];
      for (let index = 0; index < 5; index++) taken.push(await store.takeNew(SCOPE, '2026-11-21', 3));
      expect(taken).toEqual([true, true, true, false, false]);
      expect(await store.takeNew(SCOPE, '2026-11-22', 3)).toBe(true);
      expect(await store.takeNew('repository#502', '2026-11-21', 3)).toBe(true);
      expect(await store.takeNew(SCOPE, '2026-11-23', 0)).toBe(false);
    });

    it('keeps notes, each once, and gives the newest first', async () => {
      const later = note({ at: '2026-11-21T13:00:00.000Z', event: 'pattern.retired', reason: 'it failed too often' });
      for (const one of [note(), later, note(), note({ scope: 'repository#502' })]) await store.note(one);
      expect(await store.notes(SCOPE, 10)).toEqual([later, note()]);
      expect(await store.notes(SCOPE, 1)).toEqual([later]);
    });
  });
}
