import { statSync } from 'node:fs';
import { type Authorizer, accessKeyOf } from '../iam/authorizer.ts';
import type { Role } from '../iam/policies.ts';
import type { Deployment, Resource } from '../template/deployment.ts';
import { UnsupportedTemplate } from '../template/intrinsics.ts';
import { listOf, numberOf, objectOf, textOf } from '../template/json.ts';

export interface FunctionDefinition {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly role: Role;
  /** Folder of the bundle. */
  readonly directory: string;
  /** `file.export`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Null when no concurrency is reserved. */
  readonly reservedConcurrency: number | null;
  readonly traced: boolean;
  readonly logGroup: string;
  readonly deadLetterArn: string | null;
}

/** Reads a Lambda function's resource. Throws `UnsupportedTemplate` when its code, runtime or role cannot be used. */
export function readFunction(resource: Resource, deployment: Deployment, authorizer: Authorizer): FunctionDefinition {
  const { properties, id, name } = resource;
  const fault = (what: string) => new UnsupportedTemplate(`${id} (${resource.type}): ${what}.`);
  const runtime = textOf(properties.Runtime) ?? '';
  if (!runtime.startsWith('nodejs')) throw fault(`the runtime ${runtime} is not supported`);
  if (listOf(properties.Layers).length > 0) throw fault('layers are not supported');
  const objectKey = textOf(objectOf(properties.Code).S3Key);
  const directory = objectKey === undefined ? undefined : deployment.assetPath(objectKey);
  if (directory === undefined) throw fault('its code is not an asset of the assembly');
  if (!statSync(directory).isDirectory()) throw fault(`its code ${directory} is not a folder`);
  const roleArn = textOf(properties.Role) ?? '';
  const role = authorizer.role(roleArn);
  if (role === undefined) throw fault(`its role ${roleArn} is not in the assembly`);
  if (authorizer.refusedAssumption('lambda.amazonaws.com', roleArn))
    throw fault(`its role ${role.id} cannot be assumed by Lambda`);
  return {
    id,
    name,
    arn: resource.arn ?? '',
    role,
    directory,
    handler: textOf(properties.Handler) ?? 'index.handler',
    environment: textVariables(objectOf(properties.Environment).Variables),
    timeoutSeconds: numberOf(properties.Timeout) ?? 3,
    memoryMb: numberOf(properties.MemorySize) ?? 128,
    reservedConcurrency: numberOf(properties.ReservedConcurrentExecutions) ?? null,
    traced: objectOf(properties.TracingConfig).Mode === 'Active',
    logGroup: textOf(objectOf(properties.LoggingConfig).LogGroup) ?? `/aws/lambda/${name}`,
    deadLetterArn: textOf(objectOf(properties.DeadLetterConfig).TargetArn) ?? null,
  };
}

/** Environment variables of a function (Lambda Developer Guide, "Defined runtime environment variables"). */
export function environmentOf(
  definition: FunctionDefinition,
  deployment: Deployment,
  extra: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    ...definition.environment,
    AWS_REGION: deployment.region,
    AWS_DEFAULT_REGION: deployment.region,
    AWS_ACCESS_KEY_ID: accessKeyOf(definition.role.id),
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_ENDPOINT_URL: deployment.endpoint,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    LAMBDA_TASK_ROOT: definition.directory,
    _HANDLER: definition.handler,
    ...extra,
  };
}

function textVariables(variables: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(objectOf(variables)).map(([name, value]) => [name, String(value)]));
}
