import {
  DeleteVectorsCommand,
  GetVectorsCommand,
  PutVectorsCommand,
  QueryVectorsCommand,
  S3VectorsClient,
} from '@aws-sdk/client-s3vectors';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessKeyOf } from '#apps/local/iam/access-key.ts';
import { type Runtime, startRuntime } from '#apps/local/runtime.ts';
import { makeS3VectorMemory, makeS3VectorSearch } from '#shared/adapters/aws/s3-memory-vectors.ts';
import { vectorOfPast } from '#shared/domain/knowledge/search/memory-vector.ts';
import { aPastIncident } from '#test/builders/index.ts';
import { role, type TestAssembly, writeAssembly } from '../test-assembly.ts';

const get = (id: string, attribute: string) => ({ 'Fn::GetAtt': [id, attribute] });
const index = (Dimension: number) => ({
  Type: 'AWS::S3Vectors::Index',
  Properties: {
    VectorBucketArn: get('Bucket', 'VectorBucketArn'),
    DataType: 'float32',
    Dimension,
    DistanceMetric: 'cosine',
    MetadataConfiguration: { NonFilterableMetadataKeys: ['record'] },
  },
});
const may = (...actions: string[]) =>
  role('lambda.amazonaws.com', {
    Effect: 'Allow',
    Action: actions.map((action) => `s3vectors:${action}`),
    Resource: [get('Index', 'IndexArn'), get('Small', 'IndexArn')],
  });
const STACK = {
  Resources: {
    Bucket: { Type: 'AWS::S3Vectors::VectorBucket' },
    Index: index(1024),
    Small: index(2),
    Writer: may('PutVectors'),
    Reader: may('QueryVectors', 'GetVectors'),
    Asker: may('QueryVectors'),
    Owner: may('PutVectors', 'QueryVectors', 'GetVectors', 'DeleteVectors'),
  },
  Outputs: { Index: { Value: get('Index', 'IndexArn') }, Small: { Value: get('Small', 'IndexArn') } },
};
const SCOPE = 'repository#501';
const LONG_AGO = new Date('2025-11-21T00:00:00.000Z');
const WORDS = { embeddings: null };
const idOf = (n: number) => `gh-${String(n).padStart(24, '0')}`;

let assembly: TestAssembly;
let runtime: Runtime;
const clientOf = (roleId: string) => clientBy(accessKeyOf(`Main/${roleId}`));
const clientBy = (accessKeyId: string) =>
  new S3VectorsClient({
    region: 'us-east-1',
    endpoint: runtime.endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey: 'local' },
  });
const indexArn = (name: 'Index' | 'Small') => runtime.outputs[name] ?? '';

beforeAll(async () => {
  assembly = writeAssembly({ Main: STACK });
  const { assemblyDir, dataDir } = assembly;
  runtime = await startRuntime({
    assemblyDir,
    dataDir,
    awsWorldUrl: 'http://127.0.0.1:1',
    githubApiUrl: null,
    adminAccessKeyId: 'admin',
  });
});
afterAll(async () => {
  await runtime.stop();
  assembly.remove();
});
beforeEach(() => runtime.faults.clear());

describe('past incidents in an index of vectors, over the wire', () => {
  const memory = (roleId = 'Writer') => makeS3VectorMemory({ indexArn: indexArn('Index'), client: clientOf(roleId) });
  const search = (timeoutMs = 5000, roleId = 'Reader') =>
    makeS3VectorSearch({ indexArn: indexArn('Index'), timeoutMs, client: clientOf(roleId) });
  const keep = async (past: ReturnType<typeof aPastIncident>, scope = SCOPE) => {
    const vector = vectorOfPast(past, WORDS);
    if (vector === null) throw new Error('It has no vector.');
    return await memory().keep(past, scope, vector);
  };
  const nearest = async (text: string, change: object = {}, one = search()) => {
    const vector = vectorOfPast(aPastIncident({ text }), WORDS);
    if (vector === null) throw new Error('It has no vector.');
    return await one.nearest({ scope: SCOPE, vector, endedAfter: LONG_AGO, limit: 30, ...change });
  };
  const ids = async (text: string, change: object = {}) => {
    const answer = await nearest(text, change);
    return answer.kind === 'found' ? answer.incidents.map(({ id }) => id) : answer.reason;
  };
  const npm = aPastIncident({ id: idOf(1), text: 'npm ERR! ERESOLVE could not resolve lodash@4.17.21' });
  const disk = aPastIncident({ id: idOf(2), text: 'tar: write error: No space left on device' });

  beforeAll(async () => {
    for (const past of [npm, disk]) expect(await keep(past)).toEqual({ kind: 'kept' });
    await keep({ ...npm, id: idOf(3) }, 'repository#502');
    await keep({ ...npm, id: idOf(4), endedAt: '2025-01-01T00:00:00.000Z' });
  });

  it('are found whole, the nearest first, and none of another place or too old', async () => {
    const answer = await nearest('npm could not resolve lodash@4.17.21');
    expect(answer).toEqual({ kind: 'found', incidents: [npm, disk] });
    expect(await ids('no space left on device', { limit: 1 })).toEqual([disk.id]);
    expect(await ids('lodash@4.17.21', { endedAfter: new Date(0) })).toContain(idOf(4));
  });

  it('are one for each id: the newest end stands', async () => {
    await keep({ ...disk, outcome: 'escalated' });
    const answer = await nearest('no space left on device', { limit: 1 });
    expect(answer).toMatchObject({ incidents: [{ id: disk.id, outcome: 'escalated' }] });
  });

  it('of another space are never compared', async () => {
    const vector = { space: 'another', values: vectorOfPast(npm, WORDS)?.values ?? [] };
    expect(await ids('', { vector })).toEqual([]);
  });

  it('lose their least weighty terms when they are too large for the service', async () => {
    const terms = Array.from({ length: 320 }, (_, n) => `n:${'é'.repeat(60)}${n} 1`).join('\n');
    const large = aPastIncident({ id: idOf(9), terms, title: '"'.repeat(300), resolution: '😀'.repeat(500) });
    expect(await keep(large, 'repository#503')).toEqual({ kind: 'kept' });
    const answer = await nearest('', { scope: 'repository#503', vector: vectorOfPast(large, WORDS) });
    const [found] = answer.kind === 'found' ? answer.incidents : [];
    expect(found).toEqual({ ...large, terms: expect.stringMatching(/^n:é+0 1\n/) });
    expect(large.terms.startsWith(`${found?.terms}\n`)).toBe(true);
  });

  it.each([
    ['is busy', { kind: 'error', code: 'TooManyRequestsException', status: 429, when: 'before' }, /busy/],
    ['fails', { kind: 'error', code: 'InternalServerException', status: 500, when: 'before' }, /busy/],
    ['breaks off', { kind: 'reset', when: 'before' }, /did not answer/],
    ['is slow', { kind: 'slow', ms: 1500 }, /did not answer in time/],
  ] as const)('are unavailable, with a reason, when the service %s', async (_what, fault, reason) => {
    runtime.faults.inject('s3vectors:QueryVectors', fault, { times: 1 });
    const answer = await nearest('lodash', {}, search(300));
    expect(answer).toEqual({ kind: 'unavailable', reason: expect.stringMatching(reason) });
  });

  it('are kept and found only by who may', async () => {
    const refused = { kind: 'unavailable', reason: 'The index of vectors refused the request.' };
    expect(await nearest('lodash', {}, search(5000, 'Asker'))).toEqual(refused);
    const vector = vectorOfPast(npm, WORDS) ?? { space: '', values: [] };
    expect(await memory('Reader').keep(npm, SCOPE, vector)).toEqual(refused);
    expect(runtime.denials.map(({ role: who, action }) => [who, action])).toEqual([
      ['Main/Asker', 's3vectors:GetVectors'],
      ['Main/Reader', 's3vectors:PutVectors'],
    ]);
  });
});

describe('the wire of S3 Vectors', () => {
  const send = () => clientOf('Owner');
  const put = (key: string, float32: number[], metadata: Record<string, string | number | string[]> = {}) =>
    send().send(
      new PutVectorsCommand({
        indexArn: indexArn('Small'),
        vectors: [{ key, data: { float32 }, metadata }],
      }),
    );
  const query = (input: object) =>
    send().send(
      new QueryVectorsCommand({
        indexArn: indexArn('Small'),
        topK: 5,
        queryVector: { float32: [1, 0] },
        ...input,
      }),
    );

  beforeAll(async () => {
    await put('east', [2, 0], { at: 1, tags: ['a', 'b'] });
    await put('north', [0, 1], { at: 2 });
    await put('west', [-1, 0], { at: 3, record: 'x'.repeat(30_000) });
  });

  it('tells cosine distances and only what was asked for', async () => {
    const { vectors = [], distanceMetric } = await query({ returnDistance: true });
    expect(vectors.map(({ key, distance }) => [key, distance])).toEqual([
      ['east', 0],
      ['north', 1],
      ['west', 2],
    ]);
    expect(vectors.every(({ metadata }) => metadata === undefined)).toBe(true);
    expect(distanceMetric).toBe('cosine');
  });

  it.each([
    [{ at: { $gte: 2 } }, ['north', 'west']],
    [{ at: 2 }, ['north']],
    [{ tags: 'a' }, ['east']],
    [{ at: { $in: [1, 3] } }, ['east', 'west']],
    [{ tags: { $exists: false } }, ['north', 'west']],
    [{ $or: [{ at: { $lt: 2 } }, { at: { $gt: 2 } }] }, ['east', 'west']],
    [{ $and: [{ at: { $ne: 1 } }, { at: { $lte: 2 } }] }, ['north']],
  ])('filters by %j', async (filter, keys) => {
    const { vectors = [] } = await query({ filter });
    expect(vectors.map(({ key }) => key)).toEqual(keys);
  });

  it.each([
    ['a filter by what cannot be filtered', () => query({ filter: { record: 'x' } })],
    ['a filter with an unknown operator', () => query({ filter: { at: { $near: 1 } } })],
    ['more results than it gives', () => query({ topK: 101 })],
    ['a vector of another dimension', () => put('three', [1, 2, 3])],
    ['a vector of zeros', () => put('zero', [0, 0])],
    ['more filterable metadata than 2 KB', () => put('large', [1, 1], { note: 'x'.repeat(2100) })],
    ['more metadata than 40 KB', () => put('large', [1, 1], { record: 'x'.repeat(41_000) })],
  ])('refuses %s', async (_what, call) => {
    await expect(call()).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('gives vectors back by their keys, and no more once they are deleted', async () => {
    await put('gone', [3, 4], { at: 9 });
    const keys = ['gone', 'unknown'];
    const wanted = { indexArn: indexArn('Small'), keys, returnData: true, returnMetadata: true };
    const { vectors } = await send().send(new GetVectorsCommand(wanted));
    expect(vectors).toEqual([{ key: 'gone', data: { float32: [3, 4] }, metadata: { at: 9 } }]);
    await send().send(new DeleteVectorsCommand({ indexArn: indexArn('Small'), keys }));
    expect((await send().send(new GetVectorsCommand(wanted))).vectors).toEqual([]);
  });

  it('finds an index by the names of its bucket and its own, and none that is not there', async () => {
    const [, bucket = '', name = ''] = /bucket\/(.+)\/index\/(.+)$/.exec(indexArn('Small')) ?? [];
    const named = { indexArn: undefined, vectorBucketName: bucket, indexName: name };
    expect((await query(named)).vectors?.[0]?.key).toBe('east');
    const missing = new GetVectorsCommand({ vectorBucketName: bucket, indexName: 'another', keys: ['east'] });
    await expect(clientBy('admin').send(missing)).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});
