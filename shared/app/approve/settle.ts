import { CorruptRecord, Retryable } from '@selfheal/kernel/errors.ts';
import { present } from '@selfheal/kernel/present.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { RunRole } from '#shared/domain/policy/self-approval.ts';
import type { ApprovalAnswer } from '#shared/domain/workflow/steps.ts';
import type { WorkflowEngine } from '#shared/ports/cloud.ts';
import { type Approval, deciderNameOf, type IncidentStore } from '#shared/ports/incident-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';

export interface SettleDeps {
  readonly incidents: Pick<IncidentStore, 'getApproval' | 'decideApproval' | 'countAnswer' | 'closeApproval' | 'audit'>;
  readonly workflow: Pick<WorkflowEngine, 'answer'>;
  readonly clock: Clock;
  readonly meter: Meter;
}

export type DecisionOutcome =
  /** The workflow has received the answer, now or earlier. */
  | { kind: 'answered' }
  /** Stored, and delivered to the workflow as soon as it can be reached. */
  | { kind: 'recorded' }
  | { kind: 'not-found' }
  | { kind: 'forbidden'; reason: string }
  | { kind: 'expired' }
  | { kind: 'decided-before'; decidedBy: string | null; decision: 'approved' | 'rejected' };

/** Who decides, on whose behalf, and through which channel if not the page. */
export interface Decider {
  readonly by: string;
  readonly onBehalfOf: string | null;
  readonly channel: string | null;
  /** Their roles in the run, where the deployment lets them decide in spite of these. */
  readonly roles: readonly RunRole[];
  /** Their name for people who read about it, where it differs from `by`. */
  readonly name?: string | undefined;
  /** Why, in their own words, redacted. */
  readonly reason?: RedactedText | undefined;
}

/**
 * A workflow that received a decision checks the approval again within this time, right before the effect. Only afterwards is it certain
 * that it did not receive an expired answer.
 */
const TAKEN_WITHIN_MILLISECONDS = 10 * 60_000;

/**
 * Records a decision once and answers the waiting workflow. The caller has checked that the person may decide.
 */
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
  if (current === null) throw new CorruptRecord(`Approval ${digest} of incident ${incidentId} no longer exists.`);
  return { kind: await passOn(current, deps) };
}

/**
 * Delivers a decision to the waiting workflow. Repeatable at any step: the outcome is written once, by the guard or here, and a decision
 * recorded as too late is never carried out.
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
  // The first attempt is certain too, if nobody else has tried.
  const outcome = await deps.incidents.closeApproval(incidentId, digest, 'too-late', certain ? undefined : attempt);
  return outcome === null ? 'recorded' : saidOf(outcome);
}

/**
 * Records that a decision came too late. Safe even when the workflow received an answer that seemed lost, because the guard refuses
 * decisions recorded as too late.
 */
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
    // The decision is stored; the reconciler will try again.
    if (error instanceof Retryable) return 'unreachable';
    throw error;
  }
}

async function auditDecision(
  { incidentId, digest, state, decidedBy, decision, requestedAt }: Approval,
  { incidents }: Pick<SettleDeps, 'incidents'>,
): Promise<void> {
  if (state === 'pending') return;
  const { onBehalfOf = null, channel = null, roles = [], name, reason } = decision ?? {};
  await incidents.audit(incidentId, `approval-${state}#${digest}`, {
    at: decision?.at ?? requestedAt,
    event: `approval.${state}`,
    facts: {
      digest,
      by: decidedBy,
      ...present({ name, reason }),
      ...(onBehalfOf === null ? {} : { onBehalfOf }),
      ...(channel === null ? {} : { channel }),
      ...(roles.length === 0 ? {} : { selfApproval: roles.join(', ') }),
    },
  });
}

/** What whoever comes second is told: by whom and how it was decided. */
export const decidedBeforeWords = ({
  decidedBy,
  decision,
}: Extract<DecisionOutcome, { kind: 'decided-before' }>): string =>
  `${decidedBy ?? 'Somebody'} ${decision} it before; your answer changes nothing.`;

/** Another decision came first, or the request expired meanwhile. */
async function lost({ incidentId, digest }: Approval, deps: SettleDeps): Promise<DecisionOutcome> {
  const approval = await deps.incidents.getApproval(incidentId, digest);
  if (approval === null) return { kind: 'not-found' };
  const { state: decision } = approval;
  return decision === 'pending'
    ? { kind: 'expired' }
    : { kind: 'decided-before', decidedBy: deciderNameOf(approval), decision };
}
