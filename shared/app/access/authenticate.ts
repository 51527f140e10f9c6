import { createHash, timingSafeEqual } from 'node:crypto';
import { Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { type ApiKey, apiKeyState, isUseDue, parseApiKey } from '#shared/domain/access/api-key.ts';
import { type Caller, rolesOfGroups } from '#shared/domain/access/caller.ts';
import type { SeenPerson } from '#shared/domain/access/person.ts';
import { type WorkflowRunCaller, workflowRunCallerOf } from '#shared/domain/access/workflow-run-caller.ts';
import type { ApiKeyStore, TokenVerifier, WorkflowTokenVerifier } from '#shared/ports/access.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';
import { approverOf } from './approver.ts';

export interface AuthenticateDeps {
  readonly tokens: TokenVerifier;
  readonly workflowTokens: WorkflowTokenVerifier;
  /** `owner/name` of those whose workflows may call. */
  readonly repositories: readonly string[];
  readonly apiKeys: Pick<ApiKeyStore, 'get' | 'noteUse'>;
  /** Keeps who signed in; absent where nobody is kept. */
  readonly notePerson?: (seen: SeenPerson) => Promise<void>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
}

export type Authentication =
  | { readonly kind: 'accepted'; readonly caller: Caller }
  /** A workflow's run: no caller with roles, and only what a route explicitly lets it do. */
  | { readonly kind: 'workflow-run'; readonly run: WorkflowRunCaller }
  /** Answer 401. The reason may be shown to the caller. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Answer 503: the caller's identity cannot be verified at the moment. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Compared instead of the hash of an unknown key, so that its check takes as long. */
const NO_HASH = '0'.repeat(64);
const BEARER = /^bearer ([\x21-\x7e]+)$/i;

const refused = (reason: string): Authentication => ({ kind: 'refused', reason });

/**
 * Finds out who sends a request, from its header `authorization`: `Bearer` and an ID token of the user pool, an API key, or a token
 * of a workflow's run. What somebody
 * accepted may do is up to `mayDo`: a person without a role is accepted, too, and may do nothing.
 *
 * `headers`: names in lower case, as API Gateway hands them over.
 */
export async function authenticate(
  headers: Readonly<Record<string, string | undefined>>,
  deps: AuthenticateDeps,
): Promise<Authentication> {
  const { authorization } = headers;
  if (authorization === undefined || authorization === '')
    return refused('The request has no header Authorization. Send "Bearer" and an ID token or an API key.');
  const credential = BEARER.exec(authorization)?.[1];
  if (credential === undefined)
    return refused('The header Authorization must be "Bearer" and an ID token or an API key.');
  if (credential.startsWith('sh_')) return callerOfKey(credential, deps);
  return claimedIssuer(credential) === deps.workflowTokens.issuer
    ? workflowRunOf(credential, deps)
    : callerOfToken(credential, deps);
}

/** What a token says about its issuer, unverified: only to choose who verifies it. */
function claimedIssuer(token: string): unknown {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return typeof payload === 'object' && payload !== null && 'iss' in payload ? payload.iss : null;
  } catch {
    return null;
  }
}

async function workflowRunOf(
  token: string,
  { workflowTokens, repositories }: AuthenticateDeps,
): Promise<Authentication> {
  const verification = await workflowTokens.verify(token);
  if (verification.kind !== 'verified') return verification;
  const run = workflowRunCallerOf(verification.claims);
  if (run === null) return refused('The token identifies no run of a workflow.');
  const known = repositories.some((name) => name.toLowerCase() === run.repository.toLowerCase());
  if (!known) return refused('The repository of this workflow is not configured here: list it in github.repositories.');
  return { kind: 'workflow-run', run };
}

async function callerOfToken(token: string, { tokens, notePerson, log }: AuthenticateDeps): Promise<Authentication> {
  const verification = await tokens.verify(token);
  if (verification.kind !== 'verified') return verification;
  const { claims } = verification;
  const person = approverOf(claims);
  const { sub, 'cognito:groups': groups } = claims;
  if (person === null || typeof sub !== 'string' || sub === '') return refused('The token identifies no person.');
  const roles = rolesOfGroups(Array.isArray(groups) ? groups : []);
  const seen = {
    id: sub,
    username: person.name,
    email: person.email,
    roles,
    claimedGithub: person.github,
    claimedGitlab: person.gitlab,
  };
  // The next sign-in notes it. Until then somebody unknown may approve less, never more.
  await notePerson?.(seen).catch((error: unknown) => {
    log.warn('A person who signed in was not recorded', { error: error instanceof Error ? error.name : 'unknown' });
  });
  return { kind: 'accepted', caller: { kind: 'person', id: sub, name: person.email ?? person.name, roles, claims } };
}

async function callerOfKey(text: string, { apiKeys, clock, log }: AuthenticateDeps): Promise<Authentication> {
  const given = parseApiKey(text);
  // A wrong form, id and secret get the same answer, so that nobody learns which keys exist.
  const wrong = refused('The API key is not valid.');
  if (given === null) return wrong;
  let key: ApiKey | null;
  try {
    key = await apiKeys.get(given.id);
  } catch (error) {
    if (!(error instanceof Retryable)) throw error;
    return { kind: 'unavailable', reason: 'API keys cannot be read at the moment. Try again.' };
  }
  if (!secretFits(given.secret, key?.secretHash ?? NO_HASH) || key === null) return wrong;
  const now = clock.now();
  const state = apiKeyState(key, now);
  if (state !== 'valid')
    return refused(`The API key ${key.id} has ${state === 'expired' ? 'expired' : 'been revoked'}.`);
  if (isUseDue(key, now)) {
    // The next request notes it; nobody is refused for that.
    await apiKeys.noteUse(key.id, now).catch((error: unknown) => {
      log.warn('The use of an API key was not recorded', { error: error instanceof Error ? error.name : 'unknown' });
    });
  }
  return {
    kind: 'accepted',
    caller: { kind: 'key', id: key.id, name: key.name, roles: key.roles, createdBy: key.createdBy },
  };
}

/** SHA-256 of the secret, as `ApiKey.secretHash` keeps it. */
export function hashOfSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}

/** Compares in constant time. */
function secretFits(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashOfSecret(secret), 'hex'), Buffer.from(hash, 'hex'));
}
