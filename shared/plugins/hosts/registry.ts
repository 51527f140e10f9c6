import { registered } from '@selfheal/kernel/plugin.ts';
import { hostOfRepository } from '#shared/domain/incident/target-context.ts';
import type { WebhookSource } from '../sources/contract.ts';
import type { HostPlugin } from './contract.ts';
import { github } from './github/index.ts';
import { gitlab } from './gitlab/index.ts';

/** Every code host. To add one: a folder here, named after its id, and a line below. */
export const HOSTS: readonly HostPlugin[] = registered('hosts', [github, gitlab]);

/** Webhook sources that come with a host. */
export const HOST_SOURCES: readonly WebhookSource[] = HOSTS.flatMap(({ source }) => source ?? []);

/** The host of a repository; null when no plug-in has the name's host. */
export function hostPluginOf(repository: string): HostPlugin | null {
  return HOSTS.find(({ id }) => id === hostOfRepository(repository)) ?? null;
}
