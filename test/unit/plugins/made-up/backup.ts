import { defineSource } from '#shared/plugins/sources/contract.ts';

/** A source that is made up: jobs of AWS Backup that failed. */
export const backup = defineSource({
  kind: 'event',
  id: 'backup',
  title: 'Failed backups',
  pattern: { source: ['aws.backup'], detailType: ['Backup Job State Change'] },
  toSignal: () => ({ kind: 'ignored', reason: 'state-completed' }),
});
