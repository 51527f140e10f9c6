import type { Count, CounterStore } from '#shared/ports/counter-store.ts';

export function makeMemoryCounters(): CounterStore {
  const totals = new Map<string, Count>();
  return {
    add: async (counts) => {
      for (const count of counts) {
        const key = JSON.stringify([count.name, count.labels]);
        totals.set(key, { ...count, value: count.value + (totals.get(key)?.value ?? 0) });
      }
    },
    totals: async () => [...totals.values()],
  };
}
