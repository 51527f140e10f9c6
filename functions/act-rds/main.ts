import { databaseReader, makeDatabaseWriter } from '#shared/adapters/aws/database-reader.ts';
import { alarms, defineAct, resourcesOf } from '../compose.ts';
import { config } from './config.ts';

export const handler = defineAct(config, {
  alarms,
  resources: resourcesOf(databaseReader),
  databases: () => makeDatabaseWriter(),
});
