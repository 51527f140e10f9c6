import { lineRulesIn } from '#shared/adapters/patterns/re2-engine.ts';
import { gather } from '#shared/app/gather/gather.ts';
import { archives } from '../archives-on-demand.ts';
import { codeHost, configuration, defineStep } from '../compose.ts';
import { changes, evidence } from '../compose-cloud.ts';
import { alarms, builds, deployments, resources, serviceLogs } from '../services-on-demand.ts';
import { config } from './config.ts';

const lineRules = await lineRulesIn(configuration());

export const handler = defineStep(
  'gather',
  config,
  {
    evidence,
    codeHost,
    changes,
    alarms,
    deployments,
    resources,
    builds,
    serviceLogs,
    archives,
    lineRules: () => lineRules,
  },
  gather,
);
