import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type TestRecord, testKeyOf } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { lastDay } from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import { outputOf, type Stage } from '#apps/local/stage.ts';
import { makeDynamoTestStore } from '#shared/adapters/aws/dynamo-test-store.ts';
import { aTestQuarantine, redactedText } from '#test/builders/index.ts';

/** The key of the shop where none of its tests is on record yet. */
const SHOP = '4711:acme/shop';
const DAY = 24 * 60 * 60 * 1000;

/** A name that would be markup, if a page took it for such. */
export const QUARANTINED = 'test/cart.test.ts > adds up <b>many</b> lines';
export const FLAKY = 'test/stock.test.ts > reserves what is there';

/** Stores what the record step would of two tests that fail by chance, one of them in quarantine for another week. */
export async function storeFlakyTests({ runtime, adminKey }: Stage, incidentId: string): Promise<void> {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: runtime.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: adminKey, secretAccessKey: 'local' },
    }),
  );
  const store = makeDynamoTestStore({ table: outputOf(runtime, 'StatsTableName'), client });
  const shop = (await store.testedRepositories())[0]?.key ?? SHOP;
  const now = new Date();
  const records = new Map([QUARANTINED, FLAKY].map((name) => [testKeyOf(name), aRecord(name, incidentId, now)]));
  await store.changeTests(shop, [...records.keys()], (key, known) => records.get(key) ?? (known as TestRecord));
  const since = new Date(now.getTime() - 7 * DAY);
  await store.putQuarantine(
    shop,
    aTestQuarantine(
      { since: since.toISOString() },
      { incidentId, testKey: testKeyOf(QUARANTINED), name: redactedText(QUARANTINED), until: lastDay(now, 7) },
    ),
  );
  client.destroy();
}

/** Failed and passed in turn, twice on one commit. */
function aRecord(name: string, incidentId: string, now: Date): TestRecord {
  return {
    version: 1,
    key: testKeyOf(name),
    name: redactedText(name),
    ...{ runs: 41, failures: 6, flips: 2 },
    firstAt: new Date(now.getTime() - 30 * DAY).toISOString(),
    lastAt: new Date(now.getTime() - 3 * 60 * 60 * 1000).toISOString(),
    results: Array.from({ length: 12 }, (_, back) => {
      const passed = back % 3 !== 1;
      const commit = (0xc0ffee + Math.floor(back / 2)).toString(16).repeat(2);
      const result = { runId: 16_000_000_041 - back, attempt: 1, passed, commit, onDefaultBranch: back % 2 === 0 };
      return passed ? result : { ...result, incidentId };
    }),
  };
}
