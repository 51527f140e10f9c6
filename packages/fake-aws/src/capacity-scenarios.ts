import { randomUUID } from 'node:crypto';
import { ago, DAY } from '@selfheal/fake-server/world-time.ts';
import { deploymentId, functionSettings } from './deployment-scenarios.ts';
import type { SampleCloud, Scenario } from './state.ts';

/** Capacity of the services when the scenarios begin; it is too small for the load. */
const CATALOG_TASKS = 2;
const INVOICES_MB = 512;
const INVOICES_AT_ONCE = 10;
const SEARCH_NODES = 3;
const ACCOUNTS_CONNECTIONS = 150;
const RATINGS_CLASS = 'db.r8g.large';
const RATINGS_UNITS = 4;

const isToday = ({ time }: SampleCloud, iso: string | undefined) => time.now() - Date.parse(iso ?? '') < DAY;

/** Tasks that leak memory. More tasks share the load, and new ones have not leaked yet. */
export const catalog: Scenario = {
  begin: (cloud) => {
    const since = ago(cloud.time, 60 * DAY);
    cloud.ecs.put('shop/catalog', {
      cluster: 'shop',
      service: 'catalog',
      family: 'catalog',
      desiredCount: CATALOG_TASKS,
      taskDefinitions: [{ revision: 3, registeredAt: since, good: true }],
      deployments: [{ id: deploymentId('catalog:3', since), revision: 3, createdAt: since, completed: true }],
    });
  },
  isOver: (cloud) => {
    const ecs = cloud.ecs.get('shop/catalog');
    return (ecs?.desiredCount ?? 0) > CATALOG_TASKS || isToday(cloud, ecs?.deployments[0]?.createdAt);
  },
};

/** A function that is called without an alias and needs more memory or concurrency. */
export const invoices: Scenario = {
  begin: (cloud) =>
    cloud.functions.put('invoices-worker', {
      name: 'invoices-worker',
      versions: [],
      aliases: [],
      ...functionSettings(INVOICES_MB, INVOICES_AT_ONCE),
    }),
  isOver: (cloud) => {
    const worker = cloud.functions.get('invoices-worker');
    return (worker?.memoryMb ?? 0) > INVOICES_MB || (worker?.reservedConcurrency ?? 0) > INVOICES_AT_ONCE;
  },
};

/** Instances that use all their CPU time. */
export const search: Scenario = {
  begin: (cloud) =>
    cloud.groups.put('search-nodes', {
      name: 'search-nodes',
      service: 'search',
      minSize: 1,
      maxSize: 8,
      desiredCapacity: SEARCH_NODES,
      refreshes: [{ id: randomUUID(), status: 'Successful', startedAt: ago(cloud.time, 30 * DAY) }],
    }),
  isOver: (cloud) => {
    const nodes = cloud.groups.get('search-nodes');
    return (nodes?.desiredCapacity ?? 0) > SEARCH_NODES || isToday(cloud, nodes?.refreshes[0]?.startedAt);
  },
};

/** A database without free connections. */
export const accounts: Scenario = {
  begin: (cloud) =>
    cloud.databases.put('accounts-db', {
      name: 'accounts-db',
      service: 'accounts',
      parameterGroup: 'accounts-mysql',
      parameters: [{ name: 'max_connections', value: ACCOUNTS_CONNECTIONS, atMost: 100_000, dynamic: true }],
      events: [{ at: ago(cloud.time, 3 * DAY), message: 'DB instance restarted' }],
      rebootingUntil: 0,
    }),
  isOver: (cloud) => {
    const database = cloud.databases.get('accounts-db');
    return (database?.parameters[0]?.value ?? 0) > ACCOUNTS_CONNECTIONS || isToday(cloud, database?.events.at(-1)?.at);
  },
};

/** An instance and an Aurora cluster that are too small for the load. */
export const ratings: Scenario = {
  begin: (cloud) => {
    cloud.databases.put('ratings-db', {
      name: 'ratings-db',
      service: 'ratings',
      parameterGroup: 'ratings-mysql',
      parameters: [],
      events: [],
      rebootingUntil: 0,
      instanceClass: RATINGS_CLASS,
    });
    cloud.clusters.put('ratings-aurora', {
      name: 'ratings-aurora',
      service: 'ratings',
      minCapacity: 0.5,
      maxCapacity: RATINGS_UNITS,
    });
  },
  isOver: (cloud) => {
    const { instanceClass, nextClass } = cloud.databases.get('ratings-db') ?? {};
    const isLarger = (nextClass?.name ?? instanceClass ?? RATINGS_CLASS) !== RATINGS_CLASS;
    return isLarger || (cloud.clusters.get('ratings-aurora')?.maxCapacity ?? 0) > RATINGS_UNITS;
  },
};
