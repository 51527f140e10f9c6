import { type AwsContext, AwsError, type QueryOperation } from './operation.ts';
import type { ClusterState, DatabaseState } from './state.ts';

function databaseOf({ cloud }: AwsContext, name: string): DatabaseState {
  const database = cloud.databases.get(name);
  if (database !== undefined) return database;
  throw new AwsError('DBInstanceNotFound', 404, `DBInstance ${name} not found.`);
}

function groupOf({ cloud }: AwsContext, form: URLSearchParams): DatabaseState {
  const name = form.get('DBParameterGroupName') ?? '';
  const database = cloud.databases.all().find(({ parameterGroup }) => parameterGroup === name);
  if (database !== undefined) return database;
  throw new AwsError('DBParameterGroupNotFound', 404, `DBParameterGroup not found: ${name}`);
}

function clusterOf({ cloud }: AwsContext, name: string): ClusterState {
  const cluster = cloud.clusters.get(name);
  if (cluster !== undefined) return cluster;
  throw new AwsError('DBClusterNotFoundFault', 404, `DBCluster ${name} not found.`);
}

const DEFAULT_CLASS = 'db.r8g.large';

/** The class now, and the one that it is being given. */
function classesOf(
  { cloud }: AwsContext,
  { instanceClass = DEFAULT_CLASS, nextClass }: DatabaseState,
): { now: string; next: string | null } {
  if (nextClass === undefined) return { now: instanceClass, next: null };
  return cloud.time.now() < nextClass.at
    ? { now: instanceClass, next: nextClass.name }
    : { now: nextClass.name, next: null };
}

/** A restart or another class takes a moment, during which the database accepts no connections. */
function statusOf(context: AwsContext, database: DatabaseState): string {
  if (context.cloud.time.now() < database.rebootingUntil) return 'rebooting';
  return classesOf(context, database).next === null ? 'available' : 'modifying';
}

const presentInstance = (context: AwsContext, database: DatabaseState) => ({
  DBInstanceIdentifier: database.name,
  DBInstanceClass: classesOf(context, database).now,
  PendingModifiedValues: pendingOf(classesOf(context, database).next),
  Engine: 'mysql',
  EngineVersion: '8.4.6',
  DBInstanceStatus: statusOf(context, database),
  AllocatedStorage: 100,
  DBParameterGroups: {
    DBParameterGroup: [{ DBParameterGroupName: database.parameterGroup, ParameterApplyStatus: 'in-sync' }],
  },
});

const pendingOf = (next: string | null) => (next === null ? {} : { DBInstanceClass: next });

const describeInstances: QueryOperation = {
  fields: ['DBInstanceIdentifier'],
  perform: (context, form) => ({
    DBInstances: {
      DBInstance: [presentInstance(context, databaseOf(context, form.get('DBInstanceIdentifier') ?? ''))],
    },
  }),
};

function refuseUnlessAvailable(context: AwsContext, database: DatabaseState): void {
  if (statusOf(context, database) === 'available') return;
  throw new AwsError('InvalidDBInstanceState', 400, `Database instance ${database.name} is not in available state.`);
}

const REBOOT_MS = 100;
const RESIZE_MS = 100;

const reboot: QueryOperation = {
  fields: ['DBInstanceIdentifier', 'ForceFailover'],
  perform: (context, form) => {
    const database = databaseOf(context, form.get('DBInstanceIdentifier') ?? '');
    refuseUnlessAvailable(context, database);
    const at = new Date(context.cloud.time.now());
    database.rebootingUntil = at.getTime() + REBOOT_MS;
    database.events.push(
      { at: at.toISOString(), message: 'DB instance shutdown' },
      { at: new Date(database.rebootingUntil).toISOString(), message: 'DB instance restarted' },
    );
    context.cloud.databases.put(database.name, database);
    context.journal.record('rds.instance.rebooted', database.name, {});
    context.deployed(database.service);
    return { DBInstance: presentInstance(context, database) };
  },
};

const describeEvents: QueryOperation = {
  fields: ['SourceIdentifier', 'SourceType', 'Duration'],
  perform: (context, form) => {
    const { name, events } = databaseOf(context, form.get('SourceIdentifier') ?? '');
    if (form.get('SourceType') !== 'db-instance') {
      throw new AwsError('InvalidParameterCombination', 400, 'SourceType is needed beside SourceIdentifier.');
    }
    const now = context.cloud.time.now();
    const from = now - Number(form.get('Duration') ?? 60) * 60_000;
    const shown = events.filter(({ at }) => Date.parse(at) >= from && Date.parse(at) <= now);
    const Event = shown.map(({ at, message }) => ({
      SourceIdentifier: name,
      SourceType: 'db-instance',
      Message: message,
      EventCategories: { EventCategory: ['availability'] },
      Date: at,
    }));
    return { Events: { Event } };
  },
};

const describeParameters: QueryOperation = {
  fields: ['DBParameterGroupName', 'Filters.Filter.Name', 'Filters.Filter.Values.Value'],
  perform: (context, form) => {
    const { parameters } = groupOf(context, form);
    if (form.get('Filters.Filter.1.Name') !== 'parameter-name') {
      throw new AwsError('InvalidParameterValue', 400, 'Unrecognized filter name.');
    }
    const name = form.get('Filters.Filter.1.Values.Value.1');
    const Parameter = parameters
      .filter((one) => one.name === name)
      .map((one) => ({
        ParameterName: one.name,
        ParameterValue: String(one.value),
        ApplyType: one.dynamic ? 'dynamic' : 'static',
        DataType: 'integer',
        AllowedValues: `1-${one.atMost}`,
        IsModifiable: true,
        ApplyMethod: 'immediate',
      }));
    return { Parameters: { Parameter } };
  },
};

const PARAMETER = 'Parameters.Parameter.1';

const modifyParameterGroup: QueryOperation = {
  fields: [
    'DBParameterGroupName',
    'Parameters.Parameter.ParameterName',
    'Parameters.Parameter.ParameterValue',
    'Parameters.Parameter.ApplyMethod',
  ],
  perform: (context, form) => {
    const database = groupOf(context, form);
    const parameter = database.parameters.find(({ name }) => name === form.get(`${PARAMETER}.ParameterName`));
    const value = Number(form.get(`${PARAMETER}.ParameterValue`) ?? Number.NaN);
    const atOnce = form.get(`${PARAMETER}.ApplyMethod`) === 'immediate';
    if (parameter === undefined || !(value >= 1 && value <= parameter.atMost) || (atOnce && !parameter.dynamic)) {
      throw new AwsError('InvalidParameterValue', 400, 'The parameter cannot be set to this value this way.');
    }
    const from = parameter.value;
    parameter.value = value;
    context.cloud.databases.put(database.name, database);
    const target = `${database.parameterGroup}/${parameter.name}`;
    if (from !== value) context.journal.record('rds.parameter.changed', target, { from, to: value });
    context.deployed(database.service);
    return { DBParameterGroupName: database.parameterGroup };
  },
};

/** Takes the class alone, and at once; everything else that the call could change is an unknown field. */
const modifyInstance: QueryOperation = {
  fields: ['DBInstanceIdentifier', 'DBInstanceClass', 'ApplyImmediately'],
  perform: (context, form) => {
    const database = databaseOf(context, form.get('DBInstanceIdentifier') ?? '');
    const to = form.get('DBInstanceClass') ?? '';
    if (!/^db\.[a-z0-9-]+\.[a-z0-9-]+$/.test(to)) {
      throw new AwsError('InvalidParameterValue', 400, `Invalid DB Instance class: ${to}`);
    }
    if (form.get('ApplyImmediately') !== 'true') {
      throw new AwsError('InvalidParameterCombination', 400, 'The fake RDS has no maintenance windows.');
    }
    refuseUnlessAvailable(context, database);
    const { now: from } = classesOf(context, database);
    if (from !== to) {
      database.instanceClass = from;
      database.nextClass = { name: to, at: context.cloud.time.now() + RESIZE_MS };
      context.cloud.databases.put(database.name, database);
      context.journal.record('rds.instance.resized', database.name, { from, to });
    }
    context.deployed(database.service);
    return { DBInstance: presentInstance(context, database) };
  },
};

const presentCluster = ({ name, minCapacity, maxCapacity }: ClusterState) => ({
  DBClusterIdentifier: name,
  Status: 'available',
  Engine: 'aurora-mysql',
  EngineMode: 'provisioned',
  ServerlessV2ScalingConfiguration: { MinCapacity: minCapacity, MaxCapacity: maxCapacity },
});

const describeClusters: QueryOperation = {
  fields: ['DBClusterIdentifier'],
  perform: (context, form) => ({
    DBClusters: { DBCluster: [presentCluster(clusterOf(context, form.get('DBClusterIdentifier') ?? ''))] },
  }),
};

const SCALING = 'ServerlessV2ScalingConfiguration';

const modifyCluster: QueryOperation = {
  fields: ['DBClusterIdentifier', `${SCALING}.MinCapacity`, `${SCALING}.MaxCapacity`, 'ApplyImmediately'],
  perform: (context, form) => {
    const cluster = clusterOf(context, form.get('DBClusterIdentifier') ?? '');
    const min = Number(form.get(`${SCALING}.MinCapacity`) ?? Number.NaN);
    const max = Number(form.get(`${SCALING}.MaxCapacity`) ?? Number.NaN);
    if (
      !(min >= 0 && max >= 0.5 && max <= 256 && min <= max) ||
      !Number.isInteger(min * 2) ||
      !Number.isInteger(max * 2)
    ) {
      throw new AwsError(
        'InvalidParameterValue',
        400,
        'The capacity must be in halves from 0 to 256, the minimum first.',
      );
    }
    const from = cluster.maxCapacity;
    Object.assign(cluster, { minCapacity: min, maxCapacity: max });
    context.cloud.clusters.put(cluster.name, cluster);
    if (from !== max) context.journal.record('rds.cluster.scaled', cluster.name, { from, to: max });
    context.deployed(cluster.service);
    return { DBCluster: presentCluster(cluster) };
  },
};

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Operations.html */
export const RDS_OPERATIONS: Readonly<Record<string, QueryOperation>> = {
  DescribeDBInstances: describeInstances,
  RebootDBInstance: reboot,
  DescribeEvents: describeEvents,
  DescribeDBParameters: describeParameters,
  ModifyDBParameterGroup: modifyParameterGroup,
  ModifyDBInstance: modifyInstance,
  DescribeDBClusters: describeClusters,
  ModifyDBCluster: modifyCluster,
};
