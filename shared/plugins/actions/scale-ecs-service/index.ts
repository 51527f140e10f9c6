import * as z from 'zod';
import type { RoomMaker } from '#shared/domain/capacity/pre-emptive-action.ts';
import { CHANGES_SETTINGS } from '#shared/domain/plan/candidates.ts';
import { RemedyAlarms } from '#shared/domain/plan/remedies.ts';
import { ecsServiceKey } from '#shared/domain/plan/resource-ref.ts';
import { settingSteps } from '../common/changed-setting.ts';
import { listedRemedy, needsEcsService, readResource, scaledTo } from '../common/listed-remedy.ts';
import { remedyGrants } from '../common/resource-grants.ts';
import { defineAction, type ProposalContext } from '../contract.ts';

const Name = z.string().regex(/^[A-Za-z0-9_-]{1,255}$/);
const Count = z.number().int().min(1).max(1000);
const Parameters = z.strictObject({
  cluster: Name,
  service: Name,
  /** The newest deployment at planning; a service is not scaled during a deployment. */
  deploymentId: z.string().min(1).max(255),
  from: Count,
  to: Count,
  alarmName: z.string().min(1).max(255),
  quiet: z.literal(true).optional(),
});
type Parameters = z.infer<typeof Parameters>;

/** Owners know which alarms more tasks help with. They cost money meanwhile, and are removed when they do not help. */
const CONFIDENCE = 0.85;

const nameOf = ({ cluster, service }: Pick<Parameters, 'cluster' | 'service'>): string => `${cluster}/${service}`;
const refOf = ({ cluster, service }: Parameters) => ({ kind: 'ecs-service', cluster, service }) as const;

const Entry = z.strictObject({
  action: z.literal('scale-ecs-service'),
  alarms: RemedyAlarms,
  /** Number of tasks added at a time. */
  step: z.number().int().min(1).max(100).default(1),
  /** Maximum number of tasks. */
  maxDesiredCount: z.number().int().min(1).max(1000),
  /** Whether people may ask for more tasks while the alarms are quiet. */
  onRequest: z.boolean().default(false),
});
const REMEDY: RoomMaker<z.infer<typeof Entry>> = {
  action: 'scale-ecs-service',
  entry: Entry,
  problem: needsEcsService,
  makesRoom: { memory: 2, cpu: 1 },
  maximum: ({ maxDesiredCount }) => maxDesiredCount,
  describe: ({ step, maxDesiredCount }) => `run more tasks (${step} at a time, at most ${maxDesiredCount})`,
};

/** Fits only a healthy service: one that cannot start its tasks would not start more either. */
function propose(context: ProposalContext) {
  const found = listedRemedy(context, REMEDY, 'ecs-service');
  if (found === null) return [];
  const { cluster, service, deploymentId, desiredCount, runningCount, settled } = found.state;
  const to = scaledTo(context, REMEDY, {
    now: desiredCount,
    step: found.remedy.step,
    max: found.remedy.maxDesiredCount,
  });
  if (!settled || desiredCount === 0 || runningCount < desiredCount || to === null) return [];
  const parameters = {
    cluster,
    service,
    deploymentId,
    from: desiredCount,
    to,
    alarmName: found.alarmName,
    ...(found.quiet ? { quiet: true as const } : {}),
  };
  const reason = `${found.reason} All of its ${desiredCount} tasks run; up to ${found.remedy.maxDesiredCount} are allowed.`;
  return [{ parameters, confidence: CONFIDENCE, reason }];
}

const steps = settingSteps<Parameters>({
  name: (parameters) => `the number of tasks of ${nameOf(parameters)}`,
  read: async (parameters, ports) => {
    const { desiredCount, deploymentId } = await readResource(refOf(parameters), ports);
    const refusal =
      deploymentId === parameters.deploymentId
        ? null
        : `Somebody has deployed to ${nameOf(parameters)} since the plan was made.`;
    return { value: desiredCount, refusal };
  },
  write: ({ cluster, service }, count, { ecsServices }) => ecsServices.scale(cluster, service, count),
});

/**
 * Runs more tasks of an ECS service, within the owner's bound.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
export const scaleEcsService = defineAction<Parameters>({
  id: 'scale-ecs-service',
  title: 'Run more tasks of an ECS service',
  family: 'ecs',
  risk: 'low',
  impact: CHANGES_SETTINGS,
  parameters: Parameters,
  sample: {
    cluster: 'shop',
    service: 'orders',
    deploymentId: 'ecs-svc/1234567890123456789',
    from: 3,
    to: 4,
    alarmName: 'orders-memory',
  },
  remedy: REMEDY,
  propose,
  describe: (parameters) =>
    `Runs ${parameters.to} tasks of the ECS service ${nameOf(parameters)} instead of ${parameters.from}.`,
  targetKey: ({ cluster, service }) => ecsServiceKey(cluster, service),
  grants: (configuration) =>
    remedyGrants(configuration, REMEDY, { change: 'ecs:UpdateService', restore: 'ecs:UpdateService' }),
  ...steps,
});
