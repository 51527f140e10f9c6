import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../../src/runtime.ts';
import { LOGS, role, type TestAssembly, type TestStack, writeAssembly } from '../test-assembly.ts';

const att = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });
/** What a browser says it wants when a person opens an address. */
const PAGE = { accept: 'text/html,*/*;q=0.8' };
const POLICY = "default-src 'none'";
const SPA =
  "function handler({ request }) { if (!/\\.[^/]+$/.test(request.uri)) request.uri = '/index.html'; return request; }";
const OWN_ANSWER =
  "function handler() { return { statusCode: 418, headers: { 'x-edge': { value: 'yes' } }, body: 'short' }; }";

function stack(edgeCode: string, change: (resources: Record<string, unknown>) => void = () => undefined): TestStack {
  const Resources: Record<string, unknown> = {
    Files: { Type: 'AWS::S3::Bucket' },
    FilesPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'Files' },
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Action: 's3:GetObject',
              Principal: { Service: 'cloudfront.amazonaws.com' },
              Resource: { 'Fn::Join': ['', [att('Files', 'Arn'), '/*']] },
              Condition: {
                StringEquals: {
                  'AWS:SourceArn': {
                    'Fn::Join': [
                      '',
                      ['arn:aws:cloudfront::', { Ref: 'AWS::AccountId' }, ':distribution/', { Ref: 'Site' }],
                    ],
                  },
                },
              },
            },
          ],
        },
      },
    },
    Edge: { Type: 'AWS::CloudFront::Function', Properties: { Name: 'edge', FunctionCode: edgeCode } },
    Headers: {
      Type: 'AWS::CloudFront::ResponseHeadersPolicy',
      Properties: {
        ResponseHeadersPolicyConfig: {
          SecurityHeadersConfig: {
            ContentSecurityPolicy: { ContentSecurityPolicy: POLICY, Override: true },
            StrictTransportSecurity: { AccessControlMaxAgeSec: 60, IncludeSubdomains: true, Override: true },
            FrameOptions: { FrameOption: 'DENY', Override: true },
          },
          CustomHeadersConfig: { Items: [{ Header: 'Cache-Control', Value: 'no-cache', Override: true }] },
        },
      },
    },
    Site: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          DefaultRootObject: 'index.html',
          Origins: [
            { Id: 'files', DomainName: att('Files', 'RegionalDomainName'), S3OriginConfig: {} },
            { Id: 'api', DomainName: 'abc123.execute-api.us-east-1.amazonaws.com', CustomOriginConfig: {} },
          ],
          CacheBehaviors: [
            { PathPattern: '/api/*', TargetOriginId: 'api', AllowedMethods: ['GET', 'HEAD', 'POST'] },
            { PathPattern: '/files/*', TargetOriginId: 'files' },
          ],
          DefaultCacheBehavior: {
            TargetOriginId: 'files',
            ResponseHeadersPolicyId: { Ref: 'Headers' },
            FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: att('Edge', 'FunctionARN') }],
          },
        },
      },
    },
    Provider: {
      Type: 'AWS::Lambda::Function',
      Properties: { Runtime: 'python3.13', Code: {}, Role: 'none', Layers: [{ Ref: 'Layer' }] },
    },
    Layer: { Type: 'AWS::Lambda::LayerVersion' },
    Copy: {
      Type: 'Custom::CDKBucketDeployment',
      Properties: {
        ServiceToken: att('Provider', 'Arn'),
        SourceObjectKeys: ['site.zip'],
        DestinationBucketName: { Ref: 'Files' },
      },
    },
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP', Name: 'api' } },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'Api' },
        RouteKey: 'ANY /{proxy+}',
        Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'To' }]] },
      },
    },
    To: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        PayloadFormatVersion: '2.0',
        IntegrationUri: att('Fn', 'Arn'),
      },
    },
    Fn: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: att('FnRole', 'Arn'),
        Code: { S3Key: 'fn.zip' },
      },
    },
    FnRole: role('lambda.amazonaws.com', LOGS),
    Allow: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: att('Fn', 'Arn'),
        Principal: 'apigateway.amazonaws.com',
      },
    },
  };
  change(Resources);
  return { Resources, Outputs: { Url: { Value: { 'Fn::Join': ['', ['https://', att('Site', 'DomainName')]] } } } };
}

const BUNDLES = {
  site: '',
  fn: 'export const handler = async ({ rawPath }) => ({ statusCode: 404, body: "no " + rawPath });',
};

async function serve(assembly: TestAssembly): Promise<Runtime> {
  writeFileSync(join(assembly.assemblyDir, 'asset.site/index.html'), '<!doctype html><title>Page</title>');
  const { assemblyDir, dataDir } = assembly;
  return startRuntime({ assemblyDir, dataDir, awsWorldUrl: null, githubApiUrl: null });
}

describe('a distribution', () => {
  let assembly: TestAssembly;
  let runtime: Runtime;
  const open = (path: string, headers: Record<string, string> = PAGE) =>
    fetch(`${runtime.endpoint}${path}`, { headers });
  beforeAll(async () => {
    assembly = writeAssembly({ Main: stack(SPA) }, BUNDLES);
    runtime = await serve(assembly);
  });
  afterAll(async () => {
    await runtime.stop();
    assembly.remove();
  });

  it('has the address of the runtime, and serves a page at every path without an ending', async () => {
    expect(runtime.outputs.Url).toBe(runtime.endpoint);
    for (const path of ['/', '/incidents', '/incidents/gh-1?order=oldest']) {
      const page = await open(path);
      expect([page.status, await page.text()]).toEqual([200, '<!doctype html><title>Page</title>']);
    }
  });

  it('sends the headers of its policy, and no others where a behavior has none', async () => {
    const page = await open('/');
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-security-policy': POLICY,
      'strict-transport-security': 'max-age=60; includeSubDomains',
      'x-frame-options': 'DENY',
      'cache-control': 'no-cache',
      'content-type': 'text/html; charset=utf-8',
    });
    expect((await open('/files/none.js')).headers.get('content-security-policy')).toBeNull();
  });

  it('answers 304 to whoever has the file already', async () => {
    const etag = (await open('/')).headers.get('etag') ?? '';
    const again = await open('/', { ...PAGE, 'if-none-match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('hides no error of the API behind the page', async () => {
    const answer = await open('/api/nothing');
    expect([answer.status, await answer.text()]).toEqual([404, 'no /api/nothing']);
  });

  it('says of a file that is not there what S3 says', async () => {
    const answer = await open('/assets/none.js');
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('AccessDenied')]);
  });

  it('leaves to the API what is not a page that a browser opens', async () => {
    expect(await (await open('/incidents', {})).text()).toBe('no /incidents');
  });
});

describe('a distribution that', () => {
  async function answer(template: TestStack): Promise<Response> {
    const assembly = writeAssembly({ Main: template }, BUNDLES);
    try {
      const runtime = await serve(assembly);
      try {
        return await fetch(`${runtime.endpoint}/`, { headers: PAGE });
      } finally {
        await runtime.stop();
      }
    } finally {
      assembly.remove();
    }
  }

  it('may not read the bucket gets nothing from it', async () => {
    const closed = stack(SPA, (resources) => void delete resources.FilesPolicy);
    expect((await answer(closed)).status).toBe(403);
  });

  it('has a function that answers by itself sends that', async () => {
    const response = await answer(stack(OWN_ANSWER));
    expect([response.status, response.headers.get('x-edge'), await response.text()]).toEqual([418, 'yes', 'short']);
  });

  it('has a function that is no JavaScript, or errors that pages would hide, is refused by name', async () => {
    await expect(answer(stack('function {'))).rejects.toThrow(/Main\/Edge.*not JavaScript/);
    const masking = stack(SPA, ({ Site }) => {
      (
        Site as { Properties: { DistributionConfig: Record<string, unknown> } }
      ).Properties.DistributionConfig.CustomErrorResponses = [{ ErrorCode: 404 }];
    });
    await expect(answer(masking)).rejects.toThrow(/Main\/Site.*custom error responses/);
  });
});
