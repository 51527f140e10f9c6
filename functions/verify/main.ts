import { verify } from '#shared/app/remediate/verify.ts';
import { actions, control, defineStep, policy } from '../compose.ts';
import { observation } from '../compose-services.ts';
import { config } from './config.ts';

export const handler = defineStep('verify', config, { control, policy, ports: observation, actions }, verify);
