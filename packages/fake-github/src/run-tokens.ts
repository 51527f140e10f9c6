import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import type { Call, Service, WireRequest, WireResponse } from '@selfheal/fake-server/wire.ts';
import type { WorldTime } from '@selfheal/fake-server/world-time.ts';

/** What GitHub says about a run in its token. */
export interface RunClaims {
  /** `owner/name`. */
  readonly repository: string;
  readonly event: string;
  /** `refs/heads/main`, `refs/pull/7/merge`. */
  readonly ref: string;
}

/** What the runner gives to a job with `id-token: write`. */
export interface TokenRequest {
  readonly ACTIONS_ID_TOKEN_REQUEST_URL: string;
  readonly ACTIONS_ID_TOKEN_REQUEST_TOKEN: string;
}

const PREFIX = '/_oidc/';
const LIFE_SECONDS = 300;

/**
 * GitHub Actions as an OpenID Connect provider: runs ask for tokens with an audience, receivers read the key set.
 * https://docs.github.com/en/actions/reference/security/oidc
 */
export function makeRunTokens(web: string, time: WorldTime, idOf: (repository: string) => string) {
  const issuer = `${web}/_oidc`;
  const requests = new Map<string, RunClaims>();
  let keys: { readonly kid: string; readonly privateKey: KeyObject; readonly jwk: object } | null = null;
  /** An RSA key takes a while; most worlds need none. */
  const signing = () => {
    if (keys !== null) return keys;
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const kid = randomUUID();
    keys = { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' } };
    return keys;
  };
  const tokenFor = ({ repository, event, ref }: RunClaims, audience: string): string => {
    const { kid, privateKey } = signing();
    const now = Math.floor(time.now() / 1000);
    const claims = {
      iss: issuer,
      aud: audience,
      sub: `repo:${repository}:${ref.startsWith('refs/pull/') ? 'pull_request' : `ref:${ref}`}`,
      repository,
      repository_owner: repository.split('/')[0],
      repository_id: idOf(repository),
      event_name: event,
      ref,
      jti: randomUUID(),
      iat: now,
      nbf: now,
      exp: now + LIFE_SECONDS,
    };
    const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const input = `${encoded({ typ: 'JWT', alg: 'RS256', x5t: 'thumbprint', kid })}.${encoded(claims)}`;
    return `${input}.${createSign('RSA-SHA256').update(input).sign(privateKey).toString('base64url')}`;
  };
  const answer = ({ path, query, headers }: WireRequest): WireResponse => {
    if (path === `${PREFIX}.well-known/jwks`) return json(200, { keys: [signing().jwk] });
    const token = /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
    const claims = requests.get(token);
    if (path !== `${PREFIX}token` || claims === undefined) return json(401, { message: 'Unauthorized' });
    const audience = query.get('audience') ?? `${web}/${claims.repository.split('/')[0]}`;
    return json(200, { count: 1, value: tokenFor(claims, audience) });
  };
  const service: Service = {
    recognise: (request): Call | null =>
      request.path.startsWith(PREFIX)
        ? {
            service: 'github-oidc',
            operation: `oidc/${request.path.slice(PREFIX.length)}`,
            perform: () => answer(request),
            fail: (status) => json(status, { message: 'The service is not available.' }),
          }
        : null,
  };
  const allow = (claims: RunClaims): TokenRequest => {
    const token = randomUUID();
    requests.set(token, claims);
    return { ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer}/token?api-version=2.0`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token };
  };
  return { service, issuer, allow };
}

const json = (status: number, value: object): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
});
