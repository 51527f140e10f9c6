import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { RoomMaker } from '#shared/domain/capacity/pre-emptive-action.ts';
import { CHANGES_SETTINGS } from '#shared/domain/plan/candidates.ts';
import { REMEDY_TARGET, RemedyAlarms } from '#shared/domain/plan/remedies.ts';
import { resourceKey } from '#shared/domain/plan/resource-ref.ts';
import { settingSteps } from '../common/changed-setting.ts';
import { SETS_DATABASE_SIZE, SIZE_APPROVAL_REASON, sizeSchedule } from '../common/database-size.ts';
import { listedRemedy, readResource } from '../common/listed-remedy.ts';
import { remedyGrants } from '../common/resource-grants.ts';
import { defineAction, type ProposalContext } from '../contract.ts';

/** Aurora capacity units, which come in halves. */
const Units = z.number().min(0.5).max(256).multipleOf(0.5);
const Parameters = z.strictObject({
  cluster: REMEDY_TARGET.auroraCluster,
  from: Units,
  to: Units,
  alarmName: z.string().min(1).max(255),
});
type Parameters = z.infer<typeof Parameters>;

/** A higher maximum interrupts nobody and costs only what is used, but nobody limits the use any more. */
const CONFIDENCE = 0.75;

const refOf = ({ cluster }: Parameters) => ({ kind: 'aurora-cluster', cluster }) as const;

const Entry = z.strictObject({
  action: z.literal('scale-aurora-cluster'),
  alarms: RemedyAlarms,
  auroraCluster: REMEDY_TARGET.auroraCluster,
  /** Capacity units of one increase. */
  step: Units,
  /** The highest maximum. */
  maxCapacity: Units,
});
const REMEDY: RoomMaker<z.infer<typeof Entry>> = {
  action: 'scale-aurora-cluster',
  entry: Entry,
  makesRoom: { memory: 2, cpu: 2 },
  describe: ({ auroraCluster, step, maxCapacity }) =>
    `raise the maximum of ${auroraCluster} by ${step} capacity units, up to ${maxCapacity}`,
};

/** Fits only a cluster of Aurora Serverless v2 that is not being changed. */
function propose(context: ProposalContext) {
  const found = listedRemedy(context, REMEDY, 'aurora-cluster');
  if (found === null || found.state.status !== 'available' || found.state.capacity === null) return [];
  const { cluster, capacity } = found.state;
  const { step, maxCapacity } = found.remedy;
  const from = capacity.max;
  const to = Math.min(from + step, maxCapacity);
  if (to <= from) return [];
  const reason = `${found.reason} It scales up to ${from} capacity units; up to ${maxCapacity} are allowed.`;
  return [{ parameters: { cluster, from, to, alarmName: found.alarmName }, confidence: CONFIDENCE, reason }];
}

const steps = settingSteps<Parameters>({
  name: ({ cluster }) => `the maximum capacity (in units) of the cluster ${cluster}`,
  read: async (parameters, ports) => {
    const { status, capacity } = await readResource(refOf(parameters), ports);
    const busy = status === 'available' ? null : `The cluster ${parameters.cluster} is ${status}.`;
    return { value: capacity?.max ?? null, refusal: busy, underWay: busy };
  },
  write: async (parameters, max, ports) => {
    // AWS takes both bounds; the lower one stays as it is.
    const { capacity } = await readResource(refOf(parameters), ports);
    if (capacity === null || capacity.min > max) {
      throw new Refused(`Somebody has changed the capacity of the cluster ${parameters.cluster}.`);
    }
    await ports.databaseSizes.setClusterCapacity(parameters.cluster, { min: capacity.min, max });
  },
});

/**
 * Raises the most to which a cluster of Aurora Serverless v2 scales, within the owner's bound. A person always approves it.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
 */
export const scaleAuroraCluster = defineAction<Parameters>({
  ...steps,
  id: 'scale-aurora-cluster',
  title: 'Let an Aurora cluster scale further',
  family: 'rds',
  risk: 'medium',
  impact: CHANGES_SETTINGS,
  parameters: Parameters,
  sample: { cluster: 'ratings-aurora', from: 4, to: 8, alarmName: 'ratings-cpu' },
  remedy: REMEDY,
  propose,
  describe: ({ cluster, from, to }) =>
    `Raises the maximum capacity of the Aurora cluster ${cluster} from ${from} to ${to} units.`,
  approvalReason: () => SIZE_APPROVAL_REASON,
  targetKey: (parameters) => resourceKey(refOf(parameters)),
  grants: (configuration) =>
    remedyGrants(configuration, REMEDY, {
      change: 'rds:ModifyDBCluster',
      restore: 'rds:ModifyDBCluster',
      by: SETS_DATABASE_SIZE,
    }),
  schedule: sizeSchedule,
});
