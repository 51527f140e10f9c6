import { AwsFault } from '../gateway/fault.ts';
import type { GatewayRequest, GatewayResponse } from '../gateway/request.ts';
import { jsonResponse } from '../gateway/request.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf, textsOf } from '../template/json.ts';
import { type VectorCall, vectorBody } from './vector-call.ts';
import { passes } from './vector-filter.ts';
import type { StoredVector, VectorIndex, VectorIndexes } from './vector-indexes.ts';

/** Limits of the service (https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html). */
const MOST_AT_ONCE = 500;
const MOST_KEYS_AT_ONCE = 100;
const MOST_FOUND = 100;
const MOST_METADATA_BYTES = 40 * 1024;
const MOST_FILTERABLE_BYTES = 2 * 1024;

type Operation = (input: JsonObject, index: VectorIndex, indexes: VectorIndexes) => unknown;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  PutVectors(input, index, indexes) {
    const vectors = atMost(listOf(input.vectors), MOST_AT_ONCE, 'vectors').map((each) =>
      vectorOf(objectOf(each), index),
    );
    indexes.put(index.arn, vectors);
    return {};
  },
  QueryVectors(input, index, indexes) {
    const { topK, filter } = input;
    if (!Number.isInteger(topK) || Number(topK) < 1 || Number(topK) > MOST_FOUND) throw invalid('topK');
    const asked = dataOf(input.queryVector, index, 'queryVector');
    const found = [...indexes.all(index.arn)]
      .filter(({ metadata }) => filter === undefined || passes(filter, metadata, index.nonFilterable))
      .map((each) => ({ ...each, distance: cosineDistance(asked, each.data) }))
      .sort((a, b) => a.distance - b.distance || (a.key < b.key ? -1 : 1))
      .slice(0, Number(topK));
    return {
      vectors: found.map(({ key, metadata, distance }) => ({
        key,
        ...(input.returnMetadata === true ? { metadata } : {}),
        ...(input.returnDistance === true ? { distance } : {}),
      })),
      distanceMetric: index.metric,
    };
  },
  GetVectors(input, index, indexes) {
    const keys = atMost(textsOf(input.keys), MOST_KEYS_AT_ONCE, 'keys');
    const found = keys.flatMap((key) => indexes.get(index.arn, key) ?? []);
    return {
      vectors: found.map(({ key, data, metadata }) => ({
        key,
        ...(input.returnData === true ? { data: { float32: [...data] } } : {}),
        ...(input.returnMetadata === true ? { metadata } : {}),
      })),
    };
  },
  DeleteVectors(input, index, indexes) {
    for (const key of atMost(textsOf(input.keys), MOST_AT_ONCE, 'keys')) indexes.delete(index.arn, key);
    return {};
  },
};

/** The operations of Amazon S3 Vectors on vectors. The nearest are found by comparing with every one: exact, where AWS is approximate. */
export function makeVectorsApi(indexes: VectorIndexes, callOf: (request: GatewayRequest) => VectorCall) {
  return (request: GatewayRequest): GatewayResponse => {
    const { operation, indexArn } = callOf(request);
    const perform = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
    if (perform === undefined)
      throw new AwsFault(
        'NotImplemented',
        `${request.method} ${request.path} is not served by the local runtime.`,
        501,
      );
    return jsonResponse(perform(vectorBody(request), indexes.index(indexArn), indexes));
  };
}

function vectorOf(input: JsonObject, index: VectorIndex): StoredVector {
  const key = textOf(input.key) ?? '';
  if (key === '' || key.length > 1024) throw invalid('key');
  const metadata = objectOf(input.metadata);
  const filterable = Object.entries(metadata).filter(([name]) => !index.nonFilterable.has(name));
  const isTooLarge =
    bytesOf(metadata) > MOST_METADATA_BYTES || bytesOf(Object.fromEntries(filterable)) > MOST_FILTERABLE_BYTES;
  if (isTooLarge || filterable.some(([, value]) => isObject(value))) throw invalid('metadata');
  return { key, data: dataOf(input.data, index, 'data'), metadata };
}

function dataOf(value: unknown, { dimension }: VectorIndex, field: string): Float32Array {
  const { float32 } = objectOf(value);
  const numbers = Array.isArray(float32) ? float32 : [];
  const data = Float32Array.from(numbers, Number);
  if (data.length !== dimension || !data.every(Number.isFinite) || data.every((each) => each === 0))
    throw invalid(field);
  return data;
}

function cosineDistance(one: Float32Array, other: Float32Array): number {
  let [product, ones, others] = [0, 0, 0];
  for (let at = 0; at < one.length; at++) {
    const [a = 0, b = 0] = [one[at], other[at]];
    product += a * b;
    ones += a * a;
    others += b * b;
  }
  return 1 - product / Math.sqrt(ones * others);
}

function atMost<T>(list: readonly T[], most: number, field: string): readonly T[] {
  if (list.length === 0 || list.length > most) throw invalid(field);
  return list;
}

const bytesOf = (value: object): number => Buffer.byteLength(JSON.stringify(value));
const invalid = (field: string): AwsFault => new AwsFault('ValidationException', `Invalid ${field}.`);
