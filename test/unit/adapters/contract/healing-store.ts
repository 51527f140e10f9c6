import { beforeEach, describe, expect, it } from 'vitest';
import type { HealingStore } from '#shared/ports/learning-stores.ts';
import { aHealingWatch } from '#test/builders/index.ts';

const day = (count: number): Date => new Date(Date.UTC(2026, 10, 21 + count, 12));

/** What every healing store does, whatever it is made of. */
export function healingStoreContract(name: string, open: () => Promise<HealingStore>): void {
  let store: HealingStore;
  beforeEach(async () => {
    store = await open();
  });

  describe(name, () => {
    it('lists a watch when its time is over, the longest due first, until it is settled', async () => {
      const later = aHealingWatch({ key: 'fp#2', incidentId: 'gh-2', dueAt: day(8).toISOString() });
      await store.watch(later);
      await store.watch(aHealingWatch());
      expect(await store.due(day(6), 10)).toEqual([]);
      expect(await store.due(day(9), 10)).toEqual([aHealingWatch(), later]);
      expect(await store.due(day(9), 1)).toEqual([aHealingWatch()]);
      await store.settle(aHealingWatch());
      await store.settle(aHealingWatch());
      expect(await store.due(day(9), 10)).toEqual([later]);
    });

    it('counts a recurrence once, whoever else sees it, and gives it again to the same incident', async () => {
      await store.watch(aHealingWatch());
      const seen = await Promise.all(['gh-2', 'gh-3', 'gh-2'].map((id) => store.recur('fp#1', id, day(2))));
      const [winner] = seen.flatMap((watch) => watch ?? []);
      expect(winner).toMatchObject({ state: 'recurred', incidentId: 'gh-1', recurredAt: day(2).toISOString() });
      expect(seen.map((watch) => watch?.recurredAs ?? null)).toEqual(
        ['gh-2', 'gh-3', 'gh-2'].map((id) => (id === winner?.recurredAs ? id : null)),
      );
      expect(await store.due(day(9), 10)).toEqual([]);
    });

    it('sees no recurrence of what was not watched, was healed, or whose time is over', async () => {
      expect(await store.recur('fp#1', 'gh-2', day(2))).toBeNull();
      await store.watch(aHealingWatch());
      expect(await store.recur('fp#1', 'gh-2', day(7))).toBeNull();
      await store.settle(aHealingWatch());
      expect(await store.recur('fp#1', 'gh-2', day(2))).toBeNull();
    });

    it('keeps a watch when its beginning is told again, and begins anew for the next one', async () => {
      await store.watch(aHealingWatch());
      await store.recur('fp#1', 'gh-1', day(1));
      await store.watch(aHealingWatch());
      expect(await store.due(day(9), 10)).toEqual([]);
      const next = aHealingWatch({ attempt: 2, resolvedAt: day(1).toISOString(), dueAt: day(8).toISOString() });
      await store.watch(next);
      await store.settle(aHealingWatch());
      expect(await store.due(day(9), 10)).toEqual([next]);
    });
  });
}
