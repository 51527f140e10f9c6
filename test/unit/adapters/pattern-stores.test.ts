import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { makeFilePatternStore } from '#shared/adapters/archive/file-pattern-store.ts';
import { makeDynamoPatternStore, makeDynamoPatternVersions } from '#shared/adapters/aws/dynamo-pattern-store.ts';
import { makeMemoryPatternStore, makeMemoryPatternVersions } from '#test/fakes/index.ts';
import { patternStoreContract, patternVersionsContract } from './contract/pattern-store.ts';
import { type DynamoServer, startDynamo } from './dynamo-server.ts';

let dynamo: DynamoServer;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

patternStoreContract('pattern store in memory', async () => makeMemoryPatternStore());
patternStoreContract('pattern store in a file', async () =>
  makeFilePatternStore(join(await mkdtemp(join(tmpdir(), 'selfheal-patterns-')), 'patterns.json')),
);
patternStoreContract('pattern store in DynamoDB', async () =>
  makeDynamoPatternStore({ table: await dynamo.createTable(), client: dynamo.client }),
);
patternVersionsContract('earlier patterns in memory', async () => makeMemoryPatternVersions());
patternVersionsContract('earlier patterns in DynamoDB', async () =>
  makeDynamoPatternVersions({ table: await dynamo.createTable(), client: dynamo.client }),
);
