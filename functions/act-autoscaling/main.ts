import { autoScalingReader } from '#shared/adapters/aws/auto-scaling-reader.ts';
import { makeAutoScalingWriter } from '#shared/adapters/aws/auto-scaling-writer.ts';
import { defineAct } from '../compose.ts';
import { alarms, resourcesOf } from '../compose-services.ts';
import { config } from './config.ts';

export const handler = defineAct(config, {
  alarms,
  resources: resourcesOf(autoScalingReader),
  autoScaling: () => makeAutoScalingWriter(),
});
