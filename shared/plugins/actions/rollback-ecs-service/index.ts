import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import { NO_IMPACT } from '#shared/domain/plan/candidates.ts';
import { ecsServiceKey } from '#shared/domain/plan/resource-ref.ts';
import { READ_ALARMS, verifyByAlarm, whileRinging } from '../common/alarm-verification.ts';
import { makeReceipt } from '../common/make-receipt.ts';
import { ROLLBACK_STEPS, suspectDeployment } from '../common/recent-deployment.ts';
import {
  type ActionGrants,
  type ActionPlugin,
  type ActionPorts,
  defineAction,
  NO_GRANTS,
  type Observation,
  type ProposalContext,
} from '../contract.ts';

const Name = z.string().regex(/^[A-Za-z0-9_-]{1,255}$/);
const TaskDefinition = z.string().regex(/^arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:task-definition\/[A-Za-z0-9_-]+:\d+$/);
const Parameters = z.strictObject({
  cluster: Name,
  service: Name,
  fromTaskDefinition: TaskDefinition,
  toTaskDefinition: TaskDefinition,
  alarmName: z.string().min(1).max(255),
});
type Parameters = z.infer<typeof Parameters>;
type EcsDeployment = Extract<NonNullable<Configuration['services'][number]['deployment']>, { kind: 'ecs-service' }>;

function propose(context: ProposalContext) {
  const suspect = suspectDeployment(context);
  const listed = context.service?.deployment;
  if (suspect?.deployment.kind !== 'ecs-service' || listed?.kind !== 'ecs-service') return [];
  const { cluster, service, currentTaskDefinition, previousTaskDefinition } = suspect.deployment;
  const parameters = Parameters.safeParse({
    cluster,
    service,
    fromTaskDefinition: currentTaskDefinition,
    toTaskDefinition: previousTaskDefinition,
    alarmName: suspect.alarmName,
  });
  if (!parameters.success || familyOf(parameters.data.toTaskDefinition) !== listed.taskDefinitionFamily) return [];
  return [{ parameters: parameters.data, confidence: suspect.confidence, reason: suspect.reason }];
}

const familyOf = (taskDefinition: string): string => revisionName(taskDefinition).split(':')[0] ?? '';
/** `orders:7` of `arn:...:task-definition/orders:7`. */
const revisionName = (taskDefinition: string): string => taskDefinition.split('/').at(-1) ?? taskDefinition;
const nameOf = ({ cluster, service }: Parameters): string => `${cluster}/${service}`;

function grants({ services }: Configuration): ActionGrants {
  const deployments = services.flatMap(({ deployment }) => (deployment?.kind === 'ecs-service' ? [deployment] : []));
  if (deployments.length === 0) return NO_GRANTS;
  const arnOf = ({ cluster, service }: EcsDeployment) =>
    `arn:\${Partition}:ecs:\${Region}:\${Account}:service/${cluster}/${service}`;
  const resources = [...new Set(deployments.map(arnOf))];
  const read = [
    { actions: ['ecs:DescribeServices'], resources },
    // Amazon ECS has no resource-level permissions for listing task definitions; read-only.
    { actions: ['ecs:ListTaskDefinitions'], resources: ['*'] },
  ];
  const deploy = [{ actions: ['ecs:UpdateService'], resources }, ...passRole(deployments)];
  return { execute: deploy, observe: [...read, READ_ALARMS], undo: [...read, ...deploy] };
}

/** Starting tasks passes their roles to ECS: only configured roles, and only to ECS tasks. */
function passRole(deployments: readonly EcsDeployment[]): ActionGrants['execute'] {
  const resources = [...new Set(deployments.flatMap(({ taskRoleArns }) => taskRoleArns))];
  if (resources.length === 0) return [];
  const conditions = { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } };
  return [{ actions: ['iam:PassRole'], resources, conditions }];
}

async function readService(parameters: Parameters, { deployments }: Pick<ActionPorts, 'deployments'>) {
  const { cluster, service } = parameters;
  const deployment = await deployments.read({ kind: 'ecs-service', cluster, service });
  if (deployment.kind !== 'ecs-service') throw new Refused(`${nameOf(parameters)} is not an ECS service.`);
  return deployment.currentTaskDefinition;
}

function receiptOf(parameters: Parameters, at: Date): Receipt {
  const { fromTaskDefinition, toTaskDefinition } = parameters;
  const summary = `Deployed ${revisionName(toTaskDefinition)} to ${nameOf(parameters)} again, replacing ${revisionName(fromTaskDefinition)}.`;
  return makeReceipt(summary, at, { fromTaskDefinition, toTaskDefinition });
}

async function observe(parameters: Parameters, ports: ActionPorts): Promise<Observation> {
  const current = await readService(parameters, ports);
  if (current === parameters.toTaskDefinition) {
    return { kind: 'happened', receipt: receiptOf(parameters, ports.clock.now()) };
  }
  if (current !== parameters.fromTaskDefinition) {
    return { kind: 'superseded', reason: `Somebody has deployed to ${nameOf(parameters)} since the plan was made.` };
  }
  return await whileRinging(parameters.alarmName, ports);
}

/** Amazon ECS has no conditional update, so it is read once more right before: that leaves the least time for an unseen deployment. */
async function execute(parameters: Parameters, ports: ActionPorts): Promise<Receipt> {
  const { cluster, service, fromTaskDefinition, toTaskDefinition } = parameters;
  if ((await readService(parameters, ports)) !== fromTaskDefinition) {
    throw new Refused(`Somebody has deployed to ${nameOf(parameters)} since the plan was made.`);
  }
  await ports.ecsServices.deploy(cluster, service, toTaskDefinition);
  return receiptOf(parameters, ports.clock.now());
}

const verify: ActionPlugin<Parameters>['verify'] = async (parameters, _receipt, context) => {
  const current = await readService(parameters, context.ports);
  const failure = `Somebody else deployed ${revisionName(current)} to ${nameOf(parameters)}.`;
  return await verifyByAlarm(parameters, context, current === parameters.toTaskDefinition ? null : failure);
};

async function undo(parameters: Parameters, _receipt: Receipt, ports: ActionPorts): Promise<string> {
  const { cluster, service, fromTaskDefinition, toTaskDefinition } = parameters;
  const current = await readService(parameters, ports);
  if (current === fromTaskDefinition) return `${nameOf(parameters)} runs ${revisionName(current)} again.`;
  if (current !== toTaskDefinition) {
    return `Somebody else deployed ${revisionName(current)} to ${nameOf(parameters)}, so it was left unchanged.`;
  }
  await ports.ecsServices.deploy(cluster, service, fromTaskDefinition);
  return `Deployed ${revisionName(fromTaskDefinition)} to ${nameOf(parameters)} again.`;
}

const sampleRevision = (revision: number): string =>
  `arn:aws:ecs:eu-west-1:123456789012:task-definition/orders:${revision}`;

/**
 * Rolls an ECS service back to the task definition before the deployment that an alarm followed.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
export const rollbackEcsService = defineAction<Parameters>({
  id: 'rollback-ecs-service',
  title: 'Roll an ECS service back to its previous task definition',
  family: 'ecs',
  risk: 'medium',
  impact: NO_IMPACT,
  ...ROLLBACK_STEPS,
  repeat: { kind: 'harmless', because: 'deploying the same task definition again starts nothing' },
  parameters: Parameters,
  sample: {
    cluster: 'shop',
    service: 'orders',
    fromTaskDefinition: sampleRevision(8),
    toTaskDefinition: sampleRevision(7),
    alarmName: 'orders-5xx',
  },
  propose,
  describe: (parameters) =>
    `Deploys ${revisionName(parameters.toTaskDefinition)} to the ECS service ${nameOf(parameters)}, replacing ${revisionName(parameters.fromTaskDefinition)}.`,
  describeUndo: (parameters) =>
    `If it does not help, Selfheal deploys ${revisionName(parameters.fromTaskDefinition)} again.`,
  targetKey: ({ cluster, service }) => ecsServiceKey(cluster, service),
  grants,
  observe,
  execute,
  verify,
  undo,
});
