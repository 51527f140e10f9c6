import { testKeyOf, unknownTest, withResults } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDynamoTestStore } from '#shared/adapters/aws/dynamo-test-store.ts';
import { redactedText } from '#test/builders/index.ts';
import { makeMemoryTestStore } from '#test/fakes/index.ts';
import { testStoreContract } from './contract/test-store.ts';
import { type DynamoServer, startDynamo } from './dynamo-server.ts';

let dynamo: DynamoServer;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());
const open = async () => makeDynamoTestStore({ table: await dynamo.createTable(), client: dynamo.client });

testStoreContract('records of tests in memory', async () => makeMemoryTestStore());
testStoreContract('records of tests in DynamoDB', open);

describe('the items of the table', () => {
  it('stay small: of more tests than there is room for, those that failed longest ago are forgotten', async () => {
    const store = await open();
    const all = Array.from({ length: 3_000 }, (_, n) => `${n} ${'x'.repeat(190)}`);
    const keys = new Map(all.map((name) => [testKeyOf(name), name]));
    const at = (key: string) =>
      new Date(Date.parse('2026-11-01T00:00:00Z') + Number.parseInt(keys.get(key) ?? '', 10) * 60_000).toISOString();
    const results = Array.from({ length: 40 }, (_, n) => ({
      runId: 16_000_000_000 + n,
      attempt: 1,
      passed: n % 2 === 0,
      commit: 'c'.repeat(12),
      onDefaultBranch: true,
    }));
    await store.changeTests('acme/shop', [...keys.keys()], (key) =>
      withResults(unknownTest(redactedText(keys.get(key) ?? ''), at(key)), results, at(key)),
    );
    const newest = [...keys.keys()].slice(-20);
    expect(await store.testRecords('acme/shop', newest)).toHaveLength(20);
    const oldest = [...keys.keys()].slice(0, 20);
    expect(await store.testRecords('acme/shop', oldest)).toEqual([]);
  });
});
