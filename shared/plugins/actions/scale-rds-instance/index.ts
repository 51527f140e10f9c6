import * as z from 'zod';
import type { RoomMaker } from '#shared/domain/capacity/pre-emptive-action.ts';
import { INTERRUPTS } from '#shared/domain/plan/candidates.ts';
import { REMEDY_TARGET, RemedyAlarms } from '#shared/domain/plan/remedies.ts';
import { resourceKey } from '#shared/domain/plan/resource-ref.ts';
import { settingSteps } from '../common/changed-setting.ts';
import { SETS_DATABASE_SIZE, SIZE_APPROVAL_REASON, sizeSchedule } from '../common/database-size.ts';
import { listedRemedy, readResource } from '../common/listed-remedy.ts';
import { remedyGrants } from '../common/resource-grants.ts';
import { defineAction, type ProposalContext } from '../contract.ts';

/** `db.r8g.large`; not `db.serverless`, whose size is that of its cluster. */
const InstanceClass = z.string().regex(/^db\.[a-z0-9-]{1,20}\.[a-z0-9-]{1,20}$/);
const Parameters = z.strictObject({
  instance: REMEDY_TARGET.instance,
  from: InstanceClass,
  to: InstanceClass,
  alarmName: z.string().min(1).max(255),
});
type Parameters = z.infer<typeof Parameters>;

/** Owners know which alarms show a database that is too small. It is away for some minutes, twice if it is taken back. */
const CONFIDENCE = 0.65;

const refOf = ({ instance }: Parameters) => ({ kind: 'rds-instance', instance }) as const;

const Entry = z.strictObject({
  action: z.literal('scale-rds-instance'),
  alarms: RemedyAlarms,
  instance: REMEDY_TARGET.instance,
  /** The classes that the instance may have, from the smallest to the largest. */
  classes: z
    .array(InstanceClass)
    .min(2)
    .max(20)
    .refine((classes) => new Set(classes).size === classes.length, 'a class is listed twice'),
});
const REMEDY: RoomMaker<z.infer<typeof Entry>> = {
  action: 'scale-rds-instance',
  entry: Entry,
  makesRoom: { connections: 5, memory: 5, cpu: 5 },
  describe: ({ instance, classes }) => `give the database ${instance} the next larger class, up to ${classes.at(-1)}`,
};

/** Fits only an instance whose class is listed and that is not being changed already. */
function propose(context: ProposalContext) {
  const found = listedRemedy(context, REMEDY, 'rds-instance');
  if (found === null || found.state.status !== 'available' || found.state.nextClass !== null) return [];
  const { instance, instanceClass: from = '' } = found.state;
  const { classes } = found.remedy;
  const place = classes.indexOf(from);
  const to = place === -1 ? undefined : classes[place + 1];
  if (to === undefined) return [];
  const reason = `${found.reason} It has the class ${from}; up to ${classes.at(-1)} is allowed.`;
  return [{ parameters: { instance, from, to, alarmName: found.alarmName }, confidence: CONFIDENCE, reason }];
}

const steps = settingSteps<Parameters, string>({
  name: ({ instance }) => `the class of the database ${instance}`,
  read: async (parameters, ports) => {
    const { status, instanceClass = null, nextClass = null } = await readResource(refOf(parameters), ports);
    const busy = status === 'available' ? null : `The database ${parameters.instance} is ${status}.`;
    const waiting = nextClass === null ? null : `The database ${parameters.instance} is being given ${nextClass}.`;
    return { value: nextClass ?? instanceClass, refusal: busy, underWay: busy ?? waiting };
  },
  write: ({ instance }, instanceClass, { databaseSizes }) => databaseSizes.setInstanceClass(instance, instanceClass),
});

/**
 * Gives an RDS instance the next larger class that its owner lists. A person always approves it.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html
 */
export const scaleRdsInstance = defineAction<Parameters>({
  ...steps,
  id: 'scale-rds-instance',
  title: 'Give an RDS database a larger instance class',
  family: 'rds',
  risk: 'high',
  impact: INTERRUPTS,
  parameters: Parameters,
  sample: { instance: 'ratings-db', from: 'db.r8g.large', to: 'db.r8g.xlarge', alarmName: 'ratings-cpu' },
  remedy: REMEDY,
  propose,
  describe: ({ instance, from, to }) =>
    `Changes the class of the RDS database ${instance} from ${from} to ${to}; nobody can use it for some minutes.`,
  describeUndo: ({ instance, from }) =>
    `If it does not help, Selfheal gives ${instance} the class ${from} again, which takes it away for some minutes once more.`,
  approvalReason: () => SIZE_APPROVAL_REASON,
  targetKey: (parameters) => resourceKey(refOf(parameters)),
  grants: (configuration) =>
    remedyGrants(configuration, REMEDY, {
      change: 'rds:ModifyDBInstance',
      restore: 'rds:ModifyDBInstance',
      by: SETS_DATABASE_SIZE,
    }),
  schedule: sizeSchedule,
});
