import { onDemand } from './on-demand.ts';

/** Archives of logs, for functions that seldom read one. A file of its own, because a bundle of a function holds whatever is loaded on demand
 * anywhere in its files.
 */
export const archives = () =>
  onDemand(async () => (await import('#shared/adapters/archive/zip-log-archive.ts')).makeZipLogArchive());
