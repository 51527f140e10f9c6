import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { CAPABILITIES, type HostCapability } from '#shared/plugins/hosts/contract.ts';
import { HOSTS } from '#shared/plugins/hosts/registry.ts';

const EVERYTHING = Object.keys(CAPABILITIES) as HostCapability[];

/**
 * Why an action cannot be taken on the host of a run, as a sentence; null where it can, and for all other targets. An action on runs that does
 * not say what it needs of a host is left to hosts that can do everything.
 */
export function missingOnHost(
  { family, needs = family === 'github' ? EVERYTHING : [] }: Pick<ActionPlugin, 'family' | 'needs'>,
  target: TargetContext,
): string | null {
  if (target.kind !== 'run') return null;
  const host = HOSTS.find(({ id }) => id === target.host);
  if (host === undefined) return `This version has no plug-in for the code host ${target.host}.`;
  const missing = needs.find((capability) => !host.capabilities.has(capability));
  return missing === undefined ? null : `${host.title} cannot ${CAPABILITIES[missing]}.`;
}
