import { present } from '@selfheal/kernel/present.ts';
import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import { CognitoJwtInvalidClientIdError, CognitoJwtInvalidTokenUseError } from 'aws-jwt-verify/error';
import * as z from 'zod';
import type { TokenVerifier } from '#shared/ports/access.ts';
import { makeSignedTokenVerifier } from './signed-token-verifier.ts';

/** All that the header of a token of Cognito has. */
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
 * Verifies ID tokens of one client of one Cognito user pool.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
 */
export function makeCognitoTokenVerifier(options: CognitoTokenOptions): TokenVerifier {
  const { issuer, clientId, endpoint, fetch } = options;
  return makeSignedTokenVerifier({
    issuer,
    keySet: `${endpoint === undefined ? issuer : new URL(new URL(issuer).pathname, endpoint)}/.well-known/jwks.json`,
    header: Header,
    check: (payload) => validateCognitoJwtFields(payload, { tokenUse: 'id', clientId }),
    words: { issuer: 'the user pool', token: 'an ID token of the user pool', again: ' Sign in again.' },
    reasonOf(error) {
      if (error instanceof CognitoJwtInvalidTokenUseError) return 'The token is not an ID token.';
      if (error instanceof CognitoJwtInvalidClientIdError) return 'The token was issued for another client.';
      return null;
    },
    ...present({ fetch }),
  });
}
