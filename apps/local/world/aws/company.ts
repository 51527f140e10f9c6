import { createHash, randomUUID } from 'node:crypto';
import { type Collection, makeCollection } from '../server/collection.ts';
import {
  type AutomationRooms,
  areReportsCleared,
  beginTrouble,
  isGalleryRestarted,
  openAutomationRooms,
} from './automation-state.ts';

/** The services of a small company: its deployments may be bad, and then its alarms ring. */
export const SERVICE_IDS = [
  'checkout',
  'orders',
  'ledger',
  'catalog',
  'invoices',
  'search',
  'accounts',
  'reports',
  'gallery',
] as const;
export type ServiceId = (typeof SERVICE_IDS)[number];

export interface LambdaVersion {
  readonly version: string;
  readonly publishedAt: string;
  readonly good: boolean;
}

export interface LambdaState {
  readonly name: string;
  /** Oldest first, `$LATEST` left out. */
  versions: LambdaVersion[];
  aliases: { name: string; version: string; revisionId: string; description: string }[];
  /** Of the configuration of `$LATEST`. */
  revisionId: string;
  memoryMb: number;
  reservedConcurrency: number | null;
}

export interface GroupState {
  readonly name: string;
  readonly service: ServiceId;
  readonly minSize: number;
  readonly maxSize: number;
  desiredCapacity: number;
  /** Newest first. */
  refreshes: { readonly id: string; status: 'InProgress' | 'Successful' | 'Cancelled'; readonly startedAt: string }[];
}

export interface DatabaseState {
  readonly name: string;
  readonly service: ServiceId;
  readonly parameterGroup: string;
  parameters: { readonly name: string; value: number; readonly atMost: number; readonly dynamic: boolean }[];
  /** Oldest first. */
  events: { readonly at: string; readonly message: string }[];
  /** Epoch milliseconds. */
  rebootingUntil: number;
}

export interface TaskDefinitionState {
  readonly revision: number;
  readonly registeredAt: string;
  readonly good: boolean;
}

export interface EcsDeploymentState {
  readonly id: string;
  readonly revision: number;
  readonly createdAt: string;
  readonly completed: boolean;
}

export interface EcsState {
  readonly cluster: string;
  readonly service: ServiceId;
  readonly family: string;
  desiredCount: number;
  taskDefinitions: TaskDefinitionState[];
  /** Newest first: the primary, then one that is being drained. */
  deployments: EcsDeploymentState[];
}

export interface AlarmValue {
  readonly value: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly reason: string;
  readonly reasonData: string;
  readonly at: string;
}

export interface AlarmRecord {
  readonly name: string;
  readonly service: ServiceId;
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  readonly statistic: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly threshold: number;
  readonly quietValue: number;
  readonly loudValue: number;
  state: AlarmValue;
  previous: AlarmValue;
  /** Milliseconds from a good deployment to OK; null: it stays in ALARM whatever is deployed. */
  okAfterMs: number | null;
}

export interface LogEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly stream: string;
  readonly message: string;
}

export interface Company extends AutomationRooms {
  readonly account: string;
  readonly region: string;
  readonly functions: Collection<LambdaState>;
  readonly ecs: Collection<EcsState>;
  readonly groups: Collection<GroupState>;
  readonly databases: Collection<DatabaseState>;
  readonly alarms: Collection<AlarmRecord>;
  readonly logs: Collection<readonly LogEvent[]>;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

/** Opens the company, as it was left or as new: everything calm, the bad versions deployed some minutes ago. */
export function openCompany(account: string, region: string, dataDir: string | undefined): Company {
  const company: Company = {
    account,
    region,
    functions: makeCollection(dataDir, 'aws/functions'),
    ecs: makeCollection(dataDir, 'aws/ecs-services'),
    groups: makeCollection(dataDir, 'aws/auto-scaling-groups'),
    databases: makeCollection(dataDir, 'aws/databases'),
    alarms: makeCollection(dataDir, 'aws/alarms'),
    logs: makeCollection(dataDir, 'aws/log-groups'),
    ...openAutomationRooms(dataDir),
  };
  if (company.alarms.size === 0) found(company);
  return company;
}

function found(company: Company): void {
  for (const id of SERVICE_IDS) deployBad(company, id, 6);
  for (const alarm of ALARMS) {
    const reason = 'Unchecked: Initial alarm creation';
    const state: AlarmValue = { value: 'OK', reason, reasonData: '{}', at: ago(DAY) };
    const previous: AlarmValue = { ...state, value: 'INSUFFICIENT_DATA' };
    company.alarms.put(alarm.name, { ...alarm, state, previous, okAfterMs: 1500 });
  }
}

/** What services have too little of, now that their customers have grown to so many. */
const CATALOG_TASKS = 2;
const INVOICES_MB = 512;
const INVOICES_AT_ONCE = 10;
const SEARCH_NODES = 3;
const ACCOUNTS_CONNECTIONS = 150;

const settings = (memoryMb: number, reservedConcurrency: number | null = null) => ({
  revisionId: randomUUID(),
  memoryMb,
  reservedConcurrency,
});

/** Puts the service's newest deployment back, `minutes` old. For `ledger`, whose last deployment is months old, nothing is new. */
export function deployBad(company: Company, service: ServiceId, minutes: number): void {
  const at = ago(minutes * MINUTE);
  switch (service) {
    case 'checkout':
      company.functions.put('checkout-api', {
        name: 'checkout-api',
        versions: [
          { version: '40', publishedAt: ago(33 * DAY), good: true },
          { version: '41', publishedAt: ago(12 * DAY), good: true },
          { version: '42', publishedAt: at, good: false },
        ],
        aliases: [{ name: 'live', version: '42', revisionId: randomUUID(), description: 'Serves customers' }],
        ...settings(512),
      });
      return;
    case 'orders':
      company.ecs.put('shop/orders', {
        cluster: 'shop',
        service: 'orders',
        family: 'orders',
        desiredCount: 3,
        taskDefinitions: [
          { revision: 6, registeredAt: ago(40 * DAY), good: true },
          { revision: 7, registeredAt: ago(9 * DAY), good: true },
          { revision: 8, registeredAt: at, good: false },
        ],
        deployments: [{ id: deploymentId('orders:8', at), revision: 8, createdAt: at, completed: true }],
      });
      return;
    case 'invoices':
      company.functions.put('invoices-worker', {
        name: 'invoices-worker',
        versions: [],
        aliases: [],
        ...settings(INVOICES_MB, INVOICES_AT_ONCE),
      });
      return;
    case 'search':
      company.groups.put('search-nodes', {
        name: 'search-nodes',
        service: 'search',
        minSize: 1,
        maxSize: 8,
        desiredCapacity: SEARCH_NODES,
        refreshes: [{ id: randomUUID(), status: 'Successful', startedAt: ago(30 * DAY) }],
      });
      return;
    case 'accounts':
      company.databases.put('accounts-db', {
        name: 'accounts-db',
        service: 'accounts',
        parameterGroup: 'accounts-mysql',
        parameters: [{ name: 'max_connections', value: ACCOUNTS_CONNECTIONS, atMost: 100_000, dynamic: true }],
        events: [{ at: ago(3 * DAY), message: 'DB instance restarted' }],
        rebootingUntil: 0,
      });
      return;
    case 'catalog': {
      const since = ago(60 * DAY);
      company.ecs.put('shop/catalog', {
        cluster: 'shop',
        service: 'catalog',
        family: 'catalog',
        desiredCount: CATALOG_TASKS,
        taskDefinitions: [{ revision: 3, registeredAt: since, good: true }],
        deployments: [{ id: deploymentId('catalog:3', since), revision: 3, createdAt: since, completed: true }],
      });
      return;
    }
    case 'ledger':
      if (company.functions.get('ledger-api') !== undefined) return;
      company.functions.put('ledger-api', {
        name: 'ledger-api',
        versions: [
          { version: '16', publishedAt: ago(140 * DAY), good: true },
          { version: '17', publishedAt: ago(95 * DAY), good: true },
        ],
        aliases: [{ name: 'live', version: '17', revisionId: randomUUID(), description: 'Serves the books' }],
        ...settings(512),
      });
      return;
    case 'reports':
    case 'gallery':
      beginTrouble(company, service);
      return;
    default:
      service satisfies never;
  }
}

export function deploymentId(taskDefinition: string, at: string): string {
  const digits = createHash('sha256').update(`${taskDefinition} ${at}`).digest('hex').slice(0, 19);
  return `ecs-svc/${BigInt(`0x${digits}`).toString().slice(0, 19)}`;
}

const isToday = (iso: string | undefined) => Date.now() - Date.parse(iso ?? '') < DAY;

/** Whether what serves customers now is good. `ledger` has trouble of its own that no deployment cures. */
export function isHealthy(company: Company, service: ServiceId): boolean {
  switch (service) {
    case 'checkout': {
      const lambda = company.functions.get('checkout-api');
      const live = lambda?.aliases.find((alias) => alias.name === 'live')?.version;
      return lambda?.versions.find((one) => one.version === live)?.good === true;
    }
    case 'orders': {
      const ecs = company.ecs.get('shop/orders');
      return ecs?.taskDefinitions.find((one) => one.revision === ecs.deployments[0]?.revision)?.good === true;
    }
    case 'catalog': {
      // More tasks share the load; new ones have leaked nothing yet.
      const ecs = company.ecs.get('shop/catalog');
      return (ecs?.desiredCount ?? 0) > CATALOG_TASKS || isToday(ecs?.deployments[0]?.createdAt);
    }
    case 'invoices': {
      const worker = company.functions.get('invoices-worker');
      return (worker?.memoryMb ?? 0) > INVOICES_MB || (worker?.reservedConcurrency ?? 0) > INVOICES_AT_ONCE;
    }
    case 'search': {
      const nodes = company.groups.get('search-nodes');
      return (nodes?.desiredCapacity ?? 0) > SEARCH_NODES || isToday(nodes?.refreshes[0]?.startedAt);
    }
    case 'accounts': {
      const database = company.databases.get('accounts-db');
      return (database?.parameters[0]?.value ?? 0) > ACCOUNTS_CONNECTIONS || isToday(database?.events.at(-1)?.at);
    }
    case 'reports':
      return areReportsCleared(company);
    case 'gallery':
      return isGalleryRestarted(company);
    case 'ledger':
      return false;
    default:
      return service satisfies never;
  }
}

type AlarmDefinition = Omit<AlarmRecord, 'state' | 'previous' | 'okAfterMs'>;

export const ALARMS: readonly AlarmDefinition[] = [
  {
    name: 'checkout-errors',
    service: 'checkout',
    description: 'Customers cannot pay: the checkout function ends in errors.',
    namespace: 'AWS/Lambda',
    metric: 'Errors',
    statistic: 'Sum',
    dimensions: { FunctionName: 'checkout-api', Resource: 'checkout-api:live' },
    threshold: 5,
    quietValue: 0,
    loudValue: 64,
  },
  {
    name: 'orders-5xx',
    service: 'orders',
    description: 'The orders service answers with 5xx.',
    namespace: 'AWS/ApplicationELB',
    metric: 'HTTPCode_Target_5XX_Count',
    statistic: 'Sum',
    dimensions: { LoadBalancer: 'app/shop/0a1b2c3d4e5f6071', TargetGroup: 'targetgroup/orders/1f2e3d4c5b6a7980' },
    threshold: 20,
    quietValue: 1,
    loudValue: 217,
  },
  {
    name: 'catalog-memory',
    service: 'catalog',
    description: 'The tasks of the catalog are about to run out of memory.',
    namespace: 'AWS/ECS',
    metric: 'MemoryUtilization',
    statistic: 'Average',
    dimensions: { ClusterName: 'shop', ServiceName: 'catalog' },
    threshold: 85,
    quietValue: 61,
    loudValue: 91,
  },
  {
    name: 'invoices-errors',
    service: 'invoices',
    description: 'Invoices are not written: the worker runs out of memory, or is not let in.',
    namespace: 'AWS/Lambda',
    metric: 'Errors',
    statistic: 'Sum',
    dimensions: { FunctionName: 'invoices-worker' },
    threshold: 3,
    quietValue: 0,
    loudValue: 22,
  },
  {
    name: 'search-cpu',
    service: 'search',
    description: 'The nodes of the search have no processor time left.',
    namespace: 'AWS/EC2',
    metric: 'CPUUtilization',
    statistic: 'Average',
    dimensions: { AutoScalingGroupName: 'search-nodes' },
    threshold: 80,
    quietValue: 44,
    loudValue: 97,
  },
  {
    name: 'accounts-connections',
    service: 'accounts',
    description: 'The accounts database has hardly a connection left.',
    namespace: 'AWS/RDS',
    metric: 'DatabaseConnections',
    statistic: 'Maximum',
    dimensions: { DBInstanceIdentifier: 'accounts-db' },
    threshold: 140,
    quietValue: 61,
    loudValue: 149,
  },
  {
    name: 'ledger-latency',
    service: 'ledger',
    description: 'Writing to the books takes too long.',
    namespace: 'AWS/Lambda',
    metric: 'Duration',
    statistic: 'p99',
    dimensions: { FunctionName: 'ledger-api' },
    threshold: 3000,
    quietValue: 410,
    loudValue: 8740,
  },
  {
    name: 'reports-late',
    service: 'reports',
    description: 'The nightly reports are not written.',
    namespace: 'Shop/Reports',
    metric: 'HoursSinceReport',
    statistic: 'Maximum',
    dimensions: { Dag: 'nightly-reports' },
    threshold: 26,
    quietValue: 3,
    loudValue: 31,
  },
  {
    name: 'gallery-memory',
    service: 'gallery',
    description: 'The server of the gallery is about to run out of memory.',
    namespace: 'CWAgent',
    metric: 'mem_used_percent',
    statistic: 'Average',
    dimensions: { InstanceId: 'i-0a1b2c3d4e5f60718' },
    threshold: 90,
    quietValue: 58,
    loudValue: 97,
  },
];
