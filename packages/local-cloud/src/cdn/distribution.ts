import type { Authorizer } from '../iam/authorizer.ts';
import type { ObjectStore, StoredObject } from '../storage/object-store.ts';
import type { Deployment, Resource } from '../template/deployment.ts';
import { UnsupportedTemplate } from '../template/intrinsics.ts';
import { isObject, type JsonObject, listOf, numberOf, objectOf, textOf, textsOf } from '../template/json.ts';
import type { GatewayRequest, GatewayResponse } from '../wire/request.ts';
import { compileEdgeFunction, type EdgeResult } from './edge-function.ts';

export interface DistributionParts {
  readonly deployment: Deployment;
  readonly authorizer: Authorizer;
  readonly objects: ObjectStore;
  /** Answers what the distribution passes on to an HTTP API. */
  readonly httpApis: (request: GatewayRequest) => Promise<GatewayResponse>;
}

interface Behavior {
  readonly matches: (path: string) => boolean;
  readonly methods: readonly string[];
  readonly atEdge: (request: GatewayRequest) => EdgeResult;
  readonly origin: (request: GatewayRequest) => Promise<GatewayResponse>;
  readonly headers: readonly PolicyHeader[];
}

interface PolicyHeader {
  readonly name: string;
  readonly value: string;
  /** Whether it replaces what the origin sends. */
  readonly override: boolean;
}

/**
 * Serves the first CloudFront distribution of a deployment: behaviors in their order, functions for viewer requests, buckets that the bucket's own
 * policy opens to it, HTTP APIs, and headers of response headers policies. Nothing is cached. Null without a distribution. Throws
 * `UnsupportedTemplate` for what cannot be served.
 */
export function makeDistribution(
  parts: DistributionParts,
): ((request: GatewayRequest) => Promise<GatewayResponse>) | null {
  const [distribution] = parts.deployment.ofType('AWS::CloudFront::Distribution');
  if (distribution === undefined) return null;
  const config = objectOf(distribution.properties.DistributionConfig);
  if (listOf(config.CustomErrorResponses).length > 0)
    throw fault(distribution, 'custom error responses are not served');
  const root = textOf(config.DefaultRootObject);
  const behaviors = [...listOf(config.CacheBehaviors), config.DefaultCacheBehavior].map((each) =>
    readBehavior(objectOf(each), distribution, parts),
  );
  return async (request) => {
    const behavior = behaviors.find(({ matches }) => matches(request.path));
    if (behavior === undefined) throw fault(distribution, 'it has no default behavior');
    if (!behavior.methods.includes(request.method)) return withHeaders(refused(405, 'MethodNotAllowed'), behavior);
    const result = behavior.atEdge(request);
    if (result.kind === 'response') return withHeaders(result.response, behavior);
    const path = result.uri === '/' && root !== undefined ? `/${root}` : result.uri;
    return withHeaders(await behavior.origin({ ...request, path }), behavior);
  };
}

function readBehavior(behavior: JsonObject, distribution: Resource, parts: DistributionParts): Behavior {
  const { deployment } = parts;
  const associations = [...listOf(behavior.FunctionAssociations), ...listOf(behavior.LambdaFunctionAssociations)];
  const [association, ...others] = associations.map(objectOf);
  if (others.length > 0) throw fault(distribution, 'only one function for each behavior is served');
  const pattern = textOf(behavior.PathPattern) ?? '*';
  const methods = textsOf(behavior.AllowedMethods);
  return {
    matches: matcher(pattern),
    methods: methods.length === 0 ? ['GET', 'HEAD'] : methods,
    atEdge:
      association === undefined
        ? ({ path }) => ({ kind: 'request', uri: path })
        : edge(association, distribution, deployment),
    origin: readOrigin(textOf(behavior.TargetOriginId) ?? '', distribution, parts),
    headers: policyHeaders(textOf(behavior.ResponseHeadersPolicyId), distribution, deployment),
  };
}

/** `*` stands for any text, `?` for one character. */
function matcher(pattern: string): (path: string) => boolean {
  const source = pattern
    .replace(/[.+^$()|[\]{}\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^/?${source.replace(/^\//, '')}$`);
  return (path) => expression.test(path);
}

function edge(association: JsonObject, distribution: Resource, deployment: Deployment): Behavior['atEdge'] {
  const { EventType: event, FunctionARN: arn } = association;
  if (event !== 'viewer-request') throw fault(distribution, `functions for ${String(event)} are not served`);
  const found = deployment.ofType('AWS::CloudFront::Function').find((each) => each.arn === arn);
  if (found === undefined) throw fault(distribution, `its function ${String(arn)} is not in the assembly`);
  return compileEdgeFunction(found.id, textOf(found.properties.FunctionCode) ?? '');
}

function readOrigin(id: string, distribution: Resource, parts: DistributionParts): Behavior['origin'] {
  const origins = listOf(objectOf(distribution.properties.DistributionConfig).Origins).map(objectOf);
  const domain = textOf(origins.find((each) => each.Id === id)?.DomainName) ?? '';
  if (/^[a-z0-9]+\.execute-api\./.test(domain)) return parts.httpApis;
  const bucket = parts.deployment.ofType('AWS::S3::Bucket').find(({ name }) => domain.startsWith(`${name}.s3.`));
  if (bucket === undefined)
    throw fault(distribution, `its origin ${domain} is neither an HTTP API nor a bucket of the assembly`);
  return (request) => Promise.resolve(fileOf(bucket, request, distribution, parts));
}

function fileOf(
  bucket: Resource,
  request: GatewayRequest,
  distribution: Resource,
  parts: DistributionParts,
): GatewayResponse {
  const key = decodeURIComponent(request.path.slice(1));
  const refusal = parts.authorizer.refusedForService('cloudfront.amazonaws.com', [
    { action: 's3:GetObject', resource: `${bucket.arn}/${key}`, context: { 'AWS:SourceArn': distribution.arn ?? '' } },
  ]);
  const object = refusal === null ? parts.objects.get(bucket.name, key) : undefined;
  // S3 says so, too, of an object that is not there, to whoever may not list the bucket.
  if (object === undefined) return refused(403, 'AccessDenied');
  return conditional(object, request.headers['if-none-match']);
}

function conditional(
  { body, etag, contentType, modifiedAt }: StoredObject,
  known: string | undefined,
): GatewayResponse {
  const headers = { etag, 'last-modified': new Date(modifiedAt).toUTCString() };
  return known === etag
    ? { status: 304, headers, body: '' }
    : { status: 200, headers: { ...headers, 'content-type': contentType }, body };
}

function policyHeaders(id: string | undefined, distribution: Resource, deployment: Deployment): PolicyHeader[] {
  if (id === undefined) return [];
  const policy = deployment.ofType('AWS::CloudFront::ResponseHeadersPolicy').find(({ ref }) => ref === id);
  if (policy === undefined) throw fault(distribution, `its response headers policy ${id} is not in the assembly`);
  const config = objectOf(policy.properties.ResponseHeadersPolicyConfig);
  const security = objectOf(config.SecurityHeadersConfig);
  const header = (name: string, part: string, value: (settings: JsonObject) => string | undefined): PolicyHeader[] => {
    const settings = security[part];
    const text = isObject(settings) ? value(settings) : undefined;
    return text === undefined ? [] : [{ name, value: text, override: objectOf(settings).Override === true }];
  };
  return [
    ...header('content-security-policy', 'ContentSecurityPolicy', (each) => textOf(each.ContentSecurityPolicy)),
    ...header('strict-transport-security', 'StrictTransportSecurity', strictTransport),
    ...header('x-content-type-options', 'ContentTypeOptions', () => 'nosniff'),
    ...header('x-frame-options', 'FrameOptions', (each) => textOf(each.FrameOption)),
    ...header('referrer-policy', 'ReferrerPolicy', (each) => textOf(each.ReferrerPolicy)),
    ...listOf(objectOf(config.CustomHeadersConfig).Items)
      .map(objectOf)
      .map((each) => ({
        name: (textOf(each.Header) ?? '').toLowerCase(),
        value: textOf(each.Value) ?? '',
        override: each.Override === true,
      })),
  ];
}

function strictTransport({
  AccessControlMaxAgeSec: seconds,
  IncludeSubdomains: subdomains,
  Preload: preload,
}: JsonObject) {
  return [
    `max-age=${numberOf(seconds) ?? 0}`,
    subdomains === true ? 'includeSubDomains' : '',
    preload === true ? 'preload' : '',
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function withHeaders(response: GatewayResponse, { headers }: Behavior): GatewayResponse {
  const added = headers.filter(({ name, override }) => override || response.headers[name] === undefined);
  return {
    ...response,
    headers: { ...response.headers, ...Object.fromEntries(added.map(({ name, value }) => [name, value])) },
  };
}

function refused(status: number, code: string): GatewayResponse {
  return { status, headers: { 'content-type': 'application/xml' }, body: `<Error><Code>${code}</Code></Error>` };
}

function fault({ id, type }: Resource, what: string): UnsupportedTemplate {
  return new UnsupportedTemplate(`${id} (${type}): ${what}.`);
}
