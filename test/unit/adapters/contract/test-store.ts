import { testKeyOf, unknownTest, withResults } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TestStore } from '#shared/ports/test-store.ts';
import { aTestQuarantine, redactedText } from '#test/builders/index.ts';

const AT = '2026-11-21T12:00:00.000Z';
const failure = (runId: number) => ({ runId, attempt: 1, passed: false, commit: `c${runId}`, onDefaultBranch: true });
const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `cart test ${n}`);

/** What every store of test records does, whatever it is made of. */
export function testStoreContract(name: string, open: () => Promise<TestStore>): void {
  let store: TestStore;
  beforeEach(async () => {
    store = await open();
  });
  const fail = (repository: string, tests: readonly string[], runId: number, at = AT) => {
    const byKey = new Map(tests.map((test) => [testKeyOf(test), test]));
    return store.changeTests(repository, [...byKey.keys()], (key, known) =>
      withResults(known ?? unknownTest(redactedText(byKey.get(key) ?? ''), at), [failure(runId)], at),
    );
  };

  describe(name, () => {
    it('keeps what became of each test of a repository, and knows nothing of others', async () => {
      await fail('acme/shop', names(5), 1);
      await fail('acme/shop', names(2), 2);
      const keys = [...names(5), 'unknown'].map(testKeyOf);
      const records = await store.testRecords('acme/shop', keys);
      expect(records.map(({ name: test, failures }) => [test, failures]).sort()).toEqual(
        names(5).map((test, at) => [test, at < 2 ? 2 : 1]),
      );
      expect(await store.testRecords('acme/other', keys)).toEqual([]);
      expect(await store.testRecords('acme/shop', [])).toEqual([]);
    });

    it('loses no change when many are made at once', async () => {
      await Promise.all([1, 2, 3].map((runId) => fail('acme/shop', ['cart pays'], runId)));
      const [record] = await store.testRecords('acme/shop', [testKeyOf('cart pays')]);
      expect(record).toMatchObject({ runs: 3, failures: 3 });
    });

    it('lists the tests of a repository, and the repositories by their latest failure', async () => {
      expect(await store.testedRepositories()).toEqual([]);
      await fail('1:acme/shop', names(3), 1);
      await fail('2:acme/site', names(1), 2, '2026-11-22T12:00:00.000Z');
      await fail('1:acme/shop', names(1), 1);
      expect((await store.allTests('1:acme/shop')).map(({ name: test }) => test).sort()).toEqual(names(3));
      expect(await store.allTests('3:acme/other')).toEqual([]);
      expect(await store.testedRepositories()).toEqual([
        { key: '2:acme/site', at: '2026-11-22T12:00:00.000Z' },
        { key: '1:acme/shop', at: AT },
      ]);
    });

    it('keeps one quarantine of a test, of which each revision is written once', async () => {
      const quarantine = aTestQuarantine();
      const { testKey } = quarantine.test;
      expect([await store.quarantine('1:acme/shop', testKey), await store.quarantines('1:acme/shop')]).toEqual([
        null,
        [],
      ]);
      expect(await store.putQuarantine('1:acme/shop', quarantine)).toBe('written');
      expect(await store.putQuarantine('1:acme/shop', { ...quarantine, issue: 9 })).toBe('changed-meanwhile');
      const next = { ...quarantine, revision: 2, issue: 10 };
      const both = await Promise.all([1, 2].map(() => store.putQuarantine('1:acme/shop', next)));
      expect(both.sort()).toEqual(['changed-meanwhile', 'written']);
      expect(await store.quarantine('1:acme/shop', testKey)).toEqual(next);
      expect(await store.quarantines('1:acme/shop')).toEqual([next]);
      expect(await store.quarantines('2:acme/shop')).toEqual([]);
    });
  });
}
