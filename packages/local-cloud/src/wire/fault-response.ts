import { toXml, XML_HEAD } from '@selfheal/fake-server/xml.ts';
import type { AwsFault, GatewayRequest, GatewayResponse } from './request.ts';

/** Services whose requests are forms and whose answers are XML. */
const QUERY_SERVICES: ReadonlySet<string> = new Set(['autoscaling', 'rds', 'sns', 'sts']);

/** Services whose protocol is JSON over REST paths. */
const REST_SERVICES: ReadonlySet<string> = new Set(['bedrock', 'lambda']);

/** Services that moved on from forms to JSON, and keep telling the error codes of old. */
const ONCE_QUERY_SERVICES: ReadonlySet<string> = new Set(['sqs', 'monitoring']);

/** A fault in the shape that the service gives errors in, in the protocol that it was asked in. */
export function faultResponse(fault: AwsFault, service: string, request: GatewayRequest): GatewayResponse {
  const requestId = crypto.randomUUID();
  const { status, headers, body } = responseOf(fault, service, request, requestId);
  const idHeader = service === 's3' ? 'x-amz-request-id' : 'x-amzn-requestid';
  return { status, headers: { ...headers, [idHeader]: requestId }, body };
}

function responseOf(fault: AwsFault, service: string, request: GatewayRequest, requestId: string): GatewayResponse {
  if (service === 's3') return s3Fault(fault, request, requestId);
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return cborFault(fault, service);
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  if (isForm || QUERY_SERVICES.has(service)) return queryFault(fault, service, requestId);
  if (REST_SERVICES.has(service)) return restFault(fault);
  return jsonFault(fault, service, request);
}

/** The code and status a service refuses with. */
export function denialOf(service: string): { code: string; status: number; namespace?: string } {
  if (service === 's3' || service === 'autoscaling' || service === 'rds') return { code: 'AccessDenied', status: 403 };
  if (service === 'sns') return { code: 'AuthorizationError', status: 403 };
  if (service === 'sqs')
    return { code: 'AccessDeniedException', status: 403, namespace: 'com.amazonaws.coral.service#' };
  if (REST_SERVICES.has(service)) return { code: 'AccessDeniedException', status: 403 };
  return { code: 'AccessDeniedException', status: 400 };
}

function jsonFault(
  { code, message, status, namespace }: AwsFault,
  service: string,
  request: GatewayRequest,
): GatewayResponse {
  const contentType = request.headers['content-type'] ?? 'application/x-amz-json-1.0';
  return {
    status,
    headers: {
      'content-type': contentType.includes('json') ? contentType : 'application/x-amz-json-1.0',
      'x-amzn-errortype': code,
      ...queryError(service, code, status),
    },
    body: JSON.stringify({ __type: namespace + code, message, Message: message }),
  };
}

/** The code that the service gave in the days of forms, for clients that still look for it. */
function queryError(service: string, code: string, status: number): Record<string, string> {
  if (!ONCE_QUERY_SERVICES.has(service)) return {};
  return { 'x-amzn-query-error': `${queryCodeOf(service, code)};${sideOf(status)}` };
}

function queryCodeOf(service: string, code: string): string {
  if (!ONCE_QUERY_SERVICES.has(service)) return code;
  return code === 'QueueDoesNotExist' ? 'AWS.SimpleQueueService.NonExistentQueue' : code.replace(/Exception$/, '');
}

const sideOf = (status: number) => (status < 500 ? 'Sender' : 'Receiver');

/** RFC 8949: a map of two texts to texts. */
function cborFault({ code, message, status, namespace }: AwsFault, service: string): GatewayResponse {
  const parts = ['__type', namespace + code, 'message', message].map(cborText);
  return {
    status,
    headers: {
      'content-type': 'application/cbor',
      'smithy-protocol': 'rpc-v2-cbor',
      ...queryError(service, code, status),
    },
    body: Buffer.concat([Buffer.from([0xa2]), ...parts]),
  };
}

function cborText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const head = Buffer.alloc(5);
  head.writeUInt8(0x7a);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function restFault({ code, message, status }: AwsFault): GatewayResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ Type: status < 500 ? 'User' : 'Service', message, Message: message }),
  };
}

function s3Fault({ code, message, status }: AwsFault, request: GatewayRequest, requestId: string): GatewayResponse {
  const body = XML_HEAD + toXml({ Error: { Code: code, Message: message, RequestId: requestId } });
  return { status, headers: { 'content-type': 'application/xml' }, body: request.method === 'HEAD' ? '' : body };
}

function queryFault({ code, message, status }: AwsFault, service: string, requestId: string): GatewayResponse {
  const content = { Type: sideOf(status), Code: queryCodeOf(service, code), Message: message };
  const body = toXml({ ErrorResponse: { Error: content, RequestId: requestId } });
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
