import type { ApprovalQueue } from '#shared/ports/approval-queue.ts';
import { type ApprovalDeps, type ApprovalPlace, type ApprovalSummary, approvalSummary } from './approval.ts';
import type { Claims } from './approver.ts';

export interface ListApprovalsDeps extends ApprovalDeps {
  readonly approvals: Pick<ApprovalQueue, 'pending'>;
}

export interface ListedApproval extends ApprovalSummary, Pick<ApprovalPlace, 'incidentId'> {}

const MOST = 50;

/** What waits for a decision, the oldest first, as a signed-in person may see it. Expired ones are left out. */
export async function listApprovals(claims: Claims, deps: ListApprovalsDeps): Promise<ListedApproval[]> {
  const listed: ListedApproval[] = [];
  for (const { incidentId, digest } of await deps.approvals.pending(MOST)) {
    const found = await approvalSummary({ incidentId, digest }, claims, deps);
    if (found.kind === 'summary' && found.summary.state === 'pending') listed.push({ incidentId, ...found.summary });
  }
  return listed;
}
