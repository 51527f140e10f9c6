import { cloudwatch } from './cloudwatch.ts';
import type { EventSource, SourcePlugin, WebhookSource } from './contract.ts';
import { github } from './github.ts';

/** Every source. To add one: a file in this folder and a line here. */
export const SOURCES: readonly SourcePlugin[] = [github, cloudwatch];

export const WEBHOOK_SOURCES: readonly WebhookSource[] = SOURCES.filter((source) => source.kind === 'webhook');
export const EVENT_SOURCES: readonly EventSource[] = SOURCES.filter((source) => source.kind === 'event');
