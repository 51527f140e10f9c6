import { makeCloudWatchAlarmReader } from '#shared/adapters/aws/cloudwatch-alarm-reader.ts';
import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { endpointsOf } from '#shared/adapters/aws/playbook-ports.ts';
import { actFunction } from '../act-function.ts';
import { config } from './config.ts';

export const handler = actFunction(config, {
  alarms: makeCloudWatchAlarmReader(),
  endpoints: endpointsOf(loadConfiguration(process.env).http, process.env),
});
