import { onDemand } from './on-demand.ts';

/** Archives of logs, for functions that seldom read one. */
export const archives = () =>
  onDemand(async () => (await import('#shared/adapters/archive/zip-log-archive.ts')).makeZipLogArchive());
