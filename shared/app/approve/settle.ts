import type { RunRole } from '#shared/domain/policy/self-approval.ts';
import type { ApprovalAnswer } from '#shared/domain/workflow/steps.ts';
import { CorruptRecord, Retryable } from '#shared/kernel/errors.ts';
import type { WorkflowEngine } from '#shared/ports/cloud.ts';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';

export interface SettleDeps {
  readonly incidents: Pick<IncidentStore, 'getApproval' | 'decideApproval' | 'countAnswer' | 'closeApproval' | 'audit'>;
  readonly workflow: Pick<WorkflowEngine, 'answer'>;
  readonly clock: Clock;
  readonly meter: Meter;
}

export type DecisionOutcome =
  /** The waiting workflow has the answer, now or since an earlier repeat of this decision. */
  | { kind: 'answered' }
  /** It is written down, and passed on to the workflow as soon as that can be reached. */
  | { kind: 'recorded' }
  | { kind: 'not-found' }
  | { kind: 'forbidden'; reason: string }
  | { kind: 'expired' }
  | { kind: 'decided-before'; decidedBy: string | null };

/** Who decides, for whom, and where other than on the page. */
export interface Decider {
  readonly by: string;
  readonly onBehalfOf: string | null;
  readonly channel: string | null;
  /** What they have to do with the run that they decide about, where the deployment lets them all the same. */
  readonly roles: readonly RunRole[];
}

/**
 * A workflow that took a decision looks at the approval again within this time, right before the effect. Only afterwards it is certain that
 * an answer which nobody waits for any more was not taken before.
 */
const TAKEN_WITHIN_MILLISECONDS = 10 * 60_000;

/** Decides a request for somebody who may, once, and answers the waiting workflow. Whether they may is asked before. */
export async function settleApproval(
  approval: Approval,
  decision: 'approved' | 'rejected',
  { by, ...how }: Decider,
  deps: SettleDeps,
): Promise<DecisionOutcome> {
  const { incidentId, digest } = approval;
  const decided = await deps.incidents.decideApproval(incidentId, digest, decision, by, deps.clock.now(), how);
  if (decided === 'not-pending') return await lost(approval, deps);
  const current = await deps.incidents.getApproval(incidentId, digest);
  if (current === null) throw new CorruptRecord(`The approval ${digest} of incident ${incidentId} is gone.`);
  return { kind: await passOn(current, deps) };
}

/**
 * Passes a decision on to the workflow that waits for it. Repeatable at any step: what became of it is written once, by the guard or here, and
 * a decision of which is written that it came too late is never carried out.
 */
export async function passOn(approval: Approval, deps: SettleDeps): Promise<'answered' | 'recorded' | 'expired'> {
  if (approval.outcome !== undefined) return saidOf(approval.outcome);
  await auditDecision(approval, deps);
  const { incidentId, digest, taskToken, state, decidedBy, decision } = approval;
  const attempt = await deps.incidents.countAnswer(incidentId, digest);
  const answer: ApprovalAnswer = { approved: state === 'approved', digest, by: decidedBy ?? 'somebody' };
  const taken = await answered(() => deps.workflow.answer(taskToken, answer));
  if (taken === 'unreachable') return await unreachable(approval, deps);
  if (taken === 'accepted') {
    deps.meter.count(`approval-${state}`);
    return saidOf((await deps.incidents.closeApproval(incidentId, digest, 'taken')) ?? 'taken');
  }
  const sinceDecided = deps.clock.now().getTime() - Date.parse(decision?.at ?? approval.requestedAt);
  const certain = sinceDecided > TAKEN_WITHIN_MILLISECONDS;
  if (!certain && attempt > 1) {
    const current = await deps.incidents.getApproval(incidentId, digest);
    return current?.outcome === undefined ? 'recorded' : saidOf(current.outcome);
  }
  // Of a first attempt it is certain too, as long as nobody tries beside it.
  const outcome = await deps.incidents.closeApproval(incidentId, digest, 'too-late', certain ? undefined : attempt);
  return outcome === null ? 'recorded' : saidOf(outcome);
}

/** The guard refuses what is written as too late, so this is safe even when the workflow took an answer that looked lost. */
async function unreachable({ incidentId, digest, expiresAt }: Approval, { incidents, clock }: SettleDeps) {
  if (clock.now().getTime() - Date.parse(expiresAt) <= TAKEN_WITHIN_MILLISECONDS) return 'recorded';
  return saidOf((await incidents.closeApproval(incidentId, digest, 'too-late')) ?? 'too-late');
}

const saidOf = (outcome: 'taken' | 'too-late') => (outcome === 'taken' ? 'answered' : 'expired');

async function answered(
  answer: () => Promise<'accepted' | 'expired'>,
): Promise<'accepted' | 'expired' | 'unreachable'> {
  try {
    return await answer();
  } catch (error) {
    // The decision stands: whoever looks after approvals tries again.
    if (error instanceof Retryable) return 'unreachable';
    throw error;
  }
}

async function auditDecision(
  { incidentId, digest, state, decidedBy, decision, requestedAt }: Approval,
  { incidents }: Pick<SettleDeps, 'incidents'>,
): Promise<void> {
  const { onBehalfOf = null, channel = null, roles = [] } = decision ?? {};
  await incidents.audit(incidentId, `approval-${state}#${digest}`, {
    at: decision?.at ?? requestedAt,
    event: `approval.${state}`,
    facts: {
      digest,
      by: decidedBy,
      ...(onBehalfOf === null ? {} : { onBehalfOf }),
      ...(channel === null ? {} : { channel }),
      ...(roles.length === 0 ? {} : { selfApproval: roles.join(', ') }),
    },
  });
}

/** Somebody else was faster, or the time ran out while this one decided. */
async function lost({ incidentId, digest }: Approval, deps: SettleDeps): Promise<DecisionOutcome> {
  const approval = await deps.incidents.getApproval(incidentId, digest);
  if (approval === null) return { kind: 'not-found' };
  return approval.state === 'pending' ? { kind: 'expired' } : { kind: 'decided-before', decidedBy: approval.decidedBy };
}
