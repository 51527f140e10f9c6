import { escalate } from '#shared/app/notify/escalate.ts';
import { actions, control, defineStep, notifiers } from '../compose.ts';
import { evidence, mailer } from '../compose-cloud.ts';
import { config } from './config.ts';

export const handler = defineStep('escalate', config, { control, evidence, mailer, notifiers, actions }, escalate);
