import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '@selfheal/kernel/digest.ts';
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ManagedPolicy, Role } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as AwsFunction,
  type CfnFunction,
  Code,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DeployedSettings } from '#shared/domain/configuration/configuration.ts';
import { type FunctionConfig, RESOURCE_VARIABLES, type ResourceName } from '#shared/domain/workflow/function-config.ts';
import { type AccessSources, accessOf } from '../access.ts';
import { readConfiguration } from '../configuration.ts';
import type { Access } from '../service-access.ts';
import type { FunctionNetwork } from '../settings.ts';
import { makeRole } from './function-role.ts';

export interface LambdaFunctionProps {
  readonly config: FunctionConfig;
  readonly bundlesDir: string;
  readonly access: AccessSources;
  readonly tracing: ManagedPolicy;
  readonly logLevel: string;
  readonly network: FunctionNetwork | null;
  /** Reserved concurrent executions: both the maximum and a guarantee. Null: only the account's limit applies. */
  readonly reservedConcurrency: number | null;
  /** For functions that are invoked asynchronously: receives an event after three failed attempts. */
  readonly deadLetterQueue?: IQueue;
  /** Rights on resources that are made beside the catalogue. */
  readonly furtherAccess?: readonly Access[];
}

/**
 * With which Lambda connects a function to a VPC.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
const JOIN_NETWORK = {
  actions: [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ],
  resources: ['*'],
  wildcardReason: 'Lambda asks for these rights on every resource before it lets a function into a VPC.',
};

/** A Lambda function with its own role, log group and environment, all derived from its config. Throws when its bundle is missing or outdated. */
export class LambdaFunction extends Construct {
  readonly config: FunctionConfig;
  readonly handler: AwsFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: LambdaFunctionProps) {
    super(scope, id);
    const { config, deadLetterQueue, reservedConcurrency } = props;
    this.config = config;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = makeRole(this, 'Role', {
      description: `Selfheal ${config.name}: ${config.description}`,
      service: 'lambda.amazonaws.com',
      tracing: props.tracing,
      access: [
        { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] },
        ...(deadLetterQueue ? [{ actions: ['sqs:SendMessage'], resources: [deadLetterQueue.queueArn] }] : []),
        ...(props.furtherAccess ?? []),
        ...(props.network === null ? [] : [JOIN_NETWORK]),
        ...accessOf(config, props.access),
      ],
    });
    this.handler = new AwsFunction(this, 'Handler', {
      description: config.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(bundleOf(config, props.bundlesDir, props.access)),
      timeout: Duration.seconds(config.timeoutSeconds),
      memorySize: config.memoryMb,
      environment: environmentOf(config, props),
      tracing: Tracing.ACTIVE,
      logGroup,
      role: this.role.withoutPolicyUpdates(),
      ...(reservedConcurrency === null ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
      ...(deadLetterQueue ? { deadLetterQueue } : {}),
    });
    // Not by CDK's `vpc`, which would look the VPC up in the account when the template is made.
    if (props.network !== null)
      (this.handler.node.defaultChild as CfnFunction).vpcConfig = {
        subnetIds: [...props.network.subnetIds],
        securityGroupIds: [...props.network.securityGroupIds],
      };
  }
}

/**
 * Path of the function's bundle. Compares the configuration packed into the bundle with the one being synthesized: if they differed, the function
 * would have the rights of one and the behaviour of the other.
 */
function bundleOf({ name }: FunctionConfig, bundlesDir: string, access: AccessSources): string {
  const bundle = join(bundlesDir, name);
  if (!existsSync(join(bundle, 'index.mjs'))) {
    throw new Error(`${bundle} does not contain the bundle of the function ${name}. Run \`npm run build\` first.`);
  }
  const packed = readConfiguration(join(bundle, 'selfheal.json'), undefined, access);
  if (canonicalJson(packed) === canonicalJson(access.fileConfiguration ?? access.configuration)) return bundle;
  throw new Error(
    `${bundle} was built with another configuration. Run \`npm run build -- --config <path>\` with the file that you deploy.`,
  );
}

function environmentOf(config: FunctionConfig, { access, logLevel }: LambdaFunctionProps): Record<string, string> {
  const { resources } = access;
  const names = Object.keys(config.uses) as ResourceName[];
  return {
    POWERTOOLS_SERVICE_NAME: config.name,
    POWERTOOLS_METRICS_NAMESPACE: 'Selfheal',
    LOG_LEVEL: logLevel,
    /** Which alarms are the deployment's own: see `shared/domain/incident/home.ts`. */
    DEPLOYMENT_PLACE: `${Aws.PARTITION}:${Aws.REGION}:${Aws.ACCOUNT_ID}`,
    ...deployedSettings(access),
    ...Object.fromEntries(names.map((name) => [RESOURCE_VARIABLES[name], resources[name].value])),
  };
}

/** Lambda allows 4 KB of variables together. */
const MAX_SETTINGS = 3000;

/** What variables of the deployment set over the file that is packed; it shows in the diff of the template. */
function deployedSettings({ configuration, fileConfiguration = configuration }: AccessSources) {
  const { model, notifiers, policy } = configuration;
  const isChanged = (a: unknown, b: unknown) => canonicalJson(a) !== canonicalJson(b);
  const settings: DeployedSettings = {
    ...(isChanged(model, fileConfiguration.model) ? { model } : {}),
    ...(isChanged(notifiers, fileConfiguration.notifiers) ? { notifiers } : {}),
    ...(policy.actAtConfidence === fileConfiguration.policy.actAtConfidence
      ? {}
      : { actAtConfidence: policy.actAtConfidence }),
  };
  if (Object.keys(settings).length === 0) return {};
  const text = JSON.stringify(settings);
  if (text.length <= MAX_SETTINGS) return { DEPLOYED_SETTINGS: text };
  throw new Error(
    `The variables set ${text.length} characters of settings, and a function takes ${MAX_SETTINGS}. Write them into selfheal.json.`,
  );
}
