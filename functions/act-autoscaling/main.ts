import { autoScalingReader } from '#shared/adapters/aws/auto-scaling-reader.ts';
import { makeAutoScalingWriter } from '#shared/adapters/aws/auto-scaling-writer.ts';
import { makeCloudWatchAlarmReader } from '#shared/adapters/aws/cloudwatch-alarm-reader.ts';
import { makeResourceReader } from '#shared/adapters/aws/resource-reader.ts';
import { actFunction } from '../act-function.ts';
import { config } from './config.ts';

export const handler = actFunction(config, {
  alarms: makeCloudWatchAlarmReader(),
  resources: makeResourceReader(autoScalingReader()),
  autoScaling: makeAutoScalingWriter(),
});
