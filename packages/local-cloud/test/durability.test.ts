import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryInUse, startRuntime } from '../src/runtime.ts';
import {
  arnOf,
  dependency,
  lambda,
  placeholder,
  role,
  type TestAssembly,
  until,
  writeAssembly,
} from './test-assembly.ts';

const sdk = (name: string) => JSON.stringify(dependency(`@aws-sdk/client-${name}`));
const STACK = {
  Resources: {
    Intake: {
      Type: 'AWS::SQS::Queue',
      Properties: { VisibilityTimeout: 60, RedrivePolicy: { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 2 } },
    },
    Dead: { Type: 'AWS::SQS::Queue' },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString: {} } },
    ...lambda(
      'Starter',
      [
        {
          Effect: 'Allow',
          Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
          Resource: arnOf('Intake'),
        },
        { Effect: 'Allow', Action: 'states:StartExecution', Resource: { Ref: 'Machine' } },
      ],
      { Environment: { Variables: { MACHINE: { Ref: 'Machine' } } } },
    ),
    Source: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: arnOf('Intake'), FunctionName: arnOf('Starter'), BatchSize: 3 },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['test'] },
        Targets: [{ Id: '1', Arn: arnOf('Intake'), InputPath: '$.detail' }],
      },
    },
    IntakePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Intake' }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: arnOf('Intake'),
            },
          ],
        },
      },
    },
    Topic: { Type: 'AWS::SNS::Topic' },
    Mail: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'email', Endpoint: 'on-call@example.com' },
    },
    MachineRole: role('states.amazonaws.com', { Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: 'Topic' } }),
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        RoleArn: arnOf('MachineRole'),
        DefinitionSubstitutions: { Topic: { Ref: 'Topic' } },
        DefinitionString: JSON.stringify({
          QueryLanguage: 'JSONata',
          StartAt: 'Rest',
          States: {
            Rest: { Type: 'Wait', Seconds: 5, Next: 'Tell' },
            Tell: {
              Type: 'Task',
              Resource: 'arn:aws:states:::sns:publish',
              Arguments: { TopicArn: placeholder('Topic'), Message: '{% $states.context.Execution.Name %}' },
              End: true,
            },
          },
        }),
      },
    },
  },
};
const BUNDLES = {
  Starter: `
import { SFNClient, StartExecutionCommand } from ${sdk('sfn')};
const client = new SFNClient({});
export const handler = async (event) => {
  for (const { body } of event.Records) {
    const input = { stateMachineArn: process.env.MACHINE, name: JSON.parse(body).id, input: '{}' };
    await client.send(new StartExecutionCommand(input)).catch((error) => {
      if (error.name !== 'ExecutionAlreadyExists') throw error;
    });
  }
};`,
};

interface Report {
  readonly executions: [name: string, status: string][];
  readonly mails: string[];
  readonly dead: number;
}

describe('a runtime that is killed', () => {
  let assembly: TestAssembly;
  const children: ChildProcess[] = [];
  const start = async () => {
    const child = fork(
      fileURLToPath(new URL('./runtime-process.ts', import.meta.url)),
      [assembly.assemblyDir, assembly.dataDir],
      {
        execArgv: ['--no-warnings'],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    );
    children.push(child);
    const [{ endpoint }] = (await once(child, 'message')) as [{ endpoint: string }];
    return { child, endpoint };
  };
  const kill = async (child: ChildProcess) => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const report = async (child: ChildProcess): Promise<Report> => {
    const answer = once(child, 'message');
    child.send('report');
    return (await answer)[0] as Report;
  };
  const put = (endpoint: string, id: string) =>
    fetch(endpoint, {
      method: 'POST',
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=admin/20260101/us-east-1/events/aws4_request, SignedHeaders=host, Signature=x',
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSEvents.PutEvents',
      },
      body: JSON.stringify({ Entries: [{ Source: 'test', DetailType: 'x', Detail: JSON.stringify({ id }) }] }),
    });

  beforeEach(() => {
    assembly = writeAssembly({ Main: STACK }, BUNDLES);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) if (child.exitCode === null && child.signalCode === null) await kill(child);
    assembly.remove();
  });

  it('goes on with everything it had accepted', async () => {
    const accepted: string[] = [];
    for (const pause of [0, 15, 60, 120]) {
      const { child, endpoint } = await start();
      for (const n of [1, 2, 3]) {
        const id = `after-${pause}-${n}`;
        if ((await put(endpoint, id)).ok) accepted.push(id);
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
      await kill(child);
    }
    const { child } = await start();
    const done = async () => (await report(child)).executions.filter(([, status]) => status === 'SUCCEEDED').length;
    await until(async () => (await done()) === accepted.length);
    const { executions, mails, dead } = await report(child);
    expect(accepted).toHaveLength(12);
    expect(executions.map(([name]) => name).sort()).toEqual([...accepted].sort());
    expect([...new Set(mails)].sort()).toEqual([...accepted].sort());
    expect(dead).toBe(0);
  });

  it('leaves its directory to the next one, but not while it lives', async () => {
    const { assemblyDir, dataDir } = assembly;
    const options = { assemblyDir, dataDir, awsWorldUrl: null, githubApiUrl: null };
    const { child } = await start();
    await expect(startRuntime(options)).rejects.toThrow(DirectoryInUse);
    await expect(startRuntime(options)).rejects.toThrow(`process ${child.pid}`);
    await kill(child);
    const next = await startRuntime(options);
    await expect(startRuntime(options)).rejects.toThrow(DirectoryInUse);
    await next.stop();
  });
});
