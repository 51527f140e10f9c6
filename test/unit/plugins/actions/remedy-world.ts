import type { Service } from '#shared/domain/configuration/configuration.ts';
import type { Remedy } from '#shared/domain/configuration/remedies.ts';
import type { ResourceState, ResourceStateOf } from '#shared/domain/evidence/resource-state.ts';
import { aService } from '#test/builders/index.ts';
import { fakeResources } from '#test/fakes/index.ts';

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

/** What remedies change, before any of them. */
export const someResources = (): ResourceState[] => structuredClone([ECS_SERVICE]);

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
  };
}

const alarms = ['checkout-errors'];
/** A service that lists just this remedy for its alarm. */
const REMEDIES: readonly Remedy[] = [
  { action: 'scale-ecs-service', alarms, step: 1, maxDesiredCount: 8 },
  { action: 'redeploy-ecs-service', alarms },
];

/** Null for an action that needs no remedy of the catalogue. */
export function remediedService(actionId: string | undefined): Service | null {
  const remedy = REMEDIES.find(({ action }) => action === actionId);
  if (remedy === undefined) return null;
  const deployment = { kind: 'ecs-service', cluster: 'shop', service: 'checkout', taskDefinitionFamily: 'checkout' };
  return aService({ deployment: deployment as never, remedies: [remedy] });
}
