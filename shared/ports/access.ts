import type { ApiKey } from '#shared/domain/access/api-key.ts';
import type { Actor } from '#shared/domain/access/caller.ts';
import type { AccountHost, LinkedAccount, Person } from '#shared/domain/access/person.ts';
import type { KeptAnswer, RepeatedRequest } from '#shared/domain/access/repeated-request.ts';
import type { AccessEvent } from '#shared/domain/audit/access-event.ts';

type TokenVerification =
  | { readonly kind: 'verified'; readonly claims: Readonly<Record<string, unknown>> }
  /** `reason`: a sentence without any text of the token. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The keys that tokens are verified with could not be read. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Verifies ID tokens of the user pool: signature, issuer, client, use and times. */
export interface TokenVerifier {
  verify(token: string): Promise<TokenVerification>;
}

/** Verifies tokens of workflow runs: signature, issuer, audience and times. */
export interface WorkflowTokenVerifier extends TokenVerifier {
  /** The `iss` of the tokens that it can verify. */
  readonly issuer: string;
}

/** API keys by id. Every write is one single-item write. */
export interface ApiKeyStore {
  /** One read of one item. */
  get(id: string): Promise<ApiKey | null>;
  /** All keys, expired and revoked ones included until a year after they expired. */
  list(): Promise<ApiKey[]>;
  /** False when there is a key of this id. */
  create(key: ApiKey): Promise<boolean>;
  /** Writes `lastUsedAt` unless that is not due: of concurrent writers one is enough. */
  noteUse(id: string, at: Date): Promise<void>;
  /** Revokes a key for good. The key afterwards, as it was revoked first; null when there is none. */
  revoke(id: string, by: Actor, at: Date): Promise<ApiKey | null>;
}

/** Everybody who signed in, by the user pool's `sub`. Every write is one single-item write. */
export interface PersonStore {
  get(id: string): Promise<Person | null>;
  list(): Promise<Person[]>;
  put(person: Person): Promise<void>;
  /** Sets or ends the link to an account, with `ifLogin` only while it is to this login. The person afterwards; null when nothing was written. */
  setAccount(id: string, host: AccountHost, account: LinkedAccount | null, ifLogin?: string): Promise<Person | null>;
}

/** Who was given access and lost it, in an audit trail of its own that belongs to no incident. */
export interface AccessTrail {
  /** Writes an entry once: a repeat of the same key is no second. */
  append(key: string, event: AccessEvent): Promise<void>;
}

export type SignInOutcome =
  | {
      readonly kind: 'signed-in';
      /** Sent as `Authorization: Bearer`. */
      readonly idToken: string;
      readonly expiresInSeconds: number;
      /** Null after a refresh: the old one stays valid. */
      readonly refreshToken: string | null;
    }
  /** Wrong password, unknown user or invalid refresh token; which of them is not told. */
  | { readonly kind: 'refused' }
  /** The user pool wants more than a password. `session` is null for a challenge that cannot be answered here. */
  | { readonly kind: 'challenge'; readonly name: string; readonly session: string | null };

/** A password in place of a temporary one, or the code of an authenticator. */
export type ChallengeName = 'NEW_PASSWORD_REQUIRED' | 'SOFTWARE_TOKEN_MFA';

interface ChallengeAnswer {
  readonly user: string;
  readonly name: ChallengeName;
  readonly session: string;
  readonly answer: string;
}

/** A wrong code, or a password that does not fit the pool's policy; the session may be answered again. `reason`: a sentence. */
export interface WrongAnswer {
  readonly kind: 'wrong-answer';
  readonly reason: string;
}

/** Signs people in. Throws `Retryable` when the user pool cannot be reached. */
export interface SignIn {
  withPassword(user: string, password: string): Promise<SignInOutcome>;
  refresh(refreshToken: string): Promise<SignInOutcome>;
  /** `refused` when the session has ended. */
  answer(challenge: ChallengeAnswer): Promise<SignInOutcome | WrongAnswer>;
}

type BegunRequest =
  | { readonly kind: 'begun'; readonly request: RepeatedRequest }
  /** One of this name came before and stands. */
  | { readonly kind: 'earlier'; readonly request: RepeatedRequest };

/** Requests with an `Idempotency-Key`, by a name that contains who sent them. Every write is one single-item write. */
export interface RepeatedRequests {
  /** Begins a request, as the successor of an earlier one of this name where there is one (`successorOf`). */
  begin(name: string, request: RepeatedRequest): Promise<BegunRequest>;
  /** Stores the answer of the request that began at `begunAt`; nothing happens when another has taken its place. */
  finish(name: string, begunAt: string, answer: KeptAnswer): Promise<void>;
  /** Lets the next one of this name begin at once. */
  abandon(name: string, begunAt: string): Promise<void>;
}
