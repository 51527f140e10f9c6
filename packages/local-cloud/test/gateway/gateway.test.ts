import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetAliasCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayRig, openGateway } from './gateway-rig.ts';

describe('the gateway', () => {
  let gateway: GatewayRig;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.stop());

  it('answers refusals in the shape of each protocol', async () => {
    const nobody = gateway.config('Nobody');
    await expect(
      new SNSClient(nobody).send(new PublishCommand({ TopicArn: gateway.id('Topic'), Message: 'x' })),
    ).rejects.toMatchObject({ name: 'AuthorizationErrorException' });
    await expect(
      new LambdaClient(nobody).send(new InvokeCommand({ FunctionName: gateway.id('Echo') })),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(
      new SecretsManagerClient(nobody).send(new GetSecretValueCommand({ SecretId: gateway.id('Secret') })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const entry = { Source: 'me', DetailType: 'x', Detail: '{}' };
    await expect(new EventBridgeClient(nobody).send(new PutEventsCommand({ Entries: [entry] }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('publishes, and says which events it did not take', async () => {
    expect(
      (await new SNSClient(gateway.config()).send(new PublishCommand({ TopicArn: gateway.id('Topic'), Message: 'x' })))
        .MessageId,
    ).toBeTruthy();
    const Entries = [
      { Source: 'me', DetailType: 'x', Detail: '{}' },
      { Source: 'me', DetailType: 'x', Detail: '{' },
    ];
    const answer = await new EventBridgeClient(gateway.config()).send(new PutEventsCommand({ Entries }));
    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries?.[1]?.ErrorCode).toBe('MalformedDetail');
  });

  it('invokes its own functions and asks the world about others', async () => {
    const client = new LambdaClient(gateway.config());
    const { Payload } = await client.send(new InvokeCommand({ FunctionName: gateway.id('Echo'), Payload: '{"a":1}' }));
    expect(Buffer.from(Payload ?? []).toString()).toBe('{"heard":{"a":1}}');
    await client.send(new GetAliasCommand({ FunctionName: 'orders', Name: 'live' }));
    expect(gateway.seen.at(-1)?.url).toBe('/2015-03-31/functions/orders/aliases/live');
    await expect(client.send(new GetFunctionCommand({ FunctionName: 'orders' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('takes Bedrock calls by HTTP/2 without TLS and hands them on by HTTP/1.1', async () => {
    const client = new BedrockRuntimeClient(gateway.config());
    const messages = [{ role: 'user' as const, content: [{ text: 'hi' }] }];
    const answer = await client.send(new ConverseCommand({ modelId: 'small', messages }));
    expect(answer.output?.message?.content?.[0]?.text).toBe('hello');
    expect(gateway.seen.at(-1)).toMatchObject({ httpVersion: '1.1', url: '/model/small/converse' });
    await expect(client.send(new ConverseCommand({ modelId: 'large', messages }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    client.destroy();
  });

  it('forwards what it only looks at: alarms, logs', async () => {
    await new CloudWatchClient(gateway.config()).send(new DescribeAlarmsCommand({ AlarmNames: ['errors'] }));
    expect(JSON.parse(gateway.seen.at(-1)?.body ?? '')).toEqual({ AlarmNames: ['errors'] });
    await expect(
      new CloudWatchClient(gateway.config()).send(new DescribeAlarmsCommand({ AlarmNames: ['others'] })),
    ).rejects.toMatchObject({ name: /AccessDenied/ });
    const logs = new CloudWatchLogsClient(gateway.config());
    await logs.send(new FilterLogEventsCommand({ logGroupName: 'orders' }));
    await expect(logs.send(new FilterLogEventsCommand({ logGroupName: 'payments' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('wants the right to pass the roles of a task definition', async () => {
    const update = new UpdateServiceCommand({ cluster: 'main', service: 'orders', taskDefinition: 'orders:6' });
    await expect(new ECSClient(gateway.config()).send(update)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(gateway.runtime.denials.at(-1)).toMatchObject({
      action: 'iam:PassRole',
      resource: 'arn:aws:iam::1:role/task',
    });
  });

  it('denies what it does not know, even to a role that may do everything', async () => {
    await expect(new LambdaClient(gateway.config()).send(new ListFunctionsCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    expect(gateway.runtime.denials.at(-1)?.reason).toBe('unmapped');
  });

  it('knows no other callers than its roles and its admin', async () => {
    const stranger = { ...gateway.config(), credentials: { accessKeyId: 'somebody', secretAccessKey: 'x' } };
    const get = new GetItemCommand({ TableName: gateway.id('Table'), Key: { pk: { S: 'a' } } });
    await expect(new DynamoDBClient(stranger).send(get)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    const admin = { ...gateway.config(), credentials: { accessKeyId: 'admin', secretAccessKey: 'x' } };
    const client = new DynamoDBClient(admin);
    await client.send(new PutItemCommand({ TableName: gateway.id('Table'), Item: { pk: { S: 'a' } } }));
    await expect(client.send(get)).resolves.toHaveProperty('Item');
  });

  it('listens on the loopback interface only', () => {
    expect(new URL(gateway.runtime.endpoint).hostname).toBe('127.0.0.1');
  });
});
