import { CorruptRecord } from '@selfheal/kernel/errors.ts';
import { present } from '@selfheal/kernel/present.ts';
import * as z from 'zod';
import { DecisionReason } from '#shared/domain/incident/annotations.ts';
import type { ApprovalQueue, PendingApproval } from '#shared/ports/approval-queue.ts';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import { type Item, type Key, type Table, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

type Approvals = Pick<
  IncidentStore,
  'putApproval' | 'getApproval' | 'listApprovals' | 'decideApproval' | 'countAnswer' | 'closeApproval' | 'renewToken'
>;
const keyOf = (id: string, digest: string): Key => ({ pk: `INC#${id}`, sk: `APPROVAL#${digest}` });
/** Attributes for the sparse index `open` of undecided approvals, sorted by the time of the request. */
export const WAITING = 'APPROVAL';
/** The same for decided ones, until the workflow is known to have the decision. */
export const UNANSWERED = 'APPROVAL-DECIDED';

/** As stored: `validUntil` for the domain's `expiresAt`, because an attribute of that name belongs to the table's TTL. */
const ApprovalRecord = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  digest: z.string(),
  taskToken: z.string().min(1),
  requestedAt: z.iso.datetime({ offset: true }),
  validUntil: z.iso.datetime(),
  state: z.enum(['pending', 'approved', 'rejected']),
  decidedBy: z.string().nullable(),
  decision: z
    .strictObject({
      at: z.iso.datetime(),
      onBehalfOf: z.string().nullable(),
      channel: z.string().nullable(),
      roles: z.array(z.string()),
      name: z.string().optional(),
      reason: DecisionReason.optional(),
    })
    .optional(),
  outcome: z.enum(['taken', 'too-late']).optional(),
  /** Attempts to deliver the decision. */
  answers: z.number().int().nonnegative().optional(),
  /** Messages sent after the first. */
  noticesSent: z.number().int().nonnegative().default(0),
  /** Until then another process is sending one. */
  noticeClaimedUntil: z.string().optional(),
});

/** Approvals: decided once, while pending and not expired. */
export function dynamoApprovals(table: Table): Approvals {
  const read = async (incidentId: string, digest: string): Promise<Approval | null> => {
    const item = await table.get(keyOf(incidentId, digest));
    return item && withoutNotices(approvalOf(item));
  };
  return {
    putApproval: async ({ expiresAt, ...approval }) => {
      // UTC with milliseconds, so that instants sort as text.
      const record = ApprovalRecord.parse({ version: 1, ...approval, validUntil: new Date(expiresAt).toISOString() });
      const waiting = { openPk: WAITING, updatedAt: new Date(approval.requestedAt).toISOString() };
      const written = await table.putOnce(
        { ...keyOf(approval.incidentId, approval.digest), ...record, ...(record.state === 'pending' ? waiting : {}) },
        {
          condition: 'attribute_not_exists(pk) OR (#state = :pending AND taskToken <> :token)',
          names: { '#state': 'state' },
          values: { ':pending': 'pending', ':token': approval.taskToken },
        },
      );
      return written ? 'created' : 'exists';
    },
    getApproval: read,
    listApprovals: async (incidentId) => {
      const items = await table.query(`INC#${incidentId}`, { prefix: 'APPROVAL#' });
      const approvals = items.map((item) => withoutNotices(approvalOf(item)));
      return approvals.sort((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1));
    },
    decideApproval: async (incidentId, digest, decision, by, at, how = PLAINLY) => {
      const decided = await table.update(keyOf(incidentId, digest), {
        update: 'SET #state = :state, decidedBy = :by, decision = :decision, openPk = :unanswered',
        condition: '#state = :pending AND validUntil > :at',
        names: { '#state': 'state' },
        values: {
          ':state': decision,
          ':by': by,
          ':decision': { at: at.toISOString(), ...how, roles: [...how.roles] },
          ':unanswered': UNANSWERED,
          ':pending': 'pending',
          ':at': at.toISOString(),
        },
      });
      if (decided) return 'decided';
      const approval = await read(incidentId, digest);
      return approval?.state === decision && approval.decidedBy === by ? 'decided' : 'not-pending';
    },
    countAnswer: async (incidentId, digest) => {
      const counted = await table.update(keyOf(incidentId, digest), {
        update: 'ADD answers :one',
        condition: 'attribute_exists(pk) AND #state <> :pending',
        names: { '#state': 'state' },
        values: { ':one': 1, ':pending': 'pending' },
      });
      if (counted === null) throw new CorruptRecord(`Approval ${digest} of incident ${incidentId} is not decided.`);
      return approvalRecordOf(counted).answers ?? 0;
    },
    closeApproval: async (incidentId, digest, outcome, attempt) => {
      const closed = await table.update(keyOf(incidentId, digest), {
        // A late decision stays listed until somebody was notified.
        update: `SET outcome = :outcome${outcome === 'taken' ? ' REMOVE openPk' : ''}`,
        condition: `attribute_exists(pk) AND #state <> :pending AND attribute_not_exists(outcome)${attempt === undefined ? '' : ' AND answers = :attempt'}`,
        names: { '#state': 'state' },
        values: {
          ':outcome': outcome,
          ':pending': 'pending',
          ...(attempt === undefined ? {} : { ':attempt': attempt }),
        },
      });
      if (closed !== null) return outcome;
      return (await read(incidentId, digest))?.outcome ?? null;
    },
    renewToken: async (incidentId, digest, taskToken) => {
      const renewed = await table.update(keyOf(incidentId, digest), {
        update: 'SET taskToken = :token',
        condition: 'attribute_exists(pk) AND #state <> :pending AND attribute_not_exists(outcome)',
        names: { '#state': 'state' },
        values: { ':token': taskToken, ':pending': 'pending' },
      });
      return renewed === null ? 'closed' : 'renewed';
    },
  };
}

const PLAINLY = { onBehalfOf: null, channel: null, roles: [] };

/** Writes of the queue. Messages only while nobody has decided. */
export function dynamoNotices(table: Table): Omit<ApprovalQueue, 'pending' | 'unanswered'> {
  const change = (approval: PendingApproval, update: string, condition: string, values: Item) =>
    table.update(keyOf(approval.incidentId, approval.digest), {
      update,
      condition: `#state = :pending AND ${condition}`,
      names: { '#state': 'state' },
      values: { ':pending': 'pending', ...values },
    });
  const sent = 'taskToken = :token';
  return {
    claimNotice: async (approval, now, until) => {
      const free = '(attribute_not_exists(noticeClaimedUntil) OR noticeClaimedUntil <= :now)';
      const condition = `${sent} AND ${free} AND (noticesSent = :noticesSent OR (attribute_not_exists(noticesSent) AND :noticesSent = :none))`;
      const values = {
        ':now': now.toISOString(),
        ':until': until.toISOString(),
        ':noticesSent': approval.noticesSent,
        ':none': 0,
      };
      return (
        (await change(approval, 'SET noticeClaimedUntil = :until', condition, {
          ...values,
          ':token': approval.taskToken,
        })) !== null
      );
    },
    recordNotice: async (approval, noticesSent) => {
      const values = { ':token': approval.taskToken, ':noticesSent': noticesSent };
      await change(approval, 'SET noticesSent = :noticesSent REMOVE noticeClaimedUntil', sent, values);
    },
    forget: async (approval) => {
      await table.update(keyOf(approval.incidentId, approval.digest), {
        update: 'REMOVE openPk',
        condition: 'attribute_exists(pk) AND #state <> :pending',
        names: { '#state': 'state' },
        values: { ':pending': 'pending' },
      });
    },
    drop: async (approval) => {
      const values = { ':token': approval.taskToken, ':noticesSent': approval.noticesSent };
      await change(approval, 'SET noticesSent = :noticesSent REMOVE openPk', sent, values);
    },
  };
}

/** Null for a record that nothing waits for. */
export function waitingApproval(item: Item): PendingApproval | null {
  const approval = approvalOf(item);
  return approval.state === 'pending' && item.openPk === WAITING ? approval : null;
}

/** Null for a record without anything left to do. */
export function unansweredApproval(item: Item): Approval | null {
  const approval = approvalOf(item);
  return approval.state !== 'pending' && item.openPk === UNANSWERED ? withoutNotices(approval) : null;
}

function withoutNotices({ noticesSent, ...approval }: PendingApproval): Approval {
  return approval;
}

function approvalOf(item: Item): PendingApproval {
  const { version, validUntil, noticeClaimedUntil, answers, decision, outcome, ...approval } = approvalRecordOf(item);
  return {
    ...approval,
    expiresAt: validUntil,
    ...present({ decision, outcome }),
  };
}

function approvalRecordOf(item: Item): z.infer<typeof ApprovalRecord> {
  const what = `Approval ${String(item.pk)} ${String(item.sk)}`;
  const { updatedAt, ...stored } = withoutStorage(item);
  return parseRecord(ApprovalRecord, stored, what);
}
