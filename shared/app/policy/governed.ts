import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { denyingPolicy, effectivePolicy } from '#shared/domain/configuration/effective-policy.ts';
import { settingsOf } from '#shared/domain/configuration/overlay.ts';
import type { PolicyReader } from '#shared/ports/policy-store.ts';

export interface GovernedDeps {
  /** As deployed. */
  readonly configuration: Configuration;
  readonly policy: PolicyReader;
  readonly clock: Clock;
}

export interface Governance {
  /** Why nothing may be changed, whatever the configuration says; null when nothing speaks against it. */
  readonly denial: string | null;
  /** Revision of the overlay that was read; null without one. */
  readonly policyRevision: number | null;
}

/**
 * The same dependencies with the configuration that holds now, from a fresh read of the policy overlay. An overlay that cannot be used denies:
 * every mode is lowered to suggest, and `denial` says why. Throws `Retryable` when the store does not answer.
 */
export async function governed<D extends GovernedDeps>(deps: D): Promise<D & Governance> {
  const stored = await deps.policy.current();
  const now = deps.clock.now();
  if (stored.kind === 'unreadable')
    return {
      ...deps,
      configuration: denyingPolicy(deps.configuration, now),
      denial: `The policy that was set at run time cannot be used, so nothing is changed: ${stored.reason}`,
      policyRevision: stored.revision,
    };
  return {
    ...deps,
    configuration: effectivePolicy(deps.configuration, settingsOf(stored), now),
    denial: null,
    policyRevision: stored.kind === 'stored' ? stored.overlay.revision : null,
  };
}
