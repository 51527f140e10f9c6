import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBParametersCommand,
  ModifyDBParameterGroupCommand,
  paginateDescribeEvents,
  RDSClient,
  RebootDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { Refused } from '@selfheal/kernel/errors.ts';
import type { DatabaseWriter } from '#shared/ports/cloud.ts';
import { ONCE, REPEATABLE } from './client-settings.ts';
import { sendEffect } from './errors.ts';
import type { KindReaders } from './resource-reader.ts';

/** How far back RDS keeps events, in minutes. */
const TWO_WEEKS = 20_160;
/** RDS-EVENT-0006: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html */
const RESTARTED = /^DB instance restarted/;

/** Reads RDS databases, Aurora clusters and single parameters. */
export function databaseReader(options: { readonly client?: RDSClient } = {}) {
  const { client = new RDSClient(REPEATABLE) } = options;
  return {
    'rds-instance': async ({ kind, instance }) => {
      const [found, restartedAt] = await Promise.all([readInstance(client, instance), readRestart(client, instance)]);
      const instanceClass = found.DBInstanceClass ?? 'unknown';
      const next = found.PendingModifiedValues?.DBInstanceClass ?? null;
      const nextClass = next === instanceClass ? null : next;
      return { kind, instance, status: found.DBInstanceStatus ?? 'unknown', restartedAt, instanceClass, nextClass };
    },
    'aurora-cluster': async ({ kind, cluster }) => {
      const { DBClusters = [] } = await client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: cluster }));
      const [found] = DBClusters;
      if (found?.DBClusterIdentifier !== cluster) throw new Refused(`There is no database cluster ${cluster}.`);
      const { MinCapacity: min, MaxCapacity: max } = found.ServerlessV2ScalingConfiguration ?? {};
      const capacity = min === undefined || max === undefined ? null : { min, max };
      return { kind, cluster, status: found.Status ?? 'unknown', capacity };
    },
    'rds-parameter': async ({ kind, instance, parameterGroup, parameter }) => {
      const [found, { Parameters = [] }] = await Promise.all([
        readInstance(client, instance),
        client.send(
          new DescribeDBParametersCommand({
            DBParameterGroupName: parameterGroup,
            Filters: [{ Name: 'parameter-name', Values: [parameter] }],
          }),
        ),
      ]);
      const one = Parameters.find(({ ParameterName }) => ParameterName === parameter);
      const group = found.DBParameterGroups?.find(
        ({ DBParameterGroupName }) => DBParameterGroupName === parameterGroup,
      );
      const text = one?.ParameterValue ?? '';
      return {
        kind,
        instance,
        parameterGroup,
        parameter,
        value: /^\d{1,10}$/.test(text) ? Number(text) : null,
        dynamic: one?.ApplyType === 'dynamic' && one.IsModifiable === true,
        inUse: found.DBInstanceStatus === 'available' && group?.ParameterApplyStatus === 'in-sync',
      };
    },
  } satisfies KindReaders;
}

async function readInstance(client: RDSClient, instance: string) {
  const { DBInstances = [] } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: instance }));
  const [found] = DBInstances;
  if (found?.DBInstanceIdentifier !== instance) throw new Refused(`There is no database ${instance}.`);
  return found;
}

/** The newest restart in the events of an instance. */
async function readRestart(client: RDSClient, instance: string): Promise<string | null> {
  const query = { SourceIdentifier: instance, SourceType: 'db-instance', Duration: TWO_WEEKS } as const;
  let newest: Date | null = null;
  for await (const page of paginateDescribeEvents({ client }, query)) {
    for (const { Date: at, Message = '' } of page.Events ?? []) {
      if (at !== undefined && RESTARTED.test(Message) && (newest === null || at > newest)) newest = at;
    }
  }
  return newest?.toISOString() ?? null;
}

/** Changes RDS databases. Never repeated after a lost answer (`OutcomeUnknown`). */
export function makeDatabaseWriter(options: { readonly client?: RDSClient } = {}): DatabaseWriter {
  const { client = new RDSClient(ONCE) } = options;
  return {
    reboot: async (instance) => {
      const command = new RebootDBInstanceCommand({ DBInstanceIdentifier: instance, ForceFailover: false });
      await sendEffect(`Restarting the database ${instance}`, () => client.send(command));
    },
    setParameter: async (parameterGroup, parameter, value) => {
      const command = new ModifyDBParameterGroupCommand({
        DBParameterGroupName: parameterGroup,
        Parameters: [{ ParameterName: parameter, ParameterValue: String(value), ApplyMethod: 'immediate' }],
      });
      await sendEffect(`Setting ${parameter} of ${parameterGroup} to ${value}`, () => client.send(command));
    },
  };
}
