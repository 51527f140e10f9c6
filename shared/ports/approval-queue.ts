import type { Approval } from './incident-store.ts';

/** A request that waits for an answer, and how many messages about it went out since the first. */
export interface PendingApproval extends Approval {
  readonly told: number;
}

/** Requests for approval that wait for an answer. Every write is one conditional single-item write. */
export interface ApprovalQueue {
  /** Those nobody decided, the oldest first, at most `limit`; expired ones too, until they are dropped. */
  pending(limit: number): Promise<PendingApproval[]>;
  /** Takes it upon itself to send the next message until `until`; false when somebody else did, or it is decided. */
  claimNotice(approval: PendingApproval, now: Date, until: Date): Promise<boolean>;
  /** The message went out: `told` were said by now. */
  noteNotice(approval: PendingApproval, told: number): Promise<void>;
  /** Those that were decided and of which it is not known whether the workflow took it, or nobody was told that it did not; the oldest first. */
  unanswered(limit: number): Promise<Approval[]>;
  /** All is said and done about a decided one. */
  forget(approval: Approval): Promise<void>;
  /** Nobody waits for it any more. */
  drop(approval: PendingApproval): Promise<void>;
}
