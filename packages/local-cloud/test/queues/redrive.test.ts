import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../../src/runtime.ts';
import { type TestAssembly, writeAssembly } from '../test-assembly.ts';

const queue = (properties: object = {}) => ({ Type: 'AWS::SQS::Queue', Properties: properties });
const STACK = {
  Resources: {
    Work: queue({
      VisibilityTimeout: 0,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 2 },
    }),
    Dead: queue(),
    Other: queue(),
  },
  Outputs: {},
};

describe('messages in a dead-letter queue', () => {
  let assembly: TestAssembly;
  let runtime: Runtime;
  let client: SQSClient;
  beforeAll(async () => {
    assembly = writeAssembly({ Main: STACK });
    runtime = await startRuntime({
      ...assembly,
      awsWorldUrl: null,
      githubApiUrl: null,
      adminAccessKeyId: 'admin',
      timeScale: 0.01,
    });
    client = new SQSClient({
      endpoint: runtime.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'admin', secretAccessKey: 'local' },
    });
  });
  afterAll(async () => {
    client.destroy();
    await runtime.stop();
    assembly.remove();
  });

  const url = (name: string) => runtime.resources()[name] ?? '';
  const arnOf = async (name: string) => {
    const command = new GetQueueAttributesCommand({ QueueUrl: url(name), AttributeNames: ['QueueArn'] });
    return (await client.send(command)).Attributes?.QueueArn ?? '';
  };
  const receive = async (name: string): Promise<Message[]> => {
    const command = new ReceiveMessageCommand({
      QueueUrl: url(name),
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    });
    return (await client.send(command)).Messages ?? [];
  };
  const bury = async (body: string) => {
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'test' } };
    await client.send(new SendMessageCommand({ QueueUrl: url('Work'), MessageBody: body, MessageAttributes }));
    for (let tries = 0; tries < 3; tries += 1) await receive('Work');
    expect(runtime.deadLetters().map((letter) => letter.body)).toContain(body);
  };

  it('go back to the queue they came from, whole, as new messages that may be tried as often as before', async () => {
    await bury('one');
    const [buried] = runtime.deadLetters();
    const SourceArn = await arnOf('Dead');
    const { TaskHandle } = await client.send(new StartMessageMoveTaskCommand({ SourceArn }));
    expect(TaskHandle).toMatch(/\S/);
    expect(runtime.deadLetters()).toEqual([]);
    const [first] = await receive('Work');
    expect(first).toMatchObject({
      Body: 'one',
      MessageAttributes: { kind: { StringValue: 'test' } },
      Attributes: { ApproximateReceiveCount: '1' },
    });
    expect(first?.MessageId).not.toBe(buried?.id);
    expect(await receive('Work')).toHaveLength(1);
    expect(await receive('Work')).toEqual([]);
    expect(runtime.deadLetters()).toHaveLength(1);
    const { Results = [] } = await client.send(new ListMessageMoveTasksCommand({ SourceArn }));
    expect(Results).toMatchObject([{ Status: 'COMPLETED', SourceArn, ApproximateNumberOfMessagesMoved: 1 }]);
  });

  it('go where they are told to', async () => {
    await bury('two');
    const [SourceArn, DestinationArn] = [await arnOf('Dead'), await arnOf('Other')];
    await client.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));
    expect(runtime.deadLetters()).toEqual([]);
    expect((await receive('Other')).map(({ Body }) => Body)).toContain('two');
  });

  it('are moved only out of the dead-letter queue of a queue, as on AWS', async () => {
    const [SourceArn, DestinationArn] = [await arnOf('Other'), await arnOf('Work')];
    const refused = client.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));
    await expect(refused).rejects.toMatchObject({
      message: 'Source queue must be configured as a Dead Letter Queue.',
    });
    const missing = new StartMessageMoveTaskCommand({ SourceArn: `${SourceArn}-gone` });
    await expect(client.send(missing)).rejects.toThrow('does not exist');
  });
});
