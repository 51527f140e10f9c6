import { beforeEach, describe, expect, it } from 'vitest';
import type { LearningNote } from '#shared/domain/learning/learning-note.ts';
import type { PatternStore, PatternVersions } from '#shared/ports/learning-stores.ts';
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

    it('reads one, and all of a place by id, a part at a time', async () => {
      expect(await store.get(SCOPE, aPattern().id)).toBeNull();
      const ids = ['a', 'b', 'c'].map((digit) => digit.repeat(12));
      for (const id of [...ids].reverse()) await store.write(aPattern({ id }));
      await store.write(aPattern({ scope: 'repository#502' }));
      expect(await store.get(SCOPE, ids[1] ?? '')).toEqual(aPattern({ id: ids[1] ?? '' }));
      const idsOf = async (after: string | null, limit: number) =>
        (await store.page(SCOPE, { after, limit })).map(({ id }) => id);
      expect(await idsOf(null, 2)).toEqual(ids.slice(0, 2));
      expect(await idsOf(ids[1] ?? '', 2)).toEqual(ids.slice(2));
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

/** What every store of earlier revisions does. */
export function patternVersionsContract(name: string, open: () => Promise<PatternVersions>): void {
  describe(name, () => {
    it('keeps the revisions of each pattern of each place, the latest first', async () => {
      const versions = await open();
      const second = aPattern({ revision: 2, title: 'Second' as never });
      const others = [aPattern({ scope: 'repository#502' }), aPattern({ id: 'f'.repeat(12) })];
      for (const one of [aPattern(), second, second, aPattern({ revision: 10 }), ...others]) await versions.keep(one);
      const revisions = await versions.of(SCOPE, aPattern().id, 10);
      expect(revisions.map(({ revision }) => revision)).toEqual([10, 2, 1]);
      expect(revisions[1]).toEqual(second);
      expect(await versions.of(SCOPE, aPattern().id, 1)).toHaveLength(1);
      expect(await versions.of(SCOPE, '0'.repeat(12), 10)).toEqual([]);
    });
  });
}
