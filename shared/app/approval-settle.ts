import type { ApprovalAnswer } from '#shared/domain/workflow/steps.ts';
import type { WorkflowEngine } from '#shared/ports/cloud.ts';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';

export interface SettleDeps {
  readonly incidents: Pick<IncidentStore, 'getApproval' | 'decideApproval' | 'audit'>;
  readonly workflow: Pick<WorkflowEngine, 'answer'>;
  readonly clock: Clock;
  readonly meter: Meter;
}

export type DecisionOutcome =
  /** The waiting workflow has the answer, now or since an earlier repeat of this decision. */
  | { kind: 'answered' }
  | { kind: 'not-found' }
  | { kind: 'forbidden'; reason: string }
  | { kind: 'expired' }
  | { kind: 'decided-before'; decidedBy: string | null };

/** Who decides, for whom, and where other than on the page. */
export interface Decider {
  readonly by: string;
  readonly onBehalfOf: string | null;
  readonly channel: string | null;
}

/** Decides a request for somebody who may, once, and answers the waiting workflow. Whether they may is asked before. */
export async function settleApproval(
  approval: Approval,
  decision: 'approved' | 'rejected',
  { by, onBehalfOf, channel }: Decider,
  deps: SettleDeps,
): Promise<DecisionOutcome> {
  const now = deps.clock.now();
  const { incidentId, digest } = approval;
  if ((await deps.incidents.decideApproval(incidentId, digest, decision, by, now)) === 'not-pending')
    return await lost(approval, deps);
  await deps.incidents.audit(incidentId, `approval-${decision}#${digest}`, {
    at: now.toISOString(),
    event: `approval.${decision}`,
    facts: { digest, by, ...(onBehalfOf === null ? {} : { onBehalfOf }), ...(channel === null ? {} : { channel }) },
  });
  deps.meter.count(`approval-${decision}`);
  const answer: ApprovalAnswer = { approved: decision === 'approved', digest, by };
  const taken = await deps.workflow.answer(approval.taskToken, answer);
  const repeated = approval.state !== 'pending';
  return taken === 'accepted' || repeated ? { kind: 'answered' } : { kind: 'expired' };
}

/** Somebody else was faster, or the time ran out while this one decided. */
async function lost({ incidentId, digest }: Approval, deps: SettleDeps): Promise<DecisionOutcome> {
  const approval = await deps.incidents.getApproval(incidentId, digest);
  if (approval === null) return { kind: 'not-found' };
  return approval.state === 'pending' ? { kind: 'expired' } : { kind: 'decided-before', decidedBy: approval.decidedBy };
}
