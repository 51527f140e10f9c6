import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnRoute,
  type CfnStage,
  HttpApi,
  HttpMethod,
  type HttpRoute,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { LambdaFunction } from './lambda-function.ts';

/** Requests per second, and burst, of all routes without a limit of their own. */
const THROTTLE = { rateLimit: 20, burstLimit: 40 };

const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    at: '$context.requestTime',
    ip: '$context.identity.sourceIp',
    route: '$context.routeKey',
    status: '$context.status',
    milliseconds: '$context.responseLatency',
    bytes: '$context.responseLength',
    error: '$context.error.message',
    integrationError: '$context.integrationErrorMessage',
  }),
);

export interface ApiProps {
  readonly issuerUrl: string;
  readonly audience: string;
}

/** The HTTP API for webhooks and approvers: throttled, with an access log that holds no bodies and no tokens. */
export class Api extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  private readonly approvers: IHttpRouteAuthorizer;

  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      description: 'Selfheal: webhooks and approvals',
      createDefaultStage: false,
    });
    const logGroup = new LogGroup(this, 'AccessLogs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: THROTTLE,
      accessLogSettings: { destination: new LogGroupLogDestination(logGroup), format: ACCESS_LOG },
    });
    this.approvers = new HttpJwtAuthorizer('Approvers', props.issuerUrl, { jwtAudience: [props.audience] });
  }

  /** Address without a trailing slash. */
  get url(): string {
    return this.api.apiEndpoint;
  }

  /** Adds every route of the function's config. */
  serve({ config, handler }: LambdaFunction): void {
    if (config.trigger.kind !== 'http') return;
    const integration = new HttpLambdaIntegration(`To-${config.name}`, handler);
    for (const { method, path, authorized, maxRate } of config.trigger.routes) {
      const [route] = this.api.addRoutes({
        path,
        methods: [HttpMethod[method]],
        integration,
        ...(authorized ? { authorizer: this.approvers } : {}),
      });
      if (route === undefined || authorized) continue;
      acknowledge(route, 'APIG4', openBecause(path));
      if (maxRate !== undefined) this.throttle(`${method} ${path}`, route, maxRate);
    }
  }

  /** Makes the stage depend on the route: API Gateway refuses settings for a route that does not exist yet. */
  private throttle(key: string, route: HttpRoute, rate: number): void {
    const stage = this.stage.node.defaultChild as CfnStage;
    const settings = { ThrottlingRateLimit: rate, ThrottlingBurstLimit: 2 * rate };
    stage.routeSettings = { ...stage.routeSettings, [key]: settings };
    this.stage.node.addDependency(route.node.defaultChild as CfnRoute);
  }
}

function openBecause(path: string): string {
  if (path.startsWith('/webhooks/')) {
    return 'A webhook sender has no account: the function verifies the signature of every request before it parses it.';
  }
  return path.startsWith('/approvals/')
    ? 'The page holds no data: it signs a person in and only then calls the authorised routes.'
    : 'The function verifies every caller itself: a token of the user pool or an API key.';
}
