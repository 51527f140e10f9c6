import { randomUUID } from 'node:crypto';
import type { Call, Service, WireRequest, WireResponse } from '@selfheal/fake-server/wire.ts';
import { CODEBUILD_OPERATIONS } from './codebuild.ts';
import { CODEPIPELINE_OPERATIONS } from './codepipeline.ts';
import { ECS_OPERATIONS } from './ecs.ts';
import { recogniseLambda } from './lambda.ts';
import { CLOUDWATCH_OPERATIONS, LOGS_OPERATIONS } from './monitoring.ts';
import { type AwsContext, AwsError, type Failure, type Operation } from './operation.ts';
import { recogniseQuery } from './query-call.ts';
import { SSM_OPERATIONS } from './ssm.ts';

interface RpcService {
  /** IAM prefix. */
  readonly id: string;
  /** Prefix of `X-Amz-Target`, before the dot. */
  readonly target: string;
  /** Version of AWS JSON. */
  readonly version: '1.0' | '1.1';
  readonly operations: Readonly<Record<string, Operation>>;
}

const RPC_SERVICES: readonly RpcService[] = [
  { id: 'ecs', target: 'AmazonEC2ContainerServiceV20141113', version: '1.1', operations: ECS_OPERATIONS },
  { id: 'cloudwatch', target: 'GraniteServiceVersion20100801', version: '1.0', operations: CLOUDWATCH_OPERATIONS },
  { id: 'logs', target: 'Logs_20140328', version: '1.1', operations: LOGS_OPERATIONS },
  { id: 'ssm', target: 'AmazonSSM', version: '1.1', operations: SSM_OPERATIONS },
  { id: 'codebuild', target: 'CodeBuild_20161006', version: '1.1', operations: CODEBUILD_OPERATIONS },
  { id: 'codepipeline', target: 'CodePipeline_20150709', version: '1.1', operations: CODEPIPELINE_OPERATIONS },
];

/**
 * Lambda (REST JSON), ECS, CloudWatch, CloudWatch Logs, Systems Manager, CodeBuild and CodePipeline (AWS JSON), Auto Scaling and RDS (query protocol), as the installed SDK clients
 * call them.
 */
export function makeAwsService(context: AwsContext): Service {
  return {
    recognise: (request) => lambdaCall(context, request) ?? rpcCall(context, request) ?? queryCall(context, request),
  };
}

function lambdaCall(context: AwsContext, request: WireRequest): Call | null {
  const found = recogniseLambda(context, request);
  if (found === null) return null;
  const failed = ({ code, status, message }: Failure): WireResponse => ({
    status,
    headers: { ...commonHeaders('application/json'), 'x-amzn-errortype': code },
    body: JSON.stringify({ Type: status < 500 ? 'User' : 'Service', message, Message: message }),
  });
  const done = (output: object): WireResponse => ({
    status: 200,
    headers: commonHeaders('application/json'),
    body: JSON.stringify(output),
  });
  return {
    service: 'lambda',
    operation: found.operation,
    perform: () => refuseUnsigned(request, failed) ?? guarded(found.perform, done, failed),
    fail: (status, fault) => failed(awsFailure(status, fault.message, 'TooManyRequestsException')),
  };
}

function rpcCall(context: AwsContext, request: WireRequest): Call | null {
  const [target = '', name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const service = RPC_SERVICES.find((one) => one.target === target);
  if (service === undefined || request.method !== 'POST') return null;
  const type = `application/x-amz-json-${service.version}`;
  const failed = ({ code, status, message }: Failure): WireResponse => ({
    status,
    headers: { ...commonHeaders(type), 'x-amzn-query-error': `${code};${status < 500 ? 'Sender' : 'Receiver'}` },
    body: JSON.stringify({ __type: code, message }),
  });
  const done = (output: object): WireResponse => ({
    status: 200,
    headers: commonHeaders(type),
    body: JSON.stringify(output),
  });
  const unknown: Operation = () => {
    throw new AwsError('UnknownOperationException', 400, `The fake AWS does not serve ${service.id}:${name}.`);
  };
  const operation = service.operations[name] ?? unknown;
  const perform = () =>
    operation(context, JSON.parse(request.body.toString('utf8') || '{}') as Record<string, unknown>);
  return {
    service: service.id,
    operation: `${service.id}:${name}`,
    perform: () => refuseUnsigned(request, failed) ?? guarded(perform, done, failed),
    fail: (status, fault) => failed(awsFailure(status, fault.message, 'ThrottlingException')),
  };
}

function queryCall(context: AwsContext, request: WireRequest): Call | null {
  const found = recogniseQuery(context, request);
  if (found === null) return null;
  const { service, name, perform, done, failed } = found;
  return {
    service,
    operation: `${service}:${name}`,
    perform: () => refuseUnsigned(request, failed) ?? guarded(perform, done, failed),
    fail: (status, fault) => failed(awsFailure(status, fault.message, 'Throttling')),
  };
}

function commonHeaders(type: string): Record<string, string> {
  return { 'content-type': type, 'x-amzn-requestid': randomUUID() };
}

/** The gateway in front checks signatures; here only unsigned requests are refused, as on AWS. */
function refuseUnsigned(request: WireRequest, failed: (failure: Failure) => WireResponse): WireResponse | null {
  if (request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') === true) return null;
  return failed({ code: 'MissingAuthenticationTokenException', status: 403, message: 'Missing Authentication Token' });
}

function guarded(
  perform: () => object,
  done: (output: object) => WireResponse,
  failed: (failure: Failure) => WireResponse,
): WireResponse {
  try {
    return done(perform());
  } catch (error) {
    if (error instanceof AwsError) return failed(error);
    throw error;
  }
}

function awsFailure(status: number, message: string | undefined, throttled: string): Failure {
  const known: Record<number, [string, string]> = {
    400: [throttled, 'Rate exceeded'],
    403: ['AccessDeniedException', 'User is not authorized to perform this operation'],
    404: ['ResourceNotFoundException', 'The resource you requested does not exist.'],
    429: [throttled, 'Rate exceeded'],
    503: ['ServiceUnavailableException', 'Service is unavailable'],
  };
  const [code, words] = known[status] ?? ['InternalServerException', 'The service failed.'];
  return { code, status, message: message ?? words };
}
