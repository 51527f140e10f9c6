import { endpointsOf } from '#shared/adapters/aws/playbook-ports.ts';
import { alarms, configuration, defineAct } from '../compose.ts';
import { config } from './config.ts';

export const handler = defineAct(config, { alarms, endpoints: () => endpointsOf(configuration().http, process.env) });
