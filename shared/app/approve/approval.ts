import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redact } from '@selfheal/redaction/redact.ts';
import { type Redacted, redactFields } from '@selfheal/redaction/redact-json.ts';
import type { BoundAction } from '#shared/domain/plan/bound-action.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import { type ApprovalBriefing, briefingOf } from '#shared/plugins/notifiers/common/approval-briefing.ts';
import type { ApprovalQueue } from '#shared/ports/approval-queue.ts';
import { type Approval, deciderNameOf, type IncidentStore } from '#shared/ports/incident-store.ts';
import { type Approver, approverOf, type Claims } from '../access/approver.ts';
import { type AskingStoryDeps, readAskingStory } from '../notify/asked-plan.ts';
import { readPlannedAction } from '../remediate/planned.ts';
import { type EntitlementDeps, entitlementTo } from './entitlement.ts';
import { type DecisionOutcome, type SettleDeps, settleApproval } from './settle.ts';
import { type Fact, placeWords, targetFacts } from './words.ts';

export interface ApprovalDeps extends EntitlementDeps, SettleDeps {
  readonly incidents: SettleDeps['incidents'] & Pick<IncidentStore, 'getPlan'>;
  readonly actions: readonly ActionPlugin[];
}

export interface BriefingDeps extends ApprovalDeps {
  readonly incidents: ApprovalDeps['incidents'] & AskingStoryDeps['incidents'];
  readonly evidence: AskingStoryDeps['evidence'];
}

export interface ApprovalPlace {
  readonly incidentId: string;
  readonly digest: string;
}

interface ApprovalSummary {
  readonly digest: string;
  readonly title: string;
  readonly description: string;
  readonly risk: string;
  readonly facts: Redacted<readonly Fact[]>;
  readonly expiresAt: string;
  readonly state: Approval['state'] | 'expired';
  /** Their name, not an id. */
  readonly decidedBy: string | null;
  /** Why they decided so, in their own words. */
  readonly decisionReason: string | null;
  readonly decidedAt: string | null;
  /** False for people behind the failed run. */
  readonly mayApprove: boolean;
  /** Why they may not approve. */
  readonly objection: string | null;
}

/** The summary, with what a person needs to decide. */
export interface ApprovalDetails extends ApprovalSummary {
  readonly briefing: Redacted<ApprovalBriefing>;
}

interface PendingRequest {
  readonly approval: Approval;
  readonly action: BoundAction;
  readonly title: string;
  readonly approver: Approver;
}
type Found = { kind: 'found'; asked: PendingRequest } | { kind: 'not-found' } | { kind: 'forbidden'; reason: string };

/**
 * The details of a request for a signed-in person. Code writes the plan's texts; cause, evidence and past incidents partly come from logs
 * and models.
 */
export async function approvalDetails(
  place: ApprovalPlace,
  claims: Claims,
  deps: BriefingDeps,
): Promise<{ kind: 'details'; details: ApprovalDetails } | Exclude<Found, { kind: 'found' }>> {
  const found = await find(place, claims, deps);
  if (found.kind !== 'found') return found;
  // The page is not linked from itself.
  const { story, asked } = await readAskingStory(found.asked.approval, { ...deps, dashboardUrl: '' });
  const details = { ...(await summaryOf(found.asked, deps)), briefing: redactFields(briefingOf(story, asked)) };
  return { kind: 'details', details };
}

async function summaryOf(asked: PendingRequest, deps: ApprovalDeps): Promise<ApprovalSummary> {
  const { approval, action, approver, title } = asked;
  const entitlement = await entitlementTo(approver, asked, deps);
  const expired =
    (approval.state === 'pending' && isExpired(approval, deps.clock.now())) ||
    (approval.state === 'approved' && approval.outcome === 'too-late');
  return {
    digest: action.digest,
    title,
    description: action.description,
    risk: action.risk,
    facts: redactFields([...targetFacts(action.target), ...whyFacts(action)]),
    expiresAt: approval.expiresAt,
    state: expired ? 'expired' : approval.state,
    decidedBy: deciderNameOf(approval),
    decisionReason: approval.decision?.reason ?? null,
    decidedAt: approval.decision?.at ?? null,
    mayApprove: entitlement.kind === 'entitled',
    objection: entitlement.kind === 'entitled' ? null : entitlement.reason,
  };
}

/** Why an approval is needed, for example because the plan falls outside a change window. */
function whyFacts({ needsApproval }: BoundAction): Fact[] {
  return needsApproval === undefined ? [] : [{ name: 'Why Selfheal asks', value: needsApproval.reasons.join(' ') }];
}

/**
 * Decides about one digest once, before it expires, and answers the waiting workflow. Approving needs the right to approve and no part in
 * the run; anybody who may sign in may reject. If the same person repeats the same decision, the answer is sent again, so that a crash loses
 * nothing.
 */
export async function decideApproval(
  place: ApprovalPlace,
  decision: 'approved' | 'rejected',
  claims: Claims,
  deps: ApprovalDeps,
  reason: string | null = null,
): Promise<DecisionOutcome> {
  const found = await find(place, claims, deps);
  if (found.kind !== 'found') return found;
  const { approval, approver } = found.asked;
  const entitlement = await entitlementTo(approver, found.asked, deps);
  if (decision === 'approved' && entitlement.kind === 'objection') {
    deps.meter.count('approval-objected');
    return { kind: 'forbidden', reason: entitlement.reason };
  }
  const { onBehalfOf, roles } = entitlement.kind === 'entitled' ? entitlement : { onBehalfOf: null, roles: [] };
  const by = {
    by: approver.name,
    onBehalfOf,
    roles,
    channel: null,
    ...(approver.display === approver.name ? {} : { name: approver.display }),
    ...(reason === null ? {} : { reason: redact(reason).text.slice(0, MAX_REASON) }),
  };
  return await settleApproval(approval, decision, by, deps);
}

const MAX_REASON = 500;

async function find(place: ApprovalPlace, claims: Claims, deps: ApprovalDeps): Promise<Found> {
  const approver = approverOf(claims);
  if (approver === null) return { kind: 'forbidden', reason: 'The token does not identify a person.' };
  const approval = await deps.incidents.getApproval(place.incidentId, place.digest);
  if (approval === null) return { kind: 'not-found' };
  const { action, plugin } = await readPlannedAction(place, deps);
  return { kind: 'found', asked: { approval, action, title: plugin.title, approver } };
}

function isExpired({ expiresAt }: Approval, now: Date): boolean {
  return Date.parse(expiresAt) <= now.getTime();
}

export interface ListApprovalsDeps extends ApprovalDeps {
  readonly incidents: ApprovalDeps['incidents'] & Pick<IncidentStore, 'get'>;
  readonly approvals: Pick<ApprovalQueue, 'pending'>;
}

export interface ListedApproval extends ApprovalSummary, Pick<ApprovalPlace, 'incidentId'> {
  readonly requestedAt: string;
  /** What failed, in one line; null when the incident is gone. Tainted. */
  readonly failure: string | null;
  /** Repository with pull request, alarm with region, or service. */
  readonly place: string;
  /** Who asked for the action; null: Selfheal chose it. */
  readonly askedBy: string | null;
}

const MAX_LISTED = 50;

/** Plans that wait for a decision, oldest first, as a signed-in person may see them; without expired ones. */
export async function listApprovals(claims: Claims, deps: ListApprovalsDeps): Promise<ListedApproval[]> {
  const pending = await deps.approvals.pending(MAX_LISTED);
  const people = deps.persons.list();
  const once = { ...deps, persons: { list: () => people } };
  const listed = await Promise.all(pending.map((place) => listedApproval(place, claims, once)));
  return listed.filter((one) => one !== null);
}

async function listedApproval(
  { incidentId, digest }: ApprovalPlace,
  claims: Claims,
  deps: ListApprovalsDeps,
): Promise<ListedApproval | null> {
  const [found, incident] = await Promise.all([
    find({ incidentId, digest }, claims, deps),
    deps.incidents.get(incidentId),
  ]);
  if (found.kind !== 'found') return null;
  const summary = await summaryOf(found.asked, deps);
  if (summary.state !== 'pending') return null;
  const { target } = found.asked.action;
  return {
    incidentId,
    ...summary,
    requestedAt: found.asked.approval.requestedAt,
    failure: incident === null ? null : cleanText(incident.summary ?? incident.tainted.title, 300),
    place: placeWords(target),
    askedBy: incident?.request?.by ?? null,
  };
}
