import { present } from '@selfheal/kernel/present.ts';
import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnRoute,
  type CfnStage,
  HttpApi,
  HttpMethod,
  type HttpRoute,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
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

/** The HTTP API for webhooks, people and programs: throttled, with an access log that holds no bodies and no tokens. */
export class Api extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      description: 'Selfheal: webhooks and the API',
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
  }

  /** Address without a trailing slash. */
  get url(): string {
    return this.api.apiEndpoint;
  }

  /** Adds every route of the function's config. */
  serve({ config, handler }: LambdaFunction): void {
    if (config.trigger.kind !== 'http') return;
    const integration = new HttpLambdaIntegration(`To-${config.name}`, handler);
    for (const { method, path, maxRate } of config.trigger.routes) {
      const [route] = this.api.addRoutes({
        path,
        methods: [HttpMethod[method]],
        integration,
      });
      if (route === undefined) continue;
      acknowledge(route, 'APIG4', openBecause(config.name));
      if (maxRate !== undefined) this.throttle(`${method} ${path}`, route, maxRate);
      // Programs from elsewhere write these paths with a slash at the end, which is another route (and none that the construct takes).
      if (config.name === 'api' && !path.startsWith('/api/') && !path.includes('{')) {
        const { target } = route.node.defaultChild as CfnRoute;
        const slashed = new CfnRoute(this, `Slashed${path.replace(/\W/g, '-')}`, {
          apiId: this.api.apiId,
          routeKey: `${method} ${path}/`,
          authorizationType: 'NONE',
          ...present({ target }),
        });
        acknowledge(slashed, 'APIG4', openBecause(config.name));
        handler.addPermission(`Slashed${path.replace(/\W/g, '-')}`, {
          principal: new ServicePrincipal('apigateway.amazonaws.com'),
          sourceArn: this.api.arnForExecuteApi('*', `${path}/`),
        });
      }
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

/** By the function's name: each verifies callers by itself, because an authorizer of the HTTP API knows tokens only. */
const VERIFIES: Readonly<Record<string, string>> = {
  webhook: 'A webhook sender has no account: the function verifies the signature of every request before it parses it.',
  receiver:
    'A sender of alerts has no account: the function verifies the signature or the secret of its connection before it parses anything.',
  slack:
    'Slack has no account: the function verifies the signature and the time of every request by the signing secret of the app before it parses it.',
  'log-intake':
    'A shipper of logs sends an API key: the function verifies it before it reads any line. The health of the collector, which says nothing, needs none.',
  mcp: 'The function has the API verify the caller of every request, by the same tokens and keys, before it reads any of it.',
  api: 'The function verifies callers itself: tokens of the user pool and of workflow runs, and API keys. Without one it gives its health and its description, and takes a sign-in.',
};

function openBecause(name: string): string {
  const reason = VERIFIES[name];
  if (reason === undefined)
    throw new Error(
      `The routes of ${name} are open: add to VERIFIES in infra/constructs/api.ts how it verifies callers.`,
    );
  return reason;
}
