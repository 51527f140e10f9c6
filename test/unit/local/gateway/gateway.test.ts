import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetAliasCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessKeyOf } from '#apps/local/iam/access-key.ts';
import { type Runtime, startRuntime } from '#apps/local/runtime.ts';
import { decodeAwsChunks } from '#apps/local/storage/aws-chunks.ts';
import { arnOf, lambda, role, type TestAssembly, withPlaceholders, writeAssembly } from '../test-assembly.ts';

const account = (text: string) => ({
  'Fn::Sub': withPlaceholders(`arn:aws:${text}`.replace('@', '<AWS::Region>:<AWS::AccountId>')),
});
const allow = (Action: string | string[], Resource: unknown) => ({ Effect: 'Allow', Action, Resource });

const TABLE = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'open', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'open',
        KeySchema: [{ AttributeName: 'open', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  },
};

const STACK = {
  Resources: {
    Table: TABLE,
    Queue: { Type: 'AWS::SQS::Queue' },
    Topic: { Type: 'AWS::SNS::Topic' },
    Bucket: { Type: 'AWS::S3::Bucket' },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'first' } },
    ...lambda('Echo'),
    Worker: role(
      'lambda.amazonaws.com',
      allow(['dynamodb:GetItem', 'dynamodb:PutItem'], arnOf('Table')),
      allow(['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'], arnOf('Queue')),
      allow('sns:Publish', { Ref: 'Topic' }),
      allow(['s3:GetObject', 's3:PutObject'], { 'Fn::Sub': withPlaceholders('<Bucket.Arn>/mine/*') }),
      allow(['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'], { Ref: 'Secret' }),
      allow('lambda:InvokeFunction', arnOf('Echo')),
      allow('lambda:GetAlias', account('lambda:@:function:orders')),
      allow('events:PutEvents', account('events:@:event-bus/default')),
      allow('bedrock:InvokeModel', { 'Fn::Sub': 'arn:aws:bedrock:*::foundation-model/small' }),
      allow('cloudwatch:DescribeAlarms', account('cloudwatch:@:alarm:errors')),
      allow('logs:FilterLogEvents', account('logs:@:log-group:orders:*')),
      allow('ecs:UpdateService', account('ecs:@:service/main/orders')),
    ),
    Lister: role('lambda.amazonaws.com', allow('s3:ListBucket', arnOf('Bucket')), allow('s3:GetObject', '*')),
    Nobody: role('lambda.amazonaws.com'),
  },
};

interface Seen {
  readonly httpVersion: string;
  readonly url: string;
  readonly body: string;
}

describe('the gateway', () => {
  let assembly: TestAssembly;
  let runtime: Runtime;
  let world: Server;
  const seen: Seen[] = [];
  const config = (roleId = 'Worker') => ({
    region: 'us-east-1',
    endpoint: runtime.endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId: accessKeyOf(`Main/${roleId}`), secretAccessKey: 'local' },
  });
  const id = (logicalId: string) => runtime.resources()[logicalId] ?? '';

  beforeAll(async () => {
    world = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        seen.push({ httpVersion: request.httpVersion, url: request.url ?? '', body });
        const target = String(request.headers['x-amz-target'] ?? '');
        response.setHeader('content-type', 'application/json');
        if (target.endsWith('DescribeTaskDefinition'))
          response.end('{"taskDefinition":{"taskRoleArn":"arn:aws:iam::1:role/task"}}');
        else if (request.url?.includes('/converse'))
          response.end(
            '{"output":{"message":{"role":"assistant","content":[{"text":"hello"}]}},"stopReason":"end_turn"}',
          );
        else response.end('{}');
      });
    });
    await new Promise<void>((resolve) => world.listen(0, '127.0.0.1', resolve));
    assembly = writeAssembly({ Main: STACK }, { Echo: 'export const handler = async (event) => ({ heard: event });' });
    runtime = await startRuntime({
      assemblyDir: assembly.assemblyDir,
      dataDir: assembly.dataDir,
      awsWorldUrl: `http://127.0.0.1:${(world.address() as AddressInfo).port}`,
      githubApiUrl: null,
      adminAccessKeyId: 'admin',
    });
  });
  afterAll(async () => {
    await runtime.stop();
    world.close();
    assembly.remove();
  });

  it('serves tables, and refuses an index that was not granted', async () => {
    const client = new DynamoDBClient(config());
    await client.send(new PutItemCommand({ TableName: id('Table'), Item: { pk: { S: 'a' }, open: { S: 'OPEN' } } }));
    const { Item } = await client.send(new GetItemCommand({ TableName: id('Table'), Key: { pk: { S: 'a' } } }));
    expect(Item?.pk).toEqual({ S: 'a' });
    const query = new QueryCommand({
      TableName: id('Table'),
      IndexName: 'open',
      KeyConditionExpression: '#o = :o',
      ExpressionAttributeNames: { '#o': 'open' },
      ExpressionAttributeValues: { ':o': { S: 'OPEN' } },
    });
    await expect(client.send(query)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(runtime.denials.at(-1)).toMatchObject({
      role: 'Main/Worker',
      action: 'dynamodb:Query',
      resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/Main-Table/index/open',
      context: { 'dynamodb:LeadingKeys': ['OPEN'] },
    });
  });

  it('serves queues, with the digests the client checks', async () => {
    const client = new SQSClient(config());
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'test' } };
    await client.send(new SendMessageCommand({ QueueUrl: id('Queue'), MessageBody: 'one', MessageAttributes }));
    const batch = new SendMessageBatchCommand({ QueueUrl: id('Queue'), Entries: [{ Id: '1', MessageBody: 'two' }] });
    expect((await client.send(batch)).Successful).toHaveLength(1);
    const receive = new ReceiveMessageCommand({
      QueueUrl: id('Queue'),
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
    });
    const { Messages = [] } = await client.send(receive);
    expect(Messages.map((message) => message.Body)).toEqual(['one', 'two']);
    for (const { ReceiptHandle } of Messages)
      await client.send(new DeleteMessageCommand({ QueueUrl: id('Queue'), ReceiptHandle }));
    expect((await client.send(receive)).Messages).toBeUndefined();
    await expect(new SQSClient(config('Nobody')).send(receive)).rejects.toMatchObject({ name: /AccessDenied/ });
  });

  it('wakes a long poll when a message comes', async () => {
    const client = new SQSClient(config());
    const waiting = client.send(new ReceiveMessageCommand({ QueueUrl: id('Queue'), WaitTimeSeconds: 5 }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const sentAt = performance.now();
    await client.send(new SendMessageCommand({ QueueUrl: id('Queue'), MessageBody: 'late' }));
    expect((await waiting).Messages?.[0]?.Body).toBe('late');
    // Sooner than the poll would have ended by itself.
    expect(performance.now() - sentAt).toBeLessThan(4000);
  });

  it('serves objects, and tells of a missing key only to those who may list', async () => {
    const client = new S3Client(config());
    await client.send(
      new PutObjectCommand({ Bucket: id('Bucket'), Key: 'mine/ä b.txt', Body: 'text', ContentType: 'text/plain' }),
    );
    const { Body, ContentType } = await client.send(
      new GetObjectCommand({ Bucket: id('Bucket'), Key: 'mine/ä b.txt' }),
    );
    expect([await Body?.transformToString(), ContentType]).toEqual(['text', 'text/plain']);
    const missing = new GetObjectCommand({ Bucket: id('Bucket'), Key: 'mine/none' });
    await expect(client.send(missing)).rejects.toMatchObject({ name: 'AccessDenied' });
    const lister = new S3Client(config('Lister'));
    await expect(lister.send(missing)).rejects.toMatchObject({ name: 'NoSuchKey' });
    const { Contents } = await lister.send(new ListObjectsV2Command({ Bucket: id('Bucket'), Prefix: 'mine/' }));
    expect(Contents?.map((each) => each.Key)).toEqual(['mine/ä b.txt']);
    const other = new PutObjectCommand({ Bucket: id('Bucket'), Key: 'other', Body: 'x' });
    await expect(client.send(other)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('refuses to overwrite when asked to', async () => {
    const client = new S3Client(config());
    const once = new PutObjectCommand({ Bucket: id('Bucket'), Key: 'mine/once', Body: 'x', IfNoneMatch: '*' });
    await client.send(once);
    await expect(client.send(once)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  it('takes off the framing of a body that is sent in chunks', () => {
    const framed = ['4', 'text', 'a;chunk-signature=00', '0123456789', '0', 'x-amz-checksum-crc32:AAAAAA==', '', ''];
    const headers = { 'content-encoding': 'aws-chunked' };
    const { body, trailers } = decodeAwsChunks({ body: Buffer.from(framed.join('\r\n')), headers });
    expect([body.toString(), trailers]).toEqual(['text0123456789', { 'x-amz-checksum-crc32': 'AAAAAA==' }]);
  });

  it('serves secrets, the one before too', async () => {
    const client = new SecretsManagerClient(config());
    const SecretId = id('Secret');
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: 'second' }));
    const current = await client.send(new GetSecretValueCommand({ SecretId }));
    const previous = await client.send(new GetSecretValueCommand({ SecretId, VersionStage: 'AWSPREVIOUS' }));
    expect([current.SecretString, previous.SecretString]).toEqual(['second', 'first']);
    runtime.overrideSecret('Secret', { key: 'third' });
    expect((await client.send(new GetSecretValueCommand({ SecretId }))).SecretString).toBe('{"key":"third"}');
  });

  it('answers refusals in the shape of each protocol', async () => {
    const nobody = config('Nobody');
    await expect(
      new SNSClient(nobody).send(new PublishCommand({ TopicArn: id('Topic'), Message: 'x' })),
    ).rejects.toMatchObject({ name: 'AuthorizationErrorException' });
    await expect(new LambdaClient(nobody).send(new InvokeCommand({ FunctionName: id('Echo') }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(
      new SecretsManagerClient(nobody).send(new GetSecretValueCommand({ SecretId: id('Secret') })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const entry = { Source: 'me', DetailType: 'x', Detail: '{}' };
    await expect(new EventBridgeClient(nobody).send(new PutEventsCommand({ Entries: [entry] }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('publishes, and says which events it did not take', async () => {
    expect(
      (await new SNSClient(config()).send(new PublishCommand({ TopicArn: id('Topic'), Message: 'x' }))).MessageId,
    ).toBeTruthy();
    const Entries = [
      { Source: 'me', DetailType: 'x', Detail: '{}' },
      { Source: 'me', DetailType: 'x', Detail: '{' },
    ];
    const answer = await new EventBridgeClient(config()).send(new PutEventsCommand({ Entries }));
    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries?.[1]?.ErrorCode).toBe('MalformedDetail');
  });

  it('invokes its own functions and asks the world about others', async () => {
    const client = new LambdaClient(config());
    const { Payload } = await client.send(new InvokeCommand({ FunctionName: id('Echo'), Payload: '{"a":1}' }));
    expect(Buffer.from(Payload ?? []).toString()).toBe('{"heard":{"a":1}}');
    await client.send(new GetAliasCommand({ FunctionName: 'orders', Name: 'live' }));
    expect(seen.at(-1)?.url).toBe('/2015-03-31/functions/orders/aliases/live');
    await expect(client.send(new GetFunctionCommand({ FunctionName: 'orders' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('takes Bedrock calls by HTTP/2 without TLS and hands them on by HTTP/1.1', async () => {
    const client = new BedrockRuntimeClient(config());
    const messages = [{ role: 'user' as const, content: [{ text: 'hi' }] }];
    const answer = await client.send(new ConverseCommand({ modelId: 'small', messages }));
    expect(answer.output?.message?.content?.[0]?.text).toBe('hello');
    expect(seen.at(-1)).toMatchObject({ httpVersion: '1.1', url: '/model/small/converse' });
    await expect(client.send(new ConverseCommand({ modelId: 'large', messages }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    client.destroy();
  });

  it('forwards what it only looks at: alarms, logs', async () => {
    await new CloudWatchClient(config()).send(new DescribeAlarmsCommand({ AlarmNames: ['errors'] }));
    expect(JSON.parse(seen.at(-1)?.body ?? '')).toEqual({ AlarmNames: ['errors'] });
    await expect(
      new CloudWatchClient(config()).send(new DescribeAlarmsCommand({ AlarmNames: ['others'] })),
    ).rejects.toMatchObject({ name: /AccessDenied/ });
    const logs = new CloudWatchLogsClient(config());
    await logs.send(new FilterLogEventsCommand({ logGroupName: 'orders' }));
    await expect(logs.send(new FilterLogEventsCommand({ logGroupName: 'payments' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('wants the right to pass the roles of a task definition', async () => {
    const update = new UpdateServiceCommand({ cluster: 'main', service: 'orders', taskDefinition: 'orders:6' });
    await expect(new ECSClient(config()).send(update)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(runtime.denials.at(-1)).toMatchObject({ action: 'iam:PassRole', resource: 'arn:aws:iam::1:role/task' });
  });

  it('denies what it does not know, even to a role that may do everything', async () => {
    await expect(new LambdaClient(config()).send(new ListFunctionsCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    expect(runtime.denials.at(-1)?.reason).toBe('unmapped');
  });

  it('knows no other callers than its roles and its admin', async () => {
    const stranger = { ...config(), credentials: { accessKeyId: 'somebody', secretAccessKey: 'x' } };
    const get = new GetItemCommand({ TableName: id('Table'), Key: { pk: { S: 'a' } } });
    await expect(new DynamoDBClient(stranger).send(get)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    const admin = { ...config(), credentials: { accessKeyId: 'admin', secretAccessKey: 'x' } };
    await expect(new DynamoDBClient(admin).send(get)).resolves.toHaveProperty('Item');
  });

  it('listens on the loopback interface only', () => {
    expect(new URL(runtime.endpoint).hostname).toBe('127.0.0.1');
  });
});
