import type { Service } from '#shared/domain/configuration/configuration.ts';
import { buildLogGroup, namesOfBuilds } from '#shared/domain/incident/aws-build.ts';
import { resourcesOf } from '#shared/domain/plan/resource-ref.ts';
import type { FunctionConfig } from '#shared/domain/workflow/function-config.ts';
import { resourceReads } from '#shared/plugins/actions/common/resource-grants.ts';
import type { Grant } from '#shared/plugins/actions/contract.ts';

/** One statement of a role: these actions on exactly these resources. */
export interface Access extends Grant {
  /** Why a resource pattern with `*` cannot be narrower; becomes the reason in the acknowledgement of the cdk-nag finding. */
  readonly wildcardReason?: string;
}

const HERE = `\${Region}:\${Account}`;

/**
 * Statements for reading the services of the catalogue: `state` covers alarms, deployments and the resources that remedies change, `alarms` these alone; `logs`,
 * `metrics` and `load` cover what they say. Empty without services.
 */
export function serviceAccess(
  services: readonly Service[],
  parts: NonNullable<FunctionConfig['readsServices']>,
): Access[] {
  return [
    ...(parts.includes('state') || parts.includes('alarms') ? alarmAccess(services) : []),
    ...(parts.includes('state') ? stateAccess(services) : []),
    ...(parts.includes('logs') ? logAccess(services) : []),
    ...(parts.includes('metrics') ? metricAccess(services, hasMetrics) : []),
    ...(parts.includes('builds') ? buildAccess(services) : []),
    ...(parts.includes('load') ? metricAccess(services, ({ load }) => load !== null) : []),
  ];
}

function stateAccess(services: readonly Service[]): Access[] {
  const wildcardReason =
    'AWS supports no narrower resource for reading what the remedy changes. The right is read-only.';
  const remedied = resourceReads(services.flatMap((service) => resourcesOf(service)));
  return [
    ...lambdaAccess(services),
    ...ecsAccess(services),
    ...remedied.map((grant) => ({ ...grant, wildcardReason })),
  ];
}

function alarmAccess(services: readonly Service[]): Access[] {
  if (services.length === 0) return [];
  return [
    {
      actions: ['cloudwatch:DescribeAlarms'],
      resources: ['*'],
      wildcardReason:
        'CloudWatch describes composite alarms only to a caller whose right is scoped to *. The right is read-only.',
    },
  ];
}

const hasMetrics = ({ deployment, capacity }: Service): boolean => deployment !== null || capacity.length > 0;

function metricAccess(services: readonly Service[], isRead: (service: Service) => boolean): Access[] {
  if (!services.some(isRead)) return [];
  return [
    {
      actions: ['cloudwatch:GetMetricData'],
      resources: ['*'],
      wildcardReason: 'CloudWatch supports no resource-level permissions for metrics. The right is read-only.',
    },
  ];
}

function logAccess(services: readonly Service[]): Access[] {
  const resources = services.flatMap(({ logGroup }) =>
    logGroup === null ? [] : [`arn:\${Partition}:logs:${HERE}:log-group:${logGroup}:*`],
  );
  if (resources.length === 0) return [];
  return [
    {
      actions: ['logs:FilterLogEvents'],
      resources,
      wildcardReason: 'The stream names of this log group change with every container and function version.',
    },
  ];
}

/** The builds that events tell of, and the logs of their projects, by the names among the services' resources. */
function buildAccess(services: readonly Service[]): Access[] {
  const listed = services.flatMap(({ resources }) => resources);
  const [projects, pipelines] = [namesOfBuilds(listed, 'codebuild'), namesOfBuilds(listed, 'codepipeline')];
  const on = (actions: readonly string[], resources: readonly string[]): Access[] =>
    resources.length === 0 ? [] : [{ actions, resources }];
  return [
    ...on(
      ['codebuild:BatchGetBuilds'],
      projects.map((name) => `arn:\${Partition}:codebuild:${HERE}:project/${name}`),
    ),
    ...on(
      ['logs:GetLogEvents'],
      projects.map((name) => `arn:\${Partition}:logs:${HERE}:log-group:${buildLogGroup(name)}:log-stream:*`),
    ).map((access) => ({ ...access, wildcardReason: 'Each build has a stream of its own. The right is read-only.' })),
    ...on(
      ['codepipeline:ListActionExecutions'],
      pipelines.map((name) => `arn:\${Partition}:codepipeline:${HERE}:${name}`),
    ),
  ];
}

function lambdaAccess(services: readonly Service[]): Access[] {
  const resources = services.flatMap(({ deployment }) =>
    deployment?.kind === 'lambda-alias' ? [`arn:\${Partition}:lambda:${HERE}:function:${deployment.functionName}`] : [],
  );
  if (resources.length === 0) return [];
  return [{ actions: ['lambda:GetAlias', 'lambda:ListVersionsByFunction'], resources }];
}

function ecsAccess(services: readonly Service[]): Access[] {
  const resources = services.flatMap(({ deployment }) =>
    deployment?.kind === 'ecs-service'
      ? [`arn:\${Partition}:ecs:${HERE}:service/${deployment.cluster}/${deployment.service}`]
      : [],
  );
  if (resources.length === 0) return [];
  return [
    { actions: ['ecs:DescribeServices'], resources },
    {
      actions: ['ecs:ListTaskDefinitions'],
      resources: ['*'],
      wildcardReason:
        'Amazon ECS supports no resource-level permissions for ListTaskDefinitions. The right is read-only.',
    },
  ];
}
