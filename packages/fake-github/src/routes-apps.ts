import { randomBytes, verify } from 'node:crypto';
import type { Answer } from '@selfheal/fake-server/wire.ts';
import { type AppRegistration, githubError, type Route, type RouteContext, repositoryIn } from './route.ts';
import { presentUser, SINCE } from './shapes-account.ts';

const TOKEN_LIFE_MS = 60 * 60_000;
/** GitHub refuses JWTs with a longer lifetime. */
const MAX_JWT_SECONDS = 600;
const PERMISSIONS = { actions: 'write', issues: 'write', metadata: 'read', pull_requests: 'write' } as const;
const OPERATIONS = new Set([
  'apps/get-authenticated',
  'apps/get-repo-installation',
  'apps/create-installation-access-token',
]);

/** Whether the app itself calls the operation (with a JWT), not one of its installations. */
export const isAppOperation = (operation: string): boolean => OPERATIONS.has(operation);

/** GitHub's refusal of a token while an app is registered, or null. */
export function appRefusal(
  app: AppRegistration,
  token: string,
  { asApp, now }: { readonly asApp: boolean; readonly now: number },
): Answer | null {
  if (asApp) return jwtRefusal(app, token, now / 1000);
  return (app.tokens.get(token) ?? 0) > now ? null : githubError(401, 'Bad credentials');
}

/** `now` is in seconds. */
function jwtRefusal({ appId, publicKey }: AppRegistration, token: string, now: number): Answer | null {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const undecodable = githubError(401, 'A JSON web token could not be decoded');
  if (!verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'))) {
    return undecodable;
  }
  const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg?: string };
  const { iss, iat = 0, exp = 0 } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, number>;
  if (alg !== 'RS256' || String(iss) !== appId) return undecodable;
  if (iat > now || exp <= now) return githubError(401, "'Expiration time' claim ('exp') must be in the future");
  return exp - now > MAX_JWT_SECONDS
    ? githubError(401, "'Expiration time' claim ('exp') is too far in the future")
    : null;
}

export const APP_ROUTES: readonly Route[] = [
  {
    operation: 'apps/get-repo-installation',
    method: 'GET',
    path: '/repos/{owner}/{repo}/installation',
    handle(context) {
      repositoryIn(context);
      const { owner = '' } = context.params;
      const id = context.access.app?.installations[owner];
      if (id === undefined) return githubError(404, 'Not Found');
      return { status: 200, json: presentInstallation(context, id, owner) };
    },
  },
  {
    operation: 'apps/create-installation-access-token',
    method: 'POST',
    path: '/app/installations/{installation_id}/access_tokens',
    handle({ access, params, state }) {
      const { app } = access;
      const known = Object.values(app?.installations ?? {}).includes(Number(params.installation_id));
      if (!app || !known) return githubError(404, 'Not Found');
      const token = `ghs_${randomBytes(18).toString('hex')}`;
      const until = state.time.now() + TOKEN_LIFE_MS;
      app.tokens.set(token, until);
      const expires_at = `${new Date(until).toISOString().slice(0, 19)}Z`;
      return { status: 201, json: { token, expires_at, permissions: PERMISSIONS, repository_selection: 'all' } };
    },
  },
];

function presentInstallation({ site, access }: RouteContext, id: number, owner: string) {
  const account = presentUser(owner, site.api, site.web);
  return {
    id,
    account,
    repository_selection: 'all',
    access_tokens_url: `${site.api}/app/installations/${id}/access_tokens`,
    repositories_url: `${site.api}/installation/repositories`,
    html_url: `${site.web}/organizations/${owner}/settings/installations/${id}`,
    app_id: Number(access.app?.appId),
    client_id: 'Iv1.0000000000000000',
    target_id: account.id,
    target_type: account.type,
    permissions: PERMISSIONS,
    events: ['workflow_run'],
    created_at: SINCE,
    updated_at: SINCE,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    app_slug: 'selfheal',
    suspended_by: null,
    suspended_at: null,
  };
}
