import { toXml } from '@selfheal/fake-server/xml.ts';
import type { EventBuses } from '../buses/event-bus.ts';
import type { AsyncInvocations } from '../functions/async-invocations.ts';
import type { Functions } from '../functions/functions.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { DynamoDb } from '../storage/dynamodb.ts';
import { type JsonObject, listOf } from '../template/json.ts';
import type { AwsCall } from '../wire/call.ts';
import type { Forwarder } from '../wire/forward.ts';
import { AwsFault, type GatewayResponse, jsonResponse } from '../wire/request.ts';
import { lambdaTarget } from './actions/lambda.ts';
import type { Backend } from './gateway.ts';

export interface Services {
  readonly dynamoDb: DynamoDb;
  readonly sqs: (operation: string, input: JsonObject, signal: AbortSignal) => Promise<unknown>;
  readonly sns: (form: URLSearchParams) => string;
  readonly kinesis: (operation: string, input: JsonObject) => object;
  readonly s3: (request: AwsCall['request']) => GatewayResponse;
  readonly secrets: Secrets;
  readonly states: (operation: string, input: JsonObject) => Promise<unknown>;
  readonly buses: EventBuses;
  readonly functions: Functions;
  readonly asyncInvocations: AsyncInvocations;
  readonly world: Forwarder;
  /** Replaces the Bedrock of the fake AWS. */
  readonly bedrock?: Backend | undefined;
  readonly account: string;
}

/** The backend of each service, by service name. */
export function makeBackends(services: Services): Record<string, Backend> {
  const forwarded: Backend = ({ request }) => services.world.forward(request);
  return {
    dynamodb: ({ operation, request }) => services.dynamoDb.forward(operation, request.body),
    sqs: async (call) => inKind(call, await services.sqs(call.operation, call.input, call.request.signal)),
    sns: async ({ request }) => ({
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: services.sns(new URLSearchParams(request.body.toString('utf8'))),
    }),
    s3: async ({ request }) => services.s3(request),
    kinesis: async (call) => inKind(call, services.kinesis(call.operation, call.input)),
    secretsmanager: async (call) => inKind(call, services.secrets.handle(call.operation, call.input)),
    states: async (call) => inKind(call, await services.states(call.operation, call.input)),
    events: async (call) => {
      if (call.operation !== 'PutEvents')
        throw new AwsFault('UnsupportedOperationException', `${call.operation} is not served.`);
      return inKind(call, services.buses.putEvents(listOf(call.input.Entries)));
    },
    lambda: (call) => invokeFunction(call, services),
    sts: async ({ accessKeyId }) => ({
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: toXml({
        GetCallerIdentityResponse: {
          GetCallerIdentityResult: {
            Account: services.account,
            UserId: accessKeyId,
            Arn: `arn:aws:iam::${services.account}:user/local`,
          },
        },
      }),
    }),
    autoscaling: forwarded,
    bedrock: services.bedrock ?? forwarded,
    ecs: forwarded,
    logs: forwarded,
    monitoring: forwarded,
    ssm: forwarded,
    codebuild: forwarded,
    codepipeline: forwarded,
    rds: forwarded,
  };
}

const INVOCATION_TYPES: ReadonlySet<string> = new Set(['RequestResponse', 'Event', 'DryRun']);
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_REQUEST_BYTES = 6 * 1024 * 1024;
const MAX_EVENT_BYTES = 1024 * 1024;

/** Runs functions of the deployment here; calls about other functions go to the fake AWS. */
async function invokeFunction({ request }: AwsCall, services: Services): Promise<GatewayResponse> {
  const target = lambdaTarget(request.method, request.path, request.query);
  const definition = target === null ? undefined : services.functions.find(target.functionName);
  if (target?.operation !== 'InvokeFunction' || definition === undefined) return services.world.forward(request);
  const arn = target.qualifier === null ? target.functionName : `${definition.arn}:${target.qualifier}`;
  const event = request.body.toString('utf8') || '{}';
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (!INVOCATION_TYPES.has(type))
    throw new AwsFault('InvalidParameterValueException', `Unsupported invocation type: ${type}`, 400);
  const most = type === 'Event' ? MAX_EVENT_BYTES : MAX_REQUEST_BYTES;
  if (request.body.length > most)
    throw new AwsFault(
      'RequestTooLargeException',
      `Request must be smaller than ${most} bytes for the InvokeFunction operation`,
      413,
    );
  try {
    JSON.parse(event);
  } catch {
    throw new AwsFault('InvalidRequestContentException', 'Could not parse request body into json.', 400);
  }
  if (type === 'DryRun') return { status: 204, headers: {}, body: '' };
  if (type === 'Event') {
    services.asyncInvocations.accept(arn, event);
    return { status: 202, headers: {}, body: '' };
  }
  const result = await services.functions.invoke(arn, event);
  const headers = {
    'content-type': 'application/json',
    'x-amz-executed-version': '$LATEST',
    'x-amzn-requestid': result.requestId,
  };
  if (result.ok) return { status: 200, headers, body: result.payload };
  return {
    status: 200,
    headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
    body: JSON.stringify(result.error),
  };
}

function inKind({ request }: AwsCall, output: unknown): GatewayResponse {
  return jsonResponse(output, 200, request.headers['content-type'] ?? 'application/x-amz-json-1.0');
}
