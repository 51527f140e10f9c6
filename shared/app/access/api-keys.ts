import type { Clock } from '@selfheal/kernel/time.ts';
import * as z from 'zod';
import { ApiKey, ApiKeyName, type ApiKeySummary, formatApiKey, MAX_KEY_DAYS } from '#shared/domain/access/api-key.ts';
import { type Actor, actorOf, type Caller, mayDo, rolesBeyond } from '#shared/domain/access/caller.ts';
import type { AccessTrail, ApiKeyStore } from '#shared/ports/access.ts';
import { hashOfSecret } from './authenticate.ts';

export interface ApiKeyDeps {
  readonly apiKeys: Pick<ApiKeyStore, 'create' | 'list' | 'revoke'>;
  readonly trail: AccessTrail;
  readonly clock: Clock;
  /** Random bytes in hexadecimal. */
  readonly random: (bytes: number) => string;
}

/** What somebody asks for who wants a key. */
export const ApiKeyOrder = z.strictObject({
  name: ApiKeyName,
  roles: ApiKey.shape.roles,
  expiresAt: ApiKey.shape.expiresAt,
});
export type ApiKeyOrder = z.infer<typeof ApiKeyOrder>;

type Forbidden = { readonly kind: 'forbidden'; readonly reason: string };
export type KeyCreation =
  /** `text` is the key as it is sent. It is shown this once: only a hash of it is kept. */
  | { readonly kind: 'created'; readonly text: string; readonly key: ApiKeySummary }
  | Forbidden
  | { readonly kind: 'invalid'; readonly reason: string };
export type KeyList = { readonly kind: 'listed'; readonly keys: readonly ApiKeySummary[] } | Forbidden;
export type KeyRevocation =
  | { readonly kind: 'revoked'; readonly key: ApiKeySummary }
  | { readonly kind: 'not-found' }
  | Forbidden;

const [ID_BYTES, SECRET_BYTES] = [8, 32];
const DAY = 24 * 3600 * 1000;

/** Only signed-in administrators manage keys, so a leaked key can neither create nor revoke keys. */
function refusalOf(caller: Caller): Forbidden | null {
  if (!mayDo(caller, 'administer')) return { kind: 'forbidden', reason: 'Only administrators may manage API keys.' };
  if (caller.kind === 'person') return null;
  return { kind: 'forbidden', reason: 'An API key cannot manage API keys: sign in.' };
}

/**
 * Creates an API key for an administrator who signed in. A key cannot create keys, so that one that leaked ends with its revocation, and
 * nobody gives a role that would let the key do more than they may.
 */
export async function createApiKey(order: ApiKeyOrder, caller: Caller, deps: ApiKeyDeps): Promise<KeyCreation> {
  const { name, roles, expiresAt } = ApiKeyOrder.parse(order);
  const refusal = refusalOf(caller);
  if (refusal !== null) return refusal;
  const beyond = rolesBeyond(caller, roles);
  if (beyond.length > 0) return { kind: 'forbidden', reason: `You do not have the rights of ${beyond.join(', ')}.` };
  const now = deps.clock.now();
  const milliseconds = Date.parse(expiresAt) - now.getTime();
  if (milliseconds <= 0) return { kind: 'invalid', reason: 'expiresAt is in the past.' };
  if (milliseconds > MAX_KEY_DAYS * DAY)
    return {
      kind: 'invalid',
      reason: `A key may be valid for ${MAX_KEY_DAYS} days at most: choose an earlier expiresAt.`,
    };
  const [id, secret] = [deps.random(ID_BYTES), deps.random(SECRET_BYTES)];
  const key: ApiKey = {
    version: 1,
    id,
    name,
    roles,
    secretHash: hashOfSecret(secret),
    createdBy: actorOf(caller),
    createdAt: now.toISOString(),
    expiresAt,
    lastUsedAt: null,
    revokedAt: null,
    revokedBy: null,
  };
  // Written before the key, so that no key is missing from the trail.
  await deps.trail.append(`created#${id}`, {
    at: key.createdAt,
    event: 'api-key.created',
    facts: { id, name, roles: roles.join(' '), expiresAt, ...factsOf(key.createdBy) },
  });
  if (!(await deps.apiKeys.create(key))) throw new Error(`The API key ${id} already exists; nothing was changed.`);
  return { kind: 'created', text: formatApiKey(id, secret), key: summaryOf(key) };
}

/** All keys, the newest first, without their secrets. */
export async function listApiKeys(caller: Caller, { apiKeys }: Pick<ApiKeyDeps, 'apiKeys'>): Promise<KeyList> {
  const refusal = refusalOf(caller);
  if (refusal !== null) return refusal;
  const keys = await apiKeys.list();
  const newestFirst = keys.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  return { kind: 'listed', keys: newestFirst.map(summaryOf) };
}

/** Revokes a key for good. Revoking it again changes nothing, and writes the entry of a first time that was cut off. */
export async function revokeApiKey(id: string, caller: Caller, deps: ApiKeyDeps): Promise<KeyRevocation> {
  const refusal = refusalOf(caller);
  if (refusal !== null) return refusal;
  const key = await deps.apiKeys.revoke(id, actorOf(caller), deps.clock.now());
  if (key === null) return { kind: 'not-found' };
  const { name, revokedAt, revokedBy } = key;
  if (revokedAt === null || revokedBy === null) throw new Error(`The API key ${id} was not revoked.`);
  await deps.trail.append(`revoked#${id}`, {
    at: revokedAt,
    event: 'api-key.revoked',
    facts: { id, name, ...factsOf(revokedBy) },
  });
  return { kind: 'revoked', key: summaryOf(key) };
}

const factsOf = ({ kind, id, name }: Actor) => ({ by: name, byId: id, byKind: kind });

function summaryOf({ version: _version, secretHash: _secretHash, ...shown }: ApiKey): ApiKeySummary {
  return shown;
}
