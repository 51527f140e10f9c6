import { makePlan } from '#shared/app/plan/plan.ts';
import {
  actions,
  alarms,
  defineStep,
  deployments,
  evidence,
  experience,
  githubPorts,
  inspector,
  knowledgeEntries,
  metrics,
  policy,
  resources,
  stats,
  tests,
} from '../compose.ts';
import { config } from './config.ts';

export const handler = defineStep(
  'plan',
  config,
  {
    evidence,
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
  },
  makePlan,
);
