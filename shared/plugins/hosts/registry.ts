import { registered } from '@selfheal/kernel/plugin.ts';
import { hostOfRepository } from '#shared/domain/incident/target-context.ts';
import type { WebhookSource } from '../sources/contract.ts';
import type { HostPlugin } from './contract.ts';
import { github } from './github/index.ts';
import { gitlab } from './gitlab/index.ts';

/** Every code host. To add one: a folder here, named after its id, and a line below. */
export const HOSTS: readonly HostPlugin[] = registered('hosts', [github, gitlab]);

/** The webhook source that comes with the host of this id; null where none does. */
export async function hostSourceOf(id: string): Promise<WebhookSource | null> {
  return (await HOSTS.find((host) => host.id === id)?.source?.()) ?? null;
}

/** The host of a repository; null when no plug-in has the name's host. */
export function hostPluginOf(repository: string): HostPlugin | null {
  return HOSTS.find(({ id }) => id === hostOfRepository(repository)) ?? null;
}

/** What the host of a repository calls a change that is proposed for a branch, with its number where one is given: `merge request !4`. */
export function changeRequestOf(repository: string, number?: number): string {
  const { name, sign } = (hostPluginOf(repository) ?? github).changeRequest;
  return number === undefined ? name : `${name} ${sign}${number}`;
}

/** The name of a repository's host, for people. */
export const hostTitleOf = (repository: string): string =>
  hostPluginOf(repository)?.title ?? hostOfRepository(repository);
