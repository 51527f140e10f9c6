import type { BoundAction } from '#shared/domain/remediation/bound-action.ts';
import type { ApprovalAnswer } from '#shared/domain/workflow/steps.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { WorkflowEngine } from '#shared/ports/cloud.ts';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';
import { readPlannedAction } from './act-planned.ts';
import { type Approver, approverOf, type Claims, objectionTo } from './approval-approver.ts';
import { type Fact, targetFacts } from './approval-words.ts';

export interface ApprovalDeps {
  readonly incidents: Pick<IncidentStore, 'getPlan' | 'getApproval' | 'decideApproval' | 'audit'>;
  readonly workflow: Pick<WorkflowEngine, 'answer'>;
  readonly actions: readonly ActionPlugin[];
  readonly clock: Clock;
  readonly meter: Meter;
}

export interface ApprovalPlace {
  readonly incidentId: string;
  readonly digest: string;
}

export interface ApprovalDetails {
  readonly digest: string;
  readonly title: string;
  readonly description: string;
  readonly risk: string;
  readonly facts: readonly Fact[];
  readonly expiresAt: string;
  readonly state: Approval['state'] | 'expired';
  readonly decidedBy: string | null;
  /** False for whoever started the run that failed. */
  readonly mayApprove: boolean;
  /** Why not, in plain words. */
  readonly objection: string | null;
}

export type DecisionOutcome =
  /** The waiting workflow has the answer, now or since an earlier repeat of this decision. */
  | { kind: 'answered' }
  | { kind: 'not-found' }
  | { kind: 'forbidden'; reason: string }
  | { kind: 'expired' }
  | { kind: 'decided-before'; decidedBy: string | null };

interface Asked {
  readonly approval: Approval;
  readonly action: BoundAction;
  readonly title: string;
  readonly approver: Approver;
}
type Found = { kind: 'found'; asked: Asked } | { kind: 'not-found' } | { kind: 'forbidden'; reason: string };

/** What a signed-in person may see: words made by code from authenticated facts, none of a log or a model. */
export async function approvalDetails(
  place: ApprovalPlace,
  claims: Claims,
  deps: ApprovalDeps,
): Promise<{ kind: 'details'; details: ApprovalDetails } | Exclude<Found, { kind: 'found' }>> {
  const found = await find(place, claims, deps);
  if (found.kind !== 'found') return found;
  const { approval, action, approver, title } = found.asked;
  const objection = objectionTo(approver, action.target);
  const expired = approval.state === 'pending' && isExpired(approval, deps.clock.now());
  const details: ApprovalDetails = {
    digest: action.digest,
    title,
    description: action.description,
    risk: action.risk,
    facts: targetFacts(action.target),
    expiresAt: approval.expiresAt,
    state: expired ? 'expired' : approval.state,
    decidedBy: approval.decidedBy,
    mayApprove: objection === null,
    objection,
  };
  return { kind: 'details', details };
}

/**
 * Decides once, for one digest, before the expiry, by somebody who is not the author, and answers the waiting workflow. The same
 * decision by the same person again answers again, so that a crash in between loses nothing.
 */
export async function decideApproval(
  place: ApprovalPlace,
  decision: 'approved' | 'rejected',
  claims: Claims,
  deps: ApprovalDeps,
): Promise<DecisionOutcome> {
  const found = await find(place, claims, deps);
  if (found.kind !== 'found') return found;
  const { approval, action, approver } = found.asked;
  const objection = objectionTo(approver, action.target);
  if (decision === 'approved' && objection !== null) {
    deps.meter.count('approval-objected');
    return { kind: 'forbidden', reason: objection };
  }
  const now = deps.clock.now();
  const { incidentId, digest } = place;
  const decided = await deps.incidents.decideApproval(incidentId, digest, decision, approver.name, now);
  if (decided === 'not-pending') return await lost(place, deps);
  await deps.incidents.audit(incidentId, `approval-${decision}#${digest}`, {
    at: now.toISOString(),
    event: `approval.${decision}`,
    facts: { digest, by: approver.name },
  });
  deps.meter.count(`approval-${decision}`);
  const answer: ApprovalAnswer = { approved: decision === 'approved', digest, by: approver.name };
  const taken = await deps.workflow.answer(approval.taskToken, answer);
  const repeated = approval.state !== 'pending';
  return taken === 'accepted' || repeated ? { kind: 'answered' } : { kind: 'expired' };
}

/** Somebody else was faster, or the time ran out while this one decided. */
async function lost({ incidentId, digest }: ApprovalPlace, deps: ApprovalDeps): Promise<DecisionOutcome> {
  const approval = await deps.incidents.getApproval(incidentId, digest);
  if (approval === null) return { kind: 'not-found' };
  return approval.state === 'pending' ? { kind: 'expired' } : { kind: 'decided-before', decidedBy: approval.decidedBy };
}

async function find(place: ApprovalPlace, claims: Claims, deps: ApprovalDeps): Promise<Found> {
  const approver = approverOf(claims);
  if (approver === null) return { kind: 'forbidden', reason: 'The token names nobody.' };
  const approval = await deps.incidents.getApproval(place.incidentId, place.digest);
  if (approval === null) return { kind: 'not-found' };
  const { action, plugin } = await readPlannedAction(place, deps);
  return { kind: 'found', asked: { approval, action, title: plugin.title, approver } };
}

function isExpired({ expiresAt }: Approval, now: Date): boolean {
  return Date.parse(expiresAt) <= now.getTime();
}
