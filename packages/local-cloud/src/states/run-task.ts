import type { EventBuses } from '../buses/event-bus.ts';
import type { AsyncInvocations } from '../functions/async-invocations.ts';
import type { Functions } from '../functions/functions.ts';
import { ACTION_MAPPINGS } from '../gateway/actions/index.ts';
import { type Authorizer, type Need, refusalMessage } from '../iam/authorizer.ts';
import type { Role } from '../iam/policies.ts';
import type { DynamoDb } from '../storage/dynamodb.ts';
import type { MessageAttributes } from '../storage/queue-store.ts';
import type { Deployment } from '../template/deployment.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../template/json.ts';
import type { Topics } from '../topics/topics.ts';
import { AwsFault, type GatewayRequest } from '../wire/request.ts';

export interface TaskServices {
  readonly deployment: Deployment;
  readonly authorizer: Authorizer;
  readonly functions: Functions;
  readonly asyncInvocations: AsyncInvocations;
  readonly dynamoDb: DynamoDb;
  readonly topics: Topics;
  readonly buses: EventBuses;
  readonly sqs: (operation: string, input: JsonObject, signal: AbortSignal) => Promise<unknown>;
  readonly states: (operation: string, input: JsonObject) => Promise<unknown>;
}

/** A task failed. Retry and Catch match `name`; `message` is the cause. */
class TaskFailure extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

type Integration = (args: JsonObject, role: Role, services: TaskServices, signal: AbortSignal) => Promise<unknown>;

const INTEGRATIONS: Readonly<Record<string, Integration>> = {
  'lambda:invoke': invokeFunction,
  'sns:publish': async (args, role, services) => {
    authorize('sns', 'Publish', args, role, services);
    const attributes = objectOf(args.MessageAttributes) as MessageAttributes;
    const subject = textOf(args.Subject);
    const extras = { attributes, ...(subject === undefined ? {} : { subject }) };
    return { MessageId: services.topics.publish(textOf(args.TopicArn) ?? '', asText(args.Message), extras) };
  },
  'sqs:sendMessage': async (args, role, services, signal) => {
    authorize('sqs', 'SendMessage', args, role, services);
    return services.sqs('SendMessage', { ...args, MessageBody: asText(args.MessageBody) }, signal);
  },
  'events:putEvents': async (args, role, services) => {
    authorize('events', 'PutEvents', args, role, services);
    const entries = listOf(args.Entries).map((each) => ({
      ...objectOf(each),
      Detail: asText(objectOf(each).Detail),
    }));
    const answer = services.buses.putEvents(entries);
    if (answer.FailedEntryCount > 0) throw new TaskFailure('EventBridge.FailedEntry', JSON.stringify(answer));
    return answer;
  },
  'states:startExecution': async (args, role, services) => {
    const input = {
      stateMachineArn: args.StateMachineArn,
      input: asText(args.Input ?? {}),
      ...(args.Name === undefined ? {} : { name: args.Name }),
    };
    authorize('states', 'StartExecution', input, role, services);
    const answer = objectOf(await services.states('StartExecution', input));
    return { ExecutionArn: answer.executionArn, StartDate: answer.startDate };
  },
  ...Object.fromEntries(
    ['getItem', 'putItem', 'updateItem', 'deleteItem'].map((operation) => [`dynamodb:${operation}`, onItem(operation)]),
  ),
};

/** Prefixes of the error names that service integrations use. */
const ERROR_PREFIX: Readonly<Record<string, string>> = {
  lambda: 'Lambda',
  dynamodb: 'DynamoDB',
  sns: 'SNS',
  sqs: 'SQS',
  events: 'EventBridge',
  states: 'StepFunctions',
};

/**
 * Runs a task of a state machine with the machine's role. Throws `TaskFailure` with the error names that Step Functions uses for its
 * service integrations.
 */
export async function runTask(
  services: TaskServices,
  roleArn: string,
  resource: string,
  args: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const key = integrationKey(resource);
  const integration = key === null ? undefined : INTEGRATIONS[key];
  if (key === null || integration === undefined)
    throw new TaskFailure('States.Runtime', `The integration ${resource} is not supported.`);
  const role = services.authorizer.role(roleArn);
  if (role === undefined || services.authorizer.refusedAssumption('states.amazonaws.com', roleArn) !== null) {
    throw new TaskFailure('States.Permissions', `Step Functions cannot assume the role ${roleArn}.`);
  }
  try {
    return await integration(objectOf(args), role, services, signal);
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    const prefix = ERROR_PREFIX[key.split(':')[0] ?? ''] ?? 'States';
    throw new TaskFailure(`${prefix}.${error.code}`, error.message);
  }
}

/** Task resources of a definition that no integration serves. */
export function unsupportedResources(definition: unknown): string[] {
  if (Array.isArray(definition)) return definition.flatMap(unsupportedResources);
  if (!isObject(definition)) return [];
  const own = definition.Type === 'Task' ? [String(definition.Resource)] : [];
  const unsupported = own.filter((resource) => {
    const key = integrationKey(resource.replace(/\.waitForTaskToken$/, ''));
    return key === null || INTEGRATIONS[key] === undefined;
  });
  return [...unsupported, ...Object.values(definition).flatMap(unsupportedResources)];
}

/** `service:operation`. Null for a plain function ARN, the older form of `lambda:invoke`, which is not supported. */
function integrationKey(resource: string): string | null {
  const key = /^arn:aws(?:-[a-z]+)*:states:::(?:aws-sdk:)?([a-z]+:[A-Za-z]+)$/.exec(resource)?.[1];
  return key !== undefined && Object.hasOwn(INTEGRATIONS, key) ? key : null;
}

async function invokeFunction(args: JsonObject, role: Role, services: TaskServices): Promise<unknown> {
  const name = textOf(args.FunctionName) ?? '';
  const definition = services.functions.find(name);
  const qualifier = textOf(args.Qualifier);
  const base = name.startsWith('arn:') ? name : (definition?.arn ?? name);
  const arn = qualifier === undefined ? base : `${base}:${qualifier}`;
  const refused = services.authorizer.refusedFor(role, [{ action: 'lambda:InvokeFunction', resource: arn }]);
  if (refused !== null) throw new TaskFailure('Lambda.AWSLambdaException', refusalMessage(refused, role.arn));
  const event = JSON.stringify(args.Payload ?? {});
  if (args.InvocationType === 'Event') {
    services.asyncInvocations.accept(arn, event);
    return { StatusCode: 202 };
  }
  const result = await services.functions.invoke(arn, event);
  if (!result.ok) throw new TaskFailure(result.error.errorType, JSON.stringify(result.error));
  return { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: JSON.parse(result.payload) };
}

function onItem(operation: string): Integration {
  const apiName = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
  return async (args, role, services) => {
    authorize('dynamodb', apiName, args, role, services);
    return services.dynamoDb.call(apiName, args);
  };
}

function authorize(service: string, operation: string, input: JsonObject, role: Role, services: TaskServices): void {
  const call = { service, operation, input, accessKeyId: '', request: NO_REQUEST };
  const needs: readonly Need[] = ACTION_MAPPINGS[service]?.(call, services.deployment) ?? [];
  const refused = services.authorizer.refusedFor(role, needs);
  if (refused !== null) throw new AwsFault('AccessDeniedException', refusalMessage(refused, role.arn), 400);
}

/** A placeholder: the action mappings used here read only operation and input. */
const NO_REQUEST: GatewayRequest = {
  method: 'POST',
  url: '/',
  path: '/',
  query: new URLSearchParams(),
  headers: {},
  body: Buffer.alloc(0),
  httpVersion: '1.1',
  sourceIp: '127.0.0.1',
  signal: new AbortController().signal,
};

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
