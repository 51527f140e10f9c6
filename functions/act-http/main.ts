import { endpointsOf } from '#shared/adapters/aws/playbook-ports.ts';
import { configuration, defineAct } from '../compose.ts';
import { alarms } from '../compose-services.ts';
import { config } from './config.ts';

export const handler = defineAct(config, { alarms, endpoints: () => endpointsOf(configuration().http, process.env) });
