import { AwsFault } from '../gateway/fault.ts';
import type { GatewayRequest } from '../gateway/request.ts';
import { type JsonObject, parseObject, textOf } from '../template/json.ts';
import type { Place } from '../template/resource-types.ts';

/** A call of the S3 Vectors API: its REST paths are the operations' names, its bodies JSON. */
export interface VectorCall {
  /** Empty for what cannot be an operation. */
  readonly operation: string;
  readonly indexArn: string;
}

/** Throws `AwsFault` for a body that is no JSON. */
export function vectorBody({ body }: GatewayRequest): JsonObject {
  try {
    return parseObject(body.toString('utf8'), 'The request body');
  } catch {
    throw new AwsFault('ValidationException', 'The request body is not JSON.');
  }
}

/** An index is named by its ARN, or by its bucket's name and its own. */
export function vectorCall(
  request: GatewayRequest,
  { region, account }: Pick<Place, 'region' | 'account'>,
): VectorCall {
  const input = vectorBody(request);
  const [bucket, index] = [textOf(input.vectorBucketName) ?? '', textOf(input.indexName) ?? ''];
  const named = `arn:aws:s3vectors:${region}:${account}:bucket/${bucket}/index/${index}`;
  const operation = request.method === 'POST' ? request.path.slice(1) : '';
  return { operation, indexArn: textOf(input.indexArn) ?? named };
}
