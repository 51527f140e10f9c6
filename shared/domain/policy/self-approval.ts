import type { RunPeople, TargetContext } from '../incident/target-context.ts';
import type { Approvals } from './approval-settings.ts';

/** A person's role in a run. */
export type RunRole = keyof RunPeople;

/** Names that identify an approver. */
export interface KnownBy {
  /** Every name in the token or the comment. */
  readonly names: readonly string[];
  /** Their GitHub login; null when it is not recorded. */
  readonly github: string | null;
}

export type SelfApproval =
  /** `roles`: their roles in the run, where the deployment lets them approve anyway. */
  { kind: 'may-approve'; roles: readonly RunRole[] } | { kind: 'objection'; reason: string };

const DID: Readonly<Record<RunRole, string>> = {
  author: 'wrote the change',
  lastPusher: 'pushed the commit',
  requester: 'asked for the run that failed',
  triggeredBy: 'started the run that failed',
};

/**
 * Whether a person is too involved in a run to approve an action on it. Nobody may approve when GitHub does not say who
 * is behind the run, or when the approver's own login is unknown. Alarms have no author, but an action on them may have
 * been asked for.
 */
export function judgeSelfApproval(
  { names, github }: KnownBy,
  action: {
    readonly target: TargetContext;
    readonly selfApproval: boolean;
    readonly requestedBy?: readonly string[] | undefined;
  },
  { selfApproval }: Pick<Approvals, 'selfApproval'>,
): SelfApproval {
  const { target } = action;
  const own = new Set([...names, ...(github === null ? [] : [github])].map((name) => name.toLowerCase()));
  if (action.requestedBy?.some((name) => own.has(name.toLowerCase())) && !(selfApproval && action.selfApproval))
    return objection('You asked for this action: somebody else has to approve it.');
  if (target.kind !== 'github-run') return { kind: 'may-approve', roles: [] };
  const people = Object.entries(target.people ?? {}) as [RunRole, string | null][];
  if (target.actor === null || people.length === 0 || people.some(([, login]) => login === null))
    return objection('GitHub does not say who is behind the failed run, so nobody may approve an action on it.');
  const roles = people.filter(([, login]) => own.has((login ?? '').toLowerCase())).map(([role]) => role);
  if (own.has(target.actor.toLowerCase()) && roles.length === 0) roles.push('requester');
  if (roles.length > 0 && !(selfApproval && action.selfApproval))
    return objection(`You ${listed(roles.map((role) => DID[role]))}: somebody else has to approve.`);
  return github === null
    ? objection('Your account has no GitHub login. Ask an administrator to set custom:github.')
    : { kind: 'may-approve', roles };
}

const objection = (reason: string): SelfApproval => ({ kind: 'objection', reason });

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
