import { refusalOfHost } from '@selfheal/fake-server/same-machine.ts';
import type { makeHttpApis } from './http-api/http-api.ts';
import { makeSignInPages } from './identity/sign-in-pages.ts';
import type { UserPools } from './identity/user-pools.ts';
import type { Mailbox } from './mail/mailbox.ts';
import { mailResponse } from './mail/page.ts';
import type { OwnRoutes } from './runtime-contract.ts';
import { parseObject } from './template/json.ts';
import { signatureScope } from './wire/call.ts';
import { faultResponse } from './wire/fault-response.ts';
import { AwsFault, type GatewayRequest, type GatewayResponse, jsonResponse } from './wire/request.ts';
import type { Handler } from './wire/server.ts';

export interface HttpEntryParts {
  readonly gateway: (
    request: GatewayRequest,
    scope: { accessKeyId: string; service: string },
  ) => Promise<GatewayResponse>;
  readonly httpApis: ReturnType<typeof makeHttpApis>;
  /** The deployment's CloudFront distribution, if it has one. */
  readonly distribution: Handler | null;
  /** Answers requests that belong to the program around the runtime; null for all others. */
  readonly ownRoutes?: OwnRoutes | undefined;
  readonly mailbox: Mailbox;
  readonly userPools: UserPools;
  /** Origins of other sites that the deployment itself allows. */
  readonly allowedOrigins: readonly string[];
}

const TO_MAILBOX: GatewayResponse = { status: 302, headers: { location: '/mail' }, body: '' };
const USER_POOL_TARGET = /^AWSCognitoIdentityProviderService\.(\w+)$/;
const OPEN_CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers':
    'content-type, x-amz-target, x-amz-user-agent, cache-control, amz-sdk-invocation-id, amz-sdk-request',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
};

/**
 * Routes requests to the one address: AWS calls, sign-in, the mailbox, and everything else to the HTTP APIs and the distribution. On AWS these two
 * have addresses of their own. Here a page that a browser opens is the distribution's, and so is what the APIs have no route for.
 */
export function makeHttpEntry(parts: HttpEntryParts): Handler {
  const signInPages = makeSignInPages(parts.userPools.pages);
  return async (request) => {
    const foreign = refusalOfHost(request.headers, parts.allowedOrigins);
    if (foreign !== null) return jsonResponse({ message: foreign }, 403);
    const userPoolAnswer = await userPoolResponse(request, parts.userPools);
    if (userPoolAnswer !== null) return { ...userPoolAnswer, headers: { ...userPoolAnswer.headers, ...OPEN_CORS } };
    const signInAnswer = await signInPages(request);
    if (signInAnswer !== null) return signInAnswer;
    const scope = signatureScope(request);
    if (scope !== null) return parts.gateway(request, scope);
    const own = request.method === 'GET' ? mailResponse(request.path, parts.mailbox) : null;
    const answer = own ?? (await parts.ownRoutes?.(request)) ?? null;
    if (answer !== null) return answer;
    const { distribution, httpApis } = parts;
    if (distribution === null) return request.path === '/' ? TO_MAILBOX : httpApis(request);
    const isPage = /\btext\/html\b/.test(request.headers.accept ?? '');
    return isPage ? distribution(request) : httpApis(request, distribution);
  };
}

/** Null when the request is not for a user pool. */
async function userPoolResponse(request: GatewayRequest, userPools: UserPools): Promise<GatewayResponse | null> {
  if (request.method === 'OPTIONS' && request.path === '/') return { status: 204, headers: {}, body: '' };
  const poolId = /^\/([\w-]+)\/\.well-known\/jwks\.json$/.exec(request.path)?.[1];
  const keys = poolId === undefined ? null : await userPools.keys(poolId);
  if (keys !== null) return jsonResponse(keys);
  const operation = USER_POOL_TARGET.exec(request.headers['x-amz-target'] ?? '')?.[1];
  if (operation === undefined) return null;
  try {
    const input = parseObject(request.body.toString('utf8'), 'The request body');
    return jsonResponse(await userPools.handle(operation, input), 200, 'application/x-amz-json-1.1');
  } catch (error) {
    const fault =
      error instanceof AwsFault ? error : new AwsFault('SerializationException', 'The request is malformed.');
    return faultResponse(fault, 'cognito-idp', request);
  }
}
