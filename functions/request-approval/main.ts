import { requestApproval } from '#shared/app/approve/request.ts';
import { actions, control, dashboardUrl, defineStep, notifiers } from '../compose.ts';
import { evidence, mailer, poster, smtp, texter } from '../compose-cloud.ts';
import { config } from './config.ts';

export const handler = defineStep(
  'requestApproval',
  config,
  { control, evidence, mailer, poster, smtp, texter, notifiers, dashboardUrl, actions },
  requestApproval,
);
