import { HealingWatch } from '#shared/domain/learning/healing.ts';
import type { HealingStore } from '#shared/ports/learning-stores.ts';

/** Watches in memory, with the conditions of the real store. */
export function makeMemoryHealingStore(): HealingStore & { readonly watches: () => HealingWatch[] } {
  const watches = new Map<string, HealingWatch>();
  return {
    watches: () => [...watches.values()],
    watch: async (watch) => {
      const known = watches.get(watch.key);
      if (known?.incidentId === watch.incidentId && known.attempt === watch.attempt) return;
      watches.set(watch.key, HealingWatch.parse(watch));
    },
    recur: async (key, incidentId, at) => {
      const watch = watches.get(key);
      if (watch?.state === 'recurred' && watch.recurredAs === incidentId) return { ...watch };
      if (watch?.state !== 'watching' || watch.dueAt <= at.toISOString()) return null;
      const recurred = { ...watch, state: 'recurred' as const, recurredAs: incidentId, recurredAt: at.toISOString() };
      watches.set(key, recurred);
      return { ...recurred };
    },
    due: async (at, limit) =>
      [...watches.values()]
        .filter(({ state, dueAt }) => state === 'watching' && dueAt <= at.toISOString())
        .sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1))
        .slice(0, limit),
    settle: async ({ key, incidentId, attempt }) => {
      const watch = watches.get(key);
      if (watch?.state !== 'watching' || watch.incidentId !== incidentId || watch.attempt !== attempt) return;
      watches.set(key, { ...watch, state: 'healed' });
    },
  };
}
