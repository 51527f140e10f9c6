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
  instance: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  /** The last restart at planning; a later one in the events of RDS is the effect. */
  restartedAt: z.iso.datetime({ offset: true }).nullable(),
  alarmName: z.string().min(1).max(255),
});
type Parameters = z.infer<typeof Parameters>;

/** RDS shows a restart in the status at once, and in its events a little later. */
const SHOWS_WITHIN_SECONDS = 90;
/** A restart disconnects all users of the database. */
const CONFIDENCE = 0.65;

const refOf = ({ instance }: Parameters) => ({ kind: 'rds-instance', instance }) as const;

const Entry = z.strictObject({
  action: z.literal('reboot-rds-instance'),
  alarms: RemedyAlarms,
  instance: REMEDY_TARGET.instance,
});
const REMEDY: RoomMaker<z.infer<typeof Entry>> = {
  action: 'reboot-rds-instance',
  entry: Entry,
  makesRoom: { connections: 4 },
  describe: ({ instance }) => `restart the database ${instance}`,
};

function propose(context: ProposalContext) {
  const found = listedRemedy(context, REMEDY, 'rds-instance');
  if (found === null || found.state.status !== 'available') return [];
  const { instance, restartedAt } = found.state;
  return [
    { parameters: { instance, restartedAt, alarmName: found.alarmName }, confidence: CONFIDENCE, reason: found.reason },
  ];
}

const receiptOf = ({ instance, restartedAt }: Parameters, at: Date): Receipt =>
  makeReceipt(`Restarted the database ${instance}.`, at, { restartedBefore: restartedAt });

async function observe(parameters: Parameters, ports: ActionPorts): Promise<Observation> {
  const { status, restartedAt } = await readResource(refOf(parameters), ports);
  if (status === 'rebooting' || isLater(restartedAt, parameters.restartedAt)) {
    return { kind: 'happened', receipt: receiptOf(parameters, ports.clock.now()) };
  }
  if (status !== 'available')
    return { kind: 'superseded', reason: `The database ${parameters.instance} is ${status}.` };
  return await whileRinging(parameters.alarmName, ports);
}

function isLater(now: string | null, before: string | null): boolean {
  return now !== null && (before === null || Date.parse(now) > Date.parse(before));
}

async function execute(parameters: Parameters, { databases, clock }: ActionPorts): Promise<Receipt> {
  await databases.reboot(parameters.instance);
  return receiptOf(parameters, clock.now());
}

const verify: ActionPlugin<Parameters>['verify'] = async (parameters, _receipt, context) => {
  const { status } = await readResource(refOf(parameters), context.ports);
  if (status !== 'available') return { state: 'pending', summary: `The database ${parameters.instance} is ${status}.` };
  return await verifyByAlarm(parameters, context);
};

/**
 * Restarts an RDS database instance.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RebootDBInstance.html
 */
export const rebootRdsInstance = defineAction<Parameters>({
  id: 'reboot-rds-instance',
  title: 'Restart an RDS database',
  family: 'rds',
  risk: 'high',
  impact: INTERRUPTS,
  repeat: { kind: 'harmful', showsWithinSeconds: SHOWS_WITHIN_SECONDS },
  parameters: Parameters,
  sample: { instance: 'accounts-db', restartedAt: null, alarmName: 'accounts-connections' },
  remedy: REMEDY,
  propose,
  describe: ({ instance }) => `Restarts the RDS database ${instance}; nobody can use it for some minutes.`,
  describeUndo: () => 'A restart cannot be undone.',
  targetKey: (parameters) => resourceKey(refOf(parameters)),
  grants: (configuration) => remedyGrants(configuration, REMEDY, { change: 'rds:RebootDBInstance' }),
  schedule: alarmSchedule,
  observe,
  execute,
  verify,
});
