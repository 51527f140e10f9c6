import { createHash, randomUUID } from 'node:crypto';
import { ago, DAY } from '@selfheal/fake-server/world-time.ts';
import type { LambdaState, SampleCloud, Scenario } from './state.ts';

/** Settings of a function other than its versions and aliases. */
export const functionSettings = (
  memoryMb: number,
  reservedConcurrency: number | null = null,
): Pick<LambdaState, 'revisionId' | 'memoryMb' | 'reservedConcurrency'> => ({
  revisionId: randomUUID(),
  memoryMb,
  reservedConcurrency,
});

export function deploymentId(taskDefinition: string, at: string): string {
  const digits = createHash('sha256').update(`${taskDefinition} ${at}`).digest('hex').slice(0, 19);
  return `ecs-svc/${BigInt(`0x${digits}`).toString().slice(0, 19)}`;
}

/** A Lambda version deployed some minutes ago is bad; the one before was good. */
export const checkout: Scenario = {
  begin: (cloud, at) =>
    cloud.functions.put('checkout-api', {
      name: 'checkout-api',
      versions: [
        { version: '40', publishedAt: ago(cloud.time, 33 * DAY), good: true },
        { version: '41', publishedAt: ago(cloud.time, 12 * DAY), good: true },
        { version: '42', publishedAt: at, good: false },
      ],
      aliases: [{ name: 'live', version: '42', revisionId: randomUUID(), description: 'Serves customers' }],
      ...functionSettings(512),
    }),
  isOver: (cloud) => {
    const lambda = cloud.functions.get('checkout-api');
    const live = lambda?.aliases.find((alias) => alias.name === 'live')?.version;
    return lambda?.versions.find((one) => one.version === live)?.good === true;
  },
};

/** The same for ECS, with task definitions. */
export const orders: Scenario = {
  begin: (cloud, at) =>
    cloud.ecs.put('shop/orders', {
      cluster: 'shop',
      service: 'orders',
      family: 'orders',
      desiredCount: 3,
      taskDefinitions: [
        { revision: 6, registeredAt: ago(cloud.time, 40 * DAY), good: true },
        { revision: 7, registeredAt: ago(cloud.time, 9 * DAY), good: true },
        { revision: 8, registeredAt: at, good: false },
      ],
      deployments: [{ id: deploymentId('orders:8', at), revision: 8, createdAt: at, completed: true }],
    }),
  isOver: (cloud) => {
    const ecs = cloud.ecs.get('shop/orders');
    return ecs?.taskDefinitions.find((one) => one.revision === ecs.deployments[0]?.revision)?.good === true;
  },
};

/** Nothing was deployed for months: no remedy helps in this scenario. */
export const ledger: Scenario = {
  begin: (cloud) => {
    if (cloud.functions.get('ledger-api') === undefined) foundLedger(cloud);
  },
  isOver: () => false,
};

function foundLedger(cloud: SampleCloud): void {
  cloud.functions.put('ledger-api', {
    name: 'ledger-api',
    versions: [
      { version: '16', publishedAt: ago(cloud.time, 140 * DAY), good: true },
      { version: '17', publishedAt: ago(cloud.time, 95 * DAY), good: true },
    ],
    aliases: [{ name: 'live', version: '17', revisionId: randomUUID(), description: 'Serves the books' }],
    ...functionSettings(512),
  });
}
