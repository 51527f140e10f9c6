import { makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';
import { lineRulesIn } from '#shared/adapters/patterns/re2-engine.ts';
import { gather } from '#shared/app/gather/gather.ts';
import { codeHost, configuration, defineStep, evidence } from '../compose.ts';
import { alarms, deployments, resources, serviceLogs } from '../compose-services.ts';
import { config } from './config.ts';

const lineRules = await lineRulesIn(configuration());

export const handler = defineStep(
  'gather',
  config,
  {
    evidence,
    codeHost,
    alarms,
    deployments,
    resources,
    serviceLogs,
    archives: () => makeZipLogArchive(),
    lineRules: () => lineRules,
  },
  gather,
);
