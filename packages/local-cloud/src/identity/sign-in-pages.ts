import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { PAGE_STYLE, renderWebPage } from '@selfheal/fake-server/web-page.ts';
import { escapeHtml } from '../mail/page.ts';
import { AwsFault, type GatewayRequest, type GatewayResponse, jsonResponse } from '../wire/request.ts';

/** What the pages of a pool's domain need of it. */
export interface SignInPages {
  /** A client that may use the code flow, of a pool that has a domain; null for any other. */
  client(id: string): { readonly callbackUrls: readonly string[]; readonly scopes: readonly string[] } | null;
  /** Throws `AwsFault` when name or password are wrong. */
  begin(clientId: string, user: string, password: string): SignInStep;
  /** Throws `AwsFault` when the answer is wrong or the session is over. */
  answer(clientId: string, answer: ChallengeAnswer): SignInStep;
  /** Throws `AwsFault` when the user is gone. */
  tokens(clientId: string, email: string): Promise<SignInTokens>;
  /** Throws `AwsFault` for a refresh token that is not valid. */
  refresh(clientId: string, refreshToken: string): Promise<Omit<SignInTokens, 'RefreshToken'>>;
}

export interface ChallengeAnswer {
  readonly name: string;
  readonly session: string;
  readonly user: string;
  readonly answer: string;
}

export type SignInStep =
  | { readonly kind: 'signed-in'; readonly email: string }
  | { readonly kind: 'challenge'; readonly name: string; readonly session: string };

export interface SignInTokens {
  readonly IdToken: string;
  readonly AccessToken: string;
  readonly RefreshToken: string;
  /** Seconds. */
  readonly ExpiresIn: number;
}

/** Cognito's own: a code is valid for five minutes. */
const CODE_MILLISECONDS = 300_000;
const MAX_BODY_BYTES = 20_000;
/** Of the request to `/oauth2/authorize`; the form carries them from step to step. */
const PARAMETERS = [
  'client_id',
  'redirect_uri',
  'response_type',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
] as const;

interface Grant {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string | null;
  readonly email: string;
  readonly until: number;
}

/**
 * Answers `/oauth2/authorize`, with a page to sign in, and `/oauth2/token`, as the domain of a Cognito user pool does; null for any other path. Codes
 * are valid once, for five minutes, and with the verifier of their challenge (RFC 6749, RFC 7636: S256 only, as at Cognito).
 * https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints-oauth-grants.html
 */
export function makeSignInPages(pages: SignInPages, now: () => number = Date.now) {
  const grants = new Map<string, Grant>();

  const authorize = (request: GatewayRequest, fields: URLSearchParams): GatewayResponse => {
    const client = pages.client(fields.get('client_id') ?? '');
    const redirectUri = fields.get('redirect_uri') ?? '';
    // Nobody is sent to an address that the client does not list, not even with an error.
    if (client === null)
      return page('An error was encountered', '<p>The client is unknown or may not sign in here.</p>', 400);
    if (!client.callbackUrls.includes(redirectUri))
      return page(
        'An error was encountered',
        '<p>redirect_mismatch: the client does not list this redirect_uri.</p>',
        400,
      );
    const back = (answer: Readonly<Record<string, string>>): GatewayResponse => redirectTo(redirectUri, answer, fields);
    const problem = problemOf(fields, client.scopes);
    if (problem !== null) return back(problem);
    if (request.method === 'GET') return form(fields, redirectUri);
    if (fields.has('cancel')) return back({ error: 'access_denied', error_description: 'The sign-in was cancelled.' });
    try {
      const step = stepOf(fields);
      if (step.kind === 'challenge') return form(fields, redirectUri, { ...step, user: fields.get('user') ?? '' });
      return back({ code: grant(fields, redirectUri, step.email) });
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      const [name, session] = [fields.get('challenge'), fields.get('session')];
      const challenge = name === null || session === null ? null : { name, session, user: fields.get('user') ?? '' };
      return form(fields, redirectUri, challenge, error.message);
    }
  };
  const stepOf = (fields: URLSearchParams): SignInStep => {
    const field = (name: string) => fields.get(name) ?? '';
    const [clientId, user] = [field('client_id'), field('user')];
    return fields.has('session')
      ? pages.answer(clientId, { name: field('challenge'), session: field('session'), user, answer: field('answer') })
      : pages.begin(clientId, user, field('password'));
  };
  const grant = (fields: URLSearchParams, redirectUri: string, email: string): string => {
    for (const [code, { until }] of grants) if (until <= now()) grants.delete(code);
    const code = randomBytes(32).toString('base64url');
    const [clientId, codeChallenge] = [fields.get('client_id') ?? '', fields.get('code_challenge')];
    grants.set(code, { clientId, redirectUri, codeChallenge, email, until: now() + CODE_MILLISECONDS });
    return code;
  };

  const token = async (fields: URLSearchParams): Promise<GatewayResponse> => {
    const field = (name: string) => fields.get(name) ?? '';
    const clientId = field('client_id');
    if (pages.client(clientId) === null) return refused('invalid_client');
    try {
      if (field('grant_type') === 'refresh_token') return tokens(await pages.refresh(clientId, field('refresh_token')));
      if (field('grant_type') !== 'authorization_code') return refused('unsupported_grant_type');
      const found = grants.get(field('code'));
      // Whoever presents a code has used it, rightly or not.
      grants.delete(field('code'));
      const fits =
        found !== undefined &&
        found.until > now() &&
        found.clientId === clientId &&
        found.redirectUri === field('redirect_uri') &&
        (found.codeChallenge === null || isVerifierOf(found.codeChallenge, field('code_verifier')));
      return fits ? tokens(await pages.tokens(clientId, found.email)) : refused('invalid_grant');
    } catch (error) {
      if (error instanceof AwsFault) return refused('invalid_grant');
      throw error;
    }
  };

  return async (request: GatewayRequest): Promise<GatewayResponse | null> => {
    const isForm = request.method === 'POST';
    if (isForm && request.body.length > MAX_BODY_BYTES && request.path.startsWith('/oauth2/'))
      return refused('invalid_request', 413);
    const fields = isForm ? new URLSearchParams(request.body.toString('utf8')) : request.query;
    if (request.path === '/oauth2/authorize' && (isForm || request.method === 'GET')) return authorize(request, fields);
    return request.path === '/oauth2/token' && isForm ? await token(fields) : null;
  };
}

/** What is wrong with a request for a code, as the client is told. */
function problemOf(fields: URLSearchParams, scopes: readonly string[]): Record<string, string> | null {
  if (fields.get('response_type') !== 'code') return { error: 'unsupported_response_type' };
  const wanted = (fields.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  if (wanted.some((scope) => !scopes.includes(scope))) return { error: 'invalid_scope' };
  const [challenge, method] = [fields.get('code_challenge'), fields.get('code_challenge_method')];
  const isS256 = method === 'S256' && /^[\w-]{43}$/.test(challenge ?? '');
  const isNone = method === null && challenge === null;
  return isS256 || isNone ? null : { error: 'invalid_request', error_description: 'Use a code_challenge by S256.' };
}

function isVerifierOf(challenge: string, verifier: string): boolean {
  const derived = createHash('sha256').update(verifier).digest('base64url');
  return derived.length === challenge.length && timingSafeEqual(Buffer.from(derived), Buffer.from(challenge));
}

function redirectTo(address: string, answer: Readonly<Record<string, string>>, fields: URLSearchParams) {
  const location = new URL(address);
  for (const [name, value] of Object.entries(answer)) location.searchParams.set(name, value);
  const state = fields.get('state');
  if (state !== null) location.searchParams.set('state', state);
  return { status: 302, headers: { ...NEVER_KEPT, location: location.href }, body: '' };
}

const NEVER_KEPT = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

const refused = (error: string, status = 400): GatewayResponse => {
  const { headers, ...answer } = jsonResponse({ error }, status);
  return { ...answer, headers: { ...headers, ...NEVER_KEPT } };
};

function tokens(issued: Omit<SignInTokens, 'RefreshToken'> & Partial<SignInTokens>): GatewayResponse {
  const { IdToken, AccessToken, RefreshToken, ExpiresIn } = issued;
  const { headers, ...answer } = jsonResponse({
    id_token: IdToken,
    access_token: AccessToken,
    ...(RefreshToken === undefined ? {} : { refresh_token: RefreshToken }),
    expires_in: ExpiresIn,
    token_type: 'Bearer',
  });
  return { ...answer, headers: { ...headers, ...NEVER_KEPT } };
}

const STYLE_HASH = createHash('sha256').update(PAGE_STYLE).digest('base64');

const input = (label: string, name: string, type: string, complete: string): string =>
  `<label for="${name}">${label}</label><input id="${name}" name="${name}" type="${type}" autocomplete="${complete}" maxlength="256" required autofocus>`;

/** The form of the next step. */
function form(
  fields: URLSearchParams,
  redirectUri: string,
  challenge: { readonly name: string; readonly session: string; readonly user: string } | null = null,
  problem: string | null = null,
): GatewayResponse {
  const kept: [string, string | null][] = [
    ...PARAMETERS.map((name): [string, string | null] => [name, fields.get(name)]),
    ...(challenge === null
      ? []
      : ([
          ['challenge', challenge.name],
          ['session', challenge.session],
          ['user', challenge.user],
        ] as [string, string][])),
  ];
  const hidden = kept
    .map(([name, value]) => (value === null ? '' : `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`))
    .join('');
  const wanted = {
    none: `${input('E-mail address', 'user', 'text', 'username')}${input('Password', 'password', 'password', 'current-password')}`,
    NEW_PASSWORD_REQUIRED: input(
      'Choose a password in place of the temporary one',
      'answer',
      'password',
      'new-password',
    ),
    SOFTWARE_TOKEN_MFA: input('Code of your authenticator', 'answer', 'text', 'one-time-code'),
  }[challenge?.name ?? 'none'];
  const alert = problem === null ? '' : `<p role="alert">${escapeHtml(problem)}</p>`;
  const content = `${alert}<form method="post" action="/oauth2/authorize">${hidden}${wanted ?? ''}<button>Sign in</button></form>
<form method="post" action="/oauth2/authorize">${hidden}<button name="cancel" value="yes">Cancel</button></form>`;
  // Browsers apply `form-action` to where the answer leads, too.
  return page('Sign in', content, 200, `'self' ${new URL(redirectUri).origin}`);
}

function page(title: string, content: string, status: number, formAction = "'none'"): GatewayResponse {
  return {
    status,
    headers: {
      ...NEVER_KEPT,
      // Without a referrer the form would be sent with the origin "null", which the runtime refuses.
      'referrer-policy': 'same-origin',
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
    },
    body: renderWebPage({ title, place: 'Sign-in', links: [{ name: 'Dashboard', href: '/' }], content }),
  };
}
