import * as z from 'zod';
import { Actor, Role } from './caller.ts';

/** A login as GitHub allows it. */
export const GithubLogin = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/, 'Must be a GitHub login');

/** Somebody who signed in, and the GitHub account that is theirs: all their names lead to one person. */
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
  github: z
    .strictObject({
      login: z.string().min(1).max(200),
      /** Stays when the login changes; null until GitHub was asked. */
      id: z.number().int().positive().nullable(),
      /** GitHub has no account of this login: it was renamed or deleted before its number was known. */
      isGone: z.boolean(),
      /** Who linked it; null: it is `custom:github`, which an administrator of the user pool set. */
      linkedBy: Actor.nullable(),
      linkedAt: z.iso.datetime(),
    })
    .nullable(),
  seenAt: z.iso.datetime(),
});
export type Person = z.infer<typeof Person>;

/** What a sign-in shows of a person. */
export type SeenPerson = Pick<Person, 'id' | 'username' | 'email' | 'roles' | 'claimedGithub'>;

/** The record after a sign-in: a link by an administrator stays, one from the user pool follows the claim. */
export function seenPerson(known: Person | null, seen: SeenPerson, at: string): Person {
  const linked = known?.github?.linkedBy == null ? null : known.github;
  const same = known?.github?.login.toLowerCase() === seen.claimedGithub?.toLowerCase() ? known?.github : null;
  const claimed =
    seen.claimedGithub === null
      ? null
      : (same ?? { login: seen.claimedGithub, id: null, isGone: false, linkedBy: null, linkedAt: at });
  return { version: 1, ...seen, github: linked ?? claimed, seenAt: at };
}

/** The login that tells who they are on GitHub; null without a link to an account that exists. */
export const githubOf = ({ github }: Pick<Person, 'github'>): string | null =>
  github === null || (github.isGone && github.id === null) ? null : github.login;
