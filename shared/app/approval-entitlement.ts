import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { entitledGroups } from '#shared/domain/policy/approval-levels.ts';
import type { BoundAction } from '#shared/domain/remediation/bound-action.ts';
import type { DelegationStore } from '#shared/ports/delegation-store.ts';
import type { Approval } from '#shared/ports/incident-store.ts';
import type { Clock } from '#shared/ports/time.ts';
import { type Approver, objectionTo } from './approval-approver.ts';

export interface EntitlementDeps {
  readonly delegations: Pick<DelegationStore, 'inForce'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

export type Entitlement =
  /** `onBehalfOf`: who lets them approve; null for a right of their own. */
  | { kind: 'entitled'; onBehalfOf: string | null }
  /** Why not, in plain words. */
  | { kind: 'objection'; reason: string };

/**
 * Whether a person may approve a plan now: not the author, and of a group that was asked by now or named by somebody of such a group. What
 * the author gave away lets nobody approve either.
 */
export async function entitlementTo(
  approver: Approver,
  { approval, action }: { readonly approval: Approval; readonly action: Pick<BoundAction, 'target'> },
  { delegations, configuration, clock }: EntitlementDeps,
): Promise<Entitlement> {
  const reason = objectionTo(approver, action.target);
  if (reason !== null) return { kind: 'objection', reason };
  const now = clock.now();
  const needed = entitledGroups(approval, configuration.approvals, now);
  const covers = (groups: readonly string[]): boolean => groups.some((group) => needed?.includes(group));
  if (needed === null || covers(approver.groups)) return { kind: 'entitled', onBehalfOf: null };
  const given = approver.email === null ? [] : await delegations.inForce(approver.email, now);
  const delegation = given.find(
    ({ from, fromGithub, groups }) =>
      covers(groups) && objectionTo({ names: [from, fromGithub], github: fromGithub }, action.target) === null,
  );
  return delegation === undefined
    ? { kind: 'objection', reason: `This request is for members of ${needed.join(', ')}, or whom one of them named.` }
    : { kind: 'entitled', onBehalfOf: delegation.from };
}
