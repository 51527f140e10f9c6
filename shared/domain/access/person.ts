import * as z from 'zod';
import { Actor, Role } from './caller.ts';

/** Code hosts whose accounts are linked to people. */
export const ACCOUNT_HOSTS = ['github', 'gitlab'] as const;
export type AccountHost = (typeof ACCOUNT_HOSTS)[number];
/** As people read the name of a host. */
export const HOST_TITLES: Readonly<Record<AccountHost, string>> = { github: 'GitHub', gitlab: 'GitLab' };

/** A login as GitHub, or a user name as GitLab allows it; only GitLab's may hold dots. */
export const AccountLogin = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,59}$/, 'Must be the login of an account on the code host');

const LinkedAccount = z.strictObject({
  login: z.string().min(1).max(200),
  /** Stays when the login changes; null until the host was asked. */
  id: z.number().int().positive().nullable(),
  /** The host has no account of this login: it was renamed or deleted before its number was known. */
  isGone: z.boolean(),
  /** Who linked it; null: it is the attribute `custom:<host>`, which an administrator of the user pool set. */
  linkedBy: Actor.nullable(),
  linkedAt: z.iso.datetime(),
});
export type LinkedAccount = z.infer<typeof LinkedAccount>;

/** Somebody who signed in, and the accounts on code hosts that are theirs: all their names lead to one person. */
export const Person = z.strictObject({
  version: z.literal(1),
  /** The user pool's unchangeable `sub`. */
  id: z.string().min(1).max(200),
  username: z.string().min(1).max(320).nullable(),
  /** In lower case; null when the pool has not verified it. */
  email: z.string().min(1).max(320).nullable(),
  /** Of the latest sign-in. */
  roles: z.array(Role),
  /** `custom:github` of the latest sign-in. */
  claimedGithub: z.string().min(1).max(200).nullable(),
  github: LinkedAccount.nullable(),
  /** `custom:gitlab` of the latest sign-in; records from before GitLab lack it, and `gitlab`. */
  claimedGitlab: z.string().min(1).max(200).nullable().optional(),
  gitlab: LinkedAccount.nullable().optional(),
  /** Of the first request of theirs on the latest day with one. */
  seenAt: z.iso.datetime(),
});
export type Person = z.infer<typeof Person>;

/** What a sign-in shows of a person. */
export type SeenPerson = Pick<Person, 'id' | 'username' | 'email' | 'roles' | 'claimedGithub' | 'claimedGitlab'>;

/** What is known of somebody's account on a host. */
export function accountOn(
  host: AccountHost,
  {
    claimedGithub,
    github,
    claimedGitlab = null,
    gitlab = null,
  }: Pick<Person, 'claimedGithub' | 'github' | 'claimedGitlab' | 'gitlab'>,
): { readonly claimed: string | null; readonly account: LinkedAccount | null } {
  return host === 'github' ? { claimed: claimedGithub, account: github } : { claimed: claimedGitlab, account: gitlab };
}

/** The record after a sign-in: a link by an administrator stays, one from the user pool follows the claim. */
export function seenPerson(known: Person | null, seen: SeenPerson, at: string): Person {
  const github = seenAccount(known?.github ?? null, seen.claimedGithub, at);
  const gitlab = seenAccount(known?.gitlab ?? null, seen.claimedGitlab ?? null, at);
  return { version: 1, ...seen, github, ...(gitlab === null ? {} : { gitlab }), seenAt: at };
}

function seenAccount(known: LinkedAccount | null, claimed: string | null, at: string): LinkedAccount | null {
  if (known !== null && known.linkedBy !== null) return known;
  if (claimed === null) return null;
  const isSame = known?.login.toLowerCase() === claimed.toLowerCase();
  return isSame ? known : { login: claimed, id: null, isGone: false, linkedBy: null, linkedAt: at };
}

const DAY_MILLISECONDS = 24 * 3600 * 1000;
/** Days after their latest request for which the roles of a person count where no token shows them: longer ago, they may have been taken away. */
export const MAX_ROLE_AGE_DAYS = 7;

/** Whether what the latest sign-in showed of a person is too old to let them do something without signing in. */
export const isRoleStale = ({ seenAt }: Pick<Person, 'seenAt'>, now: Date): boolean =>
  now.getTime() - Date.parse(seenAt) > MAX_ROLE_AGE_DAYS * DAY_MILLISECONDS;

/** The login that tells who somebody is on a host; null without a link to an account that exists. */
export function loginOn(host: AccountHost, person: Parameters<typeof accountOn>[1]): string | null {
  const { account } = accountOn(host, person);
  return account === null || (account.isGone && account.id === null) ? null : account.login;
}
