import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { InvalidInput } from '#shared/domain/kernel/errors.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { Mailer } from '#shared/ports/cloud.ts';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';
import { readPlannedAction } from './act-planned.ts';
import { approvalMessage } from './approval-message.ts';
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
  const { configuration, apiUrl } = deps;
  const headline = configuration.approvals.levels[0]?.subject ?? 'Approval needed';
  const opening = 'Selfheal asks for an approval.';
  const message = approvalMessage({ opening, action, approval, configuration, apiUrl });
  await sendMail(deps.mailer, `[Selfheal] ${headline}: ${action.actionId}`, message);
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
