import { makeSsmAutomations } from '#shared/adapters/aws/ssm-automations.ts';
import { makeSsmParameters } from '#shared/adapters/aws/ssm-parameters.ts';
import { defineAct } from '../compose.ts';
import { alarms } from '../compose-services.ts';
import { config } from './config.ts';

export const handler = defineAct(config, {
  alarms,
  automations: () => makeSsmAutomations(),
  parameters: () => makeSsmParameters(),
});
