import { escalate } from '#shared/app/notify/escalate.ts';
import { mailer, smtp, texter } from '../channels-on-demand.ts';
import { actions, chains, control, counts, defineStep, notifiers } from '../compose.ts';
import { evidence, poster } from '../compose-cloud.ts';
import { config } from './config.ts';

export const handler = defineStep(
  'escalate',
  config,
  { chains, control, counts, evidence, mailer, poster, smtp, texter, notifiers, actions },
  escalate,
);
