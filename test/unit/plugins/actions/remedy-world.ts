import type { ResourceState, ResourceStateOf } from '@selfheal/log-reading/logs/resource-state.ts';
import type { Service } from '#shared/domain/configuration/configuration.ts';
import type { Remedy } from '#shared/domain/plan/remedies.ts';
import { aService } from '#test/builders/index.ts';
import {
  fakeAutoScaling,
  fakeDatabaseSizes,
  fakeDatabases,
  fakeLambdaFunctions,
  fakeResources,
} from '#test/fakes/index.ts';

const ECS_SERVICE: ResourceStateOf<'ecs-service'> = {
  kind: 'ecs-service',
  cluster: 'shop',
  service: 'checkout',
  taskDefinition: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout:8',
  deploymentId: 'ecs-svc/1000000000000000001',
  settled: true,
  desiredCount: 3,
  runningCount: 3,
};

const RESOURCES: readonly ResourceState[] = [
  ECS_SERVICE,
  {
    kind: 'lambda-function',
    functionName: 'worker',
    memoryMb: 512,
    revisionId: 'revision-1',
    settled: true,
    reservedConcurrency: 10,
  },
  {
    kind: 'auto-scaling-group',
    group: 'nodes',
    desiredCapacity: 3,
    maxSize: 10,
    healthyInstances: 3,
    refresh: { id: 'refresh-1', status: 'Successful' },
  },
  {
    kind: 'rds-instance',
    instance: 'db',
    status: 'available',
    restartedAt: '2026-11-20T12:00:00.000Z',
    instanceClass: 'db.r8g.large',
    nextClass: null,
  },
  { kind: 'aurora-cluster', cluster: 'aurora', status: 'available', capacity: { min: 0.5, max: 4 } },
  {
    kind: 'rds-parameter',
    instance: 'db',
    parameterGroup: 'mysql',
    parameter: 'max_connections',
    value: 150,
    dynamic: true,
    inUse: true,
  },
];

/** What remedies change, before any of them. */
export const someResources = (): ResourceState[] => structuredClone([...RESOURCES]);

/** Ports that change the resources of the state and read them back. */
export function remedyPorts(state: { resources: ResourceState[]; effects: string[] }) {
  const find = <K extends ResourceState['kind']>(kind: K): ResourceStateOf<K> =>
    state.resources.find((one) => one.kind === kind) as ResourceStateOf<K>;
  const change = <K extends ResourceState['kind']>(effect: string, kind: K, fields: Partial<ResourceStateOf<K>>) => {
    state.effects.push(effect);
    Object.assign(find(kind), fields);
  };
  return {
    resources: fakeResources({ read: async (ref) => ({ ...find(ref.kind) }) }),
    ecs: {
      scale: async (_cluster: string, _service: string, desiredCount: number) =>
        change(`scale:${desiredCount}`, 'ecs-service', { desiredCount }),
      redeploy: async () =>
        change('redeploy', 'ecs-service', { deploymentId: 'ecs-svc/1000000000000000002', settled: true }),
    },
    lambdaFunctions: fakeLambdaFunctions({
      setMemory: async (_name, memoryMb, revisionId) => {
        const { revisionId: now } = find('lambda-function');
        if (revisionId !== now) return 'changed-meanwhile';
        // The real one would not come back to an id it had.
        const next = now === 'revision-1' ? 'revision-2' : 'revision-1';
        change(`memory:${memoryMb}`, 'lambda-function', { memoryMb, revisionId: next });
        return 'changed';
      },
      reserve: async (_name, reservedConcurrency) =>
        change(`reserve:${reservedConcurrency}`, 'lambda-function', { reservedConcurrency }),
    }),
    autoScaling: fakeAutoScaling({
      setCapacity: async (_group, desiredCapacity) =>
        change(`capacity:${desiredCapacity}`, 'auto-scaling-group', { desiredCapacity }),
      refresh: async () => {
        change('refresh', 'auto-scaling-group', { refresh: { id: 'refresh-2', status: 'InProgress' } });
        return 'refresh-2';
      },
      cancelRefresh: async () =>
        change('cancel', 'auto-scaling-group', { refresh: { id: 'refresh-2', status: 'Cancelled' } }),
    }),
    databases: fakeDatabases({
      reboot: async () => change('reboot', 'rds-instance', { restartedAt: '2026-11-21T12:00:00.000Z' }),
      setParameter: async (_group, _parameter, value) => change(`parameter:${value}`, 'rds-parameter', { value }),
    }),
    databaseSizes: fakeDatabaseSizes({
      setInstanceClass: async (_instance, instanceClass) =>
        change(`class:${instanceClass}`, 'rds-instance', { instanceClass }),
      setClusterCapacity: async (_cluster, capacity) =>
        change(`units:${capacity.min}-${capacity.max}`, 'aurora-cluster', { capacity }),
    }),
  };
}

/** What was begun comes to its end. */
export function finishResources(resources: ResourceState[]): void {
  for (const one of resources) {
    if (one.kind === 'auto-scaling-group' && one.refresh !== null)
      one.refresh = { ...one.refresh, status: 'Successful' };
  }
}

const alarms = ['checkout-errors'];
/** A service that lists just this remedy for its alarm. */
const REMEDIES: readonly Remedy[] = [
  { action: 'scale-ecs-service', alarms, step: 1, maxDesiredCount: 8 },
  { action: 'redeploy-ecs-service', alarms },
  { action: 'raise-lambda-memory', alarms, functionName: 'worker', maxMemoryMb: 2048 },
  { action: 'set-lambda-concurrency', alarms, functionName: 'worker', reservedConcurrency: 40 },
  { action: 'scale-auto-scaling-group', alarms, autoScalingGroup: 'nodes', step: 2, maxDesiredCapacity: 6 },
  { action: 'refresh-instances', alarms, autoScalingGroup: 'nodes', minHealthyPercentage: 90 },
  { action: 'reboot-rds-instance', alarms, instance: 'db' },
  { action: 'scale-rds-instance', alarms, instance: 'db', classes: ['db.r8g.large', 'db.r8g.xlarge'] },
  { action: 'scale-aurora-cluster', alarms, auroraCluster: 'aurora', step: 4, maxCapacity: 16 },
  {
    action: 'change-rds-parameter',
    alarms,
    instance: 'db',
    parameterGroup: 'mysql',
    parameter: 'max_connections',
    step: 50,
    maximum: 300,
  },
];

/** Null for an action that needs no remedy of the catalogue. */
export function remediedService(actionId: string | undefined): Service | null {
  const remedy = REMEDIES.find(({ action }) => action === actionId);
  if (remedy === undefined) return null;
  const deployment = { cluster: 'shop', service: 'checkout', taskDefinitionFamily: 'checkout' };
  const ofEcs = remedy.action === 'scale-ecs-service' || remedy.action === 'redeploy-ecs-service';
  return aService({ deployment: ofEcs ? { kind: 'ecs-service', ...deployment } : null, remedies: [remedy] });
}
