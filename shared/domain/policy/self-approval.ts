import type { RunPeople, TargetContext } from '../incident/target-context.ts';
import type { Approvals } from './approval-settings.ts';
import { isSelfApprovable } from './impact.ts';

/** What somebody has to do with a run. */
export type RunRole = keyof RunPeople;

/** By which names somebody who wants to approve is known. */
export interface KnownBy {
  /** Every name that the token or the comment gives them. */
  readonly names: readonly string[];
  /** Their GitHub login; null when nobody wrote it down. */
  readonly github: string | null;
}

export type SelfApproval =
  /** `roles`: what they have to do with the run themselves, where the deployment lets them approve all the same. */
  { kind: 'may-approve'; roles: readonly RunRole[] } | { kind: 'objection'; reason: string };

const DID: Readonly<Record<RunRole, string>> = {
  author: 'wrote the change',
  lastPusher: 'pushed the commit',
  requester: 'asked for the run that failed',
  triggeredBy: 'started the run that failed',
};

/**
 * Whether a person has too much to do with a run to approve what is done about it. Nobody is let through because GitHub does not say who is
 * behind the run, or because their own login is not known. Alarms have no author.
 */
export function judgeSelfApproval(
  { names, github }: KnownBy,
  { target, actionId }: { readonly target: TargetContext; readonly actionId: string },
  { selfApproval }: Pick<Approvals, 'selfApproval'>,
): SelfApproval {
  if (target.kind !== 'github-run') return { kind: 'may-approve', roles: [] };
  const people = Object.entries(target.people ?? {}) as [RunRole, string | null][];
  if (target.actor === null || people.length === 0 || people.some(([, login]) => login === null))
    return objection('Nobody knows who is behind the run that failed: nobody may approve what is done about it.');
  const known = new Set([...names, ...(github === null ? [] : [github])].map((name) => name.toLowerCase()));
  const roles = people.filter(([, login]) => known.has((login ?? '').toLowerCase())).map(([role]) => role);
  if (known.has(target.actor.toLowerCase()) && roles.length === 0) roles.push('requester');
  if (roles.length > 0 && !(selfApproval && isSelfApprovable(actionId)))
    return objection(`You ${listed(roles.map((role) => DID[role]))}: somebody else has to approve.`);
  return github === null
    ? objection('Your account names no GitHub login: an administrator has to set custom:github first.')
    : { kind: 'may-approve', roles };
}

const objection = (reason: string): SelfApproval => ({ kind: 'objection', reason });

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
