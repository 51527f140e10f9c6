import { redeliverWebhooks } from '#shared/app/upkeep/redeliver-webhooks.ts';
import { apiUrl, codeHost, configuration, control, defineScheduled, type Variables } from '../compose.ts';
import { config } from './config.ts';

const webhookUrl = (environment: Variables<'apiUrl'>) => `${apiUrl(environment).replace(/\/$/, '')}/webhooks/github`;

export const handler = defineScheduled(config, { control, codeHost, configuration, webhookUrl }, redeliverWebhooks);
