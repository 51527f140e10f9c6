import { DescribeServicesCommand, ECSClient, paginateListTaskDefinitions } from '@aws-sdk/client-ecs';
import { GetAliasCommand, LambdaClient, paginateListVersionsByFunction } from '@aws-sdk/client-lambda';
import { Refused } from '@selfheal/kernel/errors.ts';
import type { Deployment } from '@selfheal/log-reading/logs/telemetry.ts';
import type { DeploymentReader, DeploymentRef } from '#shared/ports/cloud.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws } from './errors.ts';

type LambdaRef = Extract<DeploymentRef, { kind: 'lambda-alias' }>;
type EcsRef = Extract<DeploymentRef, { kind: 'ecs-service' }>;

/** Reads the current and the previous deployment from Lambda and ECS. */
export function makeDeploymentReader(
  options: { readonly lambda?: LambdaClient; readonly ecs?: ECSClient } = {},
): DeploymentReader {
  const { lambda = new LambdaClient(REPEATABLE), ecs = new ECSClient(REPEATABLE) } = options;
  return {
    read: (ref) => {
      const name = ref.kind === 'lambda-alias' ? `${ref.functionName}:${ref.alias}` : `${ref.cluster}/${ref.service}`;
      return callAws(`Reading the deployment of ${name}`, () =>
        ref.kind === 'lambda-alias' ? readAlias(lambda, ref) : readService(ecs, ref),
      );
    },
  };
}

/** Previous: the highest published version below the alias's. Deployed: when that version was published. */
async function readAlias(client: LambdaClient, { functionName, alias }: LambdaRef): Promise<Deployment> {
  const command = new GetAliasCommand({ FunctionName: functionName, Name: alias });
  const { FunctionVersion, RevisionId } = await client.send(command);
  if (!FunctionVersion || !RevisionId) throw new Refused(`Alias ${functionName}:${alias} has no version.`);
  let publishedAt: string | null = null;
  let others: string[] = [];
  let previous = 0;
  for await (const page of paginateListVersionsByFunction({ client }, { FunctionName: functionName })) {
    for (const { Version = '', LastModified } of page.Versions ?? []) {
      const at = Version === '$LATEST' ? null : instantOf(LastModified);
      if (Version === FunctionVersion) publishedAt = at;
      else if (at !== null) others = newestOf([...others, at]);
      const number = /^\d+$/.test(Version) ? Number(Version) : 0;
      if (number < Number(FunctionVersion) && number > previous) previous = number;
    }
  }
  return {
    kind: 'lambda-alias',
    functionName,
    alias,
    currentVersion: FunctionVersion,
    previousVersion: previous > 0 ? String(previous) : null,
    revisionId: RevisionId,
    deployedAt: publishedAt,
    ...othersOf(others),
  };
}

/** Previous: the newest active revision of the family below the current one. */
async function readService(client: ECSClient, { cluster, service }: EcsRef): Promise<Deployment> {
  const { services = [] } = await client.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const found = services[0];
  const primary = found?.deployments?.find(({ status }) => status === 'PRIMARY');
  const current = primary?.taskDefinition ?? found?.taskDefinition;
  const replaced = (found?.deployments ?? []).flatMap((one) =>
    one === primary ? [] : (one.createdAt?.toISOString() ?? []),
  );
  if (!current) throw new Refused(`There is no service ${service} in cluster ${cluster}.`);
  return {
    kind: 'ecs-service',
    cluster,
    service,
    currentTaskDefinition: current,
    previousTaskDefinition: await revisionBefore(client, current),
    deployedAt: primary?.createdAt?.toISOString() ?? null,
    ...othersOf(newestOf(replaced)),
  };
}

const MAX_OTHERS = 50;

/** Enough to show how often a service is deployed. */
const newestOf = (instants: readonly string[]): string[] => [...instants].sort().slice(-MAX_OTHERS);

const othersOf = (otherDeployments: string[]) => (otherDeployments.length === 0 ? {} : { otherDeployments });

async function revisionBefore(client: ECSClient, current: string): Promise<string | null> {
  const { family, revision } = revisionOf(current);
  const query = { familyPrefix: family, sort: 'DESC', status: 'ACTIVE' } as const;
  for await (const page of paginateListTaskDefinitions({ client }, query)) {
    for (const arn of page.taskDefinitionArns ?? []) {
      const candidate = revisionOf(arn);
      if (candidate.family === family && candidate.revision < revision) return arn;
    }
  }
  return null;
}

/** Of `arn:...:task-definition/<family>:<revision>`. */
function revisionOf(taskDefinition: string): { family: string; revision: number } {
  const [family = '', revision = '0'] = (taskDefinition.split('/').at(-1) ?? '').split(':');
  return { family, revision: Number(revision) };
}

/** Lambda writes its offset without a colon (`+0000`); null when it is not an instant. */
function instantOf(text: string | undefined): string | null {
  const milliseconds = Date.parse((text ?? '').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString();
}
