import { toXml, XML_HEAD } from '@selfheal/fake-server/xml.ts';
import type { AwsFault, GatewayRequest, GatewayResponse } from './request.ts';

/** Services with the query protocol: form requests, XML answers. */
const QUERY_SERVICES: ReadonlySet<string> = new Set(['autoscaling', 'rds', 'sns', 'sts']);

/** Services whose protocol is JSON over REST paths. */
const REST_SERVICES: ReadonlySet<string> = new Set(['bedrock', 'lambda']);

/** Services that moved from the query protocol to JSON and still send the old error codes. */
const ONCE_QUERY_SERVICES: ReadonlySet<string> = new Set(['sqs', 'monitoring']);

/** Writes a fault in the service's error format and the protocol of the request. */
export function faultResponse(fault: AwsFault, service: string, request: GatewayRequest): GatewayResponse {
  const requestId = crypto.randomUUID();
  const { status, headers, body } = responseOf(fault, service, request, requestId);
  const ids: Record<string, string> =
    service === 's3'
      ? { 'x-amz-request-id': requestId, 'x-amz-id-2': hostIdOf(requestId) }
      : { 'x-amzn-requestid': requestId };
  return { status, headers: { ...headers, ...ids }, body };
}

function responseOf(fault: AwsFault, service: string, request: GatewayRequest, requestId: string): GatewayResponse {
  if (service === 's3') return s3Fault(fault, request, requestId);
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return cborFault(fault, service);
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  if (isForm || QUERY_SERVICES.has(service)) return queryFault(fault, service, requestId);
  if (REST_SERVICES.has(service)) return restFault(fault);
  return jsonFault(fault, service, request);
}

/** Code and status with which a service denies access. */
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

/** The service's error code in the query protocol, for clients that still read it. */
function queryError(service: string, code: string, status: number): Record<string, string> {
  if (!ONCE_QUERY_SERVICES.has(service)) return {};
  return { 'x-amzn-query-error': `${queryCodeOf(service, code)};${sideOf(status)}` };
}

function queryCodeOf(service: string, code: string): string {
  if (!ONCE_QUERY_SERVICES.has(service)) return code;
  return code === 'QueueDoesNotExist' ? 'AWS.SimpleQueueService.NonExistentQueue' : code.replace(/Exception$/, '');
}

const sideOf = (status: number) => (status < 500 ? 'Sender' : 'Receiver');

/** CBOR (RFC 8949): a map with two string entries. */
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

function restFault({ code, message, status, details }: AwsFault): GatewayResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ ...details, Type: status < 500 ? 'User' : 'Service', message, Message: message }),
  };
}

/** The second id of an answer of S3, which names the host that gave it. */
const hostIdOf = (requestId: string): string => Buffer.from(`local ${requestId}`).toString('base64');

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function s3Fault(
  { code, message, status, details }: AwsFault,
  request: GatewayRequest,
  requestId: string,
): GatewayResponse {
  // Neither has a body; the SDK names them by their status.
  if (request.method === 'HEAD' || status === 304) return { status, headers: {}, body: '' };
  const told = { ...details, Resource: request.path, RequestId: requestId, HostId: hostIdOf(requestId) };
  const body = XML_HEAD + toXml({ Error: { Code: code, Message: message, ...told } });
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

function queryFault({ code, message, status }: AwsFault, service: string, requestId: string): GatewayResponse {
  const content = { Type: sideOf(status), Code: queryCodeOf(service, code), Message: message };
  const body = toXml({ ErrorResponse: { Error: content, RequestId: requestId } });
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
