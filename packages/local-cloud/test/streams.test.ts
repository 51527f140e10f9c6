import { readFile } from 'node:fs/promises';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { afterEach, describe, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../src/runtime.ts';
import { shardOf } from '../src/streams/stream-store.ts';
import { arnOf, lambda, role, type TestAssembly, until, writeAssembly } from './test-assembly.ts';

const READ = {
  Effect: 'Allow',
  Action: ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'].map(
    (action) => `kinesis:${action}`,
  ),
  Resource: arnOf('Lines'),
};
const stream = (properties: object = {}) => ({
  Type: 'AWS::Kinesis::Stream',
  Properties: {
    Name: 'lines',
    ShardCount: 2,
    StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
    ...properties,
  },
});
const source = (properties: object = {}) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    EventSourceArn: arnOf('Lines'),
    FunctionName: arnOf('Reader'),
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 4,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...properties,
  },
});
/** Notes what it gets; fails at what says so. */
const READER = `export const handler = async ({ Records }) => {
  const read = Records.map(({ kinesis }) => ({
    text: Buffer.from(kinesis.data, 'base64').toString(), key: kinesis.partitionKey, id: kinesis.sequenceNumber,
  }));
  console.log('batch ' + JSON.stringify(read.map(({ text }) => text)));
  if (read.some(({ text }) => text === 'throw')) throw new Error('it threw');
  return { batchItemFailures: read.filter(({ text }) => text === 'bad').map(({ id }) => ({ itemIdentifier: id })) };
};`;
const ADMIN = 'AKIAEXAMPLEADMIN';

const opened: { readonly runtime: Runtime; readonly assembly: TestAssembly }[] = [];
afterEach(async () => {
  for (const { runtime, assembly } of opened.splice(0)) {
    await runtime.stop();
    assembly.remove();
  }
});

async function aCloud(resources: object, code = READER) {
  const assembly = writeAssembly({ Main: { Resources: resources as Record<string, unknown> } }, { Reader: code });
  const { assemblyDir, dataDir } = assembly;
  const runtime = await startRuntime({
    ...{ assemblyDir, dataDir, awsWorldUrl: null, githubApiUrl: null, timeScale: 0.001, adminAccessKeyId: ADMIN },
  });
  opened.push({ runtime, assembly });
  const kinesis = new KinesisClient({
    endpoint: runtime.endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: ADMIN, secretAccessKey: ['not', 'a', 'secret'].join('-') },
  });
  const put = async (key: string, ...texts: string[]) =>
    await kinesis.send(
      new PutRecordsCommand({
        StreamName: 'lines',
        Records: texts.map((text) => ({ PartitionKey: key, Data: Buffer.from(text) })),
      }),
    );
  const batches = async (): Promise<string[][]> =>
    (await readFile(`${dataDir}/logs/Main-Reader.log`, 'utf8').catch(() => ''))
      .split('\n')
      .flatMap((line) => /batch (\[.*\])/.exec(line)?.[1] ?? [])
      .map((json) => JSON.parse(json) as string[]);
  return { runtime, kinesis, put, batches };
}
const SOLE = { Lines: stream({ ShardCount: 1 }), ...lambda('Reader', [READ]) };
const QUIET = { Lines: stream(), ...lambda('Reader', [READ]) };

describe('a stream of Kinesis', () => {
  it('keeps records by the shard of their partition key, in order, and gives them from any position', async () => {
    const { kinesis, put } = await aCloud(QUIET);
    const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName: 'lines' }));
    expect(Shards.map(({ HashKeyRange }) => HashKeyRange)).toEqual([
      { StartingHashKey: '0', EndingHashKey: String(2n ** 127n - 1n) },
      { StartingHashKey: String(2n ** 127n), EndingHashKey: String(2n ** 128n - 1n) },
    ]);
    const answer = await put('a', 'one', 'two', 'three');
    expect(answer).toMatchObject({ FailedRecordCount: 0, EncryptionType: 'KMS' });
    const [first] = answer.Records ?? [];
    expect(first?.ShardId).toBe(shardOf('a', 2));
    const read = async (position: object) => {
      const { ShardIterator } = await kinesis.send(
        new GetShardIteratorCommand({ StreamName: 'lines', ShardId: first?.ShardId, ...position } as never),
      );
      const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
      return Records.map(({ Data }) => Buffer.from(Data ?? []).toString());
    };
    expect(await read({ ShardIteratorType: 'TRIM_HORIZON' })).toEqual(['one', 'two', 'three']);
    expect(await read({ ShardIteratorType: 'LATEST' })).toEqual([]);
    const after = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: first?.SequenceNumber };
    expect(await read(after)).toEqual(['two', 'three']);
  });

  it('refuses what Kinesis refuses', async () => {
    const { kinesis } = await aCloud(QUIET);
    const putting = async (change: object) =>
      await kinesis.send(
        new PutRecordCommand({ StreamName: 'lines', PartitionKey: 'a', Data: Buffer.from('x'), ...change }),
      );
    await expect(putting({ StreamName: 'others' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(putting({ Data: Buffer.alloc(1_048_577) })).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(putting({ PartitionKey: 'k'.repeat(257) })).rejects.toMatchObject({ name: 'ValidationException' });
    const wrong = kinesis.send(new GetRecordsCommand({ ShardIterator: 'no iterator' }));
    await expect(wrong).rejects.toMatchObject({ name: 'InvalidArgumentException' });
  });
});

describe('a function that reads a stream', () => {
  it('gets each shard in order, in batches', async () => {
    const { put, batches } = await aCloud({ ...SOLE, Source: source() });
    const texts = Array.from({ length: 10 }, (_, index) => `line ${index}`);
    await put('a', ...texts);
    await until(async () => (await batches()).flat().length === 10);
    expect((await batches()).flat()).toEqual(texts);
    expect(Math.max(...(await batches()).map(({ length }) => length))).toBeLessThanOrEqual(4);
  });

  it('gets again from the record that failed on, and not what came before it', async () => {
    const { put, batches, runtime } = await aCloud({
      ...SOLE,
      Dead: { Type: 'AWS::SQS::Queue' },
      ...lambda('Reader', [READ, { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf('Dead') }]),
      Source: source({ MaximumRetryAttempts: 1, DestinationConfig: { OnFailure: { Destination: arnOf('Dead') } } }),
    });
    await put('a', 'one', 'bad');
    await until(async () => runtime.deadLetters().length === 1);
    await put('a', 'two');
    await until(async () => (await batches()).flat().includes('two'));
    const all = (await batches()).flat();
    expect(all.filter((text) => text === 'one')).toHaveLength(1);
    expect(all.filter((text) => text === 'bad').length).toBeGreaterThan(1);
    const letter = JSON.parse(runtime.deadLetters()[0]?.body ?? '{}');
    expect(letter).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted' },
      KinesisBatchInfo: { batchSize: 1, shardId: 'shardId-000000000000' },
    });
    expect(JSON.stringify(letter)).not.toContain('bad');
  });

  it('is given halves of a batch that it throws at, until one record is left, which is given up', async () => {
    const { put, batches } = await aCloud({
      ...SOLE,
      Source: source({ BisectBatchOnFunctionError: true, MaximumRetryAttempts: 0 }),
    });
    await put('a', 'one', 'two', 'throw', 'four');
    await until(async () => (await batches()).some((batch) => batch.length === 1 && batch[0] === 'four'));
    const last = new Set((await batches()).filter((batch) => !batch.includes('throw')).flat());
    expect([...last].sort()).toEqual(['four', 'one', 'two']);
    expect(await batches()).toContainEqual(['throw']);
  });

  it('gets nothing without the rights to read it', async () => {
    const { put, batches, runtime } = await aCloud({
      Lines: stream(),
      ...lambda('Reader', [{ ...READ, Action: ['kinesis:GetRecords'] }]),
      Source: source(),
    });
    await put('a', 'one');
    await until(async () => runtime.denials.length > 0);
    expect(runtime.denials.map(({ action }) => action)).toContain('kinesis:DescribeStream');
    expect(await batches()).toEqual([]);
  });

  it.each([
    ['tumbling windows', { TumblingWindowInSeconds: 30 }, /tumbling windows are not served/],
    ['more than one batch of a shard at a time', { ParallelizationFactor: 2 }, /parallelization factor of 1/],
    ['no starting position', { StartingPosition: undefined }, /starting position/],
  ])('is refused with %s', async (_what, change, words) => {
    await expect(aCloud({ ...SOLE, Source: source(change) })).rejects.toThrow(words);
  });
});

describe('a subscription filter of CloudWatch Logs to a stream', () => {
  const filter = (trusted: string) => ({
    Lines: stream({ ShardCount: 1 }),
    ...lambda('Reader', [READ]),
    Source: source({ BatchSize: 10 }),
    Putter: role(trusted, { Effect: 'Allow', Action: 'kinesis:PutRecord', Resource: arnOf('Lines') }),
    Filter: {
      Type: 'AWS::Logs::SubscriptionFilter',
      Properties: {
        ...{ LogGroupName: '/ecs/orders', FilterPattern: '', DestinationArn: arnOf('Lines'), RoleArn: arnOf('Putter') },
      },
    },
  });
  const UNPACK = `import { gunzipSync } from 'node:zlib';
export const handler = async ({ Records }) => {
  const texts = Records.map(({ kinesis }) => gunzipSync(Buffer.from(kinesis.data, 'base64')).toString());
  console.log('batch ' + JSON.stringify(texts));
  return { batchItemFailures: [] };
};`;

  it('puts lines by their log stream, packed, with its role', async () => {
    const { runtime, batches } = await aCloud(filter('logs.amazonaws.com'), UNPACK);
    await runtime.putLogs('/ecs/orders', [
      { at: 1, stream: 'a', message: 'one' },
      { at: 2, stream: 'a', message: 'two' },
    ]);
    await until(async () => (await batches()).flat().length === 2);
    const messages = (await batches()).flat().map((text) => JSON.parse(text));
    expect(messages).toMatchObject([
      { messageType: 'CONTROL_MESSAGE' },
      {
        messageType: 'DATA_MESSAGE',
        logGroup: '/ecs/orders',
        logStream: 'a',
        logEvents: [{ message: 'one' }, { message: 'two' }],
      },
    ]);
  });

  it('puts nothing with a role that CloudWatch Logs may not assume', async () => {
    const { runtime, batches } = await aCloud(filter('lambda.amazonaws.com'), UNPACK);
    await runtime.putLogs('/ecs/orders', [{ at: 1, stream: 'a', message: 'one' }]);
    expect(runtime.denials.map(({ action }) => action)).toContain('sts:AssumeRole');
    expect(await batches()).toEqual([]);
  });
});
