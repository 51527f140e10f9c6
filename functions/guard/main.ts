import { guard } from '#shared/app/remediate/guard.ts';
import { actions, control, defineStep, policy } from '../compose.ts';
import { observation } from '../compose-services.ts';
import { config } from './config.ts';

export const handler = defineStep('guard', config, { control, policy, ports: observation, actions }, guard);
