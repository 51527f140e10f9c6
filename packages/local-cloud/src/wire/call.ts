import { type JsonObject, parseObject } from '../template/json.ts';
import { AwsFault, type GatewayRequest } from './request.ts';

/** A parsed request to an AWS service. */
export interface AwsCall {
  /** Service name in the signature's credential scope. */
  readonly service: string;
  readonly accessKeyId: string;
  /** The API operation; empty where only method and path tell it (S3). */
  readonly operation: string;
  /** Parameters of a JSON or query protocol. */
  readonly input: JsonObject;
  readonly request: GatewayRequest;
}

/** Access key and service of a Signature Version 4; null for an unsigned request. The signature itself is not checked. */
export function signatureScope(request: GatewayRequest): { accessKeyId: string; service: string } | null {
  const header = request.headers.authorization ?? '';
  const presigned = request.query.get('X-Amz-Credential');
  const credential = /^AWS4-[A-Z0-9-]+ Credential=([^,\s]+)/.exec(header)?.[1] ?? presigned;
  const [accessKeyId, , , service] = credential?.split('/') ?? [];
  return accessKeyId && service ? { accessKeyId, service } : null;
}

/** Reads operation and parameters of a JSON, query, CBOR-RPC or REST request. Throws `AwsFault` when the body is not JSON. */
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
