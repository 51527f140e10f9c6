import * as z from 'zod';
import { resourceKey } from '#shared/domain/plan/resource-ref.ts';
import { settingSteps } from './changed-setting.ts';
import { defineAction, type ProposalContext } from './contract.ts';
import { listedRemedy, readResource } from './listed-remedy.ts';
import { remedyGrants } from './resource-grants.ts';

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

/** A database that is given more than it can carry fails for everybody, so a person is asked until it proved itself. */
const CONFIDENCE = 0.75;

const refOf = ({ instance, parameterGroup, parameter }: Parameters) =>
  ({ kind: 'rds-parameter', instance, parameterGroup, parameter }) as const;

/** Only a number that takes effect without a restart, of a database that runs with the group as it is written. */
function propose(context: ProposalContext) {
  const found = listedRemedy(context, 'change-rds-parameter', 'rds-parameter');
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
    const refusal = dynamic && inUse ? null : `The database ${parameters.instance} cannot take a change now.`;
    return { value, refusal };
  },
  write: ({ parameterGroup, parameter }, value, { databases }) =>
    databases.setParameter(parameterGroup, parameter, value),
});

/**
 * Raises a number in the parameter group of a database, `max_connections` for one, within its owner's bound and without a restart.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html
 */
export const changeRdsParameter = defineAction<Parameters>({
  id: 'change-rds-parameter',
  title: 'Raise a parameter of an RDS database',
  family: 'rds',
  risk: 'medium',
  parameters: Parameters,
  sample: {
    instance: 'accounts-db',
    parameterGroup: 'accounts-mysql',
    parameter: 'max_connections',
    from: 150,
    to: 200,
    alarmName: 'accounts-connections',
  },
  propose,
  describe: ({ instance, parameter, from, to }) =>
    `Sets ${parameter} of the RDS database ${instance} to ${to}, in place of ${from}, without a restart.`,
  targetKey: (parameters) => resourceKey(refOf(parameters)),
  grants: (configuration) =>
    remedyGrants(configuration, 'change-rds-parameter', {
      change: 'rds:ModifyDBParameterGroup',
      restore: 'rds:ModifyDBParameterGroup',
    }),
  ...steps,
});
