import { type JsonObject, parseObject } from '../template/json.ts';
import { AwsFault, type GatewayRequest } from './request.ts';

/** A request to an AWS service, taken apart. */
export interface AwsCall {
  /** Service name of the signature's credential scope. */
  readonly service: string;
  readonly accessKeyId: string;
  /** Operation name of the service's API; empty where only method and path tell (S3). */
  readonly operation: string;
  /** Parameters of a JSON or query protocol. */
  readonly input: JsonObject;
  readonly request: GatewayRequest;
}

/** Who signed for which service (Signature Version 4); null for an unsigned request. The signature itself is not checked. */
export function signatureScope(request: GatewayRequest): { accessKeyId: string; service: string } | null {
  const header = request.headers.authorization ?? '';
  const presigned = request.query.get('X-Amz-Credential');
  const credential = /^AWS4-[A-Z0-9-]+ Credential=([^,\s]+)/.exec(header)?.[1] ?? presigned;
  const [accessKeyId, , , service] = credential?.split('/') ?? [];
  return accessKeyId && service ? { accessKeyId, service } : null;
}

/** Reads operation and parameters from the JSON, query, CBOR-RPC or REST form of the request. Throws `AwsFault` for a body that is no JSON. */
export function readCall(request: GatewayRequest, scope: { accessKeyId: string; service: string }): AwsCall {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    return { ...scope, request, operation: target.split('.').pop() ?? '', input: jsonBody(request) };
  }
  const rpc = /^\/service\/[^/]+\/operation\/([^/]+)$/.exec(request.path);
  if (rpc !== null) return { ...scope, request, operation: rpc[1] ?? '', input: {} };
  if ((request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(request.body.toString('utf8'));
    return { ...scope, request, operation: form.get('Action') ?? '', input: Object.fromEntries(form) };
  }
  return { ...scope, request, operation: '', input: {} };
}

function jsonBody(request: GatewayRequest): JsonObject {
  const text = request.body.toString('utf8');
  try {
    return text === '' ? {} : parseObject(text, 'The request body');
  } catch {
    throw new AwsFault('SerializationException', 'The request body is not JSON.');
  }
}
