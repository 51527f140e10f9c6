import * as z from 'zod';
import { resourceKey } from '#shared/domain/plan/resource-ref.ts';
import { settingSteps } from './changed-setting.ts';
import { defineAction, type ProposalContext } from './contract.ts';
import { listedRemedy, readResource } from './listed-remedy.ts';
import { remedyGrants } from './resource-grants.ts';

const Concurrency = z.number().int().min(1).max(10_000);
const Parameters = z.strictObject({
  functionName: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  from: Concurrency,
  to: Concurrency,
  alarmName: z.string().min(1).max(255),
});
type Parameters = z.infer<typeof Parameters>;

/** What is reserved for one function is taken from all others of the account, so a person is asked until it proved itself. */
const CONFIDENCE = 0.8;

const refOf = ({ functionName }: Parameters) => ({ kind: 'lambda-function', functionName }) as const;

/** Only a reservation that exists is changed. One of 0 is somebody's switch, and left off. */
function propose(context: ProposalContext) {
  const found = listedRemedy(context, 'set-lambda-concurrency', 'lambda-function');
  if (found === null) return [];
  const { functionName, reservedConcurrency: from } = found.state;
  const to = found.remedy.reservedConcurrency;
  if (from === null || from === 0 || from === to) return [];
  const parameters = { functionName, from, to, alarmName: found.alarmName };
  return [{ parameters, confidence: CONFIDENCE, reason: `${found.reason} It may run ${from} times at once.` }];
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
 * Sets how often a Lambda function may run at once, to what its owner names for the alarm.
 * https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html
 */
export const setLambdaConcurrency = defineAction<Parameters>({
  id: 'set-lambda-concurrency',
  title: 'Set how often a Lambda function may run at once',
  family: 'lambda',
  risk: 'medium',
  parameters: Parameters,
  sample: { functionName: 'invoices-worker', from: 10, to: 40, alarmName: 'invoices-throttles' },
  propose,
  describe: ({ functionName, from, to }) =>
    `Lets the Lambda function ${functionName} run ${to} times at once, in place of ${from}.`,
  targetKey: (parameters) => resourceKey(refOf(parameters)),
  grants: (configuration) =>
    remedyGrants(configuration, 'set-lambda-concurrency', {
      change: 'lambda:PutFunctionConcurrency',
      restore: 'lambda:PutFunctionConcurrency',
    }),
  ...steps,
});
