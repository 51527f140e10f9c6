import { defineFunction } from '#shared/domain/workflow/function-config.ts';

/**
 * Its role alone may call `ModifyDBInstance` and `ModifyDBCluster`, which could also set password, network and backups of a database; it sends
 * nothing but the size.
 */
export const config = defineFunction({
  name: 'set-database-size',
  description: 'Sets the class of an RDS instance or the capacity of an Aurora cluster, and no other setting.',
  timeoutSeconds: 25,
  memoryMb: 256,
  trigger: { kind: 'function' },
  uses: {},
});
