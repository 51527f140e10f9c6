import { registered } from '@selfheal/kernel/plugin.ts';
import { cloudwatch } from './cloudwatch/index.ts';
import type { EventSource, SourcePlugin, WebhookSource } from './contract.ts';
import { github } from './github/index.ts';

/** Every source. To add one: a folder here, named after its id, and a line below. */
export const SOURCES: readonly SourcePlugin[] = registered('sources', [github, cloudwatch]);

export const WEBHOOK_SOURCES: readonly WebhookSource[] = SOURCES.filter((source) => source.kind === 'webhook');
export const EVENT_SOURCES: readonly EventSource[] = SOURCES.filter((source) => source.kind === 'event');
