import { isRefreshing } from '@selfheal/log-reading/logs/resource-state.ts';
import * as z from 'zod';
import type { RoomMaker } from '#shared/domain/capacity/pre-emptive-action.ts';
import { CHANGES_SETTINGS } from '#shared/domain/plan/candidates.ts';
import { REMEDY_TARGET, RemedyAlarms } from '#shared/domain/plan/remedies.ts';
import { resourceKey } from '#shared/domain/plan/resource-ref.ts';
import { settingSteps } from '../common/changed-setting.ts';
import { listedRemedy, readResource, scaledTo } from '../common/listed-remedy.ts';
import { remedyGrants } from '../common/resource-grants.ts';
import { defineAction, type ProposalContext } from '../contract.ts';

const Capacity = z.number().int().min(1).max(1000);
const Parameters = z.strictObject({
  group: z.string().regex(/^[A-Za-z0-9_.-]{1,255}$/),
  from: Capacity,
  to: Capacity,
  alarmName: z.string().min(1).max(255),
  quiet: z.literal(true).optional(),
});
type Parameters = z.infer<typeof Parameters>;

/** Owners know which alarms more instances help with. They cost money meanwhile, and are removed when they do not help. */
const CONFIDENCE = 0.85;

const refOf = ({ group }: Parameters) => ({ kind: 'auto-scaling-group', group }) as const;

const Entry = z.strictObject({
  action: z.literal('scale-auto-scaling-group'),
  alarms: RemedyAlarms,
  autoScalingGroup: REMEDY_TARGET.autoScalingGroup,
  /** Number of instances added at a time. */
  step: z.number().int().min(1).max(100).default(1),
  /** Maximum number of instances; the group's own limit applies too. */
  maxDesiredCapacity: z.number().int().min(1).max(1000),
  /** Whether people may ask for more instances while the alarms are quiet. */
  onRequest: z.boolean().default(false),
});
const REMEDY: RoomMaker<z.infer<typeof Entry>> = {
  action: 'scale-auto-scaling-group',
  entry: Entry,
  makesRoom: { memory: 3, cpu: 2, disk: 2 },
  maximum: ({ maxDesiredCapacity }) => maxDesiredCapacity,
  describe: ({ autoScalingGroup, step, maxDesiredCapacity }) =>
    `run more instances in ${autoScalingGroup} (${step} at a time, at most ${maxDesiredCapacity})`,
};

/** Fits only a group whose instances are all healthy, within the owner's bound and the group's own limit. */
function propose(context: ProposalContext) {
  const found = listedRemedy(context, REMEDY, 'auto-scaling-group');
  if (found === null) return [];
  const { group, desiredCapacity, healthyInstances, maxSize, refresh } = found.state;
  const allowed = Math.min(found.remedy.maxDesiredCapacity, maxSize);
  const to = scaledTo(context, REMEDY, { now: desiredCapacity, step: found.remedy.step, max: allowed });
  if (desiredCapacity === 0 || healthyInstances < desiredCapacity || to === null) return [];
  if (isRefreshing(refresh)) return [];
  const parameters = {
    group,
    from: desiredCapacity,
    to,
    alarmName: found.alarmName,
    ...(found.quiet ? { quiet: true as const } : {}),
  };
  const reason = `${found.reason} All of its ${desiredCapacity} instances are healthy; up to ${allowed} are allowed.`;
  return [{ parameters, confidence: CONFIDENCE, reason }];
}

const steps = settingSteps<Parameters>({
  name: ({ group }) => `the number of instances of the Auto Scaling group ${group}`,
  read: async (parameters, ports) => {
    const { desiredCapacity, refresh } = await readResource(refOf(parameters), ports);
    const refusal = isRefreshing(refresh) ? `The instances of ${parameters.group} are being replaced now.` : null;
    return { value: desiredCapacity, refusal };
  },
  write: ({ group }, capacity, { autoScaling }) => autoScaling.setCapacity(group, capacity),
});

/**
 * Runs more instances of an Auto Scaling group, within the owner's bound.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetDesiredCapacity.html
 */
export const scaleAutoScalingGroup = defineAction<Parameters>({
  id: 'scale-auto-scaling-group',
  title: 'Run more instances of an Auto Scaling group',
  family: 'autoscaling',
  risk: 'low',
  impact: CHANGES_SETTINGS,
  parameters: Parameters,
  sample: { group: 'search-nodes', from: 3, to: 4, alarmName: 'search-cpu' },
  remedy: REMEDY,
  propose,
  describe: ({ group, from, to }) => `Runs ${to} instances of the Auto Scaling group ${group} instead of ${from}.`,
  targetKey: (parameters) => resourceKey(refOf(parameters)),
  grants: (configuration) =>
    remedyGrants(configuration, REMEDY, {
      change: 'autoscaling:SetDesiredCapacity',
      restore: 'autoscaling:SetDesiredCapacity',
    }),
  ...steps,
});
