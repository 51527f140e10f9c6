import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { serviceOf } from '#shared/domain/incident/scope.ts';
import { InvalidInput } from '#shared/domain/kernel/errors.ts';
import { approvalReasons } from '#shared/domain/policy/approval.ts';
import type { BoundAction } from '#shared/domain/remediation/bound-action.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { Mailer } from '#shared/ports/cloud.ts';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';
import { readPlannedAction } from './act-planned.ts';
import { targetFacts } from './approval-words.ts';
import { sendMail } from './escalate.ts';

export interface RequestApprovalDeps {
  readonly incidents: Pick<IncidentStore, 'getPlan' | 'putApproval' | 'getApproval' | 'audit'>;
  readonly mailer: Mailer;
  /** Where the approval page is served. */
  readonly apiUrl: string;
  readonly actions: readonly ActionPlugin[];
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly meter: Meter;
}

/**
 * Keeps the task token and mails a link to the approval page. Repeatable: a repeat mails again, because a mail twice is better than
 * none. Throws `InvalidInput` when this very plan was decided before.
 */
export async function requestApproval(
  input: StepInput<'requestApproval'>,
  deps: RequestApprovalDeps,
): Promise<StepOutput<'requestApproval'>> {
  const { incidentId, digest, taskToken } = input;
  const { action } = await readPlannedAction(input, deps);
  const now = deps.clock.now();
  const approval: Approval = {
    incidentId,
    digest,
    taskToken,
    requestedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + input.expiresInSeconds * 1000).toISOString(),
    state: 'pending',
    decidedBy: null,
  };
  if ((await deps.incidents.putApproval(approval)) === 'exists') await requirePending(approval, deps);
  await sendMail(deps.mailer, `[Selfheal] Approval needed: ${action.actionId}`, messageOf(action, approval, deps));
  deps.meter.count('approval-requested');
  await deps.incidents.audit(incidentId, `approval-requested#${digest}`, {
    at: now.toISOString(),
    event: 'approval.requested',
    facts: { action: action.actionId, digest, expiresAt: approval.expiresAt },
  });
  return null;
}

async function requirePending({ incidentId, digest }: Approval, deps: RequestApprovalDeps): Promise<void> {
  const existing = await deps.incidents.getApproval(incidentId, digest);
  if (existing?.state === 'pending') return;
  throw new InvalidInput(`Plan ${digest} of incident ${incidentId} was decided before: make a new plan.`);
}

function messageOf(action: BoundAction, approval: Approval, { apiUrl, configuration }: RequestApprovalDeps): string {
  const link = `${apiUrl.replace(/\/+$/, '')}/approvals/${action.incidentId}/${action.digest}`;
  const always = approvalReasons(action.risk, serviceOf(configuration, action.target), configuration.policy);
  const reasons = always.length > 0 ? always : ['Selfheal is not sure enough to do it without asking.'];
  return [
    'Selfheal asks for an approval.',
    '',
    `What: ${action.description}`,
    `Risk: ${action.risk}`,
    `Why it asks: ${reasons.join(' ')}`,
    ...targetFacts(action.target).map(({ name, value }) => `${name}: ${value}`),
    '',
    'Sign in to see it and to decide:',
    link,
    '',
    `The request ends at ${approval.expiresAt}. Without an answer nothing is changed and the incident goes to a human.`,
    'Opening the link decides nothing.',
  ].join('\n');
}
