import type { DatabaseState } from './company.ts';
import { AwsError, type AwsRooms } from './operation.ts';
import type { QueryOperation } from './query-call.ts';

function databaseOf({ company }: AwsRooms, name: string): DatabaseState {
  const database = company.databases.get(name);
  if (database !== undefined) return database;
  throw new AwsError('DBInstanceNotFound', 404, `DBInstance ${name} not found.`);
}

function groupOf({ company }: AwsRooms, form: URLSearchParams): DatabaseState {
  const name = form.get('DBParameterGroupName') ?? '';
  const database = company.databases.all().find(({ parameterGroup }) => parameterGroup === name);
  if (database !== undefined) return database;
  throw new AwsError('DBParameterGroupNotFound', 404, `DBParameterGroup not found: ${name}`);
}

/** A restart takes a moment, in which nobody gets in. */
const statusOf = ({ company }: AwsRooms, { rebootingUntil }: DatabaseState) =>
  company.time.now() < rebootingUntil ? 'rebooting' : 'available';

const presentInstance = (rooms: AwsRooms, database: DatabaseState) => ({
  DBInstanceIdentifier: database.name,
  DBInstanceClass: 'db.r8g.large',
  Engine: 'mysql',
  EngineVersion: '8.4.6',
  DBInstanceStatus: statusOf(rooms, database),
  AllocatedStorage: 100,
  DBParameterGroups: {
    DBParameterGroup: [{ DBParameterGroupName: database.parameterGroup, ParameterApplyStatus: 'in-sync' }],
  },
});

const describeInstances: QueryOperation = {
  fields: ['DBInstanceIdentifier'],
  perform: (rooms, form) => ({
    DBInstances: { DBInstance: [presentInstance(rooms, databaseOf(rooms, form.get('DBInstanceIdentifier') ?? ''))] },
  }),
};

const REBOOT_MS = 100;

const reboot: QueryOperation = {
  fields: ['DBInstanceIdentifier', 'ForceFailover'],
  perform: (rooms, form) => {
    const database = databaseOf(rooms, form.get('DBInstanceIdentifier') ?? '');
    if (statusOf(rooms, database) !== 'available') {
      throw new AwsError(
        'InvalidDBInstanceState',
        400,
        `Database instance ${database.name} is not in available state.`,
      );
    }
    const at = new Date(rooms.company.time.now());
    database.rebootingUntil = at.getTime() + REBOOT_MS;
    database.events.push(
      { at: at.toISOString(), message: 'DB instance shutdown' },
      { at: new Date(database.rebootingUntil).toISOString(), message: 'DB instance restarted' },
    );
    rooms.company.databases.put(database.name, database);
    rooms.journal.record('rds.instance.rebooted', database.name, {});
    rooms.deployed(database.service);
    return { DBInstance: presentInstance(rooms, database) };
  },
};

const describeEvents: QueryOperation = {
  fields: ['SourceIdentifier', 'SourceType', 'Duration'],
  perform: (rooms, form) => {
    const { name, events } = databaseOf(rooms, form.get('SourceIdentifier') ?? '');
    if (form.get('SourceType') !== 'db-instance') {
      throw new AwsError('InvalidParameterCombination', 400, 'SourceType is needed beside SourceIdentifier.');
    }
    const now = rooms.company.time.now();
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
  perform: (rooms, form) => {
    const { parameters } = groupOf(rooms, form);
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
  perform: (rooms, form) => {
    const database = groupOf(rooms, form);
    const parameter = database.parameters.find(({ name }) => name === form.get(`${PARAMETER}.ParameterName`));
    const value = Number(form.get(`${PARAMETER}.ParameterValue`) ?? Number.NaN);
    const atOnce = form.get(`${PARAMETER}.ApplyMethod`) === 'immediate';
    if (parameter === undefined || !(value >= 1 && value <= parameter.atMost) || (atOnce && !parameter.dynamic)) {
      throw new AwsError('InvalidParameterValue', 400, 'The parameter cannot be set to this value this way.');
    }
    const from = parameter.value;
    parameter.value = value;
    rooms.company.databases.put(database.name, database);
    const target = `${database.parameterGroup}/${parameter.name}`;
    if (from !== value) rooms.journal.record('rds.parameter.changed', target, { from, to: value });
    rooms.deployed(database.service);
    return { DBParameterGroupName: database.parameterGroup };
  },
};

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Operations.html */
export const RDS_OPERATIONS: Readonly<Record<string, QueryOperation>> = {
  DescribeDBInstances: describeInstances,
  RebootDBInstance: reboot,
  DescribeEvents: describeEvents,
  DescribeDBParameters: describeParameters,
  ModifyDBParameterGroup: modifyParameterGroup,
};
