import { notify } from '#shared/app/notify/notify.ts';
import { mailer, smtp, texter } from '../channels-on-demand.ts';
import {
  actions,
  codeHost,
  control,
  counts,
  dashboardUrl,
  defineStep,
  notifiers,
  policy,
  predictions,
  type Variables,
} from '../compose.ts';
import { evidence, poster } from '../compose-cloud.ts';
import { config } from './config.ts';

export const handler = defineStep(
  'notify',
  config,
  {
    control,
    counts,
    policy,
    predictions,
    evidence,
    actions,
    dashboardUrl,
    notifiers,
    ports: (environment: Variables<'escalationTopic' | 'githubTokenSecret' | 'channelSecret'>) => ({
      mailer: mailer(environment),
      poster: poster(environment),
      smtp: smtp(environment),
      texter: texter(),
      codeHost: codeHost(environment),
    }),
  },
  notify,
);
