import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import { foreignReason } from '#shared/domain/incident/home.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { entitledGroups } from '#shared/domain/policy/approval-levels.ts';
import { judgeSelfApproval, type KnownBy, type RunRole } from '#shared/domain/policy/self-approval.ts';
import type { DelegationStore } from '#shared/ports/approval-queue.ts';
import type { Approval } from '#shared/ports/incident-store.ts';
import type { Clock } from '#shared/ports/time.ts';

export interface EntitlementDeps {
  readonly delegations: Pick<DelegationStore, 'inForce'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

/** Somebody who wants to approve: a person signed in to the user pool, or the author of a comment. */
export interface Candidate extends KnownBy {
  /** Groups of the user pool; null for the author of a comment, whose groups are unknown. */
  readonly groups: readonly string[] | null;
  /** In lower case; null when not verified. */
  readonly email: string | null;
}

/** The author of a comment, by their GitHub login. */
export const commenter = (login: string): Candidate => ({ names: [login], github: login, groups: null, email: null });

export type Entitlement =
  /** `onBehalfOf`: who delegated; null for their own right. `roles`: their roles in the run that they decide about. */
  | { kind: 'entitled'; onBehalfOf: string | null; roles: readonly RunRole[] }
  /** Why not. */
  | { kind: 'objection'; reason: string };

/**
 * Whether a person may approve a plan now, on the page or by comment. They must have no part in the run, and be in a group that has been
 * asked by now or a delegate of somebody in such a group. A delegation from somebody behind the run does not count.
 */
export async function entitlementTo(
  candidate: Candidate,
  {
    approval,
    action,
  }: { readonly approval: Approval; readonly action: Pick<BoundAction, 'target' | 'selfApproval' | 'requestedBy'> },
  { delegations, configuration, clock }: EntitlementDeps,
): Promise<Entitlement> {
  const foreign = foreignReason(action.target, configuration.home);
  if (foreign !== null) return { kind: 'objection', reason: foreign };
  const own = judgeSelfApproval(candidate, action, configuration.approvals);
  if (own.kind === 'objection') return own;
  const { roles } = own;
  const now = clock.now();
  const approvers = serviceOf(configuration, action.target)?.approvers;
  const needed = entitledGroups(approval, configuration.approvals, now, approvers);
  const covers = (groups: readonly string[]): boolean => groups.some((group) => needed?.includes(group));
  if (needed === null) return { kind: 'entitled', onBehalfOf: null, roles };
  if (candidate.groups === null)
    return { kind: 'objection', reason: 'This request is for groups of the user pool: sign in on the dashboard.' };
  if (covers(candidate.groups)) return { kind: 'entitled', onBehalfOf: null, roles };
  const given = candidate.email === null ? [] : await delegations.inForce(candidate.email, now);
  const delegation = given.find(
    ({ from, fromGithub, groups }) =>
      covers(groups) &&
      judgeSelfApproval({ names: [from, fromGithub], github: fromGithub }, action, configuration.approvals).kind ===
        'may-approve',
  );
  return delegation === undefined
    ? { kind: 'objection', reason: `This request is for members of ${needed.join(', ')}, or people they delegated to.` }
    : { kind: 'entitled', onBehalfOf: delegation.from, roles };
}
