import { Retryable } from '@selfheal/kernel/errors.ts';
import {
  JwksValidationError,
  JwkValidationError,
  JwtBaseError,
  JwtExpiredError,
  JwtInvalidClaimError,
  JwtInvalidIssuerError,
  JwtInvalidSignatureError,
  JwtNotBeforeError,
  JwtParseError,
  KidNotFoundInJwksError,
  WaitPeriodNotYetEndedJwkError,
} from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import { JwtVerifier } from 'aws-jwt-verify/jwt-verifier';
import type * as z from 'zod';
import type { TokenVerifier } from '#shared/ports/access.ts';

/** API Gateway takes headers of 10,240 bytes in all. */
const MAX_TOKEN_LENGTH = 8_192;
const MAX_KEY_SET_BYTES = 100_000;
const FETCH_MILLISECONDS = 3_000;
const ATTEMPTS = 2;
/** Verified tokens that are kept: of those who call at the same time. */
const MAX_KEPT_TOKENS = 100;
const KEPT_MILLISECONDS = 60_000;
/** Clocks of an issuer and of a function differ by less than this. */
const MAX_SKEW_SECONDS = 60;

export interface SignedTokenOptions {
  readonly issuer: string;
  /** Address of its key set. */
  readonly keySet: string;
  /** All that the header of its tokens has. */
  readonly header: z.ZodType;
  /** Checks audience and use. Throws an error of `aws-jwt-verify`. */
  readonly check: (payload: JwtPayload) => void;
  /** In words: `the user pool`, and a token of it: `an ID token of the user pool`. */
  readonly words: { readonly issuer: string; readonly token: string; readonly again: string };
  /** Why a token is refused that `check` threw this for; null for the general words. */
  readonly reasonOf?: (error: JwtBaseError) => string | null;
  readonly fetch?: typeof fetch;
}

/**
 * Verifies RS256 tokens of one issuer with `aws-jwt-verify`. A page sends the same token with each request: one that was verified is taken for a
 * minute without computing its signature again, though never after it has expired. The key set is kept in memory and read again, at most every ten seconds, when a token
 * names a key that is not in it. A header that brings its own key (`jwk`, `x5c`), says where to fetch one (`jku`, `x5u`) or asks for an extension
 * (`crit`, `b64`) is refused.
 */
export function makeSignedTokenVerifier(options: SignedTokenOptions): TokenVerifier {
  const { issuer, keySet, check, words, fetch: send = fetch } = options;
  const verifier = JwtVerifier.create(
    {
      issuer,
      // `check` does it: the library takes a list with another audience in it, too.
      audience: null,
      jwksUri: keySet,
      customJwtCheck: ({ payload }) => {
        check(payload);
        checkTimes(payload);
      },
    },
    { jwksCache: new SimpleJwksCache({ fetcher: { fetch: (uri) => fetchKeySet(uri, send) } }) },
  );
  const verified = new Map<string, { readonly claims: JwtPayload; readonly until: number }>();
  const verify = async (token: string): Promise<JwtPayload> => {
    const known = verified.get(token);
    if (known !== undefined && Date.now() < known.until) return known.claims;
    verified.delete(token);
    checkForm(token, options);
    const claims = await verifier.verify(token);
    const [oldest] = verified.keys();
    if (verified.size >= MAX_KEPT_TOKENS && oldest !== undefined) verified.delete(oldest);
    verified.set(token, { claims, until: Math.min(Date.now() + KEPT_MILLISECONDS, Number(claims.exp) * 1000) });
    return claims;
  };
  return {
    verify: async (token) => {
      try {
        return { kind: 'verified', claims: await verify(token) };
      } catch (error) {
        if (isAboutKeySet(error))
          return {
            kind: 'unavailable',
            reason: `The keys of ${words.issuer} cannot be read at the moment. Try again.`,
          };
        if (error instanceof JwtBaseError) return { kind: 'refused', reason: reasonOf(error, options) };
        throw error;
      }
    },
  };
}

/** Throws for what cannot be a token of this issuer, before anything of it is used to look for a key. */
function checkForm(token: string, { issuer, header: known }: SignedTokenOptions): void {
  if (token.length > MAX_TOKEN_LENGTH) throw new JwtParseError('longer than any token of the issuer');
  const { header, payload } = decomposeUnverifiedJwt(token);
  // No issuer writes another encoding of the same bytes.
  if (token.split('.').some((part) => Buffer.from(part, 'base64url').toString('base64url') !== part))
    throw new JwtParseError('not in canonical base64url');
  if (!known.safeParse(header).success) throw new JwtParseError('not the header of a token of the issuer');
  // The library keeps key objects by the issuer that a token names.
  if (payload.iss !== issuer) throw new JwtInvalidIssuerError('another issuer', payload.iss, issuer);
}

/** The library takes a token without an expiry for one that never expires. */
function checkTimes({ exp, iat }: JwtPayload): void {
  if (exp === undefined) throw new JwtParseError('no expiry');
  if (iat === undefined) throw new JwtParseError('no time of issue');
  if (iat - MAX_SKEW_SECONDS > Date.now() / 1000) throw new JwtNotBeforeError('issued in the future', iat);
}

function isAboutKeySet(error: unknown): boolean {
  return error instanceof Retryable || error instanceof JwksValidationError || error instanceof JwkValidationError;
}

function reasonOf(error: JwtBaseError, { words, reasonOf: ownReasonOf }: SignedTokenOptions): string {
  const own = ownReasonOf?.(error) ?? null;
  if (own !== null) return own;
  if (error instanceof JwtExpiredError) return `The token has expired.${words.again}`;
  if (error instanceof JwtNotBeforeError) return 'The token is not valid yet.';
  if (error instanceof JwtInvalidIssuerError) return `The token was not issued by ${words.issuer}.`;
  if (
    error instanceof JwtInvalidSignatureError ||
    error instanceof KidNotFoundInJwksError ||
    error instanceof WaitPeriodNotYetEndedJwkError
  )
    return `The token is not signed with a key of ${words.issuer}.`;
  if (error instanceof JwtInvalidClaimError)
    return `A claim of the token does not have the form that ${words.issuer} writes.`;
  return `The token does not have the form of ${words.token}.`;
}

async function fetchKeySet(uri: string, send: typeof fetch): Promise<ArrayBuffer> {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await send(uri, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MILLISECONDS) });
      if (!response.ok) throw new Retryable(`Reading the key set ${uri}: status ${response.status}.`);
      const body = await response.arrayBuffer();
      if (body.byteLength > MAX_KEY_SET_BYTES)
        throw new Retryable(`Reading the key set ${uri}: longer than ${MAX_KEY_SET_BYTES} bytes.`);
      return body;
    } catch (cause) {
      if (attempt < ATTEMPTS) continue;
      if (cause instanceof Retryable) throw cause;
      throw new Retryable(`Reading the key set ${uri}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    }
  }
}
