import { CorruptRecord } from '@selfheal/kernel/errors.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { AuditEntry } from '#shared/domain/audit/audit-event.ts';
import type { Incident, IncidentStatus, Notification } from '#shared/domain/incident/incident.ts';
import type { ActionRecord, BoundAction, Receipt } from '#shared/domain/plan/bound-action.ts';
import type { PlanRecord } from '#shared/domain/policy/plan-record.ts';
import type { SentRequests } from '#shared/domain/workflow/steps.ts';

/** How an approval was decided, besides by whom and for what. */
interface ApprovalDecision {
  /** ISO 8601. */
  readonly at: string;
  readonly onBehalfOf: string | null;
  /** The channel, when it was not the page. */
  readonly channel: string | null;
  /** The person's roles in the run, where the deployment allows them to decide anyway. */
  readonly roles: readonly string[];
  /** The person's name for people who read about it; absent in records from before it was kept. */
  readonly name?: string | undefined;
  /** Why they decided so, in their own words, redacted. */
  readonly reason?: RedactedText | undefined;
}

export interface Approval {
  readonly incidentId: string;
  readonly digest: string;
  readonly taskToken: string;
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly state: 'pending' | 'approved' | 'rejected';
  readonly decidedBy: string | null;
  /** Absent until somebody decides. */
  readonly decision?: ApprovalDecision;
  /**
   * Whether the workflow took the decision or no longer waited for it. Absent until that is known; never changed
   * afterwards.
   */
  readonly outcome?: ApprovalOutcome;
}

type ApprovalOutcome = 'taken' | 'too-late';

const USER_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Who decided, for people who read about it: never the id of the user pool. Null while nobody has. */
export function deciderNameOf({ decidedBy, decision }: Pick<Approval, 'decidedBy' | 'decision'>): string | null {
  if (decidedBy === null) return null;
  return decision?.name ?? (USER_ID.test(decidedBy) ? 'a signed-in person' : decidedBy);
}

/**
 * Incidents with their plans, actions, approvals and notifications, and the way to append to their audit trail. Every write is one
 * conditional single-item write.
 */
export interface IncidentStore {
  /** Gives it the next number. With `isNew`, the caller has just read that there is none of this id: where that became untrue, a number is left out. */
  create(incident: Incident, options?: { readonly isNew: boolean }): Promise<'created' | 'exists'>;
  /** Strongly consistent. Throws `CorruptRecord` when the record cannot be parsed. */
  get(id: string): Promise<Incident | null>;
  /** Sets the given fields and `updatedAt`; with conditions, only while status, attempt, run attempt and revision are as said. */
  update(
    id: string,
    change: Partial<
      Pick<
        Incident,
        | 'status'
        | 'attempt'
        | 'runAttempt'
        | 'reopened'
        | 'restarts'
        | 'recurrence'
        | 'parentId'
        | 'classification'
        | 'outcomeReason'
        | 'summary'
        | 'target'
        | 'annotations'
      >
    >,
    options?: {
      ifStatus?: readonly IncidentStatus[];
      ifAttempt?: number;
      ifRunAttempt?: number;
      /** Of the annotations; 0: there are none. */
      ifRevision?: number;
      at: Date;
    },
  ): Promise<'updated' | 'condition-failed'>;
  /** Counts one more signal of the same intake key, once per delivery id. A new run attempt starts without restarts. */
  addOccurrence(id: string, deliveryId: string, runAttempt: number, at: Date): Promise<void>;
  /**
   * Adds to the requests that a step sent to GitHub, the same ones once; does nothing for an unknown incident or one from before they were
   * counted.
   */
  countRequests(id: string, sent: SentRequests): Promise<void>;
  /**
   * The requests to GitHub of an incident by the function that sent them: those that were counted by themselves, and those that were written with
   * another record or change. Null for an unknown incident, or one from before they were counted.
   */
  requestsOf(id: string): Promise<Record<string, number> | null>;
  /** Open incidents whose last update is older than `before` and not older than `from`, oldest first, at most `limit`. */
  listStalled(before: Date, limit: number, from?: Date): Promise<Incident[]>;

  putPlan(action: BoundAction): Promise<void>;
  /** Null when absent or when its digest does not match its content. */
  getPlan(incidentId: string, digest: string): Promise<BoundAction | null>;

  /** Stores the decision of a planning round; a repeat of the round replaces it. */
  recordPlan(record: PlanRecord): Promise<void>;
  /** In the order of attempts and rounds; within a round, a hold comes before what followed. */
  listPlans(incidentId: string): Promise<PlanRecord[]>;

  /** Writes the intent once; `exists` returns the record that is already there. */
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
      inconclusive?: boolean;
    },
  ): Promise<void>;

  /**
   * `exists`: the same request is already there, or it was decided. A pending one with another task token is replaced
   * (`created`): Step Functions gives a retried state a new token, and the old one is dead.
   */
  putApproval(approval: Approval): Promise<'created' | 'exists'>;
  getApproval(incidentId: string, digest: string): Promise<Approval | null>;
  /** Sorted by the time of the request. */
  listApprovals(incidentId: string): Promise<Approval[]>;
  /** One use: only a pending, unexpired approval is decided. A repeat of the same decision by the same person is `decided`. */
  decideApproval(
    incidentId: string,
    digest: string,
    decision: 'approved' | 'rejected',
    by: string,
    at: Date,
    how?: Omit<ApprovalDecision, 'at'>,
  ): Promise<'decided' | 'not-pending'>;
  /** Counts one more attempt to deliver a decision to the workflow, before it is made; returns the count. */
  countAnswer(incidentId: string, digest: string): Promise<number>;
  /**
   * Records the outcome of a decision unless one is recorded; returns the recorded one. With `attempt`, records it only
   * if no later delivery attempt was counted; otherwise null.
   */
  closeApproval(
    incidentId: string,
    digest: string,
    outcome: ApprovalOutcome,
    attempt?: number,
  ): Promise<ApprovalOutcome | null>;
  /** Moves an undelivered decision to this task token: Step Functions gave the waiting state a new one. */
  renewToken(incidentId: string, digest: string, taskToken: string): Promise<'renewed' | 'closed'>;

  /** Records that people were notified; the same key on the same channel is recorded once. */
  recordNotification(notification: Notification): Promise<void>;
  listNotifications(incidentId: string): Promise<Notification[]>;

  /** Appends to the chained audit trail; `key` makes a repeat of the same entry harmless. `AuditReader` reads it. */
  audit(incidentId: string, key: string, entry: AuditEntry): Promise<void>;
}

/** Reads an incident that must exist. Throws `CorruptRecord` when it does not. */
export async function loadIncident(id: string, incidents: Pick<IncidentStore, 'get'>): Promise<Incident> {
  const incident = await incidents.get(id);
  if (incident === null) throw new CorruptRecord(`There is no incident ${id}.`);
  return incident;
}
