import { makePlan } from '#shared/app/plan/plan.ts';
import {
  actions,
  defineStep,
  experience,
  githubPorts,
  killSwitch,
  knowledgeEntries,
  notifiers,
  policy,
  stats,
  tests,
} from '../compose.ts';
import { evidence, inspector, mailer, poster, smtp, texter } from '../compose-cloud.ts';
import { alarms, deployments, metrics, resources } from '../compose-services.ts';
import { config } from './config.ts';

export const handler = defineStep(
  'plan',
  config,
  {
    evidence,
    control: killSwitch,
    policy,
    experience,
    knowledge: knowledgeEntries,
    metrics,
    stats,
    tests,
    ...githubPorts,
    alarms,
    deployments,
    resources,
    actions,
    inspector,
    mailer,
    poster,
    smtp,
    texter,
    notifiers,
  },
  makePlan,
);
