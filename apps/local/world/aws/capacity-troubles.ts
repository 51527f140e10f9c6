import { randomUUID } from 'node:crypto';
import { ago, DAY } from '../world-time.ts';
import type { Company } from './company.ts';
import { deploymentId, functionSettings } from './deployment-troubles.ts';
import type { Trouble } from './troubles.ts';

/** What services have too little of, now that their customers have grown to so many. */
const CATALOG_TASKS = 2;
const INVOICES_MB = 512;
const INVOICES_AT_ONCE = 10;
const SEARCH_NODES = 3;
const ACCOUNTS_CONNECTIONS = 150;

const isToday = ({ time }: Company, iso: string | undefined) => time.now() - Date.parse(iso ?? '') < DAY;

/** Tasks that leak memory. More of them share the load; new ones have leaked nothing yet. */
export const catalog: Trouble = {
  begin: (company) => {
    const since = ago(company.time, 60 * DAY);
    company.ecs.put('shop/catalog', {
      cluster: 'shop',
      service: 'catalog',
      family: 'catalog',
      desiredCount: CATALOG_TASKS,
      taskDefinitions: [{ revision: 3, registeredAt: since, good: true }],
      deployments: [{ id: deploymentId('catalog:3', since), revision: 3, createdAt: since, completed: true }],
    });
  },
  isOver: (company) => {
    const ecs = company.ecs.get('shop/catalog');
    return (ecs?.desiredCount ?? 0) > CATALOG_TASKS || isToday(company, ecs?.deployments[0]?.createdAt);
  },
};

/** A function that is called without an alias, and needs more memory or more room. */
export const invoices: Trouble = {
  begin: (company) =>
    company.functions.put('invoices-worker', {
      name: 'invoices-worker',
      versions: [],
      aliases: [],
      ...functionSettings(INVOICES_MB, INVOICES_AT_ONCE),
    }),
  isOver: (company) => {
    const worker = company.functions.get('invoices-worker');
    return (worker?.memoryMb ?? 0) > INVOICES_MB || (worker?.reservedConcurrency ?? 0) > INVOICES_AT_ONCE;
  },
};

/** Instances without processor time. */
export const search: Trouble = {
  begin: (company) =>
    company.groups.put('search-nodes', {
      name: 'search-nodes',
      service: 'search',
      minSize: 1,
      maxSize: 8,
      desiredCapacity: SEARCH_NODES,
      refreshes: [{ id: randomUUID(), status: 'Successful', startedAt: ago(company.time, 30 * DAY) }],
    }),
  isOver: (company) => {
    const nodes = company.groups.get('search-nodes');
    return (nodes?.desiredCapacity ?? 0) > SEARCH_NODES || isToday(company, nodes?.refreshes[0]?.startedAt);
  },
};

/** A database without free connections. */
export const accounts: Trouble = {
  begin: (company) =>
    company.databases.put('accounts-db', {
      name: 'accounts-db',
      service: 'accounts',
      parameterGroup: 'accounts-mysql',
      parameters: [{ name: 'max_connections', value: ACCOUNTS_CONNECTIONS, atMost: 100_000, dynamic: true }],
      events: [{ at: ago(company.time, 3 * DAY), message: 'DB instance restarted' }],
      rebootingUntil: 0,
    }),
  isOver: (company) => {
    const database = company.databases.get('accounts-db');
    return (
      (database?.parameters[0]?.value ?? 0) > ACCOUNTS_CONNECTIONS || isToday(company, database?.events.at(-1)?.at)
    );
  },
};
