import { Retryable } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { ChallengeName, SignIn, SignInOutcome, WrongAnswer } from '#shared/ports/access.ts';

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
const Answer = z.object({
  AuthenticationResult: Tokens.optional(),
  ChallengeName: z.string().optional(),
  Session: z.string().optional(),
});
const Fault = z.object({ __type: z.string(), message: z.string().default('') });
/** What Cognito answers to a wrong password, an unknown user, or a refresh token that is no longer valid. */
const WRONG = new Set(['NotAuthorizedException', 'UserNotFoundException', 'InvalidParameterException']);
const ANSWERED_WITH: Readonly<Record<ChallengeName, string>> = {
  NEW_PASSWORD_REQUIRED: 'NEW_PASSWORD',
  SOFTWARE_TOKEN_MFA: 'SOFTWARE_TOKEN_MFA_CODE',
};

/**
 * Signs people in at the user pool's client. The operations take no signature, so the function needs no right for them.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html
 */
export function makeCognitoSignIn({ region, clientId, endpoint, fetch: send = fetch }: CognitoSignInOptions): SignIn {
  const address = endpoint ?? `https://cognito-idp.${region}.amazonaws.com/`;
  const call = async (operation: string, input: object): Promise<SignInOutcome | WrongAnswer> => {
    const response = await send(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify({ ClientId: clientId, ...input }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    }).catch((cause: unknown) => {
      throw new Retryable('Cognito could not be reached.', { cause });
    });
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) {
      const { __type: type = '', message = '' } = Fault.safeParse(answer).data ?? {};
      const fault = type.split('#').at(-1) ?? '';
      if (WRONG.has(fault)) return { kind: 'refused' };
      if (fault === 'CodeMismatchException') return { kind: 'wrong-answer', reason: 'The code is wrong.' };
      if (fault === 'InvalidPasswordException')
        return { kind: 'wrong-answer', reason: `${message.replace(/\.$/, '')}.` };
      if (fault === 'PasswordResetRequiredException')
        return { kind: 'challenge', name: 'RESET_PASSWORD', session: null };
      throw new Retryable(`Cognito answered with status ${response.status} (${fault}).`);
    }
    const { AuthenticationResult: tokens, ChallengeName: name = 'unknown', Session: session } = Answer.parse(answer);
    if (tokens === undefined) {
      return { kind: 'challenge', name, session: name in ANSWERED_WITH ? (session ?? null) : null };
    }
    return {
      kind: 'signed-in',
      idToken: tokens.IdToken,
      expiresInSeconds: tokens.ExpiresIn,
      refreshToken: tokens.RefreshToken ?? null,
    };
  };
  const initiate = async (AuthFlow: string, AuthParameters: object): Promise<SignInOutcome> => {
    const outcome = await call('InitiateAuth', { AuthFlow, AuthParameters });
    return outcome.kind === 'wrong-answer' ? { kind: 'refused' } : outcome;
  };
  return {
    withPassword: (user, password) => initiate('USER_PASSWORD_AUTH', { USERNAME: user, PASSWORD: password }),
    refresh: (refreshToken) => initiate('REFRESH_TOKEN_AUTH', { REFRESH_TOKEN: refreshToken }),
    answer: ({ user, name, session, answer }) =>
      call('RespondToAuthChallenge', {
        ChallengeName: name,
        Session: session,
        ChallengeResponses: { USERNAME: user, [ANSWERED_WITH[name]]: answer },
      }),
  };
}
