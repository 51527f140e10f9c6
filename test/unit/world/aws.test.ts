import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListTaskDefinitionsCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import {
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda';
import type { AwsEvent } from '@selfheal/fake-aws/alarm-events.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';

let world: World;
let events: AwsEvent[];

beforeEach(async () => {
  events = [];
  world = await startWorld({ onEvent: (event) => events.push(event) });
});
afterEach(() => world.stop());

const settings = () => ({
  endpoint: world.awsUrl,
  region: 'us-east-1',
  credentials: { accessKeyId: 'role', secretAccessKey: 'unused' },
  maxAttempts: 1,
});
const alias = { FunctionName: 'checkout-api', Name: 'live' };
const states = () => events.map((event) => (event.detail.state as { value: string }).value);

describe('the local Lambda', () => {
  it('moves an alias, and the alarm returns to OK when the good version serves', async () => {
    const lambda = new LambdaClient(settings());
    world.samples.fireAlarm('checkout', { okAfterMs: 30 });
    const before = await lambda.send(new GetAliasCommand(alias));
    expect(before.FunctionVersion).toBe('42');
    const { RevisionId } = before;
    const moved = await lambda.send(new UpdateAliasCommand({ ...alias, FunctionVersion: '41', RevisionId }));
    expect(moved.FunctionVersion).toBe('41');
    expect(moved.RevisionId).not.toBe(RevisionId);
    await expect.poll(states).toEqual(['ALARM', 'OK']);
    expect(world.journal.entries()).toMatchObject([
      { kind: 'lambda.alias.updated', target: 'checkout-api:live', facts: { from: '42', to: '41' } },
    ]);
  });

  it('refuses to move an alias that was changed since it was read', async () => {
    const lambda = new LambdaClient(settings());
    const { RevisionId } = await lambda.send(new GetAliasCommand(alias));
    world.aws.moveAliasByHand('checkout-api', 'live', '40');
    const move = lambda.send(new UpdateAliasCommand({ ...alias, FunctionVersion: '41', RevisionId }));
    await expect(move).rejects.toMatchObject({
      name: 'PreconditionFailedException',
      $metadata: { httpStatusCode: 412 },
    });
    expect(world.journal.entries()).toEqual([]);
  });

  it('lists published versions with the times they were published', async () => {
    const lambda = new LambdaClient(settings());
    const { Versions = [] } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: 'checkout-api' }));
    expect(Versions.map((version) => version.Version)).toEqual(['$LATEST', '40', '41', '42']);
    const live = await lambda.send(new GetFunctionConfigurationCommand({ ...alias, Qualifier: 'live' }));
    expect(live.Version).toBe('42');
    const age = Date.now() - Date.parse((live.LastModified ?? '').replace('+0000', 'Z'));
    expect(age / 60_000).toBeCloseTo(6, 0);
  });

  it('answers what is missing as AWS does', async () => {
    const lambda = new LambdaClient(settings());
    const missing = lambda.send(new GetAliasCommand({ FunctionName: 'nowhere', Name: 'live' }));
    await expect(missing).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const version = lambda.send(new UpdateAliasCommand({ ...alias, FunctionVersion: '99' }));
    await expect(version).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('the local ECS', () => {
  it('rolls a service back and shows the roll-out', async () => {
    const ecs = new ECSClient(settings());
    world.samples.fireAlarm('orders', { okAfterMs: 30 });
    const listed = await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'orders', sort: 'DESC' }));
    expect(listed.taskDefinitionArns?.map((arn) => arn.split('/')[1])).toEqual(['orders:8', 'orders:7', 'orders:6']);
    const previous = listed.taskDefinitionArns?.[1];
    const described = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: previous }));
    expect(described.taskDefinition?.registeredAt).toBeInstanceOf(Date);
    await ecs.send(new UpdateServiceCommand({ cluster: 'shop', service: 'orders', taskDefinition: previous }));
    const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster: 'shop', services: ['orders'] }));
    expect(services[0]?.deployments).toMatchObject([
      { status: 'PRIMARY', taskDefinition: previous, rolloutState: 'IN_PROGRESS' },
      { status: 'ACTIVE' },
    ]);
    await expect.poll(states).toEqual(['ALARM', 'OK']);
    await expect.poll(() => world.aws.ecsService('shop', 'orders')?.deployments).toHaveLength(1);
  });

  it('answers a missing service, cluster and task definition as AWS does', async () => {
    const ecs = new ECSClient(settings());
    const none = await ecs.send(new DescribeServicesCommand({ cluster: 'shop', services: ['nothing'] }));
    expect(none.failures).toMatchObject([{ reason: 'MISSING' }]);
    const cluster = ecs.send(new DescribeServicesCommand({ cluster: 'nowhere', services: ['orders'] }));
    await expect(cluster).rejects.toMatchObject({ name: 'ClusterNotFoundException' });
    const task = ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'orders:99' }));
    await expect(task).rejects.toMatchObject({ name: 'ClientException' });
  });
});

describe('the local CloudWatch', () => {
  it('shows an alarm in the state its event told', async () => {
    const cloudWatch = new CloudWatchClient(settings());
    const event = world.samples.fireAlarm('ledger');
    const { MetricAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: ['ledger-latency'] }));
    expect(MetricAlarms).toMatchObject([
      { AlarmArn: event.resources[0], StateValue: 'ALARM', ExtendedStatistic: 'p99' },
    ]);
    const told = (event.detail.state as { timestamp: string }).timestamp.replace('+0000', 'Z');
    expect(MetricAlarms?.[0]?.StateTransitionedTimestamp?.toISOString()).toBe(told);
  });

  it('keeps the alarm of a service that no deployment cures', async () => {
    world.samples.fireAlarm('checkout', { okAfterMs: null });
    world.aws.moveAliasByHand('checkout-api', 'live', '41');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(states()).toEqual(['ALARM']);
    world.aws.clearAlarm('checkout-errors');
    expect(states()).toEqual(['ALARM', 'OK']);
  });

  it('has error lines of the broken version in the log group', async () => {
    const logs = new CloudWatchLogsClient(settings());
    world.samples.fireAlarm('checkout');
    const { events: lines = [], nextToken } = await logs.send(
      new FilterLogEventsCommand({
        logGroupName: '/aws/lambda/checkout-api',
        startTime: Date.now() - 5 * 60_000,
        filterPattern: '"Invoke Error"',
        limit: 20,
      }),
    );
    expect(lines).toHaveLength(20);
    expect(nextToken).toBeDefined();
    expect(lines[0]?.message).toContain('TypeError');
    const missing = logs.send(new FilterLogEventsCommand({ logGroupName: '/nowhere' }));
    await expect(missing).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('stands in for the services of the sample configuration', async () => {
    const { default: sample } = await import('#apps/local/sample/selfheal.json', { with: { type: 'json' } });
    for (const service of Configuration.parse(sample).services) {
      for (const name of service.alarms) expect(world.aws.alarm(name)?.service).toBe(service.id);
      const { deployment } = service;
      if (deployment?.kind === 'lambda-alias') expect(world.aws.lambda(deployment.functionName)).toBeDefined();
      if (deployment?.kind === 'ecs-service') {
        expect(world.aws.ecsService(deployment.cluster, deployment.service)).toBeDefined();
      }
    }
  });
});

describe('faults of the local AWS', () => {
  it('throttles, fails and resets as planned, and counts an effect whose answer was lost', async () => {
    const lambda = new LambdaClient(settings());
    const move = () => lambda.send(new UpdateAliasCommand({ ...alias, FunctionVersion: '41' }));
    world.faults.inject('lambda:UpdateAlias', { kind: 'status', status: 429 });
    await expect(move()).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    world.faults.inject('lambda:*', { kind: 'status', status: 500 });
    await expect(move()).rejects.toMatchObject({ $fault: 'server' });
    world.faults.inject('lambda:UpdateAlias', { kind: 'reset', when: 'before' });
    await expect(move()).rejects.toThrow();
    expect(world.journal.entries()).toEqual([]);
    world.faults.inject('lambda:UpdateAlias', { kind: 'reset', when: 'after' });
    await expect(move()).rejects.toThrow();
    expect(world.journal.count('lambda.alias.updated', 'checkout-api:live')).toBe(1);
    expect((await lambda.send(new GetAliasCommand(alias))).FunctionVersion).toBe('41');
  });

  it('throttles the JSON services by their own error names', async () => {
    world.faults.inject('cloudwatch:DescribeAlarms', { kind: 'status', status: 400 });
    const call = new CloudWatchClient(settings()).send(new DescribeAlarmsCommand({}));
    await expect(call).rejects.toMatchObject({ name: 'ThrottlingException' });
  });
});
