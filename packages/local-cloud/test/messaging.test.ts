import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../src/runtime.ts';
import { arnOf, lambda, role, type TestAssembly, until, writeAssembly } from './test-assembly.ts';

const queue = () => ({ Type: 'AWS::SQS::Queue' });
const letIn = (Queue: string, Service: string, SourceArn: unknown) => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: Queue }],
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service },
          Action: 'sqs:SendMessage',
          Resource: arnOf(Queue),
          Condition: { ArnEquals: { 'aws:SourceArn': SourceArn } },
        },
      ],
    },
  },
});
const rule = (Targets: object[], rest: object = {}) => ({
  Type: 'AWS::Events::Rule',
  Properties: { State: 'ENABLED', Targets, ...rest },
});
const alarms = { EventPattern: { source: ['aws.cloudwatch'], detail: { state: { value: ['ALARM'] } } } };
const invokable = (id: string, Principal: string) => ({
  Type: 'AWS::Lambda::Permission',
  Properties: { Action: 'lambda:InvokeFunction', FunctionName: arnOf(id), Principal },
});
const FLOW = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'End', States: { End: { Type: 'Succeed' } } });

const STACK = {
  Resources: {
    Alarms: queue(),
    Dead: queue(),
    DeadPolicy: letIn('Dead', 'events.amazonaws.com', arnOf('Unheard')),
    AlarmsPolicy: letIn('Alarms', 'events.amazonaws.com', arnOf('Heard')),
    Heard: rule([{ Id: '1', Arn: arnOf('Alarms'), InputPath: '$.detail' }], alarms),
    Unheard: rule([{ Id: '1', Arn: arnOf('Closed'), DeadLetterConfig: { Arn: arnOf('Dead') } }], alarms),
    Closed: queue(),
    ...lambda('Reader', [
      {
        Effect: 'Allow',
        Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        Resource: [arnOf('Alarms'), arnOf('Subscribed')],
      },
    ]),
    Source: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: arnOf('Alarms'), FunctionName: arnOf('Reader') },
    },
    SubscribedSource: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: arnOf('Subscribed'), FunctionName: arnOf('Reader') },
    },
    ...lambda('Sweeper'),
    EveryFive: rule([{ Id: '1', Arn: arnOf('Sweeper'), Input: '{"sweep":true}' }], {
      ScheduleExpression: 'rate(5 minutes)',
    }),
    SweeperPermission: invokable('Sweeper', 'events.amazonaws.com'),
    SchedulerRole: role('scheduler.amazonaws.com', {
      Effect: 'Allow',
      Action: 'lambda:InvokeFunction',
      Resource: arnOf('Sweeper'),
    }),
    Nightly: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'cron(0 3 * * ? *)',
        Target: { Arn: arnOf('Sweeper'), RoleArn: arnOf('SchedulerRole'), Input: '{"nightly":true}' },
      },
    },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { RoleArn: arnOf('MachineRole'), DefinitionString: FLOW },
    },
    MachineRole: role('states.amazonaws.com'),
    StarterRole: role('events.amazonaws.com', {
      Effect: 'Allow',
      Action: 'states:StartExecution',
      Resource: { Ref: 'Machine' },
    }),
    Starts: rule([{ Id: '1', Arn: { Ref: 'Machine' }, RoleArn: arnOf('StarterRole') }], {
      EventPattern: { source: ['start'] },
    }),
    Topic: { Type: 'AWS::SNS::Topic' },
    Subscribed: queue(),
    SubscribedPolicy: letIn('Subscribed', 'sns.amazonaws.com', { Ref: 'Topic' }),
    ToQueue: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'Topic' },
        Protocol: 'sqs',
        Endpoint: arnOf('Subscribed'),
        RawMessageDelivery: true,
      },
    },
    ToMail: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'Topic' },
        Protocol: 'email',
        Endpoint: 'on-call@example.com',
        FilterPolicyScope: 'MessageBody',
        FilterPolicy: { urgent: [true] },
      },
    },
    ToTopic: rule([{ Id: '1', Arn: { Ref: 'Topic' } }], { EventPattern: { source: ['publish'] } }),
    TopicPolicy: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [{ Ref: 'Topic' }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sns:Publish',
              Resource: { Ref: 'Topic' },
            },
          ],
        },
      },
    },
  },
};
const SAY = 'export const handler = async (event) => { console.log(JSON.stringify(event)); };';

describe('messages', () => {
  let assembly: TestAssembly;
  let runtime: Runtime;
  const received: string[] = [];
  const log = async (name: string) => {
    const { readFile } = await import('node:fs/promises');
    return readFile(`${assembly.dataDir}/logs/Main-${name}.log`, 'utf8').catch(() => '');
  };

  beforeAll(async () => {
    assembly = writeAssembly({ Main: STACK }, { Reader: SAY, Sweeper: SAY });
    const { assemblyDir, dataDir } = assembly;
    runtime = await startRuntime({
      assemblyDir,
      dataDir,
      awsWorldUrl: null,
      githubApiUrl: null,
      timeScale: 0.001,
      onEvent: (event) => event.type === 'function.invoked' && received.push(event.functionName),
    });
  });
  afterAll(async () => {
    await runtime.stop();
    assembly.remove();
  });

  it('go from an alarm through a rule into a queue and to its function', async () => {
    await runtime.putEvent({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { state: { value: 'ALARM' } },
    });
    await until(async () => (await log('Reader')).includes('\\"value\\":\\"ALARM\\"'));
    expect(await log('Reader')).toContain('"eventSource":"aws:sqs"');
  });

  it('that a queue does not let in end in the dead-letter queue of the target', async () => {
    await until(() => runtime.deadLetters().length === 1);
    expect(runtime.deadLetters()[0]?.attributes).toMatchObject({ ERROR_CODE: 'AccessDeniedException' });
    expect(runtime.denials).toContainEqual(
      expect.objectContaining({ role: 'events.amazonaws.com', action: 'sqs:SendMessage' }),
    );
  });

  it('that no pattern wants go nowhere', async () => {
    // The schedule may fire meanwhile; it is not about the event.
    const ofEvents = () => received.filter((each) => each !== 'Main-Sweeper');
    // A function's log is there before its end is told.
    await until(() => runtime.isIdle());
    const before = ofEvents();
    await runtime.putEvent({ source: 'aws.cloudwatch', detail: { state: { value: 'OK' } } });
    await until(() => runtime.isIdle());
    expect(ofEvents()).toEqual(before);
  });

  it.each(['EveryFive', 'Main-Sweeper', 'Sweeper'])('of a schedule can be asked for by %s', async (name) => {
    const before = received.filter((each) => each === 'Main-Sweeper').length;
    await runtime.schedules.trigger(name);
    await until(() => received.filter((each) => each === 'Main-Sweeper').length > before);
    await expect.poll(() => log('Sweeper'), { timeout: 240_000 }).toContain('"sweep":true');
  });

  it('of EventBridge Scheduler go out in the name of its role', async () => {
    await runtime.schedules.trigger('Nightly');
    await until(async () => (await log('Sweeper')).includes('"nightly":true'));
    await expect(runtime.schedules.trigger('Never')).rejects.toThrow('Never');
  });

  it('start a workflow in the name of the role of their target', async () => {
    await runtime.putEvent({ source: 'start', detail: {} });
    await expect.poll(() => runtime.executions()[0]?.status, { timeout: 240_000 }).toBe('SUCCEEDED');
  });

  it('to a topic reach queues, and by e-mail those whom the filter lets through', async () => {
    await runtime.putEvent({ source: 'publish', detail: {} });
    await until(async () => (await log('Reader')).includes('publish'));
    await until(() => runtime.isIdle());
    expect(runtime.mailbox.list()).toEqual([]);
  });
});
