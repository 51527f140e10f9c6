import type { Collection } from '@selfheal/fake-server/collection.ts';
import type { WorldTime } from '@selfheal/fake-server/world-time.ts';
import type { AutomationRecords } from './automation-state.ts';
import type { BuildRecords } from './build-state.ts';

/** Services of the sample cloud; a bad deployment or a fault raises their alarms. */
export const SERVICE_IDS = [
  'checkout',
  'orders',
  'ledger',
  'catalog',
  'invoices',
  'search',
  'accounts',
  'ratings',
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
  /** Oldest first, without `$LATEST`. */
  versions: LambdaVersion[];
  aliases: { name: string; version: string; revisionId: string; description: string }[];
  /** Revision of the configuration of `$LATEST`. */
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
  /** Absent: `db.r8g.large`. */
  instanceClass?: string;
  /** The class that it is being given, until `at`, epoch milliseconds. */
  nextClass?: { readonly name: string; readonly at: number };
}

/** A cluster of Aurora Serverless v2. */
export interface ClusterState {
  readonly name: string;
  readonly service: ServiceId;
  /** Aurora capacity units. */
  minCapacity: number;
  maxCapacity: number;
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
  /** Newest first: the primary, then the one that is draining. */
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
  /** Of a composite alarm: its rule, over alarms by name. */
  readonly rule?: string;
  /** Of a log alarm: its scheduled query. */
  readonly logQuery?: { readonly query: string; readonly aggregation: string; readonly logGroup: string };
  /** Milliseconds from a good deployment to OK; null when it stays in ALARM. */
  okAfterMs: number | null;
}

export interface LogEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly stream: string;
  readonly message: string;
}

export interface SampleCloud extends AutomationRecords, BuildRecords {
  readonly account: string;
  readonly region: string;
  readonly time: WorldTime;
  readonly functions: Collection<LambdaState>;
  readonly ecs: Collection<EcsState>;
  readonly groups: Collection<GroupState>;
  readonly databases: Collection<DatabaseState>;
  readonly clusters: Collection<ClusterState>;
  readonly alarms: Collection<AlarmRecord>;
  readonly logs: Collection<readonly LogEvent[]>;
}

/** What is wrong with a service when its alarm goes off. */
export interface Scenario {
  /** Sets the service to its state at the beginning of the scenario, which is the time `at`. */
  begin(cloud: SampleCloud, at: string): void;
  /** Whether the version or capacity that serves customers now is good. */
  isOver(cloud: SampleCloud): boolean;
}
