import { digestOf } from '@selfheal/kernel/digest.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { type Actor, actorOf, type Caller, mayDo } from '#shared/domain/access/caller.ts';
import { type Identifier, joinedIdentity, keysAmong } from '#shared/domain/access/identity.ts';
import {
  ACCOUNT_HOSTS,
  type AccountHost,
  accountOn,
  type Person,
  type SeenPerson,
  seenPerson,
} from '#shared/domain/access/person.ts';
import type { AccessTrail, PersonStore } from '#shared/ports/access.ts';
import type { AccountLookUp } from '#shared/ports/code-host.ts';

export interface IdentityDeps {
  readonly persons: Pick<PersonStore, 'list'>;
  /** Who created an API key; null for an unknown one. Revoked and expired keys are kept for a year. */
  readonly keyOwner: (id: string) => Promise<Actor | null>;
}

/** Everybody's names are joined: those of an API key with its creator's, an account of a code host with whom it is linked to. */
export async function identityOf(names: readonly Identifier[], deps: IdentityDeps): Promise<Identifier[]> {
  const owners = await Promise.all(keysAmong(names).map((id) => deps.keyOwner(id)));
  const ofOwners = owners.flatMap((owner) => (owner?.kind === 'person' ? [`user:${owner.id}`] : []));
  return joinedIdentity([...names, ...ofOwners], await deps.persons.list());
}

/** Keeps who signed in, and when: reads a person once a day for each process, and writes what is new, the day included. */
export function makePersonNotes(deps: {
  readonly persons: Pick<PersonStore, 'get' | 'put'>;
  readonly clock: Clock;
}): (seen: SeenPerson) => Promise<void> {
  const noted = new Map<string, string>();
  return async (seen) => {
    const now = deps.clock.now().toISOString();
    const digest = digestOf(
      JSON.stringify([dayOf(now), seen.username, seen.email, seen.roles, seen.claimedGithub, seen.claimedGitlab]),
    );
    if (noted.get(seen.id) === digest) return;
    const known = await deps.persons.get(seen.id);
    const next = seenPerson(known, seen, now);
    if (known === null || onItsDay(known) !== onItsDay(next)) await deps.persons.put(next);
    noted.set(seen.id, digest);
  };
}

const dayOf = (instant: string): string => instant.slice(0, 10);
const onItsDay = (person: Person): string => JSON.stringify({ ...person, seenAt: dayOf(person.seenAt) });

export interface LinkDeps {
  readonly persons: Pick<PersonStore, 'list' | 'setAccount'>;
  readonly trail: AccessTrail;
  readonly clock: Clock;
}
export type PersonLink =
  | { readonly kind: 'linked'; readonly person: Person }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'forbidden'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Links a person to their account on a code host, or ends the link. Only an administrator who signed in may, and not for themselves: who chose their own
 * login could approve their own change. Throws `Retryable`.
 */
export async function linkPerson(
  { id, host, login }: { readonly id: string; readonly host: AccountHost; readonly login: string | null },
  caller: Caller,
  { persons, trail, clock }: LinkDeps,
): Promise<PersonLink> {
  if (caller.kind !== 'person' || !mayDo(caller, 'administer'))
    return { kind: 'forbidden', reason: 'Only administrators who signed in link accounts; an API key does not.' };
  const all = await persons.list();
  const person = all.find((one) => one.id === id || (one.email !== null && one.email === id.toLowerCase()));
  if (person === undefined) return { kind: 'not-found' };
  if (person.id === caller.id)
    return {
      kind: 'forbidden',
      reason: `Nobody links their own account: ask another administrator, or set the attribute custom:${host} in the user pool.`,
    };
  const isTaken = (one: Person) => accountOn(host, one).account?.login.toLowerCase() === login?.toLowerCase();
  const taken = all.find((one) => one.id !== person.id && isTaken(one));
  if (login !== null && taken !== undefined)
    return { kind: 'refused', reason: `${login} is the account of ${taken.email ?? taken.username ?? taken.id}.` };
  const at = clock.now().toISOString();
  const by = actorOf(caller);
  // Written before the link, so that no link is missing from the trail.
  await trail.append(`linked#${person.id}#${at}`, {
    at,
    event: 'person.linked',
    facts: {
      id: person.id,
      name: person.email ?? person.username ?? person.id,
      login,
      host,
      by: by.name,
      byId: by.id,
      byKind: by.kind,
    },
  });
  const { account: before } = accountOn(host, person);
  const isSame = before?.login.toLowerCase() === login?.toLowerCase() && before?.isGone === false;
  const account =
    login === null
      ? null
      : { login, id: isSame ? (before?.id ?? null) : null, isGone: false, linkedBy: by, linkedAt: at };
  const linked = await persons.setAccount(person.id, host, account);
  return linked === null ? { kind: 'not-found' } : { kind: 'linked', person: linked };
}

/**
 * Asks the code hosts for the numbers of accounts that were linked by login, so that a later change of the login changes nobody's identity. A host
 * without a look-up is not configured. Returns how many were found.
 */
export async function lookUpAccounts(deps: {
  readonly persons: Pick<PersonStore, 'list' | 'setAccount'>;
  readonly accounts: Readonly<Partial<Record<AccountHost, AccountLookUp>>>;
}): Promise<number> {
  let found = 0;
  for (const person of await deps.persons.list()) {
    for (const host of ACCOUNT_HOSTS) {
      const [{ account }, lookUp] = [accountOn(host, person), deps.accounts[host]];
      if (account === null || account.id !== null || account.isGone || lookUp === undefined) continue;
      const now = await lookUp(account.login);
      const numbered = now === null ? { ...account, isGone: true } : { ...account, id: now.id };
      await deps.persons.setAccount(person.id, host, numbered, account.login);
      found += 1;
    }
  }
  return found;
}
