import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  type GlobalSecondaryIndexPropsV2,
  ProjectionType,
  TableEncryptionV2,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

/** Sparse index: only open incidents have its key, so the reconciler reads no closed ones. */
export const OPEN_INDEX = 'open';

const string = (name: string) => ({ name, type: AttributeType.STRING });
const listIndex = (indexName: string, partition: string, sort: string, copied: string[] = []) =>
  ({
    indexName,
    partitionKey: string(partition),
    sortKey: string(sort),
    ...(copied.length === 0
      ? { projectionType: ProjectionType.KEYS_ONLY }
      : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: copied }),
  }) satisfies GlobalSecondaryIndexPropsV2;

/** Sparse: only the record of an incident has `listKey` and `listId`. They hold keys, and what a list filters by; nothing of that changes often. */
const LISTS: readonly GlobalSecondaryIndexPropsV2[] = [
  listIndex('by-month', 'listMonth', 'listKey'),
  listIndex('by-status', 'status', 'listKey', ['listTarget', 'listClass']),
  listIndex('by-target', 'listTarget', 'listKey', ['status', 'listClass']),
  listIndex('by-class', 'listClass', 'listKey', ['status']),
  listIndex('by-id', 'listId', 'id'),
];
/** Of the Incidents table, for lists and for finding an id by its beginning. */
export const LIST_INDEXES: readonly string[] = LISTS.map(({ indexName }) => indexName);

/** Partitions of the Stats table with what logs were counted to, and what their watch knows: rights of their own, because senders of logs write there. */
export const LOG_PARTITIONS: readonly string[] = ['LOGS', 'LOGS#*', 'LOGWATCH'];
/** Partitions of the Control table with API keys, the trail about them and answers to requests: rights of their own. */
export const ACCESS_PARTITIONS: readonly string[] = ['APIKEY', 'AUDIT#access', 'REQUEST'];
/** API keys alone, and the attributes that whoever verifies callers may write: `version` is part of every update's condition. */
export const KEY_PARTITIONS: readonly string[] = ['APIKEY'];
export const KEY_USE_ATTRIBUTES: readonly string[] = ['pk', 'sk', 'version', 'lastUsedAt'];
/** The answers to requests alone, for whoever removes them. */
export const REQUEST_PARTITIONS: readonly string[] = ['REQUEST'];
/** The partition of the Control table with who signed in and their GitHub accounts: rights of its own. */
export const PEOPLE_PARTITIONS: readonly string[] = ['PERSON'];
/** Partitions of the Control table with the policy, the kill switch, and the trail about both: each with rights of its own. */
export const POLICY_PARTITIONS: readonly string[] = ['POLICY'];
/** Connections, and what came in: whoever receives deliveries reads the former and writes the latter, and has no other right to the table. */
export const CONNECTION_PARTITIONS: readonly string[] = ['CONNECTION'];
export const EVENT_PARTITIONS: readonly string[] = ['CONNECTION-COUNT', 'EVENT'];
export const KILL_SWITCH_PARTITIONS: readonly string[] = ['CONTROLS'];
export const POLICY_TRAIL_PARTITIONS: readonly string[] = ['AUDIT#policy'];
/** The trail of what was deleted on request. */
export const DATA_TRAIL_PARTITIONS: readonly string[] = ['AUDIT#data'];

const COMMON = {
  partitionKey: string('pk'),
  sortKey: string('sk'),
  timeToLiveAttribute: 'expiresAt',
  billing: Billing.onDemand(),
  encryption: TableEncryptionV2.awsManagedKey(),
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
} satisfies TablePropsV2;

/** The four tables; what differs in lifecycle or in who may write it is in separate tables. */
export class Tables extends Construct {
  readonly incidents: TableV2;
  readonly knowledge: TableV2;
  readonly stats: TableV2;
  readonly control: TableV2;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.incidents = new TableV2(this, 'Incidents', {
      ...COMMON,
      globalSecondaryIndexes: [
        {
          indexName: OPEN_INDEX,
          partitionKey: string('openPk'),
          sortKey: string('updatedAt'),
        },
        ...LISTS,
      ],
    });
    this.knowledge = new TableV2(this, 'Knowledge', COMMON);
    this.stats = new TableV2(this, 'Stats', COMMON);
    this.control = new TableV2(this, 'Control', COMMON);
  }
}
