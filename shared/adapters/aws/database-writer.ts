import { ModifyDBParameterGroupCommand, RDSClient, RebootDBInstanceCommand } from '@aws-sdk/client-rds';
import type { DatabaseWriter } from '#shared/ports/cloud.ts';
import { ONCE } from './clients.ts';
import { sendEffect } from './errors.ts';

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
