import { requestApproval } from '#shared/app/approve/request.ts';
import { mailer, smtp, texter } from '../channels-on-demand.ts';
import { actions, control, dashboardUrl, defineStep, notifiers } from '../compose.ts';
import { evidence, poster } from '../compose-cloud.ts';
import { config } from './config.ts';

export const handler = defineStep(
  'requestApproval',
  config,
  { control, evidence, mailer, poster, smtp, texter, notifiers, dashboardUrl, actions },
  requestApproval,
);
