import { present } from '@selfheal/kernel/present.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import {
  identifier,
  identifierKind,
  identifiersOfAccount,
  loginsAmong,
  relationOf,
} from '#shared/domain/access/identity.ts';
import { ACCOUNT_HOSTS, type AccountHost, loginOn } from '#shared/domain/access/person.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/configuration/scope.ts';
import type { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import { foreignReason } from '#shared/domain/incident/home.ts';
import { FIRST_HOST, hostOfRepository } from '#shared/domain/incident/target-context.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import { entitledGroups } from '#shared/domain/policy/approval-levels.ts';
import { judgeSelfApproval, type KnownBy, type RunRole, unlinkedReason } from '#shared/domain/policy/self-approval.ts';
import type { DelegationStore } from '#shared/ports/approval-queue.ts';
import type { Approval } from '#shared/ports/incident-store.ts';
import { type IdentityDeps, identityOf } from '../access/people.ts';

export interface EntitlementDeps extends IdentityDeps {
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
  /** Host on which their account must be linked to a person of the user pool; absent where the account itself is enough. */
  readonly mustBeLinkedOn?: AccountHost;
}

/** The author of a comment, by their account on the code host. */
export function commenter({
  by: login,
  byId,
  repository,
}: Pick<CommentCommand, 'by' | 'byId' | 'repository'>): Candidate {
  const host = hostOfRepository(repository);
  const linkedOn = ACCOUNT_HOSTS.find((one) => one === host && one !== FIRST_HOST);
  return {
    names: [login],
    github: host === FIRST_HOST ? login : null,
    identity: identifiersOfAccount(host, login, byId),
    groups: null,
    email: null,
    ...present({ mustBeLinkedOn: linkedOn }),
  };
}

/** The candidate, with every name that leads to the same person. */
async function known<C extends KnownBy>(candidate: C, deps: IdentityDeps): Promise<C> {
  const all = await identityOf(candidate.identity ?? [], deps);
  const people = await deps.persons.list();
  const own = people.filter((person) => relationOf(all, [identifier('user', person.id)]) === 'same');
  const gone = ACCOUNT_HOSTS.filter((host) => own.some((person) => loginOn(host, person) === null));
  const isGone = gone.includes('github');
  // The login that a token says may belong to nobody, or somebody else, by now. GitHub's is the field of its own.
  const identity = gone.includes('gitlab') ? all.filter((one) => identifierKind(one) !== 'gitlab') : all;
  if (candidate.github !== null && !isGone) return { ...candidate, identity };
  if (isGone) return { ...candidate, identity, github: null };
  const github = loginsAmong(identity, 'github')[0] ?? null;
  return { ...candidate, identity, github, names: github === null ? candidate.names : [...candidate.names, github] };
}

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
  unknown: Candidate,
  {
    approval,
    action: planned,
  }: { readonly approval: Approval; readonly action: Pick<BoundAction, 'target' | 'selfApproval' | 'requestedBy'> },
  deps: EntitlementDeps,
): Promise<Entitlement> {
  const { delegations, configuration, clock } = deps;
  const candidate = await known(unknown, deps);
  const { requestedBy } = planned;
  const action = requestedBy === undefined ? planned : { ...planned, requestedBy: await identityOf(requestedBy, deps) };
  const foreign = foreignReason(action.target, configuration.home);
  if (foreign !== null) return { kind: 'objection', reason: foreign };
  const { mustBeLinkedOn: host } = candidate;
  if (host !== undefined && !(candidate.identity ?? []).some((one) => identifierKind(one) === 'user'))
    return { kind: 'objection', reason: unlinkedReason(host) };
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
  let delegation: (typeof given)[number] | undefined;
  for (const one of given) {
    const { from, fromGithub, groups } = one;
    const identity = [identifier('username', from), identifier('github', fromGithub)];
    const delegator = await known({ names: [from, fromGithub], github: fromGithub, identity }, deps);
    if (covers(groups) && judgeSelfApproval(delegator, action, configuration.approvals).kind === 'may-approve')
      delegation ??= one;
  }
  return delegation === undefined
    ? { kind: 'objection', reason: `This request is for members of ${needed.join(', ')}, or people they delegated to.` }
    : { kind: 'entitled', onBehalfOf: delegation.from, roles };
}
