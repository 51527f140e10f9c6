import { createLocalJWKSet, jwtVerify } from 'jose';
import type { UserPools } from '../identity/user-pools.ts';
import type { Claims } from './event.ts';
import type { JwtSettings } from './routes.ts';

export type Authentication =
  | { readonly kind: 'accepted'; readonly claims: Claims }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'forbidden' };

/**
 * Verifies a bearer token as an HTTP API's JWT authorizer does: signature, issuer, expiry, audience (`aud`, else `client_id`) and one
 * of the route's scopes (API Gateway Developer Guide, "JWT authorizers").
 */
export async function authenticate(
  header: string | undefined,
  settings: JwtSettings,
  pools: UserPools,
): Promise<Authentication> {
  const token = header?.replace(/^Bearer\s+/i, '');
  const keys = await pools.keysOfIssuer(settings.issuer);
  if (!token || keys === null) return { kind: 'unauthorized' };
  let claims: Claims;
  try {
    const verified = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer: settings.issuer,
      algorithms: ['RS256'],
      requiredClaims: ['exp'],
    });
    claims = verified.payload;
  } catch {
    return { kind: 'unauthorized' };
  }
  const meant = claims.aud ?? claims.client_id;
  const audience = Array.isArray(meant) ? meant : [meant];
  if (!audience.some((each) => settings.audience.includes(String(each)))) return { kind: 'unauthorized' };
  const scopes = String(claims.scope ?? '').split(' ');
  const enough = settings.scopes.length === 0 || settings.scopes.some((scope) => scopes.includes(scope));
  return enough ? { kind: 'accepted', claims } : { kind: 'forbidden' };
}
