import { afterAll, beforeAll } from 'vitest';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoKnowledgeStore } from '#shared/adapters/aws/dynamo-knowledge-store.ts';
import { makeDynamoStatsStore } from '#shared/adapters/aws/dynamo-stats-store.ts';
import {
  makeMemoryControlStore,
  makeMemoryIncidentStore,
  makeMemoryKnowledgeStore,
  makeMemoryStatsStore,
} from '#test/fakes/index.ts';
import { controlStoreContract } from './contract/control-store.ts';
import { incidentStoreContract } from './contract/incident-store.ts';
import { knowledgeStoreContract } from './contract/knowledge-store.ts';
import { statsStoreContract } from './contract/stats-store.ts';
import { type DynamoServer, startDynamo } from './dynamo-server.ts';

let dynamo: DynamoServer;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());
const access = async (): Promise<{ table: string; client: DynamoServer['client'] }> => ({
  table: await dynamo.createTable(),
  client: dynamo.client,
});

incidentStoreContract('incident store in memory', async (clock) => makeMemoryIncidentStore(clock));
incidentStoreContract('incident store in DynamoDB', async (clock) =>
  makeDynamoIncidentStore({ ...(await access()), clock }),
);
controlStoreContract('control store in memory', async (clock) => makeMemoryControlStore(clock));
controlStoreContract('control store in DynamoDB', async (clock) =>
  makeDynamoControlStore({ ...(await access()), clock }),
);
knowledgeStoreContract('knowledge store in memory', async () => makeMemoryKnowledgeStore());
knowledgeStoreContract('knowledge store in DynamoDB', async () => makeDynamoKnowledgeStore(await access()));
statsStoreContract('stats store in memory', async () => makeMemoryStatsStore());
statsStoreContract('stats store in DynamoDB', async () => makeDynamoStatsStore(await access()));
