import type { Caller } from '#shared/domain/access/caller.ts';
import { type Identifier, identifier } from '#shared/domain/access/identity.ts';

/** Claims of a token that `authenticate` has verified. */
export type Claims = Readonly<Record<string, unknown>>;

export interface Approver {
  /** The person's name in the user pool; they cannot change it. */
  readonly name: string;
  /** For people who read about it: the verified e-mail address, else the name that the person goes by. */
  readonly display: string;
  /** All names of the person in the token. */
  readonly names: readonly string[];
  /** Their GitHub login, which only an administrator of the pool can set; null when not set. */
  readonly github: string | null;
  /** Their user name on GitLab, set in the same way. */
  readonly gitlab: string | null;
  /** The same names with their kinds. */
  readonly identity: readonly Identifier[];
  /** Groups of the user pool; only an administrator can add members. */
  readonly groups: readonly string[];
  /** In lower case; null when the pool has not verified it. The person cannot change it. */
  readonly email: string | null;
}

const GITHUB_CLAIM = 'custom:github';
const GITLAB_CLAIM = 'custom:gitlab';
const NAME_CLAIMS = ['cognito:username', 'username', 'preferred_username', 'nickname'] as const;

/**
 * Reads who signed in; null when the token identifies nobody. An access token is not enough: it has no GitHub login, and without the login
 * an author could approve their own change.
 */
export function approverOf(claims: Claims): Approver | null {
  if (claims.token_use !== 'id') return null;
  const custom = Object.keys(claims).filter((claim) => claim.startsWith('custom:'));
  const names = [...NAME_CLAIMS, ...custom].map((claim) => claims[claim]).filter(isName);
  const name = [claims['cognito:username'], claims.username, claims.sub].find(isName);
  const github = claims[GITHUB_CLAIM];
  if (name === undefined) return null;
  const verified = claims.email_verified === true || claims.email_verified === 'true';
  const email = verified && isName(claims.email) ? claims.email.toLowerCase() : null;
  const groups = claims['cognito:groups'];
  const login = isName(github) ? github : null;
  const claimed = claims[GITLAB_CLAIM];
  const gitlab = isName(claimed) ? claimed : null;
  return {
    name,
    display: email ?? [claims.preferred_username, claims.nickname, name].find(isName) ?? name,
    names,
    github: login,
    gitlab,
    identity: [
      ...(isName(claims.sub) ? [identifier('user', claims.sub)] : []),
      identifier('username', name),
      ...(email === null ? [] : [identifier('email', email)]),
      ...(login === null ? [] : [identifier('github', login)]),
      ...(gitlab === null ? [] : [identifier('gitlab', gitlab)]),
      ...names.filter((one) => one !== name && one !== login && one !== gitlab).map((one) => identifier('name', one)),
    ],
    groups: Array.isArray(groups) ? groups.filter(isName) : [],
    email,
  };
}

/** Every name of who calls the API: of a key also those of its creator, who must not approve what their key asks for. */
export function identifiersOfCaller({ kind, id, name, claims = {}, createdBy }: Caller): Identifier[] {
  const owner = createdBy?.kind === 'person' ? createdBy : undefined;
  const own =
    kind === 'person'
      ? [identifier('user', id), ...(approverOf(claims)?.identity ?? [])]
      : [identifier('key', id), ...(owner === undefined ? [] : [identifier('user', owner.id)])];
  const address = kind === 'person' ? name : owner?.name;
  return [...new Set([...own, ...(address?.includes('@') ? [identifier('email', address)] : [])])].slice(0, 30);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}
