import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAwsChunks } from '../../src/storage/aws-chunks.ts';
import { type GatewayRig, openGateway } from './gateway-rig.ts';

describe('the gateway', () => {
  let gateway: GatewayRig;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.stop());

  it('serves tables, and refuses an index that was not granted', async () => {
    const client = new DynamoDBClient(gateway.config());
    await client.send(
      new PutItemCommand({ TableName: gateway.id('Table'), Item: { pk: { S: 'a' }, open: { S: 'OPEN' } } }),
    );
    const { Item } = await client.send(new GetItemCommand({ TableName: gateway.id('Table'), Key: { pk: { S: 'a' } } }));
    expect(Item?.pk).toEqual({ S: 'a' });
    const query = new QueryCommand({
      TableName: gateway.id('Table'),
      IndexName: 'open',
      KeyConditionExpression: '#o = :o',
      ExpressionAttributeNames: { '#o': 'open' },
      ExpressionAttributeValues: { ':o': { S: 'OPEN' } },
    });
    await expect(client.send(query)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(gateway.runtime.denials.at(-1)).toMatchObject({
      role: 'Main/Worker',
      action: 'dynamodb:Query',
      resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/Main-Table/index/open',
      context: { 'dynamodb:LeadingKeys': ['OPEN'] },
    });
  });

  it('serves queues, with the digests the client checks', async () => {
    const client = new SQSClient(gateway.config());
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'test' } };
    await client.send(new SendMessageCommand({ QueueUrl: gateway.id('Queue'), MessageBody: 'one', MessageAttributes }));
    const batch = new SendMessageBatchCommand({
      QueueUrl: gateway.id('Queue'),
      Entries: [{ Id: '1', MessageBody: 'two' }],
    });
    expect((await client.send(batch)).Successful).toHaveLength(1);
    const receive = new ReceiveMessageCommand({
      QueueUrl: gateway.id('Queue'),
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
    });
    const { Messages = [] } = await client.send(receive);
    expect(Messages.map((message) => message.Body)).toEqual(['one', 'two']);
    for (const { ReceiptHandle } of Messages)
      await client.send(new DeleteMessageCommand({ QueueUrl: gateway.id('Queue'), ReceiptHandle }));
    expect((await client.send(receive)).Messages).toBeUndefined();
    await expect(new SQSClient(gateway.config('Nobody')).send(receive)).rejects.toMatchObject({ name: /AccessDenied/ });
  });

  it('wakes a long poll when a message comes', async () => {
    const client = new SQSClient(gateway.config());
    const waiting = client.send(new ReceiveMessageCommand({ QueueUrl: gateway.id('Queue'), WaitTimeSeconds: 20 }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const sentAt = performance.now();
    await client.send(new SendMessageCommand({ QueueUrl: gateway.id('Queue'), MessageBody: 'late' }));
    expect((await waiting).Messages?.[0]?.Body).toBe('late');
    // Sooner than the poll would have ended by itself.
    expect(performance.now() - sentAt).toBeLessThan(15_000);
  });

  it('serves objects, and tells of a missing key only to those who may list', async () => {
    const client = new S3Client(gateway.config());
    await client.send(
      new PutObjectCommand({
        Bucket: gateway.id('Bucket'),
        Key: 'mine/ä b.txt',
        Body: 'text',
        ContentType: 'text/plain',
      }),
    );
    const { Body, ContentType } = await client.send(
      new GetObjectCommand({ Bucket: gateway.id('Bucket'), Key: 'mine/ä b.txt' }),
    );
    expect([await Body?.transformToString(), ContentType]).toEqual(['text', 'text/plain']);
    const missing = new GetObjectCommand({ Bucket: gateway.id('Bucket'), Key: 'mine/none' });
    await expect(client.send(missing)).rejects.toMatchObject({ name: 'AccessDenied' });
    const lister = new S3Client(gateway.config('Lister'));
    await expect(lister.send(missing)).rejects.toMatchObject({ name: 'NoSuchKey' });
    const { Contents } = await lister.send(new ListObjectsV2Command({ Bucket: gateway.id('Bucket'), Prefix: 'mine/' }));
    expect(Contents?.map((each) => each.Key)).toEqual(['mine/ä b.txt']);
    const other = new PutObjectCommand({ Bucket: gateway.id('Bucket'), Key: 'other', Body: 'x' });
    await expect(client.send(other)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('refuses to overwrite when asked to', async () => {
    const client = new S3Client(gateway.config());
    const once = new PutObjectCommand({ Bucket: gateway.id('Bucket'), Key: 'mine/once', Body: 'x', IfNoneMatch: '*' });
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
    const client = new SecretsManagerClient(gateway.config());
    const SecretId = gateway.id('Secret');
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: 'second' }));
    const current = await client.send(new GetSecretValueCommand({ SecretId }));
    const previous = await client.send(new GetSecretValueCommand({ SecretId, VersionStage: 'AWSPREVIOUS' }));
    expect([current.SecretString, previous.SecretString]).toEqual(['second', 'first']);
    gateway.runtime.overrideSecret('Secret', { key: 'third' });
    expect((await client.send(new GetSecretValueCommand({ SecretId }))).SecretString).toBe('{"key":"third"}');
  });
});
