import type { Deployment, Resource } from '../template/deployment.ts';
import { UnsupportedTemplate } from '../template/intrinsics.ts';
import { type JsonObject, listOf, numberOf, objectOf, textOf, textsOf } from '../template/json.ts';

/** Requests per second and burst. */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

export interface JwtSettings {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly scopes: readonly string[];
}

export interface Route {
  /** As written in the template: `POST /webhooks/{source}` or `$default`. */
  readonly key: string;
  readonly method: string;
  readonly pathTemplate: string;
  readonly functionArn: string;
  readonly jwt: JwtSettings | null;
  /** The route's own limit; null when it shares the API's limit. */
  readonly throttle: Throttle | null;
  /** Path parameters when the path matches, else null. */
  match(path: string): Readonly<Record<string, string>> | null;
}

export interface HttpApi {
  readonly id: string;
  readonly routes: readonly Route[];
  readonly stage: string;
  /** Shared by all routes without a limit of their own; null is unlimited. */
  readonly throttle: Throttle | null;
  readonly cors: JsonObject | null;
}

/** Reads the HTTP APIs of a deployment. Throws naming the resource for a route that cannot be served. */
export function readHttpApis(deployment: Deployment): HttpApi[] {
  return deployment.ofType('AWS::ApiGatewayV2::Api').map((api) => {
    const { ref: id, properties } = api;
    if (properties.ProtocolType !== 'HTTP')
      throw fault(api, `the protocol ${String(properties.ProtocolType)} is not supported`);
    const ofApi = (each: Resource) => each.properties.ApiId === id;
    const stage = deployment.ofType('AWS::ApiGatewayV2::Stage').find(ofApi);
    const ofRoutes = objectOf(stage?.properties.RouteSettings);
    return {
      id,
      routes: deployment
        .ofType('AWS::ApiGatewayV2::Route')
        .filter(ofApi)
        .map((each) => readRoute(each, deployment, ofRoutes))
        .sort(bySpecificity),
      stage: stage?.name ?? '$default',
      throttle: readThrottle(stage?.properties.DefaultRouteSettings),
      cors: properties.CorsConfiguration === undefined ? null : objectOf(properties.CorsConfiguration),
    };
  });
}

function readThrottle(settings: unknown): Throttle | null {
  const { ThrottlingRateLimit, ThrottlingBurstLimit } = objectOf(settings);
  const rate = numberOf(ThrottlingRateLimit);
  return rate === undefined ? null : { rate, burst: numberOf(ThrottlingBurstLimit) ?? rate };
}

function readRoute(route: Resource, deployment: Deployment, settings: JsonObject): Route {
  const { properties } = route;
  const key = textOf(properties.RouteKey) ?? '$default';
  const [method = 'ANY', pathTemplate = '/{proxy+}'] = key === '$default' ? [] : key.split(' ');
  const integrationId = (textOf(properties.Target) ?? '').replace(/^integrations\//, '');
  const integration = deployment.ofType('AWS::ApiGatewayV2::Integration').find((each) => each.ref === integrationId);
  if (integration === undefined) throw fault(route, 'it has no integration');
  const { IntegrationType: type, IntegrationUri: uri, PayloadFormatVersion: version } = integration.properties;
  if (type !== 'AWS_PROXY' || version !== '2.0')
    throw fault(integration, 'only Lambda proxies with payload format 2.0 are supported');
  const functionArn = /arn:aws:lambda:[^/]+/.exec(
    (textOf(uri) ?? '').replace(/^arn:aws:apigateway:.+\/functions\//, ''),
  )?.[0];
  if (functionArn === undefined) throw fault(integration, 'its target is not a function');
  return {
    key,
    method,
    pathTemplate,
    functionArn,
    jwt: readAuthorizer(route, deployment),
    throttle: readThrottle(settings[key]),
    match: matcher(pathTemplate),
  };
}

function readAuthorizer(route: Resource, deployment: Deployment): JwtSettings | null {
  const type = textOf(route.properties.AuthorizationType) ?? 'NONE';
  if (type === 'NONE') return null;
  const authorizer = deployment
    .ofType('AWS::ApiGatewayV2::Authorizer')
    .find((each) => each.ref === route.properties.AuthorizerId);
  if (type !== 'JWT' || authorizer?.properties.AuthorizerType !== 'JWT')
    throw fault(route, `the authorization ${type} is not supported`);
  const sources = textsOf(authorizer.properties.IdentitySource);
  if (sources.some((source) => source !== '$request.header.Authorization'))
    throw fault(authorizer, 'the token must come in the Authorization header');
  const jwt = objectOf(authorizer.properties.JwtConfiguration);
  return {
    issuer: textOf(jwt.Issuer) ?? '',
    audience: textsOf(jwt.Audience),
    scopes: listOf(route.properties.AuthorizationScopes).map(String),
  };
}

function matcher(template: string): Route['match'] {
  const names: string[] = [];
  const source = template.replace(
    /\{([^}+]+)(\+?)\}|[.*?^$()|[\]\\]/g,
    (part, name: string | undefined, greedy: string) => {
      if (name === undefined) return `\\${part}`;
      names.push(name);
      return greedy === '+' ? '(.+)' : '([^/]+)';
    },
  );
  const expression = new RegExp(`^${source}$`);
  return (path) => {
    const found = expression.exec(path);
    if (found === null) return null;
    return Object.fromEntries(names.map((name, index) => [name, decode(found[index + 1] ?? '')]));
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Full matches first, then routes with parameters, greedy ones, and `$default` last (API Gateway Developer Guide, "Routing"). */
function bySpecificity(left: Route, right: Route): number {
  return weight(left) - weight(right);
}

function weight({ key, method, pathTemplate }: Route): number {
  const parameters = pathTemplate.split('{').length - 1;
  const anyMethod = method === 'ANY' ? 1 : 0;
  return (key === '$default' ? 10_000 : 0) + (pathTemplate.includes('+}') ? 1000 : 0) + parameters * 10 + anyMethod;
}

function fault(resource: Resource, what: string): UnsupportedTemplate {
  return new UnsupportedTemplate(`${resource.id} (${resource.type}): ${what}.`);
}
