import { makeCloudWatchAlarmReader } from '#shared/adapters/aws/cloudwatch-alarm-reader.ts';
import { databaseReader } from '#shared/adapters/aws/database-reader.ts';
import { makeDatabaseWriter } from '#shared/adapters/aws/database-writer.ts';
import { makeResourceReader } from '#shared/adapters/aws/resource-reader.ts';
import { actFunction } from '../act-function.ts';
import { config } from './config.ts';

export const handler = actFunction(config, {
  alarms: makeCloudWatchAlarmReader(),
  resources: makeResourceReader(databaseReader()),
  databases: makeDatabaseWriter(),
});
