import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { entitledGroups } from '#shared/domain/policy/approval-levels.ts';
import { judgeSelfApproval, type KnownBy, type RunRole } from '#shared/domain/policy/self-approval.ts';
import type { DelegationStore } from '#shared/ports/delegation-store.ts';
import type { Approval } from '#shared/ports/incident-store.ts';
import type { Clock } from '#shared/ports/time.ts';

export interface EntitlementDeps {
  readonly delegations: Pick<DelegationStore, 'inForce'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

/** Somebody who wants to approve: signed in at the user pool, or known by a comment only. */
export interface Candidate extends KnownBy {
  /** Groups of the user pool; null for whoever wrote a comment, which shows none. */
  readonly groups: readonly string[] | null;
  /** In lower case; null when nobody verified it. */
  readonly email: string | null;
}

/** Whoever wrote a comment, by their GitHub login. */
export const commenter = (login: string): Candidate => ({ names: [login], github: login, groups: null, email: null });

export type Entitlement =
  /** `onBehalfOf`: who lets them approve; null for a right of their own. `roles`: what they have to do with the run that they decide about. */
  | { kind: 'entitled'; onBehalfOf: string | null; roles: readonly RunRole[] }
  /** Why not, in plain words. */
  | { kind: 'objection'; reason: string };

/**
 * Whether a person may approve a plan now, on the page or by a comment: not behind the run, and of a group that was asked by now or named by
 * somebody of such a group. What somebody behind the run gave away lets nobody approve either.
 */
export async function entitlementTo(
  candidate: Candidate,
  { approval, action }: { readonly approval: Approval; readonly action: Pick<BoundAction, 'target' | 'actionId'> },
  { delegations, configuration, clock }: EntitlementDeps,
): Promise<Entitlement> {
  const own = judgeSelfApproval(candidate, action, configuration.approvals);
  if (own.kind === 'objection') return own;
  const { roles } = own;
  const now = clock.now();
  const approvers = serviceOf(configuration, action.target)?.approvers;
  const needed = entitledGroups(approval, configuration.approvals, now, approvers);
  const covers = (groups: readonly string[]): boolean => groups.some((group) => needed?.includes(group));
  if (needed === null) return { kind: 'entitled', onBehalfOf: null, roles };
  if (candidate.groups === null)
    return { kind: 'objection', reason: 'This request is for groups of the user pool: they have to sign in.' };
  if (covers(candidate.groups)) return { kind: 'entitled', onBehalfOf: null, roles };
  const given = candidate.email === null ? [] : await delegations.inForce(candidate.email, now);
  const delegation = given.find(
    ({ from, fromGithub, groups }) =>
      covers(groups) &&
      judgeSelfApproval({ names: [from, fromGithub], github: fromGithub }, action, configuration.approvals).kind ===
        'may-approve',
  );
  return delegation === undefined
    ? { kind: 'objection', reason: `This request is for members of ${needed.join(', ')}, or whom one of them named.` }
    : { kind: 'entitled', onBehalfOf: delegation.from, roles };
}
