import { escalate } from '#shared/app/notify/escalate.ts';
import { actions, control, defineStep, evidence, mailer, notifiers } from '../compose.ts';
import { config } from './config.ts';

export const handler = defineStep('escalate', config, { control, evidence, mailer, notifiers, actions }, escalate);
