import { deployBuckets } from './cdn/bucket-deployment.ts';
import { makeDistribution } from './cdn/distribution.ts';
import { makeBackends } from './gateway/backends.ts';
import { makeGateway } from './gateway/gateway.ts';
import { makeHttpApis } from './http-api/http-api.ts';
import { makeHttpEntry } from './http-entry.ts';
import type { Runtime, RuntimeEvent, RuntimeOptions } from './runtime-contract.ts';
import { runtimeFace } from './runtime-face.ts';
import { makeServices, type Services } from './services.ts';
import { DamagedState, openDatabase } from './storage/database.ts';
import { ensureTable, startDynamoDb } from './storage/dynamodb.ts';
import { makeS3Api } from './storage/s3-api.ts';
import { claimStateFolder } from './storage/state-version.ts';
import { makeKinesisApi } from './streams/kinesis-api.ts';
import { type Deployment, loadDeployment } from './template/deployment.ts';
import { objectOf, textsOf } from './template/json.ts';
import { makeSnsApi } from './topics/sns-api.ts';
import { type GatewayFaults, makeGatewayFaults } from './wire/faults.ts';
import { type Forwarder, makeForwarder } from './wire/forward.ts';
import { type Handler, startServer } from './wire/server.ts';
import { CorruptJournal } from './workflow/faults.ts';

export type { Runtime, RuntimeOptions } from './runtime-contract.ts';
export { DamagedState, DirectoryInUse } from './storage/database.ts';
export { OtherVersion } from './storage/state-version.ts';

/**
 * Runs a CDK cloud assembly on this machine: every resource is served on one address of 127.0.0.1, and every call is checked against
 * the synthesized policies. Resolves when the runtime serves. Unfinished work that an earlier runtime left in `dataDir` continues.
 * Throws `UnsupportedTemplate` for a template that cannot be served, `DirectoryInUse` when another runtime uses `dataDir`, and
 * `OtherVersion` when the state there has another version.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const closing: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    return await start(options, closing, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: RuntimeOptions,
  closing: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<Runtime> {
  claimStateFolder(options.dataDir, options.writer);
  const database = openDatabase(options.dataDir);
  closing.push(() => database.close());
  const startingDynamoDb = startDynamoDb(options.dataDir).catch((cause: unknown) => {
    throw new DamagedState(options.dataDir, cause);
  });
  closing.push(() => startingDynamoDb.then((dynamoDb) => dynamoDb.stop()).catch(() => undefined));
  // The server listens first, because the template needs its address; requests wait until everything has started.
  const opened = Promise.withResolvers<Handler>();
  const server = await startServer(options.port ?? 0, async (request) => (await opened.promise)(request));
  closing.push(() => server.stop());
  const deployment = loadDeployment(options.assemblyDir, server.endpoint);
  const world = makeForwarder(options.awsWorldUrl);
  closing.push(() => world.stop());
  const dynamoDb = await startingDynamoDb;
  const emit = (event: RuntimeEvent) => options.onEvent?.(event);
  const tables = deployment.resources.filter(({ type }) => TABLE_TYPES.has(type));
  const [services] = await Promise.all([
    makeServices({ options, deployment, database, dynamoDb, emit }).catch((error: unknown) => {
      throw isUnreadable(error) ? new DamagedState(options.dataDir, error) : error;
    }),
    Promise.all(tables.map((table) => ensureTable(dynamoDb, table))),
  ]);
  closing.push(() => stopServices(services));
  // Registered a second time: the server must close before the services do.
  closing.push(() => server.stop());
  const faults = makeGatewayFaults();
  deployBuckets(deployment, services.objects);
  opened.resolve(httpEntry(services, deployment, world, { ...options, faults }));
  await resumeServices(services, options.schedules ?? 'by-clock');
  return runtimeFace({ deployment, services, faults, close });
}

/** Whether a file of the state folder is not valid JSON or not a SQLite database. */
function isUnreadable(error: unknown): boolean {
  return (
    error instanceof CorruptJournal || error instanceof SyntaxError || /malformed|not a database/.test(String(error))
  );
}

const TABLE_TYPES = new Set(['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable']);

function httpEntry(
  services: Services,
  deployment: Deployment,
  world: Forwarder,
  options: RuntimeOptions & { readonly faults: GatewayFaults },
): Handler {
  const backends = makeBackends({
    ...services,
    sns: makeSnsApi(services.topics),
    kinesis: makeKinesisApi(services.streams),
    s3: makeS3Api(services.objects),
    world,
    bedrock: options.bedrock,
    account: deployment.account,
  });
  const { authorizer } = services;
  const adminAccessKeyId = options.adminAccessKeyId ?? null;
  const httpApis = makeHttpApis({ ...services, deployment });
  return makeHttpEntry({
    ...services,
    httpApis,
    distribution: makeDistribution({ ...services, deployment, httpApis }),
    ownRoutes: options.ownRoutes,
    gateway: makeGateway({ deployment, authorizer, backends, world, adminAccessKeyId, faults: options.faults }),
    allowedOrigins: deployment
      .ofType('AWS::ApiGatewayV2::Api')
      .flatMap(({ properties }) => textsOf(objectOf(properties.CorsConfiguration).AllowOrigins)),
  });
}

/** Resumes what an earlier runtime left unfinished, then starts schedules and queue pollers. */
async function resumeServices(services: Services, schedules: NonNullable<RuntimeOptions['schedules']>): Promise<void> {
  await services.engine.resume();
  services.buses.resume();
  services.topics.resume();
  services.asyncInvocations.resume();
  for (const source of [...services.sources, ...services.streamSources]) source.start();
  if (schedules === 'by-clock') services.schedules.start();
  await services.logSubscriptions.start();
}

/** Stops what creates work first, then what does it. Unfinished work stays on disk. */
async function stopServices(services: Services): Promise<void> {
  services.schedules.stop();
  const drained = [...services.sources, ...services.streamSources].map((source) => source.stop());
  services.buses.stop();
  services.topics.stop();
  services.asyncInvocations.stop();
  await services.engine.stop();
  await services.functions.stop();
  await Promise.all(drained);
}
