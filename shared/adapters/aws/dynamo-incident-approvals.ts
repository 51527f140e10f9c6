import * as z from 'zod';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import { type Item, type Key, type Table, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

type Approvals = Pick<IncidentStore, 'putApproval' | 'getApproval' | 'decideApproval'>;
const keyOf = (id: string, digest: string): Key => ({ pk: `INC#${id}`, sk: `APPROVAL#${digest}` });

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
});

/** Approvals: decided once, while pending and not expired. */
export function dynamoApprovals(table: Table): Approvals {
  const read = async (incidentId: string, digest: string): Promise<Approval | null> => {
    const item = await table.get(keyOf(incidentId, digest));
    return item && approvalOf(item);
  };
  return {
    putApproval: async ({ expiresAt, ...approval }) => {
      // UTC with milliseconds, so that instants compare as text.
      const record = ApprovalRecord.parse({ version: 1, ...approval, validUntil: new Date(expiresAt).toISOString() });
      const written = await table.putOnce(
        { ...keyOf(approval.incidentId, approval.digest), ...record },
        {
          condition: 'attribute_not_exists(pk) OR (#state = :pending AND taskToken <> :token)',
          names: { '#state': 'state' },
          values: { ':pending': 'pending', ':token': approval.taskToken },
        },
      );
      return written ? 'created' : 'exists';
    },
    getApproval: read,
    decideApproval: async (incidentId, digest, decision, by, at) => {
      const decided = await table.update(keyOf(incidentId, digest), {
        update: 'SET #state = :decision, decidedBy = :by',
        condition: '#state = :pending AND validUntil > :at',
        names: { '#state': 'state' },
        values: { ':decision': decision, ':by': by, ':pending': 'pending', ':at': at.toISOString() },
      });
      if (decided) return 'decided';
      const approval = await read(incidentId, digest);
      return approval?.state === decision && approval.decidedBy === by ? 'decided' : 'not-pending';
    },
  };
}

function approvalOf(item: Item): Approval {
  const what = `Approval ${String(item.pk)} ${String(item.sk)}`;
  const { version, validUntil, ...approval } = parseRecord(ApprovalRecord, withoutStorage(item), what);
  return { ...approval, expiresAt: validUntil };
}
