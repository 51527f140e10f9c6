import { decodeJwt, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeThrottle } from '../../src/http-api/http-api.ts';
import { type Runtime, startRuntime } from '../../src/runtime.ts';
import { arnOf, lambda, type TestAssembly, writeAssembly } from '../test-assembly.ts';

const route = (id: string, key: string, rest: object = {}) => ({
  [id]: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: key,
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Echoing' }]] },
      ...rest,
    },
  },
});
const group = (id: string, GroupName: string) => ({
  [id]: { Type: 'AWS::Cognito::UserPoolGroup', Properties: { UserPoolId: { Ref: 'Pool' }, GroupName } },
});
const permission = (FunctionName: unknown) => ({
  Type: 'AWS::Lambda::Permission',
  Properties: { Action: 'lambda:InvokeFunction', FunctionName, Principal: 'apigateway.amazonaws.com' },
});
const STACK = {
  Resources: {
    ...lambda('Echo'),
    EchoPermission: permission(arnOf('Echo')),
    ...lambda('Unreachable'),
    Api: {
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: {
        ProtocolType: 'HTTP',
        CorsConfiguration: { AllowOrigins: ['https://app.example.com'], AllowMethods: ['POST'] },
      },
    },
    Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: '$default' } },
    Echoing: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: arnOf('Echo'),
        PayloadFormatVersion: '2.0',
      },
    },
    Closed: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: arnOf('Unreachable'),
        PayloadFormatVersion: '2.0',
      },
    },
    ...route('One', 'POST /items/{id}'),
    ...route('Fixed', 'POST /items/fixed'),
    ...route('Rest', 'GET /files/{path+}'),
    ...route('NoPermission', 'GET /closed', { Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Closed' }]] } }),
    ...route('Guarded', 'POST /guarded', { AuthorizationType: 'JWT', AuthorizerId: { Ref: 'Authorizer' } }),
    Authorizer: {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ApiId: { Ref: 'Api' },
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Audience: [{ Ref: 'Client' }], Issuer: { 'Fn::GetAtt': ['Pool', 'ProviderURL'] } },
      },
    },
    Pool: { Type: 'AWS::Cognito::UserPool' },
    ...group('Readers', 'readers'),
    ...group('Writers', 'writers'),
    Client: {
      Type: 'AWS::Cognito::UserPoolClient',
      Properties: {
        UserPoolId: { Ref: 'Pool' },
        ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      },
    },
  },
};
const BUNDLES = {
  Echo: `export const handler = async (event) => event.queryStringParameters?.plain
  ? { plain: true } : { statusCode: 201, cookies: ['a=1', 'b=2'], headers: { 'X-Kind': 'echo' }, body: JSON.stringify(event) };`,
  Unreachable: 'export const handler = async () => ({ statusCode: 200 });',
};

/** The answer's JSON; what is in it, the expectations check. */
const jsonOf = async (answer: Response) => JSON.parse(await answer.text());

describe('the HTTP API', () => {
  let assembly: TestAssembly;
  let runtime: Runtime;
  const call = (path: string, init: RequestInit = {}) => fetch(runtime.endpoint + path, { method: 'POST', ...init });
  const signIn = async (parameters: object, AuthFlow = 'USER_PASSWORD_AUTH') => {
    const answer = await call('/', {
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
      },
      body: JSON.stringify({ AuthFlow, ClientId: runtime.resources().Client, AuthParameters: parameters }),
    });
    return {
      status: answer.status,
      origin: answer.headers.get('access-control-allow-origin'),
      body: await jsonOf(answer),
    };
  };
  const guarded = (token: string) => call('/guarded', { headers: { authorization: `Bearer ${token}` } });

  beforeAll(async () => {
    assembly = writeAssembly({ Main: STACK }, BUNDLES);
    const { assemblyDir, dataDir } = assembly;
    runtime = await startRuntime({ assemblyDir, dataDir, awsWorldUrl: null, githubApiUrl: null });
    await runtime.createUser('approver', 'approver@example.com', 'correct horse');
  });
  afterAll(async () => {
    await runtime.stop();
    assembly.remove();
  });

  it('gives the function an event of payload format 2.0', async () => {
    const answer = await call('/items/a%20b?x=1&x=2&y=', {
      headers: { cookie: 's=1; t=2', 'content-type': 'application/json' },
      body: '{"ü":1}',
    });
    expect([answer.status, answer.headers.get('x-kind'), answer.headers.getSetCookie()]).toEqual([
      201,
      'echo',
      ['a=1', 'b=2'],
    ]);
    expect(await jsonOf(answer)).toMatchObject({
      version: '2.0',
      routeKey: 'POST /items/{id}',
      rawPath: '/items/a b',
      rawQueryString: 'x=1&x=2&y=',
      queryStringParameters: { x: '1,2', y: '' },
      pathParameters: { id: 'a b' },
      cookies: ['s=1', 't=2'],
      body: '{"ü":1}',
      isBase64Encoded: false,
      requestContext: { stage: '$default', http: { method: 'POST', sourceIp: '127.0.0.1' } },
    });
  });

  it('hands over other than text in base64, byte for byte', async () => {
    const bytes = Buffer.from([0, 255, 1, 254]);
    const headers = { 'content-type': 'application/octet-stream' };
    const event = await jsonOf(await call('/items/1', { headers, body: bytes }));
    expect([event.isBase64Encoded, event.body]).toEqual([true, bytes.toString('base64')]);
  });

  it.each([
    ['POST', '/items/fixed', 'POST /items/fixed'],
    ['POST', '/items/other', 'POST /items/{id}'],
    ['GET', '/files/a/b/c', 'GET /files/{path+}'],
  ])('takes %s %s by the route %s', async (method, path, key) => {
    expect(await jsonOf(await call(path, { method }))).toMatchObject({ routeKey: key });
  });

  it.each([
    ['GET', '/items/1'],
    ['POST', '/nowhere'],
    ['POST', '/items/1/2'],
  ])('has nothing for %s %s', async (method, path) => {
    expect((await call(path, { method })).status).toBe(404);
  });

  it('answers 200 with what a function returned without a status', async () => {
    const answer = await call('/items/1?plain=1');
    expect([answer.status, await jsonOf(answer)]).toEqual([200, { plain: true }]);
  });

  it('refuses a body over 10 MB', async () => {
    expect((await call('/items/1', { body: Buffer.alloc(10 * 1024 * 1024 + 1) })).status).toBe(413);
  });

  it('does not reach a function that lets it not in', async () => {
    expect((await call('/closed', { method: 'GET' })).status).toBe(500);
    expect(runtime.denials.at(-1)).toMatchObject({ role: 'apigateway.amazonaws.com', action: 'lambda:InvokeFunction' });
  });

  it('adds CORS headers for the allowed origin only', async () => {
    const from = async (origin: string) =>
      (await call('/items/1', { method: 'OPTIONS', headers: { origin } })).headers.get('access-control-allow-origin');
    expect(await from('https://app.example.com')).toBe('https://app.example.com');
    expect(await from('https://evil.example.com')).toBeNull();
  });

  it('[D219] lets in who signed in, and tells the function who it is', async () => {
    const { body, origin } = await signIn({ USERNAME: 'approver@example.com', PASSWORD: 'correct horse' });
    expect(origin).toBe('*');
    const { IdToken, AccessToken, RefreshToken } = body.AuthenticationResult;
    const event = await jsonOf(await guarded(IdToken));
    expect(event.requestContext.authorizer.jwt.claims).toMatchObject({
      email: 'approver@example.com',
      token_use: 'id',
    });
    expect((await guarded(AccessToken)).status).toBe(201);
    const again = await signIn({ REFRESH_TOKEN: RefreshToken }, 'REFRESH_TOKEN_AUTH');
    expect((await guarded(again.body.AuthenticationResult.IdToken)).status).toBe(201);
  });

  it('[D219] lets in nobody else', async () => {
    const { body } = await signIn({ USERNAME: 'approver', PASSWORD: 'correct horse' });
    const token: string = body.AuthenticationResult.IdToken;
    const [head = '', , signature = ''] = token.split('.');
    const forgedClaims = Buffer.from(JSON.stringify({ ...decodeJwt(token), email: 'other@example.com' })).toString(
      'base64url',
    );
    const unsigned = await new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32));
    for (const bad of ['', 'x', `${head}.${forgedClaims}.${signature}`, unsigned])
      expect((await guarded(bad)).status).toBe(401);
    expect((await call('/guarded')).headers.get('www-authenticate')).toBe('Bearer');
  });

  it('tells a wrong password from nothing else', async () => {
    const wrong = await signIn({ USERNAME: 'approver', PASSWORD: 'wrong' });
    const unknown = await signIn({ USERNAME: 'nobody', PASSWORD: 'wrong' });
    expect(wrong.body.__type).toBe('NotAuthorizedException');
    expect(unknown).toEqual(wrong);
    expect((await signIn({}, 'USER_SRP_AUTH')).body.__type).toBe('InvalidParameterException');
  });

  it('writes the groups of a person into their tokens, and leaves the claim out for somebody in none', async () => {
    const groupsAfter = async (groups?: string[]) => {
      await runtime.createUser('member', 'member@example.com', 'correct horse', groups);
      const { body } = await signIn({ USERNAME: 'member', PASSWORD: 'correct horse' });
      const { IdToken, AccessToken } = body.AuthenticationResult;
      return [IdToken, AccessToken].map((token) => decodeJwt(token)['cognito:groups']);
    };
    expect(await groupsAfter(['writers', 'readers'])).toEqual([
      ['readers', 'writers'],
      ['readers', 'writers'],
    ]);
    expect(await groupsAfter(['writers'])).toEqual([['writers'], ['writers']]);
    expect(await groupsAfter()).toEqual([undefined, undefined]);
  });

  it('hands the groups to the function as API Gateway does, as one text', async () => {
    await runtime.createUser('member', 'member@example.com', 'correct horse', ['writers', 'readers']);
    const { body } = await signIn({ USERNAME: 'member', PASSWORD: 'correct horse' });
    const event = await jsonOf(await guarded(body.AuthenticationResult.IdToken));
    expect(event.requestContext.authorizer.jwt.claims['cognito:groups']).toBe('[readers writers]');
  });

  it('puts nobody into a group that the template does not have, and changes nothing then', async () => {
    await runtime.createUser('member', 'member@example.com', 'correct horse', ['writers']);
    await expect(
      runtime.createUser('member', 'member@example.com', 'another password', ['readers', 'owners']),
    ).rejects.toThrow(/^The user pool \S+ has no group owners\.$/);
    const { body } = await signIn({ USERNAME: 'member', PASSWORD: 'correct horse' });
    expect(decodeJwt(body.AuthenticationResult.IdToken)['cognito:groups']).toEqual(['writers']);
  });

  it('publishes the keys its tokens are signed with', async () => {
    const pool = runtime.resources().Pool;
    const { keys } = await jsonOf(await fetch(`${runtime.endpoint}/${pool}/.well-known/jwks.json`));
    expect(keys[0]).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig' });
    expect(keys[0]).not.toHaveProperty('d');
  });
});

it('a stage lets a burst through, then its rate', () => {
  let now = 0;
  const throttle = makeThrottle(2, 3, () => now);
  expect([1, 2, 3, 4].map(() => throttle.take())).toEqual([true, true, true, false]);
  now = 500;
  expect([throttle.take(), throttle.take()]).toEqual([true, false]);
});
