import { databaseReader, makeDatabaseWriter } from '#shared/adapters/aws/database-reader.ts';
import { makeDatabaseSizer } from '#shared/adapters/aws/database-sizer.ts';
import { defineAct } from '../compose.ts';
import { alarms, resourcesOf } from '../compose-services.ts';
import { config } from './config.ts';

export const handler = defineAct(config, {
  alarms,
  resources: resourcesOf(databaseReader),
  databases: () => makeDatabaseWriter(),
  databaseSizes: ({ databaseSizer }) => makeDatabaseSizer({ databaseSizerArn: databaseSizer }),
});
