import { defineAct, githubPorts } from '../compose.ts';
import { evidence } from '../compose-cloud.ts';
import { config } from './config.ts';

export const handler = defineAct(config, { ...githubPorts, fixes: evidence, quarantines: evidence });
