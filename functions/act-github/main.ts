import { defineAct, evidence, githubPorts } from '../compose.ts';
import { config } from './config.ts';

export const handler = defineAct(config, { ...githubPorts, fixes: evidence, quarantines: evidence });
