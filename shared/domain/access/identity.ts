import { ACCOUNT_HOSTS, type AccountHost, accountOn, type Person } from './person.ts';

/**
 * One name of somebody, with its kind: `user:<sub of the user pool>`, `username:`, `email:`, `github:<login>`, `github-id:<number>`, `gitlab:<user
 * name>`, `gitlab-id:<number>`, `key:<id of an API key>`. Records of earlier versions hold bare names, whose kind is not known: each of them counts as every kind,
 * unless its form tells.
 */
export type Identifier = string;

const KINDS = ['user', 'username', 'email', 'github', 'github-id', 'gitlab', 'gitlab-id', 'key', 'name'] as const;
type Kind = (typeof KINDS)[number];

export function identifier(kind: Kind, value: string | number): Identifier {
  return `${kind}:${String(value).toLowerCase()}`;
}

/** The names of an account on a code host, as an event of the host gives it. Of a host whose accounts nobody can be linked to it is a bare name. */
export function identifiersOfAccount(host: string, login: string, id: number | undefined): Identifier[] {
  const known = ACCOUNT_HOSTS.find((one) => one === host);
  if (known === undefined) return [identifier('name', login)];
  return [identifier(known, login), ...(id === undefined ? [] : [identifier(`${known}-id`, id)])];
}

/** What kind of name it is. */
export const identifierKind = (one: Identifier): Kind => parsed(one).kind;

const KEY_ID = /^[0-9a-f]{16}$/;
/** As the user pool makes them. */
const SUB = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function parsed(one: Identifier): { readonly kind: Kind; readonly value: string } {
  const at = one.indexOf(':');
  const kind = KINDS.find((known) => known === one.slice(0, Math.max(at, 0)));
  if (kind !== undefined) return { kind, value: one.slice(at + 1).toLowerCase() };
  const value = one.toLowerCase();
  if (KEY_ID.test(value)) return { kind: 'key', value };
  return { kind: SUB.test(value) ? 'user' : 'name', value };
}

/** `unknown`: nothing tells them apart, and nothing joins them. */
export type Relation = 'same' | 'different' | 'unknown';

/**
 * Whether two sets of names are those of one person. Two accounts of one kind are of two people. A login of a code host may change: beside a number it tells
 * nothing, since the other one may be the login that the same account had before. Accounts of two hosts tell nothing about each other.
 */
export function relationOf(one: readonly Identifier[], other: readonly Identifier[]): Relation {
  const [left, right] = [one.map(parsed), other.map(parsed)];
  const tells = (kind: Kind): boolean => left.some((a) => a.kind === kind) && right.some((b) => b.kind === kind);
  const isNumbered = (host: AccountHost): boolean => tells(`${host}-id`);
  const fits = (a: ReturnType<typeof parsed>, b: ReturnType<typeof parsed>): boolean =>
    a.value === b.value &&
    (a.kind === b.kind
      ? !ACCOUNT_HOSTS.some((host) => a.kind === host && isNumbered(host))
      : a.kind === 'name' || b.kind === 'name');
  if (left.some((a) => right.some((b) => fits(a, b)))) return 'same';
  const hasNumber = (host: AccountHost): boolean => [...left, ...right].some(({ kind }) => kind === `${host}-id`);
  const areTwo = ACCOUNT_HOSTS.some((host) => isNumbered(host) || (tells(host) && !hasNumber(host)));
  return tells('user') || areTwo ? 'different' : 'unknown';
}

/** Every name of a person in the directory. */
function identifiersOfPerson(person: Person): Identifier[] {
  const { id, username, email } = person;
  return [
    identifier('user', id),
    ...(username === null ? [] : [identifier('username', username)]),
    ...(email === null ? [] : [identifier('email', email)]),
    ...ACCOUNT_HOSTS.flatMap((host) => identifiersOn(host, person)),
  ];
}

function identifiersOn(host: AccountHost, person: Person): Identifier[] {
  const { claimed, account } = accountOn(host, person);
  return [
    // Who has this login now is somebody else, or nobody.
    ...(account?.isGone === true ? [identifier('name', account.login)] : []),
    ...(account === null || account.isGone ? [] : [identifier(host, account.login)]),
    ...(account?.id == null ? [] : [identifier(`${host}-id`, account.id)]),
    ...(claimed === null || claimed === account?.login ? [] : [identifier('name', claimed)]),
  ];
}

/** The names, and those of every person in the directory whom one of them belongs to, until no further person is found. */
export function joinedIdentity(names: readonly Identifier[], people: readonly Person[]): Identifier[] {
  const all = new Set(names.map((name) => identifierText(name)));
  let rest = people.map(identifiersOfPerson);
  for (let size = -1; size !== all.size; ) {
    size = all.size;
    const found = rest.filter((own) => relationOf([...all], own) === 'same');
    rest = rest.filter((own) => !found.includes(own));
    for (const name of found.flat()) all.add(name);
  }
  return [...all];
}

const identifierText = (one: Identifier): Identifier => {
  const { kind, value } = parsed(one);
  return `${kind}:${value}`;
};

/** Ids of the API keys among the names. */
export function keysAmong(names: readonly Identifier[]): string[] {
  return names.map(parsed).flatMap(({ kind, value }) => (kind === 'key' ? [value] : []));
}

/** The logins on a code host among the names: what a token says may be another one than an administrator linked. */
export function loginsAmong(names: readonly Identifier[], host: AccountHost): string[] {
  return names.map(parsed).flatMap(({ kind, value }) => (kind === host ? [value] : []));
}
