import { join } from 'node:path';
import { makeDelivery, type Receivers } from './buses/delivery.ts';
import { makeEventBuses } from './buses/event-bus.ts';
import { makeAsyncInvocations } from './functions/async-invocations.ts';
import { makeFunctions } from './functions/functions.ts';
import { makeAuthorizer } from './iam/authorizer.ts';
import { makeDecisionLog } from './iam/decisions.ts';
import { loadPolicies } from './iam/policies.ts';
import { makeUserPools } from './identity/user-pools.ts';
import { makeLogSubscriptions } from './logs/subscriptions.ts';
import { makeMailbox } from './mail/mailbox.ts';
import { makeEventSources, queueSettings } from './queues/event-source.ts';
import { makeSqsApi } from './queues/sqs-api.ts';
import type { RuntimeEvent, RuntimeOptions } from './runtime-contract.ts';
import { makeSchedules } from './schedules/schedules.ts';
import { makeSecrets } from './secrets/secrets.ts';
import { readMachines } from './states/machines.ts';
import { runTask, type TaskServices } from './states/run-task.ts';
import type { Database } from './storage/database.ts';
import type { DynamoDb } from './storage/dynamodb.ts';
import { makeObjectStore } from './storage/object-store.ts';
import { makeQueueStore } from './storage/queue-store.ts';
import { makeStreamSources } from './streams/stream-source.ts';
import { makeStreamStore, streamSettings } from './streams/stream-store.ts';
import type { Deployment } from './template/deployment.ts';
import { type JsonObject, parseObject } from './template/json.ts';
import { makeTopics } from './topics/topics.ts';
import { AwsFault } from './wire/request.ts';
import type { StepFunctions } from './workflow/contract.ts';
import { makeStepFunctions } from './workflow/index.ts';

export interface Foundation {
  readonly options: RuntimeOptions;
  readonly deployment: Deployment;
  readonly database: Database;
  readonly dynamoDb: DynamoDb;
  readonly emit: (event: RuntimeEvent) => void;
}

export type Services = Awaited<ReturnType<typeof makeServices>>;

/** Builds every service of the deployment without starting it. */
export async function makeServices(foundation: Foundation) {
  const { options, deployment, database, dynamoDb, emit } = foundation;
  const timeScale = options.timeScale ?? 1;
  const maxWorkersPerFunction = options.maxWorkersPerFunction ?? 2;
  const decisions = makeDecisionLog((decision) => emit({ type: 'access.denied', decision }));
  const authorizer = makeAuthorizer(loadPolicies(deployment), decisions, deployment.account);
  const storage = makeStorage(foundation);
  const { queues, mailbox } = storage;
  const functions = makeFunctions({
    deployment,
    authorizer,
    dataDir: options.dataDir,
    maxWorkersPerFunction,
    compileCacheDir: join(options.assemblyDir, '.compile-cache'),
    ampleMemory: options.ampleMemory ?? false,
    extraEnvironment: {
      ...options.environment,
      ...(options.githubApiUrl === null ? {} : { GITHUB_API_URL: options.githubApiUrl }),
      ...(options.modelOrigin === undefined ? {} : { MODEL_ORIGIN: options.modelOrigin }),
      ...(options.httpOrigin === undefined ? {} : { HTTP_ORIGIN: options.httpOrigin }),
    },
    onInvoked: ({ name }, result) =>
      emit({
        type: 'function.invoked',
        functionName: name,
        requestId: result.requestId,
        ok: result.ok,
        error: result.ok ? null : `${result.error.errorType}: ${result.error.errorMessage}`,
        milliseconds: result.milliseconds,
        cold: result.cold,
      }),
  });
  const receivers: { value?: Receivers } = {};
  const delivery = makeDelivery(authorizer, deployment, () => {
    if (receivers.value === undefined) throw new AwsFault('ServiceUnavailable', 'The runtime is still starting.', 503);
    return receivers.value;
  });
  const shared = { database, deployment, authorizer, delivery, timeScale };
  const buses = makeEventBuses(shared);
  const topics = makeTopics({ ...shared, mailbox });
  const asyncInvocations = makeAsyncInvocations({ ...shared, functions });
  const sqs = makeSqsApi(queues, deployment.endpoint, deployment.account);
  const tasks = { deployment, authorizer, functions, asyncInvocations, dynamoDb, topics, buses, sqs };
  const { engine, states } = await makeStates(tasks, foundation, timeScale);
  receivers.value = {
    queues,
    publish: (topicArn, message, extras) => void topics.publish(topicArn, message, extras),
    invokeAsync: asyncInvocations.accept,
    startExecution: async (stateMachineArn, input) => void (await states('StartExecution', { stateMachineArn, input })),
    putEvent: (busArn, text) =>
      buses.publish(busArn.split('/').pop() ?? 'default', buses.envelope(parseObject(text, 'The event'))),
  };
  const sources = makeEventSources({ ...shared, functions, queues, maxWorkersPerFunction });
  const { streams } = storage;
  const streamSources = makeStreamSources({ ...shared, functions, queues, streams });
  const schedules = makeSchedules({ deployment, buses, delivery, authorizer, timeScale });
  return {
    ...storage,
    ...tasks,
    decisions,
    engine,
    states,
    sources,
    streamSources,
    schedules,
    logSubscriptions: makeLogSubscriptions(deployment, { delivery, authorizer, streams }),
    userPools: makeUserPools(database, deployment),
  };
}

function makeStorage({ database, deployment, emit }: Foundation) {
  return {
    queues: makeQueueStore(database, queueSettings(deployment), (queue, messageId) =>
      emit({ type: 'message.dead', queue, messageId }),
    ),
    streams: makeStreamStore(database, streamSettings(deployment)),
    objects: makeObjectStore(
      database,
      deployment.ofType('AWS::S3::Bucket').map((bucket) => bucket.name),
    ),
    secrets: makeSecrets(database, deployment.ofType('AWS::SecretsManager::Secret')),
    mailbox: makeMailbox(database, (mail) => emit({ type: 'mail.received', mail })),
  };
}

/** The workflow engine and its API. Its tasks call the other services with the state machine's role. */
async function makeStates(
  tasks: Omit<TaskServices, 'states'>,
  { options, deployment, emit }: Foundation,
  timeScale: number,
) {
  const started: { engine?: StepFunctions } = {};
  const states = async (operation: string, input: JsonObject): Promise<unknown> => {
    try {
      return await started.engine?.handle(operation, input);
    } catch (error) {
      if (error instanceof Error && 'statusCode' in error)
        throw new AwsFault(error.name, error.message, Number(error.statusCode));
      throw error;
    }
  };
  const services: TaskServices = { ...tasks, states };
  const engine = await makeStepFunctions({
    dataDir: join(options.dataDir, 'executions'),
    machines: readMachines(deployment),
    runTask: (machine, resource, args, { signal }) => runTask(services, machine.roleArn, resource, args, signal),
    onEvent: (event) => emit({ type: 'workflow', event }),
    timeScale,
    // Waits can be shortened; real work cannot.
    workTimeScale: Math.max(1, timeScale),
  });
  started.engine = engine;
  return { engine, states };
}
