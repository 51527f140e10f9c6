import * as z from 'zod';
import { BrowserSignIn } from '#shared/domain/access/browser-sign-in.ts';
import { Role } from '#shared/domain/access/caller.ts';
import type { SignIn, SignInOutcome, WrongAnswer } from '#shared/ports/access.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, openRoute, REFUSALS, routeFor } from './contract.ts';

const TAGS = ['sign-in'];

export const SignedIn = z
  .object({
    token: z.string().meta({ description: 'Send it as `Authorization: Bearer`.' }),
    expiresInSeconds: z.number().int(),
    refreshToken: z
      .string()
      .nullable()
      .meta({ description: 'For POST /api/auth/refresh; null when the old one stays valid.' }),
  })
  .meta({ id: 'SignedIn' });

const login = openRoute({
  method: 'post',
  path: '/api/auth/login',
  tags: TAGS,
  summary: 'Sign in with a password of the user pool',
  description: 'When the user pool asks for more, the problem (403) holds a `challenge` for POST /api/auth/challenge.',
  request: {
    body: jsonBody(z.strictObject({ user: z.string().min(1).max(200), password: z.string().min(1).max(256) })),
  },
  responses: { ...answers('Signed in.', SignedIn), ...REFUSALS },
});

const browser = openRoute({
  method: 'get',
  path: '/api/auth/browser',
  tags: TAGS,
  summary: 'How to sign in with a browser: authorization code with PKCE, S256',
  description: 'For programs on the machine of the browser; they listen on one of the callback addresses.',
  responses: answers('Where.', BrowserSignIn.meta({ id: 'BrowserSignIn' })),
});

const challenge = openRoute({
  method: 'post',
  path: '/api/auth/challenge',
  tags: TAGS,
  summary: 'Go on with a sign-in: choose a password in place of a temporary one, or send the code of an authenticator',
  request: {
    body: jsonBody(
      z.strictObject({
        user: z.string().min(1).max(200),
        name: z.enum(['NEW_PASSWORD_REQUIRED', 'SOFTWARE_TOKEN_MFA']),
        session: z.string().min(1).max(4096),
        answer: z.string().min(1).max(256),
      }),
    ),
  },
  responses: { ...answers('Signed in.', SignedIn), ...REFUSALS },
});

const refresh = openRoute({
  method: 'post',
  path: '/api/auth/refresh',
  tags: TAGS,
  summary: 'Get a new token for a refresh token',
  request: { body: jsonBody(z.strictObject({ refreshToken: z.string().min(1).max(4096) })) },
  responses: { ...answers('A new token.', SignedIn), ...REFUSALS },
});

const me = routeFor('read', {
  method: 'get',
  path: '/api/auth/me',
  tags: TAGS,
  summary: 'Who you are here, and your roles',
  responses: answers(
    'The caller.',
    z.object({
      kind: z.enum(['person', 'key']),
      id: z.string(),
      name: z.string(),
      roles: z.array(Role),
      dashboardUrl: z.string().meta({ description: 'Where people see the same.' }),
    }),
  ),
});

export interface AuthRoutesDeps {
  readonly signIn: SignIn;
  readonly browserSignIn: BrowserSignIn;
  readonly environment: { readonly dashboardUrl: string };
}

export function authRoutes({ signIn, browserSignIn, environment }: AuthRoutesDeps) {
  return makeRoutes()
    .openapi(browser, (context) => context.json(browserSignIn, 200))
    .openapi(login, async (context) => {
      const { user, password } = context.req.valid('json');
      return context.json(tokensOf(await signIn.withPassword(user, password), 'User name or password is wrong.'), 200);
    })
    .openapi(challenge, async (context) => {
      const outcome = await signIn.answer(context.req.valid('json'));
      return context.json(tokensOf(outcome, 'The sign-in took too long: begin again with the password.'), 200);
    })
    .openapi(refresh, async (context) => {
      const outcome = await signIn.refresh(context.req.valid('json').refreshToken);
      return context.json(tokensOf(outcome, 'The refresh token is no longer valid: sign in again.'), 200);
    })
    .openapi(me, (context) => {
      const { kind, id, name, roles } = context.get('caller');
      return context.json({ kind, id, name, roles: [...roles], dashboardUrl: environment.dashboardUrl }, 200);
    });
}

/** Throws `Problem` for whatever is no token. */
function tokensOf(outcome: SignInOutcome | WrongAnswer, refusal: string): z.infer<typeof SignedIn> {
  switch (outcome.kind) {
    case 'signed-in': {
      const { idToken, expiresInSeconds, refreshToken } = outcome;
      return { token: idToken, expiresInSeconds, refreshToken };
    }
    case 'refused':
      throw new Problem('unauthenticated', refusal);
    case 'wrong-answer':
      throw new Problem('invalid-request', outcome.reason);
    case 'challenge': {
      const { name, session } = outcome;
      if (name === 'MFA_SETUP')
        throw new Problem(
          'challenge',
          'Your account needs an authenticator. Set it up on the sign-in page of the user pool, which "selfheal login" opens; then sign in here.',
        );
      if (session === null || !(name === 'NEW_PASSWORD_REQUIRED' || name === 'SOFTWARE_TOKEN_MFA')) {
        throw new Problem('challenge', `The user pool asks for ${name}: let its administrator reset your password.`);
      }
      const wanted = name === 'SOFTWARE_TOKEN_MFA' ? 'The code of your authenticator is needed.' : TEMPORARY;
      throw new Problem('challenge', wanted, { challenge: { name, session } });
    }
    default:
      return outcome satisfies never;
  }
}

const TEMPORARY = 'The password is a temporary one: choose your own.';
