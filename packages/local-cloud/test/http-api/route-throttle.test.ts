import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../../src/runtime.ts';
import { arnOf, lambda, type TestAssembly, writeAssembly } from '../test-assembly.ts';

/** So slow that nothing is filled up again while the test runs. */
const limit = (burst: number) => ({ ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: burst });
const ofApi = (Type: string, rest: object) => ({
  Type: `AWS::ApiGatewayV2::${Type}`,
  Properties: { ApiId: { Ref: 'Api' }, ...rest },
});
const route = (RouteKey: string) =>
  ofApi('Route', { RouteKey, Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Answering' }]] } });
const STACK = {
  Resources: {
    ...lambda('Answer'),
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: arnOf('Answer'),
        Principal: 'apigateway.amazonaws.com',
      },
    },
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
    Stage: ofApi('Stage', {
      StageName: '$default',
      DefaultRouteSettings: limit(2),
      RouteSettings: { 'POST /hooks/{source}': limit(4) },
    }),
    Answering: ofApi('Integration', {
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: arnOf('Answer'),
      PayloadFormatVersion: '2.0',
    }),
    Hook: route('POST /hooks/{source}'),
    Page: route('GET /page'),
    Other: route('GET /other'),
  },
};

let assembly: TestAssembly;
let runtime: Runtime;
beforeAll(async () => {
  assembly = writeAssembly({ Main: STACK }, { Answer: 'export const handler = async () => ({ statusCode: 200 });' });
  const { assemblyDir, dataDir } = assembly;
  runtime = await startRuntime({ assemblyDir, dataDir, awsWorldUrl: null, githubApiUrl: null });
});
afterAll(async () => {
  await runtime.stop();
  assembly.remove();
});

it('a route with a limit of its own has its own bucket, the others share that of the stage', async () => {
  const ask = async (method: string, path: string) => (await fetch(runtime.endpoint + path, { method })).status;
  const hooks: number[] = [];
  for (let call = 0; call < 6; call += 1) hooks.push(await ask('POST', `/hooks/${call}`));
  expect(hooks).toEqual([200, 200, 200, 200, 429, 429]);
  expect([await ask('GET', '/page'), await ask('GET', '/other'), await ask('GET', '/page')]).toEqual([200, 200, 429]);
});
