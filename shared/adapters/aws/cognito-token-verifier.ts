import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import {
  CognitoJwtInvalidClientIdError,
  CognitoJwtInvalidTokenUseError,
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
import * as z from 'zod';
import { Retryable } from '#shared/kernel/errors.ts';
import type { TokenVerifier } from '#shared/ports/access.ts';

/** API Gateway takes headers of 10,240 bytes in all. */
const MAX_TOKEN_LENGTH = 8_192;
const MAX_KEY_SET_BYTES = 100_000;
const FETCH_MILLISECONDS = 3_000;
const ATTEMPTS = 2;
/** Clocks of Cognito and of a function differ by less than this. */
const MAX_SKEW_SECONDS = 60;

/**
 * All that the header of a token of Cognito has. A header that brings its own key (`jwk`, `x5c`), says where to fetch one (`jku`, `x5u`) or
 * asks for an extension (`crit`, `b64`) is not one of its.
 */
const Header = z.strictObject({
  alg: z.literal('RS256'),
  kid: z.string(),
  typ: z.literal('JWT').optional(),
});

export interface CognitoTokenOptions {
  /** `https://cognito-idp.<region>.amazonaws.com/<pool id>`. */
  readonly issuer: string;
  readonly clientId: string;
  /** The address of the local runtime, which serves the key set of its user pools there; Cognito's own when left out. */
  readonly endpoint?: string | undefined;
  readonly fetch?: typeof fetch;
}

/**
 * Verifies ID tokens of one client of one Cognito user pool with `aws-jwt-verify`. The pool's key set is kept in memory and read again, at most
 * every ten seconds, when a token names a key that is not in it.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
 */
export function makeCognitoTokenVerifier(options: CognitoTokenOptions): TokenVerifier {
  const { issuer, clientId, endpoint, fetch: send = fetch } = options;
  const keySet = `${endpoint === undefined ? issuer : new URL(new URL(issuer).pathname, endpoint)}/.well-known/jwks.json`;
  const verifier = JwtVerifier.create(
    {
      issuer,
      // Checked below as Cognito fills it: one text.
      audience: null,
      jwksUri: keySet,
      customJwtCheck: ({ payload }) => {
        validateCognitoJwtFields(payload, { tokenUse: 'id', clientId });
        checkTimes(payload);
      },
    },
    { jwksCache: new SimpleJwksCache({ fetcher: { fetch: (uri) => fetchKeySet(uri, send) } }) },
  );
  return {
    verify: async (token) => {
      try {
        checkForm(token, issuer);
        return { kind: 'verified', claims: await verifier.verify(token) };
      } catch (error) {
        if (isAboutKeySet(error))
          return { kind: 'unavailable', reason: 'The keys of the user pool cannot be read at the moment. Try again.' };
        if (error instanceof JwtBaseError) return { kind: 'refused', reason: reasonOf(error) };
        throw error;
      }
    },
  };
}

/** Throws for what cannot be a token of this pool, before anything of it is used to look for a key. */
function checkForm(token: string, issuer: string): void {
  if (token.length > MAX_TOKEN_LENGTH) throw new JwtParseError('longer than any token of the pool');
  const { header, payload } = decomposeUnverifiedJwt(token);
  // Cognito never writes another encoding of the same bytes.
  if (token.split('.').some((part) => Buffer.from(part, 'base64url').toString('base64url') !== part))
    throw new JwtParseError('not in canonical base64url');
  if (!Header.safeParse(header).success) throw new JwtParseError('not the header of a token of Cognito');
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

function reasonOf(error: JwtBaseError): string {
  if (error instanceof JwtExpiredError) return 'The token has expired. Sign in again.';
  if (error instanceof JwtNotBeforeError) return 'The token is not valid yet.';
  if (error instanceof CognitoJwtInvalidTokenUseError) return 'The token is not an ID token.';
  if (error instanceof CognitoJwtInvalidClientIdError) return 'The token was issued for another client.';
  if (error instanceof JwtInvalidIssuerError) return 'The token was not issued by the user pool.';
  if (
    error instanceof JwtInvalidSignatureError ||
    error instanceof KidNotFoundInJwksError ||
    error instanceof WaitPeriodNotYetEndedJwkError
  )
    return 'The token is not signed with a key of the user pool.';
  if (error instanceof JwtInvalidClaimError)
    return 'A claim of the token does not have the form that the user pool writes.';
  return 'The token does not have the form of an ID token of the user pool.';
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
