import * as z from 'zod';
import type { RoomMaker } from '#shared/domain/capacity/pre-emptive-action.ts';
import { CHANGES_SETTINGS } from '#shared/domain/plan/candidates.ts';
import { REMEDY_TARGET, RemedyAlarms } from '#shared/domain/plan/remedies.ts';
import { resourceKey } from '#shared/domain/plan/resource-ref.ts';
import { settingSteps } from '../common/changed-setting.ts';
import { listedRemedy, readResource } from '../common/listed-remedy.ts';
import { remedyGrants } from '../common/resource-grants.ts';
import { defineAction, type ProposalContext } from '../contract.ts';

const Value = z.number().int().nonnegative().max(1_000_000_000);
const Parameters = z.strictObject({
  instance: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  parameterGroup: z.string().regex(/^[a-z][a-z0-9-]{0,254}$/),
  parameter: z.string().regex(/^[a-z][a-z0-9_.]{0,99}$/),
  from: Value,
  to: Value,
  alarmName: z.string().min(1).max(255),
});
type Parameters = z.infer<typeof Parameters>;

/**
 * A database with a value beyond its capacity fails for everybody, so a person is asked until outcomes show that the action helps.
 */
const CONFIDENCE = 0.75;

const refOf = ({ instance, parameterGroup, parameter }: Parameters) =>
  ({ kind: 'rds-parameter', instance, parameterGroup, parameter }) as const;

const Entry = z.strictObject({
  action: z.literal('change-rds-parameter'),
  alarms: RemedyAlarms,
  instance: REMEDY_TARGET.instance,
  parameterGroup: REMEDY_TARGET.parameterGroup,
  parameter: REMEDY_TARGET.parameter,
  /** Amount of one increase. */
  step: z.number().int().min(1).max(1_000_000),
  /** Maximum value. */
  maximum: z.number().int().min(1).max(1_000_000_000),
});
const REMEDY: RoomMaker<z.infer<typeof Entry>> = {
  action: 'change-rds-parameter',
  entry: Entry,
  makesRoom: { connections: 1 },
  describe: ({ parameter, instance, step, maximum }) =>
    `raise ${parameter} of ${instance} by ${step}, up to ${maximum}`,
};

/** Fits only a number that takes effect without a restart, of a database that already uses the group's current values. */
function propose(context: ProposalContext) {
  const found = listedRemedy(context, REMEDY, 'rds-parameter');
  if (found === null || !found.state.dynamic || !found.state.inUse || found.state.value === null) return [];
  const { instance, parameterGroup, parameter, value: from } = found.state;
  const to = Math.min(from + found.remedy.step, found.remedy.maximum);
  if (to <= from) return [];
  const parameters = { instance, parameterGroup, parameter, from, to, alarmName: found.alarmName };
  const reason = `${found.reason} It is ${from}; ${found.remedy.maximum} is allowed.`;
  return [{ parameters, confidence: CONFIDENCE, reason }];
}

const steps = settingSteps<Parameters>({
  name: ({ parameter, instance }) => `${parameter} of the database ${instance}`,
  read: async (parameters, ports) => {
    const { value, dynamic, inUse } = await readResource(refOf(parameters), ports);
    const refusal =
      dynamic && inUse ? null : `The database ${parameters.instance} cannot take the change without a restart now.`;
    return { value, refusal };
  },
  write: ({ parameterGroup, parameter }, value, { databases }) =>
    databases.setParameter(parameterGroup, parameter, value),
});

/**
 * Raises a number in a database's parameter group, such as `max_connections`, within the owner's bound and without a restart.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html
 */
export const changeRdsParameter = defineAction<Parameters>({
  id: 'change-rds-parameter',
  title: 'Raise a parameter of an RDS database',
  family: 'rds',
  risk: 'medium',
  impact: CHANGES_SETTINGS,
  parameters: Parameters,
  sample: {
    instance: 'accounts-db',
    parameterGroup: 'accounts-mysql',
    parameter: 'max_connections',
    from: 150,
    to: 200,
    alarmName: 'accounts-connections',
  },
  remedy: REMEDY,
  propose,
  describe: ({ instance, parameter, from, to }) =>
    `Sets ${parameter} of the RDS database ${instance} from ${from} to ${to}, without a restart.`,
  targetKey: (parameters) => resourceKey(refOf(parameters)),
  grants: (configuration) =>
    remedyGrants(configuration, REMEDY, {
      change: 'rds:ModifyDBParameterGroup',
      restore: 'rds:ModifyDBParameterGroup',
    }),
  ...steps,
});
