import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeServicesCommand,
  ECSClient,
  ListTaskDefinitionsCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import {
  GetAliasCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeCloudWatchAlarmReader } from '#shared/adapters/aws/cloudwatch-alarm-reader.ts';
import { makeCloudWatchLogsReader } from '#shared/adapters/aws/cloudwatch-logs-reader.ts';
import { makeDeploymentReader } from '#shared/adapters/aws/deployment-reader.ts';
import { makeEcsServiceWriter } from '#shared/adapters/aws/ecs-service-writer.ts';
import { makeLambdaAliasWriter } from '#shared/adapters/aws/lambda-alias-writer.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeSfnWorkflowEngine } from '#shared/adapters/aws/sfn-workflow-engine.ts';
import { aLambdaDeployment, anEcsDeployment } from '#test/builders/index.ts';
import { fakeClock } from '#test/fakes/index.ts';

const region = 'eu-west-1';
const lambdaClient = new LambdaClient({ region });
const lambda = mockClient(lambdaClient);
const ecsClient = new ECSClient({ region });
const ecs = mockClient(ecsClient);
const workflowClient = new SFNClient({ region });
const workflow = mockClient(workflowClient);
const secretsClient = new SecretsManagerClient({ region });
const secrets = mockClient(secretsClient);
const alarmsClient = new CloudWatchClient({ region });
const alarms = mockClient(alarmsClient);
const logsClient = new CloudWatchLogsClient({ region });
const logs = mockClient(logsClient);
beforeEach(() => {
  for (const mock of [lambda, ecs, workflow, secrets, alarms, logs]) mock.reset();
});
const failure = (name: string, httpStatusCode?: number, code?: string): Error =>
  Object.assign(new Error(name), { name, code, $metadata: { httpStatusCode } });

describe('the deployment of a Lambda alias', () => {
  const ref = { kind: 'lambda-alias', functionName: 'checkout', alias: 'live' } as const;
  const read = () => makeDeploymentReader({ lambda: lambdaClient, ecs: ecsClient }).read(ref);

  it('names the highest published version below the current one, over all pages', async () => {
    lambda.on(GetAliasCommand).resolves({ FunctionVersion: '8', RevisionId: 'revision-8' });
    lambda.on(ListVersionsByFunctionCommand).resolves({
      NextMarker: 'more',
      Versions: [{ Version: '$LATEST' }, { Version: '2' }, { Version: '7' }],
    });
    lambda.on(ListVersionsByFunctionCommand, { Marker: 'more' }).resolves({
      Versions: [{ Version: '8', LastModified: '2026-11-21T11:00:00.000+0000' }, { Version: '10' }],
    });
    expect(await read()).toEqual(aLambdaDeployment());
  });

  it('knows no version before the first one', async () => {
    lambda.on(GetAliasCommand).resolves({ FunctionVersion: '1', RevisionId: 'r' });
    lambda.on(ListVersionsByFunctionCommand).resolves({ Versions: [{ Version: '$LATEST' }, { Version: '1' }] });
    expect(await read()).toMatchObject({ previousVersion: null, deployedAt: null });
  });

  it('throws Refused when there is no such alias, and Retryable when Lambda is broken', async () => {
    lambda
      .on(GetAliasCommand)
      .rejectsOnce(failure('ResourceNotFoundException', 404))
      .rejects(failure('ServiceException', 500));
    await expect(read()).rejects.toMatchObject({ name: 'Refused' });
    await expect(read()).rejects.toMatchObject({ name: 'Retryable', cause: { name: 'ServiceException' } });
  });
});

describe('the deployment of an ECS service', () => {
  const ref = { kind: 'ecs-service', cluster: 'shop', service: 'checkout' } as const;
  const arn = (name: string): string => `arn:aws:ecs:eu-west-1:123456789012:task-definition/${name}`;
  const read = () => makeDeploymentReader({ lambda: lambdaClient, ecs: ecsClient }).read(ref);

  it('names the newest active revision below the one that serves', async () => {
    ecs.on(DescribeServicesCommand).resolves({
      services: [
        {
          taskDefinition: arn('checkout:8'),
          deployments: [
            { status: 'ACTIVE', taskDefinition: arn('checkout:7') },
            { status: 'PRIMARY', taskDefinition: arn('checkout:8'), createdAt: new Date('2026-11-21T11:00:00Z') },
          ],
        },
      ],
    });
    ecs
      .on(ListTaskDefinitionsCommand)
      .resolves({ taskDefinitionArns: [arn('checkout:9'), arn('checkout:8')], nextToken: 'n' });
    ecs
      .on(ListTaskDefinitionsCommand, { nextToken: 'n' } as never)
      .resolves({ taskDefinitionArns: [arn('checkout:7')] });
    expect(await read()).toEqual(anEcsDeployment());
    expect(ecs.commandCalls(ListTaskDefinitionsCommand)[0]?.args[0].input).toMatchObject({
      familyPrefix: 'checkout',
      sort: 'DESC',
      status: 'ACTIVE',
    });
  });

  it('throws Refused when there is no such service', async () => {
    ecs.on(DescribeServicesCommand).resolves({ services: [], failures: [{ reason: 'MISSING' }] });
    await expect(read()).rejects.toMatchObject({ name: 'Refused' });
  });
});

describe('moving a Lambda alias', () => {
  const point = () => makeLambdaAliasWriter({ client: lambdaClient }).pointTo('checkout', 'live', '7', 'revision-8');

  it('moves all traffic, fenced by the revision that was read', async () => {
    lambda.on(UpdateAliasCommand).resolves({});
    expect(await point()).toBe('moved');
    expect(lambda.commandCalls(UpdateAliasCommand)[0]?.args[0].input).toEqual({
      FunctionName: 'checkout',
      Name: 'live',
      FunctionVersion: '7',
      RevisionId: 'revision-8',
      RoutingConfig: { AdditionalVersionWeights: {} },
    });
  });

  it('says that it changed meanwhile', async () => {
    lambda.on(UpdateAliasCommand).rejects(failure('PreconditionFailedException', 412));
    expect(await point()).toBe('changed-meanwhile');
  });

  it.each([
    ['OutcomeUnknown', failure('ServiceException', 500), 1],
    ['OutcomeUnknown', failure('TimeoutError'), 1],
    ['OutcomeUnknown', failure('Error', undefined, 'ECONNRESET'), 1],
    ['Refused', failure('AccessDeniedException', 403), 1],
    ['Retryable', failure('TooManyRequestsException', 429), 4],
    ['Retryable', failure('Error', undefined, 'ECONNREFUSED'), 4],
  ])('throws %s for %s after %i attempts', async (name, error, attempts) => {
    lambda.on(UpdateAliasCommand).rejects(error);
    await expect(point()).rejects.toMatchObject({ name, cause: error });
    expect(lambda.commandCalls(UpdateAliasCommand)).toHaveLength(attempts);
  });
});

describe('deploying to an ECS service', () => {
  it('sends it once and says that the outcome is unknown when the answer is lost', async () => {
    const deploy = () => makeEcsServiceWriter({ client: ecsClient }).deploy('shop', 'checkout', 'checkout:7');
    ecs.on(UpdateServiceCommand).resolvesOnce({}).rejects(failure('ServerException', 500));
    await deploy();
    await expect(deploy()).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    expect(ecs.commandCalls(UpdateServiceCommand)).toHaveLength(2);
  });
});

describe('the workflow engine', () => {
  const workflowArn = 'arn:aws:states:eu-west-1:123456789012:stateMachine:heal:live';
  const engine = makeSfnWorkflowEngine({ workflowArn, client: workflowClient });

  it('starts an execution by its name through the alias, and is told when the name is taken', async () => {
    workflow.on(StartExecutionCommand).resolvesOnce({}).rejects(failure('ExecutionAlreadyExists', 400));
    expect(await engine.start('gh-1', 2)).toBe('started');
    expect(await engine.start('gh-1', 2)).toBe('exists');
    expect(workflow.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual({
      stateMachineArn: workflowArn,
      name: 'gh-1-2',
      input: '{"incidentId":"gh-1","attempt":2}',
    });
  });

  it.each([
    ['RUNNING', 'running'],
    ['PENDING_REDRIVE', 'running'],
    ['SUCCEEDED', 'ended'],
    ['FAILED', 'ended'],
    ['TIMED_OUT', 'ended'],
    ['ABORTED', 'ended'],
  ] as const)('reads %s as %s', async (status, expected) => {
    workflow.on(DescribeExecutionCommand).resolves({ status });
    expect(await engine.status('gh-1', 2)).toBe(expected);
    expect(workflow.commandCalls(DescribeExecutionCommand)[0]?.args[0].input.executionArn).toBe(
      'arn:aws:states:eu-west-1:123456789012:execution:heal:gh-1-2',
    );
  });

  it('reads an execution that is not there as missing', async () => {
    workflow.on(DescribeExecutionCommand).rejects(failure('ExecutionDoesNotExist', 400));
    expect(await engine.status('gh-1', 2)).toBe('missing');
  });

  it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('calls a token expired on %s', async (name) => {
    workflow.on(SendTaskSuccessCommand).resolvesOnce({}).rejects(failure(name, 400));
    expect(await engine.answer('token', { approved: true })).toBe('accepted');
    expect(await engine.answer('token', { approved: true })).toBe('expired');
  });
});

describe('the secret reader', () => {
  const clock = fakeClock();
  const open = () => makeSecretReader({ 'github-webhook': 'arn:w' }, { client: secretsClient, clock });

  it('[A68] reads a secret once for callers at the same time and keeps it five minutes', async () => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString: '{"current":"one"}' });
    const reader = open();
    await Promise.all([reader.read('github-webhook'), reader.read('github-webhook')]);
    clock.advance(299_000);
    expect(await reader.read('github-webhook')).toEqual({ current: 'one' });
    expect(secrets.commandCalls(GetSecretValueCommand)).toHaveLength(1);
    secrets.on(GetSecretValueCommand).resolves({ SecretString: '{"current":"two"}' });
    clock.advance(1000);
    expect(await reader.read('github-webhook')).toEqual({ current: 'two' });
    expect(secrets.commandCalls(GetSecretValueCommand)).toHaveLength(2);
  });

  it('hands on as JSON what is no text', async () => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString: '{"appId":7,"repositories":{"a/b":{"current":"c"}}}' });
    expect(await open().read('github-webhook')).toEqual({ appId: '7', repositories: '{"a/b":{"current":"c"}}' });
  });

  it('does not keep a failure', async () => {
    secrets
      .on(GetSecretValueCommand)
      .rejectsOnce(failure('InternalServiceError', 500))
      .resolves({ SecretString: '{"a":"b"}' });
    const reader = open();
    await expect(reader.read('github-webhook')).rejects.toMatchObject({ name: 'Retryable' });
    expect(await reader.read('github-webhook')).toEqual({ a: 'b' });
  });

  it.each(['plain-secret-text', '["plain-secret-text"]', '1'])(
    '[D229] never quotes a malformed secret (%j)',
    async (text) => {
      secrets.on(GetSecretValueCommand).resolves({ SecretString: text });
      const reading = open().read('github-webhook');
      await expect(reading).rejects.toMatchObject({ name: 'CorruptRecord' });
      await expect(reading).rejects.not.toHaveProperty('cause');
      await expect(reading).rejects.not.toThrow(/plain-secret-text/);
    },
  );

  it('[D229] refuses a secret that the function was not given', async () => {
    await expect(open().read('github-token')).rejects.toMatchObject({ name: 'Refused' });
  });
});

describe('the alarm reader', () => {
  const read = () => makeCloudWatchAlarmReader({ client: alarmsClient }).read('checkout-errors');

  it('gives the state of exactly the alarm of this name', async () => {
    const at = new Date('2026-11-21T11:58:00Z');
    alarms.on(DescribeAlarmsCommand).resolves({
      MetricAlarms: [
        { AlarmName: 'checkout-errors-2', StateValue: 'OK' },
        { AlarmName: 'checkout-errors', StateValue: 'ALARM', StateTransitionedTimestamp: at },
      ],
    });
    expect(await read()).toEqual({ state: 'ALARM', since: at.toISOString() });
  });

  it('knows no alarm that is not there', async () => {
    alarms.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [], CompositeAlarms: [] });
    expect(await read()).toBeNull();
  });
});

describe('the log reader', () => {
  const from = new Date('2026-11-21T11:00:00Z');
  const to = new Date('2026-11-21T12:00:00Z');
  const recent = (limit: number) => makeCloudWatchLogsReader({ client: logsClient }).recent('/aws/x', from, to, limit);
  const serve = (times: readonly number[]): void => {
    logs.on(FilterLogEventsCommand).callsFake(({ startTime, endTime }: { startTime: number; endTime: number }) => ({
      events: times
        .filter((at) => at >= startTime && at <= endTime)
        .map((timestamp) => ({ timestamp, message: `${timestamp}` })),
    }));
  };
  const minutesBefore = (minutes: number): number => to.getTime() - minutes * 60_000;

  it('[D89] gives the newest events of the window, oldest first, each once', async () => {
    serve([61, 59, 30, 5, 1, 0.5, 0].map(minutesBefore));
    const at = async (limit: number) => (await recent(limit)).map(({ text }) => (to.getTime() - Number(text)) / 60_000);
    expect(await at(3)).toEqual([5, 1, 0.5]);
    expect(await at(100)).toEqual([59, 30, 5, 1, 0.5]);
  });

  it('asks only for the last minute when that is enough', async () => {
    serve([0.5, 0.4].map(minutesBefore));
    await recent(2);
    expect(logs.commandCalls(FilterLogEventsCommand)).toHaveLength(1);
  });

  it('reads on over pages without events', async () => {
    logs.on(FilterLogEventsCommand).resolves({ events: [], nextToken: 'n' });
    logs
      .on(FilterLogEventsCommand, { nextToken: 'n' })
      .resolves({ events: [{ timestamp: minutesBefore(0.1), message: 'late' }] });
    expect((await recent(1)).map(({ text }) => text)).toEqual(['late']);
  });
});
