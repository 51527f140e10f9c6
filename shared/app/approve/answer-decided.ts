import { redactOutgoing } from '#shared/domain/redaction/redact.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { ApprovalQueue } from '#shared/ports/approval-queue.ts';
import type { Mailer } from '#shared/ports/cloud.ts';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';
import { sendMail } from '../notify/escalate.ts';
import { readPlannedAction } from '../remediate/planned.ts';
import { passOn, type SettleDeps } from './settle.ts';

export interface AnswerDecidedDeps extends SettleDeps {
  readonly incidents: SettleDeps['incidents'] & Pick<IncidentStore, 'getPlan'>;
  readonly approvals: Pick<ApprovalQueue, 'unanswered' | 'forget'>;
  readonly mailer: Mailer;
  readonly actions: readonly ActionPlugin[];
  readonly log: Log;
}

const AT_ONCE = 100;
/** Until then whoever took the decision in is still at it. */
const AFTER_MILLISECONDS = 60_000;

/**
 * Passes on what was decided and did not reach its workflow: the process that took the decision in died, or Step Functions could not be
 * reached. What came too late is told to the people by mail, also where whoever decided was told at once: their process may have died before. Returns how many are known to have been taken.
 */
export async function answerDecided(deps: AnswerDecidedDeps): Promise<number> {
  let taken = 0;
  for (const approval of await deps.approvals.unanswered(AT_ONCE)) {
    try {
      if (await settle(approval, deps)) taken += 1;
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown';
      deps.log.error('A decision could not be passed on.', { incidentId: approval.incidentId, error: name });
    }
  }
  return taken;
}

async function settle(approval: Approval, deps: AnswerDecidedDeps): Promise<boolean> {
  const { incidentId, digest, state, decision, requestedAt } = approval;
  const now = deps.clock.now();
  if (now.getTime() - Date.parse(decision?.at ?? requestedAt) < AFTER_MILLISECONDS) return false;
  const passed = await passOn(approval, deps);
  if (passed === 'recorded') return false;
  if (passed === 'expired' && state === 'approved') {
    await tellTooLate(approval, deps);
    await deps.incidents.audit(incidentId, `approval-too-late#${digest}`, {
      at: now.toISOString(),
      event: 'approval.too-late',
      facts: { digest, by: approval.decidedBy },
    });
  }
  await deps.approvals.forget(approval);
  return passed === 'answered';
}

/** At least once, as every mail: it is told before it is written down that it was. */
async function tellTooLate(approval: Approval, deps: AnswerDecidedDeps): Promise<void> {
  const { action } = await readPlannedAction(approval, deps);
  const message = [
    `${approval.decidedBy ?? 'Somebody'} approved this at ${approval.decision?.at ?? 'an unknown time'}, but the decision did not reach the workflow before it stopped waiting.`,
    'Nothing was done because of the approval, and it cannot be used any more.',
    '',
    `What was approved: ${action.description}`,
    `Incident: ${approval.incidentId}`,
    '',
    'The incident was handed to a human. Do it by hand if it is still needed.',
  ].join('\n');
  const subject = `[Selfheal] Approved too late, nothing was done: ${action.actionId}`;
  await sendMail(deps.mailer, redactOutgoing(subject), redactOutgoing(message));
  deps.meter.count('approval-too-late');
}
