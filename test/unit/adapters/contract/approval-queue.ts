import { beforeEach, describe, expect, it } from 'vitest';
import type { ApprovalQueue } from '#shared/ports/approval-queue.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { anApproval } from '#test/builders/index.ts';

const at = (time: string): Date => new Date(`2026-11-21T${time}:00.000Z`);

/** What every queue of approvals does, whatever it is made of. */
export function approvalQueueContract(
  name: string,
  open: () => Promise<{ incidents: IncidentStore; approvals: ApprovalQueue }>,
): void {
  let incidents: IncidentStore;
  let approvals: ApprovalQueue;
  beforeEach(async () => {
    ({ incidents, approvals } = await open());
  });
  const later = anApproval({ digest: 'e'.repeat(64), requestedAt: '2026-11-21T12:30:00.000Z' });
  const first = async () => {
    const [one] = await approvals.pending(1);
    if (one === undefined) throw new Error('Nothing is pending.');
    return one;
  };

  describe(name, () => {
    it('lists what nobody decided, the oldest first, until it is decided or dropped', async () => {
      await incidents.putApproval(later);
      await incidents.putApproval(anApproval());
      expect(await approvals.pending(10)).toEqual([
        { ...anApproval(), noticesSent: 0 },
        { ...later, noticesSent: 0 },
      ]);
      expect(await approvals.pending(1)).toHaveLength(1);
      await incidents.decideApproval(later.incidentId, later.digest, 'rejected', 'somebody', at('13:00'));
      await approvals.drop(await first());
      expect(await approvals.pending(10)).toEqual([]);
      expect(await incidents.getApproval(later.incidentId, anApproval().digest)).toMatchObject({ state: 'pending' });
    });

    it('lists what was decided until the workflow took it, or somebody was told that it came too late', async () => {
      await incidents.putApproval(later);
      await incidents.putApproval(anApproval());
      expect(await approvals.unanswered(10)).toEqual([]);
      for (const { incidentId, digest } of [later, anApproval()])
        await incidents.decideApproval(incidentId, digest, 'approved', 'somebody', at('13:00'));
      expect(await approvals.pending(10)).toEqual([]);
      const [one, other] = await approvals.unanswered(10);
      expect([one?.digest, other?.digest]).toEqual([anApproval().digest, later.digest]);
      expect(one).toMatchObject({ state: 'approved', decidedBy: 'somebody', taskToken: anApproval().taskToken });
      await incidents.closeApproval(later.incidentId, later.digest, 'taken');
      await incidents.closeApproval(anApproval().incidentId, anApproval().digest, 'too-late');
      const [left, ...none] = await approvals.unanswered(10);
      expect(none).toEqual([]);
      expect(left).toMatchObject({ digest: anApproval().digest, outcome: 'too-late' });
      if (left !== undefined) await approvals.forget(left);
      expect(await approvals.unanswered(10)).toEqual([]);
    });

    it('lets one of many send a message, and the next one only when it went out or the sender died', async () => {
      await incidents.putApproval(anApproval());
      const one = await first();
      const claims = await Promise.all([1, 2, 3].map(() => approvals.claimNotice(one, at('13:00'), at('13:05'))));
      expect(claims.filter((claimed) => claimed)).toHaveLength(1);
      expect(await approvals.claimNotice(one, at('13:04'), at('13:09'))).toBe(false);
      expect(await approvals.claimNotice(one, at('13:05'), at('13:10'))).toBe(true);
      await approvals.recordNotice(one, 1);
      expect(await first()).toMatchObject({ noticesSent: 1 });
      expect(await approvals.claimNotice(one, at('13:20'), at('13:25'))).toBe(false);
      expect(await approvals.claimNotice(await first(), at('13:20'), at('13:25'))).toBe(true);
    });

    it('lets nobody send a message about what is decided, or was asked for again', async () => {
      await incidents.putApproval(anApproval());
      const old = await first();
      await incidents.putApproval(anApproval({ taskToken: 'task-token-2' }));
      expect(await approvals.claimNotice(old, at('13:00'), at('13:05'))).toBe(false);
      const current = await first();
      await incidents.decideApproval(current.incidentId, current.digest, 'approved', 'somebody', at('13:00'));
      expect(await approvals.claimNotice(current, at('13:00'), at('13:05'))).toBe(false);
      await approvals.recordNotice(current, 1);
      expect(await approvals.pending(10)).toEqual([]);
    });
  });
}
