import * as z from 'zod';
import { ecsServiceKey } from '#shared/domain/plan/resource-ref.ts';
import { settingSteps } from './changed-setting.ts';
import { defineAction, type ProposalContext } from './contract.ts';
import { listedRemedy, readResource } from './listed-remedy.ts';
import { remedyGrants } from './resource-grants.ts';

const Name = z.string().regex(/^[A-Za-z0-9_-]{1,255}$/);
const Count = z.number().int().min(1).max(1000);
const Parameters = z.strictObject({
  cluster: Name,
  service: Name,
  /** Of the newest deployment at planning: a service that is being deployed to is not scaled. */
  deploymentId: z.string().min(1).max(255),
  from: Count,
  to: Count,
  alarmName: z.string().min(1).max(255),
});
type Parameters = z.infer<typeof Parameters>;

/** Owners know what more tasks cure; it costs money meanwhile, and is taken back when it does not help. */
const CONFIDENCE = 0.85;

const nameOf = ({ cluster, service }: Pick<Parameters, 'cluster' | 'service'>): string => `${cluster}/${service}`;
const refOf = ({ cluster, service }: Parameters) => ({ kind: 'ecs-service', cluster, service }) as const;

/** Only what runs as it should is made larger: a service that cannot start the tasks it has would not start more. */
function propose(context: ProposalContext) {
  const found = listedRemedy(context, 'scale-ecs-service', 'ecs-service');
  if (found === null) return [];
  const { cluster, service, deploymentId, desiredCount, runningCount, settled } = found.state;
  const to = Math.min(desiredCount + found.remedy.step, found.remedy.maxDesiredCount);
  if (!settled || desiredCount === 0 || runningCount < desiredCount || to <= desiredCount) return [];
  const parameters = { cluster, service, deploymentId, from: desiredCount, to, alarmName: found.alarmName };
  const reason = `${found.reason} All of its ${desiredCount} tasks run; ${found.remedy.maxDesiredCount} are allowed.`;
  return [{ parameters, confidence: CONFIDENCE, reason }];
}

const steps = settingSteps<Parameters>({
  name: (parameters) => `the number of tasks of ${nameOf(parameters)}`,
  read: async (parameters, ports) => {
    const { desiredCount, deploymentId } = await readResource(refOf(parameters), ports);
    const refusal =
      deploymentId === parameters.deploymentId
        ? null
        : `Somebody deployed to ${nameOf(parameters)} since it was planned.`;
    return { value: desiredCount, refusal };
  },
  write: ({ cluster, service }, count, { ecsServices }) => ecsServices.scale(cluster, service, count),
});

/**
 * Runs more tasks of an ECS service, within its owner's bound.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
export const scaleEcsService = defineAction<Parameters>({
  id: 'scale-ecs-service',
  title: 'Run more tasks of an ECS service',
  family: 'ecs',
  risk: 'low',
  parameters: Parameters,
  sample: {
    cluster: 'shop',
    service: 'orders',
    deploymentId: 'ecs-svc/1234567890123456789',
    from: 3,
    to: 4,
    alarmName: 'orders-memory',
  },
  propose,
  describe: (parameters) =>
    `Runs ${parameters.to} tasks of the ECS service ${nameOf(parameters)}, in place of ${parameters.from}.`,
  targetKey: ({ cluster, service }) => ecsServiceKey(cluster, service),
  grants: (configuration) =>
    remedyGrants(configuration, 'scale-ecs-service', { change: 'ecs:UpdateService', restore: 'ecs:UpdateService' }),
  ...steps,
});
