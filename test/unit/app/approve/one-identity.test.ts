import { describe, expect, it } from 'vitest';
import { approverOf, identifiersOfCaller } from '#shared/app/access/approver.ts';
import { linkPerson, lookUpAccounts, makePersonNotes } from '#shared/app/access/people.ts';
import { type Candidate, commenter, entitlementTo } from '#shared/app/approve/entitlement.ts';
import type { Actor, Caller } from '#shared/domain/access/caller.ts';
import { type Identifier, relationOf } from '#shared/domain/access/identity.ts';
import { loginOn, type Person } from '#shared/domain/access/person.ts';
import { aConfiguration, aGithubTarget, anAlarmTarget } from '#test/builders/index.ts';
import { fakeClock, makeMemoryAccessTrail, makeMemoryPersonStore } from '#test/fakes/index.ts';

/** Somebody with an account of the user pool, one of GitHub, and a key. `before`: their login before they changed it. */
interface Human {
  readonly n: number;
  readonly sub: string;
  readonly email: string;
  readonly login: string;
  readonly before: string;
  readonly accountId: number;
  readonly keyId: string;
}
const human = (n: number): Human => ({
  n,
  sub: `0000000${n}-0000-4000-8000-000000000000`,
  email: `person${n}@example.com`,
  login: `octo-${n}`,
  before: `octo-old-${n}`,
  accountId: 100 + n,
  keyId: `${n}`.repeat(16),
});
const HUMANS = [human(1), human(2), human(3)];
const AT = '2026-11-25T12:00:00.000Z';

/** How much is known of the GitHub accounts of people. */
const LINKS = ['none', 'login', 'numbered', 'renamed', 'gone', 'by an administrator'] as const;
type Link = (typeof LINKS)[number];

const githubOfHuman = ({ login, before, accountId }: Human, link: Link): Person['github'] => {
  const base = { linkedBy: null, linkedAt: AT, isGone: false };
  if (link === 'none') return null;
  if (link === 'login') return { ...base, login, id: null };
  if (link === 'gone') return { ...base, login: before, id: null, isGone: true };
  const linkedBy: Actor = { kind: 'person', id: 'boss', name: 'boss@example.com' };
  return {
    ...base,
    login: link === 'renamed' ? before : login,
    id: accountId,
    ...(link === 'by an administrator' ? { linkedBy } : {}),
  };
};
const claimOf = ({ login, before }: Human, link: Link): string | null => {
  if (link === 'none' || link === 'by an administrator') return null;
  return link === 'renamed' || link === 'gone' ? before : login;
};
const personOf = (one: Human, link: Link): Person => ({
  version: 1,
  id: one.sub,
  username: one.sub,
  email: one.email,
  roles: ['admin'],
  claimedGithub: claimOf(one, link),
  github: githubOfHuman(one, link),
  seenAt: AT,
});
const claimsOf = (one: Human, link: Link) => {
  const login = claimOf(one, link);
  return {
    token_use: 'id',
    sub: one.sub,
    'cognito:username': one.sub,
    email: one.email,
    email_verified: true,
    ...(login === null ? {} : { 'custom:github': login }),
  };
};

/** How somebody asks. The names are those that the request keeps. */
const ASKING: Readonly<Record<string, (one: Human, link: Link) => readonly Identifier[]>> = {
  'signed in': (one, link) =>
    identifiersOfCaller({
      kind: 'person',
      id: one.sub,
      name: one.email,
      roles: ['admin'],
      claims: claimsOf(one, link),
    }),
  'a key': (one) => identifiersOfCaller(keyCaller(one)),
  'a key that was revoked meanwhile': (one) => identifiersOfCaller(keyCaller(one)),
  'a key, before keys had owners': ({ keyId }) => [keyId, 'deploy bot'],
  'signed in, before names had kinds': (one, link) => [one.sub, one.email, ...(claimOf(one, link) ?? [])].flat(),
  'a comment': ({ login, accountId }) =>
    commenter({ by: login, byId: accountId, repository: RUN.repository }).identity ?? [],
};
const keyCaller = ({ keyId, sub, email }: Human): Caller => ({
  kind: 'key',
  id: keyId,
  name: 'deploy bot',
  roles: ['operator'],
  createdBy: { kind: 'person', id: sub, name: email },
});

/** How somebody approves. */
const APPROVING: Readonly<Record<string, (one: Human, link: Link) => Candidate | null>> = {
  'signed in': (one, link) => approverOf(claimsOf(one, link)),
  'a comment': ({ login, accountId }) => commenter({ by: login, byId: accountId, repository: RUN.repository }),
};

const STRANGER = { author: 'acme-zed', lastPusher: 'acme-zed', requester: 'acme-zed', triggeredBy: 'acme-zed' };
const RUN = aGithubTarget({ actor: 'acme-zed', people: { ...STRANGER, accountIds: [999] } });
const approval = {
  incidentId: 'rq-1',
  digest: 'd'.repeat(64),
  requestedAt: AT,
  expiresAt: AT,
  state: 'pending' as const,
};

const depsOf = (link: Link, { approvals }: { readonly approvals?: object } = {}) => ({
  delegations: { inForce: async () => [] },
  configuration: aConfiguration(approvals === undefined ? {} : { approvals }),
  clock: fakeClock(AT),
  persons: makeMemoryPersonStore(HUMANS.map((one) => personOf(one, link))),
  keyOwner: async (id: string): Promise<Actor | null> => {
    const owner = HUMANS.find(({ keyId }) => keyId === id);
    return owner === undefined ? null : { kind: 'person', id: owner.sub, name: owner.email };
  },
});

describe('whoever asked for an action', () => {
  it('approves it under none of their names, in 2,000 combinations; others do', async () => {
    const own: string[] = [];
    const ownCode: string[] = [];
    let [combinations, others, allowed] = [0, 0, 0];
    for (const link of LINKS)
      for (const isTeamOfOne of [false, true])
        for (const changesCode of [false, true])
          for (const target of [RUN, anAlarmTarget()])
            for (const [asking, names] of Object.entries(ASKING))
              for (const [approving, candidateOf] of Object.entries(APPROVING))
                for (const asker of HUMANS)
                  for (const approver of HUMANS) {
                    const candidate = candidateOf(approver, link);
                    if (candidate === null) throw new Error('The claims identify nobody.');
                    const action = { target, selfApproval: !changesCode, requestedBy: [...names(asker, link)] };
                    const deps = depsOf(link, { approvals: { selfApproval: isTeamOfOne } });
                    const { kind } = await entitlementTo(candidate, { approval: approval as never, action }, deps);
                    const told = `${asker.n} asks by ${asking}, ${approver.n} approves by ${approving}, link: ${link}`;
                    combinations += 1;
                    if (asker !== approver) others += 1;
                    if (kind !== 'entitled') continue;
                    if (asker !== approver) allowed += 1;
                    else if (changesCode) ownCode.push(told);
                    else if (!isTeamOfOne) own.push(told);
                  }
    expect({ own, ownCode }).toEqual({ own: [], ownCode: [] });
    expect(combinations).toBeGreaterThanOrEqual(2000);
    // The guard is no wall: most of those who did not ask may approve.
    expect(allowed / others).toBeGreaterThan(0.6);
  });

  it('is told how to make the link that is missing, and may be approved by others once it is made', async () => {
    const [asker, approver, boss] = HUMANS as [Human, Human, Human];
    const deps = depsOf('none');
    const action = { target: RUN, selfApproval: false, requestedBy: [...(ASKING['a key']?.(asker, 'none') ?? [])] };
    const ask = () =>
      entitlementTo(
        commenter({ by: approver.login, byId: approver.accountId, repository: RUN.repository }),
        { approval: approval as never, action },
        deps,
      );
    expect(await ask()).toEqual({
      kind: 'objection',
      reason: expect.stringMatching(/Nothing tells you apart.*selfheal user link <e-mail address> --github <login>/),
    });
    const admin: Caller = { kind: 'person', id: boss.sub, name: boss.email, roles: ['admin'] };
    const linking = { persons: deps.persons, trail: makeMemoryAccessTrail(), clock: deps.clock };
    const order = (id: string, login: string) => linkPerson({ id, host: 'github', login }, admin, linking);
    expect(await order(asker.email.toUpperCase(), asker.login)).toMatchObject({ kind: 'linked' });
    expect(await order(asker.sub, approver.login)).toMatchObject({ kind: 'linked' });
    expect(await ask()).toMatchObject({ kind: 'objection', reason: expect.stringContaining('You asked for this') });
    expect(await order(asker.sub, asker.login)).toMatchObject({ kind: 'linked' });
    const accounts = {
      github: async (login: string) =>
        HUMANS.map((one) => ({ ...one, id: one.accountId })).find((one) => one.login === login) ?? null,
    };
    expect(await lookUpAccounts({ persons: deps.persons, accounts })).toBe(1);
    expect(await ask()).toMatchObject({ kind: 'entitled' });
  });

  it('approve pipelines of GitLab once an administrator linked their account there, and never their own', async () => {
    const [author, approver, boss] = HUMANS as [Human, Human, Human];
    const deps = depsOf('numbered');
    const pipeline = {
      ...RUN,
      ...{ host: 'gitlab', repository: 'gitlab:acme/shop', actor: 'ann-gl' },
      people: { author: 'ann-gl', lastPusher: 'ann-gl', requester: 'ann-gl', triggeredBy: 'ann-gl', accountIds: [51] },
    };
    const ask = (one: Human) => {
      const candidate = approverOf(claimsOf(one, 'numbered'));
      if (candidate === null) throw new Error('The token names a person.');
      return entitlementTo(
        candidate,
        { approval: approval as never, action: { target: pipeline, selfApproval: false } },
        deps,
      );
    };
    for (const one of [author, approver])
      expect(await ask(one)).toMatchObject({ kind: 'objection', reason: expect.stringContaining('--gitlab') });
    const admin: Caller = { kind: 'person', id: boss.sub, name: boss.email, roles: ['admin'] };
    const trail = makeMemoryAccessTrail();
    const linking = { persons: deps.persons, trail, clock: deps.clock };
    const link = (one: Human, login: string | null) =>
      linkPerson({ id: one.email, host: 'gitlab', login }, admin, linking);
    expect(await link(author, 'ann-before')).toMatchObject({
      kind: 'linked',
      person: { github: { login: author.login } },
    });
    expect(await link(approver, 'ANN-before')).toMatchObject({ kind: 'refused' });
    expect(await link(approver, 'eve-gl')).toMatchObject({ kind: 'linked' });
    const gitlab = async (login: string) => ({ 'ann-before': { id: 51 }, 'eve-gl': { id: 52 } })[login] ?? null;
    expect(await lookUpAccounts({ persons: deps.persons, accounts: { gitlab } })).toBe(2);
    expect(await ask(author)).toMatchObject({ kind: 'objection', reason: expect.stringContaining('somebody else') });
    expect(await ask(approver)).toMatchObject({ kind: 'entitled' });
    expect(await link(approver, null)).toMatchObject({ kind: 'linked' });
    expect(await ask(approver)).toMatchObject({ kind: 'objection', reason: expect.stringContaining('--gitlab') });
  });

  it('lose what a token says of an account that GitLab has no more', async () => {
    const [one] = HUMANS as [Human, Human, Human];
    const deps = depsOf('numbered');
    const note = makePersonNotes(deps);
    const seen = { id: one.sub, username: one.sub, email: one.email, roles: [], claimedGithub: one.login };
    await note({ ...seen, claimedGitlab: 'gone-gl' });
    expect(await lookUpAccounts({ persons: deps.persons, accounts: { gitlab: async () => null } })).toBe(1);
    const candidate = approverOf({ ...claimsOf(one, 'numbered'), 'custom:gitlab': 'gone-gl' });
    if (candidate === null) throw new Error('The token names a person.');
    const people = { author: 'x', lastPusher: 'x', requester: 'x', triggeredBy: 'x' };
    const target = { ...RUN, host: 'gitlab', repository: 'gitlab:acme/shop', actor: 'x', people };
    expect(
      await entitlementTo(candidate, { approval: approval as never, action: { target, selfApproval: false } }, deps),
    ).toMatchObject({
      kind: 'objection',
      reason: expect.stringContaining('no GitLab login'),
    });
  });

  it('is seen again on each day on which they ask for something, and written once a day', async () => {
    const clock = fakeClock('2026-11-21T12:00:00.000Z');
    const persons = makeMemoryPersonStore();
    let written = 0;
    const note = makePersonNotes({
      clock,
      persons: {
        get: (id) => persons.get(id),
        put: async (person) => {
          written += 1;
          await persons.put(person);
        },
      },
    });
    const seen = { id: 'sub', username: 'one', email: 'one@example.com', roles: [], claimedGithub: null };
    const seenAt = async () => {
      await note({ ...seen, claimedGitlab: null });
      return [written, (await persons.get('sub'))?.seenAt];
    };
    expect(await seenAt()).toEqual([1, '2026-11-21T12:00:00.000Z']);
    clock.advance(6 * 3_600_000);
    expect(await seenAt()).toEqual([1, '2026-11-21T12:00:00.000Z']);
    clock.advance(7 * 3_600_000);
    expect(await seenAt()).toEqual([2, '2026-11-22T01:00:00.000Z']);
  });

  it('may not link their own account, nor take the account of somebody else, and a key links nobody', async () => {
    const [one, other] = HUMANS as [Human, Human, Human];
    const deps = depsOf('numbered');
    const linking = { persons: deps.persons, trail: makeMemoryAccessTrail(), clock: deps.clock };
    const admin: Caller = { kind: 'person', id: one.sub, name: one.email, roles: ['admin'] };
    expect(await linkPerson({ id: one.email, host: 'github', login: 'octo-new' }, admin, linking)).toMatchObject({
      kind: 'forbidden',
    });
    expect(await linkPerson({ id: other.email, host: 'github', login: one.login }, admin, linking)).toMatchObject({
      kind: 'refused',
    });
    expect(await linkPerson({ id: 'nobody@example.com', host: 'github', login: 'octo-new' }, admin, linking)).toEqual({
      kind: 'not-found',
    });
    for (const roles of [['operator'], ['admin']] as const) {
      const key: Caller = { ...keyCaller(one), roles: [...roles] };
      expect(await linkPerson({ id: other.email, host: 'github', login: 'octo-new' }, key, linking)).toMatchObject({
        kind: 'forbidden',
      });
    }
  });

  it('is behind a run also under the login that they had before', async () => {
    const [author] = HUMANS as [Human];
    const people = { ...STRANGER, author: author.login, accountIds: [author.accountId] };
    const target = aGithubTarget({ actor: 'acme-zed', people });
    for (const link of ['renamed', 'gone'] as const) {
      const candidate = approverOf(claimsOf(author, link)) as Candidate;
      const action = { target, selfApproval: false };
      expect(await entitlementTo(candidate, { approval: approval as never, action }, depsOf(link))).toMatchObject({
        kind: 'objection',
      });
    }
  });
});

describe('people who sign in', () => {
  it('are kept once, with the login that their sign-in names until an administrator links another', async () => {
    const [one] = HUMANS as [Human];
    const persons = makeMemoryPersonStore();
    let puts = 0;
    const counting = {
      ...persons,
      put: async (person: Person) => {
        puts += 1;
        await persons.put(person);
      },
    };
    const note = makePersonNotes({ persons: counting, clock: fakeClock(AT) });
    const seen = {
      id: one.sub,
      username: one.sub,
      email: one.email,
      roles: ['approver' as const],
      claimedGithub: null,
    };
    for (let times = 0; times < 3; times += 1) await note(seen);
    expect(puts).toBe(1);
    const login = async () => loginOn('github', (await persons.get(one.sub)) as Person);
    expect(await login()).toBeNull();
    await note({ ...seen, claimedGithub: one.login });
    expect(await login()).toBe(one.login);
    await persons.setAccount(one.sub, 'github', githubOfHuman(one, 'by an administrator'));
    await note({ ...seen, claimedGithub: 'octo-other' });
    expect((await persons.get(one.sub))?.github?.login).toBe(one.login);
  });
});

it.each([
  ['the same name', ['user:a'], ['github:x', 'user:A'], 'same'],
  ['a bare name of an older record', ['ada'], ['github:ada'], 'same'],
  ['the login that another number has now', ['github:ada', 'github-id:1'], ['github:ada', 'github-id:2'], 'different'],
  ['two logins', ['github:ada'], ['github:bob'], 'different'],
  ['two logins, one of which may be an earlier one', ['github:ada'], ['github:bob', 'github-id:2'], 'unknown'],
  ['names of different kinds', ['user:a'], ['github:bob'], 'unknown'],
  ['nothing', [], ['github:bob'], 'unknown'],
] as const)('tells people apart by %s', (_what, one, other, relation) => {
  expect(relationOf(one, other)).toBe(relation);
  expect(relationOf(other, one)).toBe(relation);
});
