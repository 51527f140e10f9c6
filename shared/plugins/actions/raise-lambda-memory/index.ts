import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { RoomMaker } from '#shared/domain/capacity/pre-emptive-action.ts';
import { CHANGES_SETTINGS } from '#shared/domain/plan/candidates.ts';
import { REMEDY_TARGET, RemedyAlarms } from '#shared/domain/plan/remedies.ts';
import { resourceKey } from '#shared/domain/plan/resource-ref.ts';
import { settingSteps } from '../common/changed-setting.ts';
import { listedRemedy, readResource } from '../common/listed-remedy.ts';
import { remedyGrants } from '../common/resource-grants.ts';
import { defineAction, type ProposalContext } from '../contract.ts';

const Megabytes = z.number().int().min(128).max(10_240);
const Parameters = z.strictObject({
  functionName: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  /** Revision of the configuration at planning; AWS refuses the change if the configuration has changed since. */
  revisionId: z.string().min(1).max(100),
  from: Megabytes,
  to: Megabytes,
  alarmName: z.string().min(1).max(255),
});
type Parameters = z.infer<typeof Parameters>;

/** Owners know which alarms show too little memory. More memory costs money meanwhile, and is undone when it does not help. */
const CONFIDENCE = 0.85;

/**
 * The call could add a layer to the function, which is code that runs in it: the only parameter of it that IAM has a condition for (Service
 * Authorization Reference, `lambda:Layer`). Environment, role and handler are out of reach because only the function `set-memory` may make it.
 */
const NO_LAYERS = { Null: { 'lambda:Layer': 'true' } } as const;

const refOf = ({ functionName }: Parameters) => ({ kind: 'lambda-function', functionName }) as const;

const Entry = z.strictObject({
  action: z.literal('raise-lambda-memory'),
  alarms: RemedyAlarms,
  /** A function called without alias or version, because published versions keep their memory. */
  functionName: REMEDY_TARGET.functionName,
  /** Memory is doubled, up to this limit. */
  maxMemoryMb: z.number().int().min(128).max(10_240),
});
const REMEDY: RoomMaker<z.infer<typeof Entry>> = {
  action: 'raise-lambda-memory',
  entry: Entry,
  problem: ({ functionName }, { deployment }) =>
    deployment?.functionName === functionName
      ? `${functionName} is called by an alias, and a published version keeps its memory`
      : null,
  makesRoom: { memory: 1 },
  describe: ({ functionName, maxMemoryMb }) => `double the memory of ${functionName}, up to ${maxMemoryMb} MB`,
};

function propose(context: ProposalContext) {
  const found = listedRemedy(context, REMEDY, 'lambda-function');
  if (found === null || !found.state.settled) return [];
  const { functionName, memoryMb, revisionId } = found.state;
  const to = Math.min(memoryMb * 2, found.remedy.maxMemoryMb);
  if (to <= memoryMb) return [];
  const parameters = { functionName, revisionId, from: memoryMb, to, alarmName: found.alarmName };
  const reason = `${found.reason} It has ${memoryMb} MB; up to ${found.remedy.maxMemoryMb} MB are allowed.`;
  return [{ parameters, confidence: CONFIDENCE, reason }];
}

const steps = settingSteps<Parameters>({
  name: ({ functionName }) => `the memory (in MB) of the function ${functionName}`,
  read: async (parameters, ports) => {
    const { memoryMb, revisionId } = await readResource(refOf(parameters), ports);
    const refusal =
      revisionId === parameters.revisionId
        ? null
        : `Somebody has changed ${parameters.functionName} since the plan was made.`;
    return { value: memoryMb, refusal };
  },
  write: async (parameters, memoryMb, ports) => {
    const { functionName, to } = parameters;
    // To raise: the planned revision; to undo: the revision that raising created.
    const { revisionId } = memoryMb === to ? parameters : await readResource(refOf(parameters), ports);
    const set = await ports.lambdaFunctions.setMemory(functionName, memoryMb, revisionId);
    if (set === 'changed-meanwhile') throw new Refused(`Somebody changed ${functionName} at the same time.`);
  },
});

/**
 * Doubles the memory of a Lambda function, within the owner's bound.
 * https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
 */
export const raiseLambdaMemory = defineAction<Parameters>({
  id: 'raise-lambda-memory',
  title: 'Give a Lambda function more memory',
  family: 'lambda',
  risk: 'low',
  impact: CHANGES_SETTINGS,
  parameters: Parameters,
  sample: {
    functionName: 'invoices-worker',
    revisionId: 'revision-3',
    from: 512,
    to: 1024,
    alarmName: 'invoices-out-of-memory',
  },
  remedy: REMEDY,
  propose,
  describe: ({ functionName, from, to }) =>
    `Raises the memory of the Lambda function ${functionName} from ${from} MB to ${to} MB.`,
  targetKey: (parameters) => resourceKey(refOf(parameters)),
  grants: (configuration) =>
    remedyGrants(configuration, REMEDY, {
      change: 'lambda:UpdateFunctionConfiguration',
      restore: 'lambda:UpdateFunctionConfiguration',
      conditions: NO_LAYERS,
      by: 'set-memory',
    }),
  ...steps,
});
