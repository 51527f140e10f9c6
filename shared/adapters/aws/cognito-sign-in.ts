import * as z from 'zod';
import { Retryable } from '#shared/kernel/errors.ts';
import type { SignIn, SignInOutcome } from '#shared/ports/access.ts';

export interface CognitoSignInOptions {
  readonly region: string;
  readonly clientId: string;
  /** The local runtime's address; Cognito's own when left out. */
  readonly endpoint?: string | undefined;
  readonly fetch?: typeof fetch;
}

const TIMEOUT_MILLISECONDS = 5_000;
const Tokens = z.object({
  IdToken: z.string(),
  ExpiresIn: z.number(),
  RefreshToken: z.string().optional(),
});
const Answer = z.object({ AuthenticationResult: Tokens.optional(), ChallengeName: z.string().optional() });
const Fault = z.object({ __type: z.string() });
/** What Cognito answers to a wrong password, an unknown user, or a refresh token that is no longer valid. */
const WRONG = new Set(['NotAuthorizedException', 'UserNotFoundException', 'InvalidParameterException']);

/**
 * Signs people in at the user pool's client. InitiateAuth takes no signature, so the function needs no right for it.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html
 */
export function makeCognitoSignIn({ region, clientId, endpoint, fetch: send = fetch }: CognitoSignInOptions): SignIn {
  const address = endpoint ?? `https://cognito-idp.${region}.amazonaws.com/`;
  const initiate = async (AuthFlow: string, AuthParameters: object): Promise<SignInOutcome> => {
    const response = await send(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
      },
      body: JSON.stringify({ ClientId: clientId, AuthFlow, AuthParameters }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    }).catch((cause: unknown) => {
      throw new Retryable('Cognito could not be reached.', { cause });
    });
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) {
      const fault = Fault.safeParse(answer).data?.__type.split('#').at(-1) ?? '';
      if (WRONG.has(fault)) return { kind: 'refused' };
      if (fault === 'PasswordResetRequiredException') return { kind: 'challenge', name: 'RESET_PASSWORD' };
      throw new Retryable(`Cognito answered with status ${response.status} (${fault}).`);
    }
    const { AuthenticationResult: tokens, ChallengeName: name } = Answer.parse(answer);
    if (tokens === undefined) return { kind: 'challenge', name: name ?? 'unknown' };
    return {
      kind: 'signed-in',
      idToken: tokens.IdToken,
      expiresInSeconds: tokens.ExpiresIn,
      refreshToken: tokens.RefreshToken ?? null,
    };
  };
  return {
    withPassword: (user, password) => initiate('USER_PASSWORD_AUTH', { USERNAME: user, PASSWORD: password }),
    refresh: (refreshToken) => initiate('REFRESH_TOKEN_AUTH', { REFRESH_TOKEN: refreshToken }),
  };
}
