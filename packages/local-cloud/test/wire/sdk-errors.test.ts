import { DatabaseSync } from 'node:sqlite';
import {
  InvokeCommand,
  LambdaClient,
  RequestTooLargeException,
  ResourceNotFoundException,
  TooManyRequestsException,
} from '@aws-sdk/client-lambda';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchBucket,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeObjectStore } from '../../src/storage/object-store.ts';
import { makeS3Api } from '../../src/storage/s3-api.ts';
import { faultResponse } from '../../src/wire/fault-response.ts';
import { AwsFault, type GatewayRequest, type GatewayResponse } from '../../src/wire/request.ts';
import { type GatewayServer, startServer } from '../../src/wire/server.ts';

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
const Bucket = 'evidence';
const Key = 'incidents/1.json';

/** A server that answers as the gateway does: errors in the format of the service. */
async function served(service: string, answer: (request: GatewayRequest) => GatewayResponse): Promise<GatewayServer> {
  return await startServer(0, async (request) => {
    try {
      return answer(request);
    } catch (error) {
      if (error instanceof AwsFault) return faultResponse(error, service, request);
      throw error;
    }
  });
}

const errorOf = (sent: Promise<unknown>): Promise<unknown> =>
  sent.then(
    () => {
      throw new Error('It was not refused.');
    },
    (error: unknown) => error,
  );

describe("an S3 error becomes the SDK's own class", () => {
  let server: GatewayServer;
  let s3: S3Client;
  let etag: string;
  beforeAll(async () => {
    server = await served('s3', makeS3Api(makeObjectStore(new DatabaseSync(':memory:'), [Bucket])));
    const { endpoint } = server;
    s3 = new S3Client({
      endpoint,
      region: 'us-east-1',
      credentials: CREDENTIALS,
      forcePathStyle: true,
      maxAttempts: 1,
    });
    etag = (await s3.send(new PutObjectCommand({ Bucket, Key, Body: '0123456789' }))).ETag ?? '';
  });
  afterAll(async () => {
    s3.destroy();
    await server.stop();
  });

  it('a missing key: NoSuchKey with the key and both ids', async () => {
    const error = await errorOf(s3.send(new GetObjectCommand({ Bucket, Key: 'none' })));
    expect(error).toBeInstanceOf(NoSuchKey);
    expect(error).toMatchObject({
      name: 'NoSuchKey',
      Key: 'none',
      $metadata: { httpStatusCode: 404, requestId: expect.any(String), extendedRequestId: expect.any(String) },
    });
  });

  it('a missing key that is only looked at: NotFound', async () => {
    expect(await errorOf(s3.send(new HeadObjectCommand({ Bucket, Key: 'none' })))).toBeInstanceOf(NotFound);
  });

  it('a missing bucket: NoSuchBucket with its name', async () => {
    const error = await errorOf(s3.send(new ListObjectsV2Command({ Bucket: 'none' })));
    expect(error).toBeInstanceOf(NoSuchBucket);
    expect(error).toMatchObject({ BucketName: 'none' });
  });

  it.each([
    ['written although it is there', { IfNoneMatch: '*' }, 'PreconditionFailed', 412, 'If-None-Match'],
    ['written over another version', { IfMatch: '"another"' }, 'PreconditionFailed', 412, 'If-Match'],
  ])('a key that is %s', async (_what, condition, name, httpStatusCode, Condition) => {
    const error = await errorOf(s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...condition })));
    expect(error).toBeInstanceOf(S3ServiceException);
    expect(error).toMatchObject({ name, Condition, $metadata: { httpStatusCode } });
  });

  it('a key that is written over what is not there: NoSuchKey', async () => {
    const put = new PutObjectCommand({ Bucket, Key: 'none', Body: 'x', IfMatch: '"another"' });
    expect(await errorOf(s3.send(put))).toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } });
  });

  it('reads under a condition: 304 for what is known, 412 for what has changed', async () => {
    const known = await errorOf(s3.send(new GetObjectCommand({ Bucket, Key, IfNoneMatch: etag })));
    expect(known).toMatchObject({ $metadata: { httpStatusCode: 304 } });
    const changed = await errorOf(s3.send(new GetObjectCommand({ Bucket, Key, IfMatch: '"another"' })));
    expect(changed).toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
    expect((await s3.send(new GetObjectCommand({ Bucket, Key, IfMatch: etag }))).ETag).toBe(etag);
  });

  it.each([
    ['bytes=2-4', '234'],
    ['bytes=7-', '789'],
    ['bytes=-3', '789'],
    ['bytes=-30', '0123456789'],
  ])('reads the range %s', async (Range, text) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, Range }));
    expect(await Body?.transformToString()).toBe(text);
  });

  it('a range behind the end: InvalidRange with the size', async () => {
    const error = await errorOf(s3.send(new GetObjectCommand({ Bucket, Key, Range: 'bytes=20-30' })));
    expect(error).toMatchObject({ name: 'InvalidRange', ActualObjectSize: '10', $metadata: { httpStatusCode: 416 } });
  });
});

describe("a Lambda error becomes the SDK's own class", () => {
  it.each([
    ['ResourceNotFoundException', 404, {}, ResourceNotFoundException, { Type: 'User' }],
    [
      'TooManyRequestsException',
      429,
      { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
      TooManyRequestsException,
      { Type: 'User', Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    ],
    ['RequestTooLargeException', 413, {}, RequestTooLargeException, { Type: 'User' }],
  ] as const)('%s', async (code, status, details, expected, members) => {
    const server = await served('lambda', () => {
      throw new AwsFault(code, 'Why it was refused.', status, '', details);
    });
    const { endpoint } = server;
    const lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials: CREDENTIALS, maxAttempts: 1 });
    const error = await errorOf(lambda.send(new InvokeCommand({ FunctionName: 'orders' })));
    lambda.destroy();
    await server.stop();
    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({ name: code, message: 'Why it was refused.', ...members });
    expect(error).toMatchObject({ $metadata: { httpStatusCode: status, requestId: expect.any(String) } });
  });
});
