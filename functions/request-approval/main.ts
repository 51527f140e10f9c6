import { requestApproval } from '#shared/app/approve/request.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import { actions, control, dashboardUrl, defineStep, evidence, mailer } from '../compose.ts';
import { config } from './config.ts';

export const handler = defineStep(
  'requestApproval',
  config,
  { control, evidence, mailer, notifiers: () => NOTIFIERS, dashboardUrl, actions },
  requestApproval,
);
