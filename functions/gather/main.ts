import { makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';
import { lineRulesIn } from '#shared/adapters/patterns/re2-engine.ts';
import { gather } from '#shared/app/gather/gather.ts';
import { codeHost, configuration, defineStep } from '../compose.ts';
import { changes, evidence } from '../compose-cloud.ts';
import { onDemand } from '../on-demand.ts';
import { config } from './config.ts';

const lineRules = await lineRulesIn(configuration());

/** Clients of what an alarm watches: most incidents are runs. */
const services = () => import('../compose-services.ts');

export const handler = defineStep(
  'gather',
  config,
  {
    evidence,
    codeHost,
    changes,
    alarms: () => onDemand(async () => (await services()).alarms()),
    deployments: () => onDemand(async () => (await services()).deployments()),
    resources: () => onDemand(async () => (await services()).resources()),
    builds: () => onDemand(async () => (await services()).builds()),
    serviceLogs: () => onDemand(async () => (await services()).serviceLogs()),
    archives: () => makeZipLogArchive(),
    lineRules: () => lineRules,
  },
  gather,
);
