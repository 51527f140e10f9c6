import { isCancellable, isRefreshing } from '@selfheal/log-reading/logs/resource-state.ts';
import * as z from 'zod';
import type { RoomMaker } from '#shared/domain/capacity/pre-emptive-action.ts';
import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import { INTERRUPTS } from '#shared/domain/plan/candidates.ts';
import { REMEDY_TARGET, RemedyAlarms } from '#shared/domain/plan/remedies.ts';
import { resourceKey } from '#shared/domain/plan/resource-ref.ts';
import { alarmSchedule, verifyByAlarm, whileRinging } from '../common/alarm-verification.ts';
import { listedRemedy, readResource } from '../common/listed-remedy.ts';
import { makeReceipt } from '../common/make-receipt.ts';
import { remedyGrants } from '../common/resource-grants.ts';
import {
  type ActionPlugin,
  type ActionPorts,
  defineAction,
  type Observation,
  type ProposalContext,
} from '../contract.ts';

const Parameters = z.strictObject({
  group: z.string().regex(/^[A-Za-z0-9_.-]{1,255}$/),
  /** The newest refresh at planning; AWS gives each its own id, so a different one is later. */
  lastRefreshId: z.string().min(1).max(255).nullable(),
  minHealthyPercentage: z.number().int().min(50).max(100),
  alarmName: z.string().min(1).max(255),
});
type Parameters = z.infer<typeof Parameters>;

/** New instances often help, but the old ones cannot be restored, so a person is asked until outcomes show that the action helps. */
const CONFIDENCE = 0.7;

const refOf = ({ group }: Parameters) => ({ kind: 'auto-scaling-group', group }) as const;

const Entry = z.strictObject({
  action: z.literal('refresh-instances'),
  alarms: RemedyAlarms,
  autoScalingGroup: REMEDY_TARGET.autoScalingGroup,
  /** Percentage of the group that stays in service during the refresh. */
  minHealthyPercentage: z.number().int().min(50).max(100).default(90),
});
const REMEDY: RoomMaker<z.infer<typeof Entry>> = {
  action: 'refresh-instances',
  entry: Entry,
  makesRoom: { memory: 5, disk: 1 },
  describe: ({ autoScalingGroup }) => `replace the instances of ${autoScalingGroup} with new ones`,
};

function propose(context: ProposalContext) {
  const found = listedRemedy(context, REMEDY, 'auto-scaling-group');
  if (found === null || found.state.desiredCapacity === 0 || isRefreshing(found.state.refresh)) return [];
  const { group, refresh } = found.state;
  const { minHealthyPercentage } = found.remedy;
  const parameters = { group, lastRefreshId: refresh?.id ?? null, minHealthyPercentage, alarmName: found.alarmName };
  return [{ parameters, confidence: CONFIDENCE, reason: found.reason }];
}

const receiptOf = ({ group }: Parameters, refreshId: string, at: Date): Receipt =>
  makeReceipt(`Began to replace the instances of the Auto Scaling group ${group} with new ones.`, at, { refreshId });

async function observe(parameters: Parameters, ports: ActionPorts): Promise<Observation> {
  const { refresh } = await readResource(refOf(parameters), ports);
  if (refresh !== null && refresh.id !== parameters.lastRefreshId) {
    return { kind: 'happened', receipt: receiptOf(parameters, refresh.id, ports.clock.now()) };
  }
  return await whileRinging(parameters.alarmName, ports);
}

async function execute(parameters: Parameters, { autoScaling, clock }: ActionPorts): Promise<Receipt> {
  const refreshId = await autoScaling.refresh(parameters.group, parameters.minHealthyPercentage);
  return receiptOf(parameters, refreshId, clock.now());
}

const verify: ActionPlugin<Parameters>['verify'] = async (parameters, receipt, context) => {
  const { refresh } = await readResource(refOf(parameters), context.ports);
  if (refresh?.id === receipt.facts.refreshId && isRefreshing(refresh)) {
    return {
      state: 'pending',
      summary: `The instances of ${parameters.group} are being replaced (${refresh?.status}).`,
    };
  }
  const isDone = refresh?.id === receipt.facts.refreshId && refresh?.status === 'Successful';
  const failure = `Replacing the instances of ${parameters.group} ended as ${refresh?.status ?? 'unknown'}.`;
  return await verifyByAlarm(parameters, context, isDone ? null : failure);
};

/** Cancels the rest of the replacement; new instances stay. */
async function undo(parameters: Parameters, receipt: Receipt, ports: ActionPorts): Promise<string> {
  const { refresh } = await readResource(refOf(parameters), ports);
  const isOwn = refresh !== null && refresh.id === receipt.facts.refreshId;
  if (!isOwn || !isCancellable(refresh))
    return `There is nothing left to cancel in ${parameters.group}; new instances stay.`;
  await ports.autoScaling.cancelRefresh(parameters.group);
  return `Stopped replacing the instances of ${parameters.group}; new instances stay.`;
}

/**
 * Replaces the instances of an Auto Scaling group, a few at a time.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html
 */
export const refreshInstances = defineAction<Parameters>({
  id: 'refresh-instances',
  title: 'Replace the instances of an Auto Scaling group',
  family: 'autoscaling',
  risk: 'medium',
  impact: INTERRUPTS,
  repeat: { kind: 'harmless', because: 'AWS refuses a second refresh during the first, which takes minutes' },
  parameters: Parameters,
  sample: { group: 'search-nodes', lastRefreshId: null, minHealthyPercentage: 90, alarmName: 'search-cpu' },
  remedy: REMEDY,
  propose,
  describe: ({ group, minHealthyPercentage }) =>
    `Replaces the instances of the Auto Scaling group ${group} with new ones; ${minHealthyPercentage} % stay in service.`,
  describeUndo: () => 'If it does not help, Selfheal cancels the rest of the refresh; replaced instances stay new.',
  targetKey: (parameters) => resourceKey(refOf(parameters)),
  grants: (configuration) =>
    remedyGrants(configuration, REMEDY, {
      change: 'autoscaling:StartInstanceRefresh',
      restore: 'autoscaling:CancelInstanceRefresh',
    }),
  schedule: alarmSchedule,
  observe,
  execute,
  verify,
  undo,
});
