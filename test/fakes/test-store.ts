import { TestRecord } from '#shared/domain/failure/history/test-record.ts';
import type { TestStore } from '#shared/ports/test-store.ts';

/** Records of tests in memory, without a limit. */
export function makeMemoryTestStore(): TestStore {
  const records = new Map<string, TestRecord>();
  const placeOf = (repository: string, key: string): string => `${repository}#${key}`;
  return {
    testRecords: async (repository, keys) =>
      [...new Set(keys)].flatMap((key) => structuredClone(records.get(placeOf(repository, key))) ?? []),
    changeTests: async (repository, keys, change) => {
      for (const key of new Set(keys)) {
        const next = change(key, structuredClone(records.get(placeOf(repository, key))) ?? null);
        records.set(placeOf(repository, key), TestRecord.parse(next));
      }
    },
  };
}
