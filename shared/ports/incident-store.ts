import type { AuditEntry, TrailEntry } from '#shared/domain/audit/audit-entry.ts';
import type { Incident, IncidentStatus } from '#shared/domain/incident/incident.ts';
import type { ActionRecord, BoundAction, Receipt } from '#shared/domain/plan/bound-action.ts';

/** How a request was decided, beside who and what. */
export interface ApprovalDecision {
  /** ISO 8601. */
  readonly at: string;
  readonly onBehalfOf: string | null;
  /** Where, other than on the page. */
  readonly channel: string | null;
  /** What they have to do with the run themselves, where the deployment lets them decide all the same. */
  readonly roles: readonly string[];
}

export interface Approval {
  readonly incidentId: string;
  readonly digest: string;
  readonly taskToken: string;
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly state: 'pending' | 'approved' | 'rejected';
  readonly decidedBy: string | null;
  /** Absent as long as nobody decided. */
  readonly decision?: ApprovalDecision;
  /** Whether the workflow took the decision or did not wait for it any more. Absent until that is known; never changed afterwards. */
  readonly outcome?: ApprovalOutcome;
}

export type ApprovalOutcome = 'taken' | 'too-late';

export type { AuditEntry };

/** Incidents with their plans, actions, approvals and audit trail. Every write is one conditional single-item write. */
export interface IncidentStore {
  create(incident: Incident): Promise<'created' | 'exists'>;
  /** Strongly consistent. Throws `CorruptRecord` when the record does not parse. */
  get(id: string): Promise<Incident | null>;
  /** Sets the given fields and `updatedAt`; with conditions, only while status, attempt and run attempt are as said. */
  update(
    id: string,
    change: Partial<
      Pick<Incident, 'status' | 'attempt' | 'runAttempt' | 'parentId' | 'classification' | 'outcomeReason' | 'target'>
    >,
    options?: { ifStatus?: readonly IncidentStatus[]; ifAttempt?: number; ifRunAttempt?: number; at: Date },
  ): Promise<'updated' | 'condition-failed'>;
  /** Counts one more signal of the same place, once per delivery id. */
  addOccurrence(id: string, deliveryId: string, runAttempt: number, at: Date): Promise<void>;
  /** Open incidents whose last update is older than `before` and not older than `from`, oldest first, at most `limit`. */
  listStalled(before: Date, limit: number, from?: Date): Promise<Incident[]>;

  putPlan(action: BoundAction): Promise<void>;
  /** Null when absent or when its digest does not fit its content. */
  getPlan(incidentId: string, digest: string): Promise<BoundAction | null>;

  /** Writes the intent once; `exists` gives the record that is already there. */
  intend(record: ActionRecord): Promise<{ kind: 'intended' } | { kind: 'exists'; record: ActionRecord }>;
  getAction(incidentId: string, digest: string): Promise<ActionRecord | null>;
  listActions(incidentId: string): Promise<ActionRecord[]>;
  commitAction(
    incidentId: string,
    digest: string,
    change: {
      state?: ActionRecord['state'];
      sentAt?: string | null;
      receipt?: Receipt;
      verified?: ActionRecord['verified'];
    },
  ): Promise<void>;

  /**
   * `exists`: the same request is there already, or it was decided. A pending one with another task token is replaced
   * (`created`): Step Functions gives a retried state a new token, and the old one is dead.
   */
  putApproval(approval: Approval): Promise<'created' | 'exists'>;
  getApproval(incidentId: string, digest: string): Promise<Approval | null>;
  /** One use: only a pending, unexpired approval is decided. A repeat of the same decision by the same person is `decided`. */
  decideApproval(
    incidentId: string,
    digest: string,
    decision: 'approved' | 'rejected',
    by: string,
    at: Date,
    how?: Omit<ApprovalDecision, 'at'>,
  ): Promise<'decided' | 'not-pending'>;
  /** Counts one more attempt to pass a decision on to the workflow, before it is made; gives how many there are with it. */
  countAnswer(incidentId: string, digest: string): Promise<number>;
  /**
   * Writes what became of a decision, unless that is written; gives what is. With `attempt` it is written only while no attempt to pass it on
   * was counted after that one: null when there was.
   */
  closeApproval(
    incidentId: string,
    digest: string,
    outcome: ApprovalOutcome,
    attempt?: number,
  ): Promise<ApprovalOutcome | null>;
  /** A decision that no workflow took yet is for this task token now: Step Functions gave the waiting state a new one. */
  renewToken(incidentId: string, digest: string, taskToken: string): Promise<'renewed' | 'closed'>;

  /** Append-only and chained; `key` makes a repeat of the same entry harmless. */
  audit(incidentId: string, key: string, entry: AuditEntry): Promise<void>;
  /** In the order in which they were written, whatever their clocks said. */
  listAudit(incidentId: string): Promise<AuditEntry[]>;
  /** The same with what shows whether the trail is as it was written. */
  auditTrail(incidentId: string): Promise<TrailEntry[]>;
}
