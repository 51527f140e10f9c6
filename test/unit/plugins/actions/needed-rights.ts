import type { ActionGrants, ActionPlugin, ActionPorts } from '#shared/plugins/actions/contract.ts';
import { anActionWorld, fittingContext } from './action-world.ts';

type Ref = { readonly kind: string };
const READS: Readonly<Record<string, readonly string[]>> = {
  'ecs-service': ['ecs:DescribeServices'],
  'lambda-function': ['lambda:GetFunctionConfiguration', 'lambda:GetFunctionConcurrency'],
  'auto-scaling-group': ['autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeInstanceRefreshes'],
  'rds-instance': ['rds:DescribeDBInstances', 'rds:DescribeEvents'],
  'aurora-cluster': ['rds:DescribeDBClusters'],
  'rds-parameter': ['rds:DescribeDBInstances', 'rds:DescribeDBParameters'],
};
const DEPLOYMENTS: Readonly<Record<string, readonly string[]>> = {
  'lambda-alias': ['lambda:GetAlias', 'lambda:ListVersionsByFunction'],
  'ecs-service': ['ecs:DescribeServices', 'ecs:ListTaskDefinitions'],
};

/** Which rights a call of a port needs, as the adapters make it. What GitHub allows is a right of the token. */
const NEEDED: Readonly<Record<string, (ref: Ref) => readonly string[]>> = {
  'alarms.read': () => ['cloudwatch:DescribeAlarms'],
  'deployments.read': ({ kind }) => DEPLOYMENTS[kind] ?? [],
  'resources.read': ({ kind }) => READS[kind] ?? [],
  'lambdaAliases.pointTo': () => ['lambda:UpdateAlias'],
  'lambdaFunctions.setMemory': () => ['lambda:UpdateFunctionConfiguration'],
  'lambdaFunctions.reserve': () => ['lambda:PutFunctionConcurrency'],
  'ecsServices.deploy': () => ['ecs:UpdateService'],
  'ecsServices.redeploy': () => ['ecs:UpdateService'],
  'ecsServices.scale': () => ['ecs:UpdateService'],
  'autoScaling.setCapacity': () => ['autoscaling:SetDesiredCapacity'],
  'autoScaling.refresh': () => ['autoscaling:StartInstanceRefresh'],
  'autoScaling.cancelRefresh': () => ['autoscaling:CancelInstanceRefresh'],
  'databases.reboot': () => ['rds:RebootDBInstance'],
  'databases.setParameter': () => ['rds:ModifyDBParameterGroup'],
  'databaseSizes.setInstanceClass': () => ['rds:ModifyDBInstance'],
  'databaseSizes.setClusterCapacity': () => ['rds:ModifyDBCluster'],
};
const FREE = new Set(['codeHost', 'code', 'proposals', 'fixes', 'quarantines', 'clock']);

/** The ports, with the rights that calls of them need noted in `needed`. Throws for a call whose rights nobody wrote down. */
function noting(ports: ActionPorts, needed: Set<string>): ActionPorts {
  const wrapped = Object.entries(ports).map(([name, port]) => [
    name,
    FREE.has(name)
      ? port
      : new Proxy(port as object, {
          get(target, key, receiver) {
            const method: unknown = Reflect.get(target, key, receiver);
            if (typeof method !== 'function') return method;
            return (...given: unknown[]) => {
              const rights = NEEDED[`${name}.${String(key)}`];
              if (rights === undefined) throw new Error(`Say in NEEDED which rights ${name}.${String(key)} needs.`);
              for (const right of rights(given[0] as Ref)) needed.add(right);
              return Reflect.apply(method, target, given);
            };
          },
        }),
  ]);
  return Object.fromEntries(wrapped) as unknown as ActionPorts;
}

const PHASES: Readonly<Record<string, readonly Exclude<keyof ActionGrants, 'delegated'>[]>> = {
  observe: ['observe'],
  execute: ['observe', 'execute'],
  verify: ['observe'],
  undo: ['undo'],
};

/** Each right that the action uses in one of its phases and does not declare for it, by the name of the action. Empty when none is missing. */
export async function missingGrants(action: ActionPlugin): Promise<string[]> {
  const { target, configuration, ...context } = fittingContext(action.family, action.id);
  const { ports } = anActionWorld(action.id);
  const [proposal] = action.propose({ ...context, target, configuration });
  const parameters = action.parameters.parse(JSON.parse(JSON.stringify(proposal?.parameters)));
  const grants = action.grants(configuration);
  const missing: string[] = [];
  const during = async <T>(phase: string, work: (noted: ActionPorts) => Promise<T>): Promise<T> => {
    const needed = new Set<string>();
    const result = await work(noting(ports, needed));
    // Whoever executes or undoes may invoke the functions that rights are delegated to; `infra` sees to that.
    const delegated = phase === 'execute' || phase === 'undo' ? Object.values(grants.delegated ?? {}).flat() : [];
    const given = [...(PHASES[phase] ?? []).flatMap((part) => grants[part]), ...delegated];
    const granted = new Set(given.flatMap(({ actions }) => actions));
    for (const right of needed)
      if (!granted.has(right)) missing.push(`${action.id} needs ${right} to ${phase} and does not declare it`);
    return result;
  };
  await during('observe', (noted) => action.observe(parameters, noted));
  const receipt = await during('execute', (noted) => action.execute(parameters, noted));
  await during('verify', (noted) =>
    action.verify(parameters, receipt, { ports: noted, target, configuration, poll: 0 }),
  );
  const { undo } = action;
  if (undo !== undefined) await during('undo', (noted) => undo(parameters, receipt, noted));
  return missing;
}
