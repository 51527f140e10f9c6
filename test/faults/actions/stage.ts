import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { openDatabase } from '@selfheal/local-cloud/storage/database.ts';
import { type DynamoDb, startDynamoDb } from '@selfheal/local-cloud/storage/dynamodb.ts';
import { makeObjectStore } from '@selfheal/local-cloud/storage/object-store.ts';
import { makeS3Api } from '@selfheal/local-cloud/storage/s3-api.ts';
import { listOf, objectOf } from '@selfheal/local-cloud/template/json.ts';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoTestStore } from '#shared/adapters/aws/dynamo-test-store.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { RESOURCE_VARIABLES } from '#shared/domain/workflow/function-config.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { actionsOf } from '#shared/plugins/actions/registry.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { TestStore } from '#shared/ports/test-store.ts';
import { type SetTime, setTime } from '#test/fakes/set-time.ts';
import { bundleSteps } from './bundles.ts';
import { drillConfiguration } from './configuration.ts';
import { type Endpoints, makeEndpoints } from './endpoints.ts';
import { makeStepHost, type StepHost } from './step-host.ts';
import { openWire, type Wire } from './wire.ts';

const TABLES = ['INCIDENTS_TABLE', 'CONTROL_TABLE', 'STATS_TABLE', 'KNOWLEDGE_TABLE'] as const;
const BUCKET = 'evidence';
const ACCOUNT = '000000000000';
const REGION = 'us-east-1';

/** Everything around one process that runs steps: stores that stay, and a world that is new for each incident. */
export interface ActionStage {
  readonly configuration: Configuration;
  readonly host: StepHost;
  readonly wire: Wire;
  readonly clock: SetTime;
  readonly incidents: IncidentStore;
  readonly evidence: EvidenceStore;
  readonly tests: TestStore;
  readonly actions: readonly ActionPlugin[];
  world(): World;
  endpoints(): Endpoints;
  /** A world as at first, and no lease, limit or failure that is remembered. */
  renew(): Promise<void>;
  stop(): Promise<void>;
}

export async function openActionStage(): Promise<ActionStage> {
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-actions-'));
  const bundles = join(folder, 'functions');
  const configurationFile = join(folder, 'selfheal.json');
  writeFileSync(configurationFile, JSON.stringify(drillConfiguration()));
  const configuration = await bundleSteps(configurationFile, bundles);
  const { dynamoDb, objects, close } = await openStores(folder);
  const clock = setTime();
  const held: { host?: StepHost; world: World; endpoints: Endpoints } = await newOutside(clock);
  const wire = await openWire({
    dynamoDb,
    objects,
    worldUrl: () => held.world.url,
    endpoints: () => held.endpoints,
    secret: JSON.stringify({ token: 'a-token' }),
    kill: async () => await held.host?.kill(),
  });
  const environment = environmentOf(wire.url, bundles);
  const host = makeStepHost({ bundles, cache: join(folder, 'compiled'), environment, clock });
  held.host = host;
  return {
    ...{ configuration, host, wire, clock },
    ...storesAt(wire.url),
    actions: actionsOf(configuration),
    world: () => held.world,
    endpoints: () => held.endpoints,
    async renew() {
      await held.world.stop();
      Object.assign(held, await newOutside(clock));
      await emptyTable(dynamoDb, 'CONTROL_TABLE');
    },
    async stop() {
      await host.stop();
      await wire.stop();
      await held.world.stop();
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const newOutside = async (time: SetTime) => ({
  world: await startWorld({ account: ACCOUNT, region: REGION, time }),
  endpoints: makeEndpoints(),
});

async function openStores(folder: string) {
  const dynamoDb = await startDynamoDb(join(folder, 'store'));
  for (const table of TABLES) await createTable(dynamoDb, table);
  const database = openDatabase(join(folder, 'objects'));
  const close = async () => {
    await dynamoDb.stop();
    database.close();
  };
  return { dynamoDb, objects: makeS3Api(makeObjectStore(database, [BUCKET])), close };
}

function environmentOf(url: string, taskRoot: string): Record<string, string> {
  const resources = Object.values(RESOURCE_VARIABLES).map((name) => [name, name] as const);
  return {
    ...Object.fromEntries(resources),
    // Policies are records of the same table.
    POLICY_TABLE: 'CONTROL_TABLE',
    KILL_SWITCH_TABLE: 'CONTROL_TABLE',
    CONTROL_READS_TABLE: 'CONTROL_TABLE',
    POLICY_TRAIL_TABLE: 'CONTROL_TABLE',
    DEPLOYMENT_PLACE: `aws:${REGION}:${ACCOUNT}`,
    EVIDENCE_BUCKET: BUCKET,
    LAMBDA_TASK_ROOT: taskRoot,
    GITHUB_API_URL: `${url}/api/v3`,
    HTTP_ORIGIN: url,
    AWS_ENDPOINT_URL: url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'drill',
    AWS_SECRET_ACCESS_KEY: 'drill',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_NAMESPACE: 'drill',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
}

function storesAt(endpoint: string): Pick<ActionStage, 'incidents' | 'evidence' | 'tests'> {
  const as = { endpoint, region: REGION, credentials: { accessKeyId: 'drill', secretAccessKey: 'drill' } };
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(as), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const s3 = new S3Client({ ...as, forcePathStyle: true });
  return {
    incidents: makeDynamoIncidentStore({ table: 'INCIDENTS_TABLE', client }),
    evidence: makeS3EvidenceStore({ bucket: BUCKET, client: s3 }),
    tests: makeDynamoTestStore({ table: 'STATS_TABLE', client }),
  };
}

async function createTable(dynamoDb: DynamoDb, name: string): Promise<void> {
  const key = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  await dynamoDb.call('CreateTable', {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', 'openPk', 'updatedAt'].map((one) => ({
      AttributeName: one,
      AttributeType: 'S',
    })),
    KeySchema: key('pk', 'sk'),
    GlobalSecondaryIndexes: [
      { IndexName: 'open', KeySchema: key('openPk', 'updatedAt'), Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
  });
  const status = async () => objectOf((await dynamoDb.call('DescribeTable', { TableName: name })).Table).TableStatus;
  while ((await status()) !== 'ACTIVE');
}

async function emptyTable(dynamoDb: DynamoDb, name: string): Promise<void> {
  const { Items } = await dynamoDb.call('Scan', { TableName: name, ProjectionExpression: 'pk, sk' });
  for (const Key of listOf(Items)) await dynamoDb.call('DeleteItem', { TableName: name, Key });
}
