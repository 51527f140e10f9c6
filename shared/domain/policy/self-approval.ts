import { type Identifier, identifier, loginsAmong, relationOf } from '../access/identity.ts';
import { ACCOUNT_HOSTS, type AccountHost, HOST_TITLES } from '../access/person.ts';
import type { RunPeople, TargetContext } from '../incident/target-context.ts';
import type { Approvals } from './approval-settings.ts';

/** A person's role in a run. */
export type RunRole = Exclude<keyof RunPeople, 'accountIds'>;

/** Names that identify an approver. */
export interface KnownBy {
  /** Every name in the token or the comment. */
  readonly names: readonly string[];
  /** Their GitHub login; null when it is not recorded. */
  readonly github: string | null;
  /** All names of the person with their kinds, joined with those of everything linked to them; derived from the others where it is absent. */
  readonly identity?: readonly Identifier[];
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
 * Whether a person is too involved in a run to approve an action on it. Nobody may approve when the code host does not say who
 * is behind the run, when the approver's own login there is unknown, or when nothing tells them apart from whoever asked for the
 * action. Alarms have no author, but an action on them may have been asked for.
 */
export function judgeSelfApproval(
  { names, github, identity = identityFrom({ names, github }) }: KnownBy,
  action: {
    readonly target: TargetContext;
    readonly selfApproval: boolean;
    readonly requestedBy?: readonly string[] | undefined;
  },
  { selfApproval }: Pick<Approvals, 'selfApproval'>,
): SelfApproval {
  const { target } = action;
  const host = target.kind === 'run' ? (ACCOUNT_HOSTS.find((one) => one === target.host) ?? null) : 'github';
  const requester = action.requestedBy === undefined ? 'different' : relationOf(identity, action.requestedBy);
  if (requester !== 'different' && !(selfApproval && action.selfApproval))
    return objection(requester === 'same' ? OWN_REQUEST : untold(host ?? 'github'));
  if (target.kind !== 'run') return { kind: 'may-approve', roles: [] };
  if (host === null)
    return objection(`Nobody's account on ${target.host} is known, so nobody may approve an action there.`);
  const own = new Set(
    [...names, ...(github === null || host !== 'github' ? [] : [github]), ...loginsAmong(identity, host)].map((name) =>
      name.toLowerCase(),
    ),
  );
  const { accountIds = [], ...logins } = target.people ?? {};
  const people = Object.entries(logins) as [RunRole, string | null][];
  if (target.actor === null || people.length === 0 || people.some(([, one]) => one === null))
    return objection(
      `${HOST_TITLES[host]} does not say who is behind the failed run, so nobody may approve an action on it.`,
    );
  const roles = people.filter(([, one]) => own.has((one ?? '').toLowerCase())).map(([role]) => role);
  if (own.has(target.actor.toLowerCase()) && roles.length === 0) roles.push('requester');
  // Somebody whose login changed since.
  if (accountIds.some((id) => identity.includes(identifier(`${host}-id`, id))) && roles.length === 0)
    roles.push('author');
  if (roles.length > 0 && !(selfApproval && action.selfApproval))
    return objection(`You ${listed(roles.map((role) => DID[role]))}: somebody else has to approve.`);
  const isLinked = host === 'github' ? github !== null : loginsAmong(identity, host).length > 0;
  return !isLinked ? objection(unlinked(host)) : { kind: 'may-approve', roles };
}

const howToLink = (host: AccountHost): string =>
  `An administrator links it: "selfheal user link <e-mail address> --${host} <login>", the page Access, or custom:${host} in the user pool.`;
const unlinked = (host: AccountHost): string => `Your account has no ${HOST_TITLES[host]} login. ${howToLink(host)}`;
/** Why the author of a comment may not approve, whose account on the host is linked to nobody. */
export const unlinkedReason = (host: AccountHost): string =>
  `Your ${HOST_TITLES[host]} account is linked to nobody who signs in to Selfheal. ${howToLink(host)}`;
const OWN_REQUEST = 'You asked for this action: somebody else has to approve it.';
const untold = (host: AccountHost): string =>
  `Nothing tells you apart from whoever asked for this action, because one of the two accounts is linked to no ${HOST_TITLES[host]} account. ${howToLink(host)}`;

const identityFrom = ({ names, github }: Omit<KnownBy, 'identity'>): Identifier[] => [
  ...names.map((name) => identifier('name', name)),
  ...(github === null ? [] : [identifier('github', github)]),
];

const objection = (reason: string): SelfApproval => ({ kind: 'objection', reason });

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
