import type { Delegation } from '#shared/domain/policy/approval-levels.ts';
import type { Approval } from './incident-store.ts';

/** A pending request, and how many messages about it were sent after the first. */
export interface PendingApproval extends Approval {
  readonly noticesSent: number;
}

/** Pending requests for approval. Every write is one conditional single-item write. */
export interface ApprovalQueue {
  /** Undecided requests, oldest first, at most `limit`; includes expired ones until they are dropped. */
  pending(limit: number): Promise<PendingApproval[]>;
  /** Claims the next message until `until`; false when somebody else has claimed it or the request is decided. */
  claimNotice(approval: PendingApproval, now: Date, until: Date): Promise<boolean>;
  /** Records that the message was sent; `noticesSent` counts all of them. */
  recordNotice(approval: PendingApproval, noticesSent: number): Promise<void>;
  /**
   * Decided requests, oldest first, for which it is unknown whether the workflow received the decision, or whose
   * approver has not been notified yet that it did not.
   */
  unanswered(limit: number): Promise<Approval[]>;
  /** Removes a decided request: nothing is left to do. */
  forget(approval: Approval): Promise<void>;
  /** Removes a request that nothing waits for any more. */
  drop(approval: PendingApproval): Promise<void>;
}

/** Who may approve on whose behalf. Every write is one single-item write. */
export interface DelegationStore {
  /** Replaces an earlier one between the same two people. */
  put(delegation: Delegation): Promise<void>;
  /** Valid delegations to an e-mail address. */
  inForce(to: string, at: Date): Promise<Delegation[]>;
}
