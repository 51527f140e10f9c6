import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import { NO_IMPACT } from '#shared/domain/plan/candidates.ts';
import { aliasKey } from '#shared/domain/plan/target-key.ts';
import { READ_ALARMS, verifyByAlarm, whileRinging } from '../common/alarm-verification.ts';
import { makeReceipt } from '../common/make-receipt.ts';
import { ROLLBACK_STEPS, suspectDeployment } from '../common/recent-deployment.ts';
import {
  type ActionGrants,
  type ActionPlugin,
  type ActionPorts,
  defineAction,
  NO_GRANTS,
  type Observation,
  type ProposalContext,
} from '../contract.ts';

const Version = z.string().regex(/^\d{1,10}$/);
const Parameters = z.strictObject({
  functionName: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  alias: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/),
  fromVersion: Version,
  toVersion: Version,
  /** Revision of the alias while it pointed to `fromVersion`; AWS refuses the move if the alias has changed since. */
  revisionId: z.string().min(1).max(100),
  alarmName: z.string().min(1).max(255),
});
type Parameters = z.infer<typeof Parameters>;

function propose(context: ProposalContext) {
  const suspect = suspectDeployment(context);
  if (suspect?.deployment.kind !== 'lambda-alias') return [];
  const { functionName, alias, currentVersion, previousVersion, revisionId } = suspect.deployment;
  const parameters = Parameters.safeParse({
    functionName,
    alias,
    fromVersion: currentVersion,
    toVersion: previousVersion,
    revisionId,
    alarmName: suspect.alarmName,
  });
  // `$LATEST` or a missing previous version does not fit, because it gives no certain version to go back to.
  if (!parameters.success) return [];
  return [{ parameters: parameters.data, confidence: suspect.confidence, reason: suspect.reason }];
}

function grants({ services }: Configuration): ActionGrants {
  const functions = services.flatMap(({ deployment }) =>
    deployment?.kind === 'lambda-alias'
      ? [`arn:\${Partition}:lambda:\${Region}:\${Account}:function:${deployment.functionName}`]
      : [],
  );
  if (functions.length === 0) return NO_GRANTS;
  const resources = [...new Set(functions)];
  const read = { actions: ['lambda:GetAlias', 'lambda:ListVersionsByFunction'], resources };
  const move = { actions: ['lambda:UpdateAlias'], resources };
  return { execute: [move], observe: [read, READ_ALARMS], undo: [read, move] };
}

const nameOf = ({ functionName, alias }: Parameters): string => `${functionName}:${alias}`;

async function readAlias(parameters: Parameters, { deployments }: Pick<ActionPorts, 'deployments'>) {
  const { functionName, alias } = parameters;
  const deployment = await deployments.read({ kind: 'lambda-alias', functionName, alias });
  if (deployment.kind !== 'lambda-alias') throw new Refused(`${nameOf(parameters)} is not a Lambda alias.`);
  return deployment;
}

function receiptOf(parameters: Parameters, at: Date): Receipt {
  const { fromVersion, toVersion } = parameters;
  const summary = `Pointed ${nameOf(parameters)} from version ${fromVersion} back to version ${toVersion}.`;
  return makeReceipt(summary, at, { fromVersion, toVersion });
}

async function observe(parameters: Parameters, ports: ActionPorts): Promise<Observation> {
  const { currentVersion, revisionId } = await readAlias(parameters, ports);
  if (currentVersion === parameters.toVersion) {
    return { kind: 'happened', receipt: receiptOf(parameters, ports.clock.now()) };
  }
  if (currentVersion !== parameters.fromVersion || revisionId !== parameters.revisionId) {
    return { kind: 'superseded', reason: `Somebody has changed ${nameOf(parameters)} since the plan was made.` };
  }
  return await whileRinging(parameters.alarmName, ports);
}

async function execute(parameters: Parameters, ports: ActionPorts): Promise<Receipt> {
  const { functionName, alias, toVersion, revisionId } = parameters;
  const moved = await ports.lambdaAliases.pointTo(functionName, alias, toVersion, revisionId);
  if (moved === 'changed-meanwhile')
    throw new Refused(`Somebody has changed ${nameOf(parameters)} since the plan was made.`);
  return receiptOf(parameters, ports.clock.now());
}

const verify: ActionPlugin<Parameters>['verify'] = async (parameters, _receipt, context) => {
  const { currentVersion } = await readAlias(parameters, context.ports);
  const failure = `Somebody else moved ${nameOf(parameters)} to version ${currentVersion}.`;
  return await verifyByAlarm(parameters, context, currentVersion === parameters.toVersion ? null : failure);
};

async function undo(parameters: Parameters, _receipt: Receipt, ports: ActionPorts): Promise<string> {
  const { functionName, alias, fromVersion, toVersion } = parameters;
  const { currentVersion, revisionId } = await readAlias(parameters, ports);
  if (currentVersion === fromVersion) return `${nameOf(parameters)} points to version ${fromVersion} again.`;
  if (currentVersion !== toVersion) {
    return `Somebody else pointed ${nameOf(parameters)} to version ${currentVersion}, so it was left unchanged.`;
  }
  const moved = await ports.lambdaAliases.pointTo(functionName, alias, fromVersion, revisionId);
  if (moved === 'changed-meanwhile') throw new Refused(`Somebody changed ${nameOf(parameters)} at the same time.`);
  return `Pointed ${nameOf(parameters)} to version ${fromVersion} again.`;
}

/**
 * Rolls a Lambda alias back to the version before the deployment that an alarm followed.
 * https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html
 */
export const rollbackLambdaAlias = defineAction<Parameters>({
  id: 'rollback-lambda-alias',
  title: 'Roll a Lambda alias back to its previous version',
  family: 'lambda',
  risk: 'medium',
  impact: NO_IMPACT,
  ...ROLLBACK_STEPS,
  repeat: { kind: 'harmless', because: 'AWS refuses a second move by the revision id' },
  parameters: Parameters,
  sample: {
    functionName: 'checkout',
    alias: 'live',
    fromVersion: '8',
    toVersion: '7',
    revisionId: 'revision-8',
    alarmName: 'checkout-errors',
  },
  propose,
  describe: (parameters) =>
    `Points the Lambda alias ${nameOf(parameters)} from version ${parameters.fromVersion} back to version ${parameters.toVersion}.`,
  describeUndo: (parameters) =>
    `If it does not help, Selfheal points ${nameOf(parameters)} to version ${parameters.fromVersion} again.`,
  targetKey: ({ functionName, alias }) => aliasKey(functionName, alias),
  grants,
  observe,
  execute,
  verify,
  undo,
});
