import { makeCloudWatchAlarmReader } from '#shared/adapters/aws/cloudwatch-alarm-reader.ts';
import { makeSsmAutomations } from '#shared/adapters/aws/ssm-automations.ts';
import { makeSsmParameters } from '#shared/adapters/aws/ssm-parameters.ts';
import { actFunction } from '../act-function.ts';
import { config } from './config.ts';

export const handler = actFunction(config, {
  alarms: makeCloudWatchAlarmReader(),
  automations: makeSsmAutomations(),
  parameters: makeSsmParameters(),
});
