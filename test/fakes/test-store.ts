import { TestRecord } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { TestQuarantine } from '@selfheal/pull-request-quality/domain/flaky-tests/test-quarantine.ts';
import type { TestStore } from '#shared/ports/test-store.ts';

/** Records of tests in memory, without a limit. */
export function makeMemoryTestStore(): TestStore {
  const records = new Map<string, Map<string, TestRecord>>();
  const quarantines = new Map<string, Map<string, TestQuarantine>>();
  const known = (repository: string, key: string): TestRecord | null =>
    structuredClone(records.get(repository)?.get(key)) ?? null;
  return {
    testRecords: async (repository, keys) => [...new Set(keys)].flatMap((key) => known(repository, key) ?? []),
    changeTests: async (repository, keys, change) => {
      const own = records.get(repository) ?? new Map<string, TestRecord>();
      for (const key of new Set(keys)) own.set(key, TestRecord.parse(change(key, known(repository, key))));
      records.set(repository, own);
      return [...new Set(keys)].flatMap((key) => known(repository, key) ?? []);
    },
    testedRepositories: async () =>
      [...records]
        .map(([key, own]) => ({
          key,
          at:
            [...own.values()]
              .map(({ lastAt }) => lastAt)
              .sort()
              .at(-1) ?? '',
        }))
        .sort((a, b) => Date.parse(b.at) - Date.parse(a.at)),
    allTests: async (repository) => structuredClone([...(records.get(repository)?.values() ?? [])]),
    quarantines: async (repository) => structuredClone([...(quarantines.get(repository)?.values() ?? [])]),
    quarantine: async (repository, testKey) => structuredClone(quarantines.get(repository)?.get(testKey)) ?? null,
    putQuarantine: async (repository, quarantine) => {
      const own = quarantines.get(repository) ?? new Map<string, TestQuarantine>();
      const { testKey } = quarantine.test;
      if ((own.get(testKey)?.revision ?? 0) !== quarantine.revision - 1) return 'changed-meanwhile';
      own.set(testKey, TestQuarantine.parse(quarantine));
      quarantines.set(repository, own);
      return 'written';
    },
  };
}
