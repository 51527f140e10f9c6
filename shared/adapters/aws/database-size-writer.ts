import { ModifyDBClusterCommand, ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { ONCE } from './client-settings.ts';
import { type DatabaseSize, sizeChangeWords } from './database-sizer.ts';
import { sendEffect } from './errors.ts';

/**
 * For the function `set-database-size`, whose role alone may make these calls: changes the class of an instance, or the capacity of an Aurora
 * Serverless v2 cluster, and nothing else. Without waiting for the maintenance window.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBCluster.html
 */
export function makeDatabaseSizeWriter(
  client: RDSClient = new RDSClient(ONCE),
): (size: DatabaseSize) => Promise<'requested'> {
  return (size) =>
    sendEffect(sizeChangeWords(size), async (): Promise<'requested'> => {
      if ('instance' in size) {
        const { instance, instanceClass } = size;
        await client.send(
          new ModifyDBInstanceCommand({
            DBInstanceIdentifier: instance,
            DBInstanceClass: instanceClass,
            ApplyImmediately: true,
          }),
        );
      } else {
        const { cluster, minCapacity: MinCapacity, maxCapacity: MaxCapacity } = size;
        const ServerlessV2ScalingConfiguration = { MinCapacity, MaxCapacity };
        await client.send(
          new ModifyDBClusterCommand({
            DBClusterIdentifier: cluster,
            ServerlessV2ScalingConfiguration,
            ApplyImmediately: true,
          }),
        );
      }
      return 'requested';
    });
}
