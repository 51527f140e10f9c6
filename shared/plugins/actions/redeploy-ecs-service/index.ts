import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { RoomMaker } from '#shared/domain/capacity/pre-emptive-action.ts';
import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import { INTERRUPTS } from '#shared/domain/plan/candidates.ts';
import { RemedyAlarms } from '#shared/domain/plan/remedies.ts';
import { ecsServiceKey } from '#shared/domain/plan/resource-ref.ts';
import { alarmSchedule, judgeAlarm, whileRinging } from '../common/alarm-verification.ts';
import { listedRemedy, needsEcsService, readResource } from '../common/listed-remedy.ts';
import { makeReceipt } from '../common/make-receipt.ts';
import { remedyGrants } from '../common/resource-grants.ts';
import {
  type ActionPlugin,
  type ActionPorts,
  defineAction,
  type Observation,
  type ProposalContext,
} from '../contract.ts';

const Name = z.string().regex(/^[A-Za-z0-9_-]{1,255}$/);
const Parameters = z.strictObject({
  cluster: Name,
  service: Name,
  /** The running task definition, which stays the same. */
  taskDefinition: z.string().regex(/^arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:task-definition\/[A-Za-z0-9_-]+:\d+$/),
  /** The newest deployment at planning; ECS gives each deployment its own id, so a different one is later. */
  deploymentId: z.string().min(1).max(255),
  alarmName: z.string().min(1).max(255),
});
type Parameters = z.infer<typeof Parameters>;

/**
 * New tasks of the same code often help only for a while, and the old tasks cannot be restored, so a person is asked until outcomes show that
 * the action helps.
 */
const CONFIDENCE = 0.75;

const nameOf = ({ cluster, service }: Parameters): string => `${cluster}/${service}`;
const refOf = ({ cluster, service }: Parameters) => ({ kind: 'ecs-service', cluster, service }) as const;

const Entry = z.strictObject({ action: z.literal('redeploy-ecs-service'), alarms: RemedyAlarms });
const REMEDY: RoomMaker<z.infer<typeof Entry>> = {
  action: 'redeploy-ecs-service',
  entry: Entry,
  problem: needsEcsService,
  makesRoom: { memory: 4, connections: 3 },
  describe: () => 'replace its tasks with new ones',
};

function propose(context: ProposalContext) {
  const found = listedRemedy(context, REMEDY, 'ecs-service');
  if (found === null || !found.state.settled || found.state.desiredCount === 0) return [];
  const { cluster, service, taskDefinition, deploymentId } = found.state;
  const parameters = Parameters.safeParse({
    cluster,
    service,
    taskDefinition,
    deploymentId,
    alarmName: found.alarmName,
  });
  return parameters.success ? [{ parameters: parameters.data, confidence: CONFIDENCE, reason: found.reason }] : [];
}

function receiptOf(parameters: Parameters, at: Date): Receipt {
  const summary = `Replaced the tasks of ${nameOf(parameters)} with new ones of the same task definition.`;
  return makeReceipt(summary, at, { replaced: parameters.deploymentId });
}

async function observe(parameters: Parameters, ports: ActionPorts): Promise<Observation> {
  const { taskDefinition, deploymentId } = await readResource(refOf(parameters), ports);
  if (taskDefinition !== parameters.taskDefinition) {
    return { kind: 'superseded', reason: `Somebody has deployed to ${nameOf(parameters)} since the plan was made.` };
  }
  if (deploymentId !== parameters.deploymentId) {
    return { kind: 'happened', receipt: receiptOf(parameters, ports.clock.now()) };
  }
  return await whileRinging(parameters.alarmName, ports);
}

async function execute(parameters: Parameters, ports: ActionPorts): Promise<Receipt> {
  // Amazon ECS has no conditional update, so it is read once more right before: that leaves the least time for an unseen deployment.
  const { deploymentId } = await readResource(refOf(parameters), ports);
  if (deploymentId !== parameters.deploymentId) {
    throw new Refused(`Somebody has deployed to ${nameOf(parameters)} since the plan was made.`);
  }
  await ports.ecsServices.redeploy(parameters.cluster, parameters.service);
  return receiptOf(parameters, ports.clock.now());
}

const verify: ActionPlugin<Parameters>['verify'] = async (parameters, _receipt, { ports, configuration }) => {
  const { taskDefinition, settled } = await readResource(refOf(parameters), ports);
  const judged = judgeAlarm(await ports.alarms.read(parameters.alarmName), ports.clock.now(), configuration);
  if (taskDefinition !== parameters.taskDefinition && judged.state !== 'recovered') {
    return { state: 'failed', summary: `Somebody else deployed to ${nameOf(parameters)}.`, inconclusive: true };
  }
  // Stopping old tasks may already end the alarm, so it counts only when all tasks are new.
  if (!settled) return { state: 'pending', summary: `The new tasks of ${nameOf(parameters)} are still starting.` };
  return judged;
};

/**
 * Restarts an ECS service: new tasks of the same task definition replace the running ones.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
export const redeployEcsService = defineAction<Parameters>({
  id: 'redeploy-ecs-service',
  title: 'Restart an ECS service with new tasks',
  family: 'ecs',
  risk: 'medium',
  impact: INTERRUPTS,
  repeat: { kind: 'harmful', showsWithinSeconds: 30 },
  parameters: Parameters,
  sample: {
    cluster: 'shop',
    service: 'orders',
    taskDefinition: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/orders:8',
    deploymentId: 'ecs-svc/1234567890123456789',
    alarmName: 'orders-memory',
  },
  remedy: REMEDY,
  propose,
  describe: (parameters) =>
    `Restarts the ECS service ${nameOf(parameters)}: replaces its tasks with new ones of the same task definition.`,
  describeUndo: () => 'A restart cannot be undone: the new tasks stay.',
  targetKey: ({ cluster, service }) => ecsServiceKey(cluster, service),
  grants: (configuration) => remedyGrants(configuration, REMEDY, { change: 'ecs:UpdateService' }),
  schedule: alarmSchedule,
  observe,
  execute,
  verify,
});
