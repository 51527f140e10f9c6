import * as z from 'zod';
import type { RoomMaker } from '#shared/domain/capacity/pre-emptive-action.ts';
import { CHANGES_SETTINGS } from '#shared/domain/plan/candidates.ts';
import { REMEDY_TARGET, RemedyAlarms } from '#shared/domain/plan/remedies.ts';
import { resourceKey } from '#shared/domain/plan/resource-ref.ts';
import { settingSteps } from '../common/changed-setting.ts';
import { listedRemedy, readResource } from '../common/listed-remedy.ts';
import { remedyGrants } from '../common/resource-grants.ts';
import { defineAction, type ProposalContext } from '../contract.ts';

const Concurrency = z.number().int().min(1).max(10_000);
const Parameters = z.strictObject({
  functionName: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  from: Concurrency,
  to: Concurrency,
  alarmName: z.string().min(1).max(255),
});
type Parameters = z.infer<typeof Parameters>;

/**
 * Concurrency reserved for one function is taken from all others of the account, so a person is asked until outcomes show that the action
 * helps.
 */
const CONFIDENCE = 0.8;

const refOf = ({ functionName }: Parameters) => ({ kind: 'lambda-function', functionName }) as const;

const Entry = z.strictObject({
  action: z.literal('set-lambda-concurrency'),
  alarms: RemedyAlarms,
  functionName: REMEDY_TARGET.functionName,
  /** New value: higher for a function that is throttled, lower for one that overloads what it calls. */
  reservedConcurrency: z.number().int().min(1).max(10_000),
});
const REMEDY: RoomMaker<z.infer<typeof Entry>> = {
  action: 'set-lambda-concurrency',
  entry: Entry,
  makesRoom: { connections: 2 },
  describe: ({ functionName, reservedConcurrency }) =>
    `reserve ${reservedConcurrency} concurrent executions for ${functionName}`,
};

/** Changes only an existing reservation. A reservation of 0 means that somebody turned the function off; it is left unchanged. */
function propose(context: ProposalContext) {
  const found = listedRemedy(context, REMEDY, 'lambda-function');
  if (found === null) return [];
  const { functionName, reservedConcurrency: from } = found.state;
  const to = found.remedy.reservedConcurrency;
  if (from === null || from === 0 || from === to) return [];
  const parameters = { functionName, from, to, alarmName: found.alarmName };
  return [{ parameters, confidence: CONFIDENCE, reason: `${found.reason} Its reserved concurrency is ${from}.` }];
}

const steps = settingSteps<Parameters>({
  name: ({ functionName }) => `the reserved concurrency of the function ${functionName}`,
  read: async (parameters, ports) => {
    const { reservedConcurrency } = await readResource(refOf(parameters), ports);
    return { value: reservedConcurrency };
  },
  write: ({ functionName }, concurrency, { lambdaFunctions }) => lambdaFunctions.reserve(functionName, concurrency),
});

/**
 * Sets a Lambda function's reserved concurrency to the value that its owner lists for the alarm.
 * https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html
 */
export const setLambdaConcurrency = defineAction<Parameters>({
  id: 'set-lambda-concurrency',
  title: 'Set the reserved concurrency of a Lambda function',
  family: 'lambda',
  risk: 'medium',
  impact: CHANGES_SETTINGS,
  parameters: Parameters,
  sample: { functionName: 'invoices-worker', from: 10, to: 40, alarmName: 'invoices-throttles' },
  remedy: REMEDY,
  propose,
  describe: ({ functionName, from, to }) =>
    `Sets the reserved concurrency of the Lambda function ${functionName} from ${from} to ${to}.`,
  targetKey: (parameters) => resourceKey(refOf(parameters)),
  grants: (configuration) =>
    remedyGrants(configuration, REMEDY, {
      change: 'lambda:PutFunctionConcurrency',
      restore: 'lambda:PutFunctionConcurrency',
    }),
  ...steps,
});
