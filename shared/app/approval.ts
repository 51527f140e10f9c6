import type { BoundAction } from '#shared/domain/remediation/bound-action.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import { readPlannedAction } from './act-planned.ts';
import { type Approver, approverOf, type Claims } from './approval-approver.ts';
import { type EntitlementDeps, entitlementTo } from './approval-entitlement.ts';
import { type DecisionOutcome, type SettleDeps, settleApproval } from './approval-settle.ts';
import { type Fact, targetFacts } from './approval-words.ts';

export interface ApprovalDeps extends EntitlementDeps, SettleDeps {
  readonly incidents: SettleDeps['incidents'] & Pick<IncidentStore, 'getPlan'>;
  readonly actions: readonly ActionPlugin[];
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
  const entitlement = await entitlementTo(approver, found.asked, deps);
  const expired = approval.state === 'pending' && isExpired(approval, deps.clock.now());
  const details: ApprovalDetails = {
    digest: action.digest,
    title,
    description: action.description,
    risk: action.risk,
    facts: [...targetFacts(action.target), ...whyFacts(action)],
    expiresAt: approval.expiresAt,
    state: expired ? 'expired' : approval.state,
    decidedBy: approval.decidedBy,
    mayApprove: entitlement.kind === 'entitled',
    objection: entitlement.kind === 'entitled' ? null : entitlement.reason,
  };
  return { kind: 'details', details };
}

/** What the approval is about: nobody is to learn only afterwards that it was outside of a change window. */
function whyFacts({ needsApproval }: BoundAction): Fact[] {
  return needsApproval === undefined ? [] : [{ name: 'Why it asks', value: needsApproval.reasons.join(' ') }];
}

/**
 * Decides once, for one digest, before the expiry, by somebody who may and is not the author, and answers the waiting workflow. The same
 * decision by the same person again answers again, so that a crash in between loses nothing. Anybody who may sign in may reject.
 */
export async function decideApproval(
  place: ApprovalPlace,
  decision: 'approved' | 'rejected',
  claims: Claims,
  deps: ApprovalDeps,
): Promise<DecisionOutcome> {
  const found = await find(place, claims, deps);
  if (found.kind !== 'found') return found;
  const { approval, approver } = found.asked;
  const entitlement = await entitlementTo(approver, found.asked, deps);
  if (decision === 'approved' && entitlement.kind === 'objection') {
    deps.meter.count('approval-objected');
    return { kind: 'forbidden', reason: entitlement.reason };
  }
  const onBehalfOf = entitlement.kind === 'entitled' ? entitlement.onBehalfOf : null;
  return await settleApproval(approval, decision, { by: approver.name, onBehalfOf, channel: null }, deps);
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
