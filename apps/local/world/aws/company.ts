import { type Collection, makeCollection } from '../server/collection.ts';
import { ago, DAY, MINUTE, type WorldTime } from '../world-time.ts';
import { ALARMS } from './alarm-definitions.ts';
import { type AutomationRooms, openAutomationRooms } from './automation-state.ts';
import { TROUBLES } from './troubles.ts';

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
  readonly time: WorldTime;
  readonly functions: Collection<LambdaState>;
  readonly ecs: Collection<EcsState>;
  readonly groups: Collection<GroupState>;
  readonly databases: Collection<DatabaseState>;
  readonly alarms: Collection<AlarmRecord>;
  readonly logs: Collection<readonly LogEvent[]>;
}

/** How old what is wrong is, in a company that was just founded. */
const MINUTES_OLD = 6;

/** Opens the company, as it was left or as new: everything calm, the bad versions deployed some minutes ago. */
export function openCompany(
  { account, region, time }: Pick<Company, 'account' | 'region' | 'time'>,
  dataDir: string | undefined,
): Company {
  const company: Company = {
    account,
    region,
    time,
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
  for (const id of SERVICE_IDS) TROUBLES[id].begin(company, ago(company.time, MINUTES_OLD * MINUTE));
  for (const alarm of ALARMS) {
    const reason = 'Unchecked: Initial alarm creation';
    const state: AlarmValue = { value: 'OK', reason, reasonData: '{}', at: ago(company.time, DAY) };
    const previous: AlarmValue = { ...state, value: 'INSUFFICIENT_DATA' };
    company.alarms.put(alarm.name, { ...alarm, state, previous, okAfterMs: 1500 });
  }
}
