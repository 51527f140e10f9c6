import { toXml, XML_HEAD } from '../storage/xml.ts';
import type { AwsFault } from './fault.ts';
import type { GatewayRequest, GatewayResponse } from './request.ts';

/** Services whose requests are forms and whose answers are XML. */
const QUERY_SERVICES: ReadonlySet<string> = new Set(['autoscaling', 'rds', 'sns', 'sts']);

/** Services whose protocol is JSON over REST paths. */
const REST_SERVICES: ReadonlySet<string> = new Set(['bedrock', 'lambda', 's3vectors']);

/** A fault in the shape that the service's own protocol gives errors. */
export function faultResponse(fault: AwsFault, service: string, request: GatewayRequest): GatewayResponse {
  if (service === 's3') return s3Fault(fault, request);
  if (QUERY_SERVICES.has(service)) return queryFault(fault);
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
  const queryCode =
    code === 'QueueDoesNotExist' ? 'AWS.SimpleQueueService.NonExistentQueue' : code.replace(/Exception$/, '');
  return {
    status,
    headers: {
      'content-type': contentType.includes('json') ? contentType : 'application/x-amz-json-1.0',
      'x-amzn-errortype': code,
      ...(service === 'sqs' ? { 'x-amzn-query-error': `${queryCode};Sender` } : {}),
    },
    body: JSON.stringify({ __type: namespace + code, message, Message: message }),
  };
}

function restFault({ code, message, status }: AwsFault): GatewayResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ Type: status < 500 ? 'User' : 'Service', message, Message: message }),
  };
}

function s3Fault({ code, message, status }: AwsFault, request: GatewayRequest): GatewayResponse {
  const body = XML_HEAD + toXml({ Error: { Code: code, Message: message, RequestId: crypto.randomUUID() } });
  return { status, headers: { 'content-type': 'application/xml' }, body: request.method === 'HEAD' ? '' : body };
}

function queryFault({ code, message, status }: AwsFault): GatewayResponse {
  const Type = status < 500 ? 'Sender' : 'Receiver';
  const body = toXml({
    ErrorResponse: { Error: { Type, Code: code, Message: message }, RequestId: crypto.randomUUID() },
  });
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
