import { escalate } from '#shared/app/notify/escalate.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import { actions, control, defineStep, evidence, mailer } from '../compose.ts';
import { config } from './config.ts';

export const handler = defineStep(
  'escalate',
  config,
  { control, evidence, mailer, notifiers: () => NOTIFIERS, actions },
  escalate,
);
