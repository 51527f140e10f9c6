import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { ApprovalQueue } from '#shared/ports/approval-queue.ts';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import { type AnnounceDeps, announce } from '../notify/announce.ts';
import { readPlannedAction } from '../remediate/planned.ts';
import { passOn, type SettleDeps } from './settle.ts';

export interface AnswerDecidedDeps extends SettleDeps, AnnounceDeps {
  readonly incidents: SettleDeps['incidents'] & Pick<IncidentStore, 'getPlan'>;
  readonly approvals: Pick<ApprovalQueue, 'unanswered' | 'forget'>;
  readonly actions: readonly ActionPlugin[];
}

const AT_ONCE = 100;
/** Younger decisions are still being delivered by the process that recorded them. */
const AFTER_MILLISECONDS = 60_000;

/**
 * Delivers decisions that did not reach their workflow, because the process that recorded them died or Step Functions did not answer.
 * Decisions that came too late are announced by mail; the API may already have answered so, but its process may also have died
 * before. Returns how many were delivered.
 */
export async function answerDecided(deps: AnswerDecidedDeps): Promise<number> {
  let taken = 0;
  for (const approval of await deps.approvals.unanswered(AT_ONCE)) {
    try {
      if (await settle(approval, deps)) taken += 1;
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown';
      deps.log.error('A decision could not be delivered.', { incidentId: approval.incidentId, error: name });
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
    await notifyTooLate(approval, deps);
    await deps.incidents.audit(incidentId, `approval-too-late#${digest}`, {
      at: now.toISOString(),
      event: 'approval.too-late',
      facts: { digest, by: approval.decidedBy },
    });
  }
  await deps.approvals.forget(approval);
  return passed === 'answered';
}

/** At least once: sent before it is recorded as sent. */
async function notifyTooLate(approval: Approval, deps: AnswerDecidedDeps): Promise<void> {
  const { action } = await readPlannedAction(approval, deps);
  await announce({ kind: 'approval-too-late', approval, action }, deps);
  deps.meter.count('approval-too-late');
}
