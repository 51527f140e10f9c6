import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { ECSClient } from '@aws-sdk/client-ecs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeDBParametersCommand, RDSClient } from '@aws-sdk/client-rds';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { autoScalingReader } from '#shared/adapters/aws/auto-scaling-reader.ts';
import { makeAutoScalingWriter } from '#shared/adapters/aws/auto-scaling-writer.ts';
import { databaseReader, makeDatabaseWriter } from '#shared/adapters/aws/database-reader.ts';
import { makeDatabaseSizeWriter } from '#shared/adapters/aws/database-size-writer.ts';
import { ecsServiceReader, makeEcsServiceWriter } from '#shared/adapters/aws/ecs-service-reader.ts';
import { lambdaFunctionReader } from '#shared/adapters/aws/lambda-function-reader.ts';
import { makeFunctionWriter, makeLambdaFunctionWriter } from '#shared/adapters/aws/lambda-function-writer.ts';
import { makeResourceReader } from '#shared/adapters/aws/resource-reader.ts';
import type { ResourceReader } from '#shared/ports/cloud.ts';

let world: World;
let resources: ResourceReader;
const settings = () => ({
  endpoint: world.awsUrl,
  region: 'us-east-1',
  credentials: { accessKeyId: 'role', secretAccessKey: 'unused' },
  maxAttempts: 1,
});

beforeEach(async () => {
  world = await startWorld({});
  resources = makeResourceReader({
    ...ecsServiceReader({ client: new ECSClient(settings()) }),
    ...lambdaFunctionReader({ client: new LambdaClient(settings()) }),
    ...autoScalingReader({ client: new AutoScalingClient(settings()) }),
    ...databaseReader({ client: new RDSClient(settings()) }),
  });
});
afterEach(() => world.stop());

const CATALOG = { kind: 'ecs-service', cluster: 'shop', service: 'catalog' } as const;
const WORKER = { kind: 'lambda-function', functionName: 'invoices-worker' } as const;
const NODES = { kind: 'auto-scaling-group', group: 'search-nodes' } as const;
const DATABASE = { kind: 'rds-instance', instance: 'accounts-db' } as const;
const CONNECTIONS = {
  kind: 'rds-parameter',
  instance: 'accounts-db',
  parameterGroup: 'accounts-mysql',
  parameter: 'max_connections',
} as const;

describe('an ECS service', () => {
  it('is read, scaled and restarted: a restart is a new deployment of the same task definition', async () => {
    const services = makeEcsServiceWriter({ client: new ECSClient(settings()) });
    const before = await resources.read(CATALOG);
    expect(before).toMatchObject({ ...CATALOG, settled: true, desiredCount: 2, runningCount: 2 });
    await services.scale('shop', 'catalog', 3);
    expect(await resources.read(CATALOG)).toEqual({ ...before, desiredCount: 3, runningCount: 3 });
    await services.redeploy('shop', 'catalog');
    const after = await resources.read(CATALOG);
    expect(after).toMatchObject({
      settled: false,
      taskDefinition: (before as { taskDefinition: string }).taskDefinition,
    });
    expect((after as { deploymentId: string }).deploymentId).not.toBe(
      (before as { deploymentId: string }).deploymentId,
    );
  });

  it('that is not there is refused', async () => {
    await expect(resources.read({ ...CATALOG, service: 'nothing' })).rejects.toMatchObject({ name: 'Refused' });
  });
});

describe('a Lambda function', () => {
  it('is read, given memory on the revision that was read alone, and a reservation', async () => {
    const client = new LambdaClient(settings());
    const setMemory = makeFunctionWriter(client);
    const before = await resources.read(WORKER);
    expect(before).toMatchObject({ ...WORKER, memoryMb: 512, settled: true, reservedConcurrency: 10 });
    const { revisionId } = before as { revisionId: string };
    const functionName = 'invoices-worker';
    expect(await setMemory({ functionName, memoryMb: 1024, revisionId })).toBe('changed');
    expect(await setMemory({ functionName, memoryMb: 2048, revisionId })).toBe('changed-meanwhile');
    await makeLambdaFunctionWriter({ memorySetterArn: 'unused', client }).reserve(functionName, 40);
    expect(await resources.read(WORKER)).toMatchObject({ memoryMb: 1024, reservedConcurrency: 40 });
    expect(await resources.read({ ...WORKER, functionName: 'checkout-api' })).toMatchObject({
      reservedConcurrency: null,
    });
  });

  it('is given no impossible memory, and none when it is not there', async () => {
    const setMemory = makeFunctionWriter(new LambdaClient(settings()));
    const { revisionId } = (await resources.read(WORKER)) as { revisionId: string };
    const impossible = { functionName: 'invoices-worker', memoryMb: 64, revisionId };
    await expect(setMemory(impossible)).rejects.toMatchObject({ name: 'Refused' });
    await expect(resources.read({ ...WORKER, functionName: 'nothing' })).rejects.toMatchObject({ name: 'Refused' });
    expect(world.journal.entries()).toEqual([]);
  });
});

describe('an Auto Scaling group', () => {
  it('is read, scaled, and replaces its instances one refresh at a time, which can be cancelled', async () => {
    const groups = makeAutoScalingWriter({ client: new AutoScalingClient(settings()) });
    const before = await resources.read(NODES);
    expect(before).toMatchObject({
      ...NODES,
      desiredCapacity: 3,
      maxSize: 8,
      healthyInstances: 3,
      refresh: { status: 'Successful' },
    });
    await groups.setCapacity('search-nodes', 4);
    expect(await resources.read(NODES)).toEqual({ ...before, desiredCapacity: 4, healthyInstances: 4 });
    const id = await groups.refresh('search-nodes', 90);
    expect(await resources.read(NODES)).toMatchObject({ refresh: { id, status: 'InProgress' } });
    await expect(groups.refresh('search-nodes', 90)).rejects.toMatchObject({ name: 'Refused' });
    await groups.cancelRefresh('search-nodes');
    expect(await resources.read(NODES)).toMatchObject({ refresh: { id, status: 'Cancelled' } });
    await expect(groups.cancelRefresh('search-nodes')).rejects.toMatchObject({ name: 'Refused' });
  });

  it('is not made larger than it allows, and refused when it is not there', async () => {
    const groups = makeAutoScalingWriter({ client: new AutoScalingClient(settings()) });
    await expect(groups.setCapacity('search-nodes', 9)).rejects.toMatchObject({ name: 'Refused' });
    await expect(resources.read({ ...NODES, group: 'nothing' })).rejects.toMatchObject({ name: 'Refused' });
    expect(world.journal.entries()).toEqual([]);
  });
});

describe('an RDS database', () => {
  it('is read and restarted, once at a time, and tells of it in its events', async () => {
    const databases = makeDatabaseWriter({ client: new RDSClient(settings()) });
    const before = (await resources.read(DATABASE)) as { restartedAt: string; status: string };
    expect(before).toMatchObject({ ...DATABASE, status: 'available', restartedAt: expect.any(String) });
    await databases.reboot('accounts-db');
    await expect(databases.reboot('accounts-db')).rejects.toMatchObject({ name: 'Refused' });
    await expect.poll(() => resources.read(DATABASE)).toMatchObject({ status: 'available' });
    const after = (await resources.read(DATABASE)) as { restartedAt: string };
    expect(Date.parse(after.restartedAt)).toBeGreaterThan(Date.parse(before.restartedAt));
    expect(world.journal.count('rds.instance.rebooted')).toBe(1);
  });

  it('has a parameter changed at once, within what it allows', async () => {
    const databases = makeDatabaseWriter({ client: new RDSClient(settings()) });
    expect(await resources.read(CONNECTIONS)).toEqual({ ...CONNECTIONS, value: 150, dynamic: true, inUse: true });
    await databases.setParameter('accounts-mysql', 'max_connections', 200);
    expect(await resources.read(CONNECTIONS)).toMatchObject({ value: 200 });
    await expect(databases.setParameter('accounts-mysql', 'max_connections', 1e9)).rejects.toMatchObject({
      name: 'Refused',
    });
    expect(await resources.read({ ...CONNECTIONS, parameter: 'nothing' })).toMatchObject({
      value: null,
      dynamic: false,
    });
    await expect(resources.read({ ...CONNECTIONS, instance: 'nothing' })).rejects.toMatchObject({ name: 'Refused' });
  });
});

describe('the size of a database', () => {
  const RATINGS = { kind: 'rds-instance', instance: 'ratings-db' } as const;
  const CLUSTER = { kind: 'aurora-cluster', cluster: 'ratings-aurora' } as const;

  it('[D47] of an instance is its class, which it is given after a while', async () => {
    const setSize = makeDatabaseSizeWriter(new RDSClient(settings()));
    const before = await resources.read(RATINGS);
    expect(before).toMatchObject({ status: 'available', instanceClass: 'db.r8g.large', nextClass: null });
    expect(await setSize({ instance: 'ratings-db', instanceClass: 'db.r8g.xlarge' })).toBe('requested');
    expect(await resources.read(RATINGS)).toMatchObject({ status: 'modifying', nextClass: 'db.r8g.xlarge' });
    await expect(setSize({ instance: 'ratings-db', instanceClass: 'db.r8g.large' })).rejects.toMatchObject({
      name: 'Refused',
    });
    await expect
      .poll(() => resources.read(RATINGS))
      .toEqual({ ...before, instanceClass: 'db.r8g.xlarge', nextClass: null });
  });

  it('[D47] of an Aurora cluster is the capacity up to which it scales', async () => {
    const setSize = makeDatabaseSizeWriter(new RDSClient(settings()));
    expect(await resources.read(CLUSTER)).toMatchObject({ status: 'available', capacity: { min: 0.5, max: 4 } });
    await setSize({ cluster: 'ratings-aurora', minCapacity: 0.5, maxCapacity: 8 });
    expect(await resources.read(CLUSTER)).toMatchObject({ capacity: { min: 0.5, max: 8 } });
    await expect(setSize({ cluster: 'ratings-aurora', minCapacity: 9, maxCapacity: 8 })).rejects.toMatchObject({
      name: 'Refused',
    });
    await expect(resources.read({ ...CLUSTER, cluster: 'nothing' })).rejects.toMatchObject({ name: 'Refused' });
  });
});

describe('effects whose answer is lost', () => {
  it.each([
    [
      'scale',
      () => makeEcsServiceWriter({ client: new ECSClient(settings()) }).scale('shop', 'catalog', 3),
      'ecs:UpdateService',
    ],
    [
      'refresh',
      () => makeAutoScalingWriter({ client: new AutoScalingClient(settings()) }).refresh('search-nodes', 90),
      'autoscaling:StartInstanceRefresh',
    ],
    [
      'reboot',
      () => makeDatabaseWriter({ client: new RDSClient(settings()) }).reboot('accounts-db'),
      'rds:RebootDBInstance',
    ],
    [
      'resize',
      () =>
        makeDatabaseSizeWriter(new RDSClient(settings()))({ instance: 'ratings-db', instanceClass: 'db.r8g.xlarge' }),
      'rds:ModifyDBInstance',
    ],
    [
      'reserve',
      () =>
        makeLambdaFunctionWriter({ memorySetterArn: 'unused', client: new LambdaClient(settings()) }).reserve(
          'invoices-worker',
          40,
        ),
      'lambda:PutFunctionConcurrency',
    ],
  ] as const)('are told as unknown and not sent again: %s', async (_name, effect, operation) => {
    world.faults.inject(operation, { kind: 'reset', when: 'after' }, { times: 1 });
    await expect(effect()).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    expect(world.journal.entries()).toHaveLength(1);
  });
});

describe('the wire', () => {
  it('takes nothing that it does not know', async () => {
    const groups = new AutoScalingClient(settings());
    const asked = groups.send(new DescribeAutoScalingGroupsCommand({ Filters: [{ Name: 'tag-key', Values: ['x'] }] }));
    await expect(asked).rejects.toMatchObject({ name: expect.stringMatching(/Validation/) });
    const databases = new RDSClient(settings());
    const all = databases.send(new DescribeDBParametersCommand({ DBParameterGroupName: 'accounts-mysql' }));
    await expect(all).rejects.toMatchObject({ message: expect.stringContaining('filter') });
  });
});
