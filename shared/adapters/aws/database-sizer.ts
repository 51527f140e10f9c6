import { LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { DatabaseSizer } from '#shared/ports/cloud.ts';
import { ONCE } from './client-settings.ts';
import { delegate } from './delegated-call.ts';

const Identifier = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
/** Aurora capacity units, which come in halves. */
const Units = z.number().min(0).max(256).multipleOf(0.5);

/** Input of the function `set-database-size`: everything that it can change. Strict, so that no other setting passes. */
export const DatabaseSize = z.union([
  z.strictObject({ instance: Identifier, instanceClass: z.string().regex(/^db\.[a-z0-9-]{1,20}\.[a-z0-9-]{1,20}$/) }),
  z
    .strictObject({ cluster: Identifier, minCapacity: Units, maxCapacity: Units.min(0.5) })
    .refine(({ minCapacity, maxCapacity }) => minCapacity <= maxCapacity),
]);
export type DatabaseSize = z.infer<typeof DatabaseSize>;
export const DatabaseSizeOutcome = z.literal('requested');

/** The effect in words, for errors. */
export const sizeChangeWords = (size: DatabaseSize): string =>
  'instance' in size
    ? `Giving the database ${size.instance} the class ${size.instanceClass}`
    : `Setting the capacity of the cluster ${size.cluster} to ${size.minCapacity} to ${size.maxCapacity} units`;

/**
 * Changes the size of databases by the function `set-database-size`: the AWS calls for it could set password, network, backups and much else, too,
 * and IAM has no condition on that.
 */
export function makeDatabaseSizer(options: {
  readonly databaseSizerArn: string;
  readonly client?: LambdaClient;
}): DatabaseSizer {
  const { databaseSizerArn, client = new LambdaClient(ONCE) } = options;
  const set = async (size: DatabaseSize): Promise<void> => {
    const call = { what: sizeChangeWords(size), functionArn: databaseSizerArn, functionName: 'set-database-size' };
    DatabaseSizeOutcome.parse(await delegate(client, { ...call, input: size }));
  };
  return {
    setInstanceClass: (instance, instanceClass) => set({ instance, instanceClass }),
    setClusterCapacity: (cluster, { min, max }) => set({ cluster, minCapacity: min, maxCapacity: max }),
  };
}
