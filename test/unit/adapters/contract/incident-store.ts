import type { Clock } from '@selfheal/kernel/time.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { verifyChain } from '#shared/domain/audit/audit-chain.ts';
import { NO_ANNOTATIONS } from '#shared/domain/incident/annotations.ts';
import type { AuditReader } from '#shared/ports/audit-reader.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import {
  aBoundAction,
  aClassification,
  anActionRecord,
  anApproval,
  anIncident,
  aPlanRecord,
  redactedText,
  someCircumstances,
} from '#test/builders/index.ts';
import { type FakeClock, fakeClock } from '#test/fakes/index.ts';

const GATHERED = { step: 'gather', requests: 7, id: 'gathered' };
const ID = `gh-${'0'.repeat(24)}`;
const at = (time: string): Date => new Date(`2026-11-21T${time}.000Z`);
const twenty = <T>(run: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: 20 }, (_, index) => run(index)));

/** What every incident store does, whatever it is made of. */
export function incidentStoreContract(
  name: string,
  open: (clock: Clock) => Promise<IncidentStore & AuditReader>,
): void {
  let clock: FakeClock;
  let store: IncidentStore & AuditReader;
  beforeEach(async () => {
    clock = fakeClock();
    store = await open(clock);
  });

  describe(`${name}: incidents`, () => {
    it('creates an incident once and gives it back as it was', async () => {
      const incident = anIncident({ classification: aClassification() });
      expect(await store.create(incident)).toBe('created');
      expect(await store.create(anIncident({ intakeKey: 'another' }))).toBe('exists');
      expect(await store.get(ID)).toMatchObject(incident);
    });

    it('knows nothing of an incident that was never created', async () => {
      expect(await store.get('gh-missing-missing')).toBeNull();
      expect(await store.update('gh-missing-missing', { status: 'resolved' })).toBe('condition-failed');
    });

    it('sets the given fields and the time of the update, and leaves the others', async () => {
      await store.create(anIncident());
      const change = { status: 'resolved', outcomeReason: 'Healthy again.', parentId: undefined } as never;
      expect(await store.update(ID, change, { at: at('12:30:00') })).toBe('updated');
      const expected = { status: 'resolved', outcomeReason: 'Healthy again.', updatedAt: at('12:30:00').toISOString() };
      expect(await store.get(ID)).toMatchObject({ ...anIncident(), ...expected } as never);
    });

    it('takes the time of an update from its clock when none is given', async () => {
      await store.create(anIncident());
      clock.advance(1000);
      await store.update(ID, { attempt: 2 });
      expect((await store.get(ID))?.updatedAt).toBe('2026-11-21T12:00:01.000Z');
    });

    it('updates only in the expected status and attempt', async () => {
      await store.create(anIncident());
      const when = { at: at('12:10:00') };
      expect(await store.update(ID, { status: 'resolved' }, { ...when, ifStatus: ['linked'] })).toBe(
        'condition-failed',
      );
      expect(await store.update(ID, { status: 'resolved' }, { ...when, ifStatus: [] })).toBe('condition-failed');
      expect(await store.update(ID, { status: 'resolved' }, { ...when, ifAttempt: 2 })).toBe('condition-failed');
      expect(await store.update(ID, { runAttempt: 3 }, { ...when, ifRunAttempt: 2 })).toBe('condition-failed');
      expect((await store.get(ID))?.status).toBe('open');
      const both = { ...when, ifStatus: ['linked', 'open'] as const, ifAttempt: 1, ifRunAttempt: 1 };
      expect(await store.update(ID, { status: 'resolved' }, both)).toBe('updated');
    });

    it('lets one of twenty people write on top of a revision', async () => {
      await store.create(anIncident());
      for (const revision of [0, 1]) {
        const results = await twenty(() =>
          store.update(
            ID,
            { annotations: { ...NO_ANNOTATIONS, revision: revision + 1 } },
            { ifRevision: revision, at: at('12:10:00') },
          ),
        );
        expect(results.filter((result) => result === 'updated')).toHaveLength(1);
      }
      expect((await store.get(ID))?.annotations?.revision).toBe(2);
    });

    it('lets one of twenty reopen a closed incident', async () => {
      await store.create(anIncident({ status: 'resolved' }));
      const results = await twenty(() =>
        store.update(ID, { status: 'open', attempt: 2 }, { ifStatus: ['resolved'], ifAttempt: 1, at: at('12:10:00') }),
      );
      expect(results.filter((result) => result === 'updated')).toHaveLength(1);
    });

    it('counts the requests of each step, also those of steps at once, the same ones once, and does not touch the update time', async () => {
      await store.create(anIncident({ githubRequests: {} }));
      await twenty((index) => store.countRequests(ID, { step: 'act-github', requests: 2, id: `run-${index}` }));
      await store.countRequests(ID, GATHERED);
      await store.countRequests(ID, GATHERED);
      expect(await store.requestsOf(ID)).toEqual({ 'act-github': 40, gather: 7 });
      expect((await store.get(ID))?.updatedAt).toBe(anIncident().updatedAt);
      await store.countRequests('gh-missing-missing', GATHERED);
      expect(await store.get('gh-missing-missing')).toBeNull();
    });

    it('leaves an incident from before requests were counted as it is', async () => {
      await store.create(anIncident());
      await store.countRequests(ID, GATHERED);
      expect(await store.get(ID)).toMatchObject(anIncident());
    });

    it('counts an occurrence once per delivery, keeps the highest run attempt and when it was last seen, and does not touch the update time', async () => {
      await store.create(anIncident());
      await store.addOccurrence(ID, 'delivery-2', 3, at('12:10:00'));
      await store.addOccurrence(ID, 'delivery-2', 3, at('12:11:00'));
      await store.addOccurrence(ID, 'delivery-3', 2, at('12:12:00'));
      expect(await store.get(ID)).toMatchObject(
        anIncident({ occurrences: 3, runAttempt: 3, lastSeenAt: at('12:12:00').toISOString() }),
      );
    });

    it('counts twenty simultaneous deliveries as twenty', async () => {
      await store.create(anIncident());
      await twenty((index) => store.addOccurrence(ID, `delivery-${index % 10}`, 1, at('12:10:00')));
      expect((await store.get(ID))?.occurrences).toBe(11);
    });

    it('refuses to count an occurrence of an incident that does not exist', async () => {
      const counting = store.addOccurrence('gh-missing-missing', 'delivery-1', 1, at('12:10:00'));
      await expect(counting).rejects.toMatchObject({ name: 'CorruptRecord' });
    });

    it('lists open incidents that were not updated for long, the oldest first', async () => {
      const minutes = ['12:03', '12:01', '12:02', '12:09'];
      for (const [index, minute] of minutes.entries()) {
        await store.create(anIncident({ id: `gh-incident-${index}`, updatedAt: at(`${minute}:00`).toISOString() }));
      }
      await store.create(anIncident({ id: 'gh-incident-closed', status: 'resolved' }));
      const stalled = async (limit: number): Promise<string[]> =>
        (await store.listStalled(at('12:05:00'), limit)).map(({ id }) => id);
      expect(await stalled(10)).toEqual(['gh-incident-1', 'gh-incident-2', 'gh-incident-0']);
      expect(await stalled(2)).toEqual(['gh-incident-1', 'gh-incident-2']);
      await store.update('gh-incident-1', { status: 'escalated' }, { at: at('12:01:00') });
      await store.update('gh-incident-closed', { status: 'open' }, { at: at('12:00:30') });
      expect(await stalled(2)).toEqual(['gh-incident-closed', 'gh-incident-2']);
      const between = await store.listStalled(at('12:10:00'), 10, at('12:03:00'));
      expect(between.map(({ id }) => id)).toEqual(['gh-incident-0', 'gh-incident-3']);
    });
  });

  describe(`${name}: plans and actions`, () => {
    it('keeps a plan under its digest', async () => {
      const plan = aBoundAction();
      await store.putPlan(plan);
      await store.putPlan(plan);
      expect(await store.getPlan(plan.incidentId, plan.digest)).toEqual(plan);
      expect(await store.getPlan(plan.incidentId, 'f'.repeat(64))).toBeNull();
    });

    it('gives no plan whose digest does not fit its content', async () => {
      const plan = aBoundAction({ digest: 'e'.repeat(64) });
      await store.putPlan(plan);
      expect(await store.getPlan(plan.incidentId, plan.digest)).toBeNull();
    });

    it('lets one of twenty intend an action, and shows the others its record', async () => {
      const results = await twenty(() => store.intend(anActionRecord()));
      expect(results.filter(({ kind }) => kind === 'intended')).toHaveLength(1);
      expect(results.find(({ kind }) => kind === 'exists')).toEqual({ kind: 'exists', record: anActionRecord() });
    });

    it('commits what is given and leaves the rest', async () => {
      await store.intend(anActionRecord());
      const receipt = {
        summary: redactedText('Re-ran.'),
        at: at('12:01:00').toISOString(),
        facts: { attempt: 2, previous: null },
      };
      await store.commitAction(ID, 'd'.repeat(64), { state: 'done', receipt });
      await store.commitAction(ID, 'd'.repeat(64), { verified: 'recovered' });
      const expected = anActionRecord({ state: 'done', receipt, verified: 'recovered' });
      expect(await store.getAction(ID, 'd'.repeat(64))).toEqual(expected);
    });

    it('refuses to commit an action that was never intended', async () => {
      const committing = store.commitAction(ID, 'd'.repeat(64), { state: 'done' });
      await expect(committing).rejects.toMatchObject({ name: 'CorruptRecord' });
      expect(await store.getAction(ID, 'd'.repeat(64))).toBeNull();
    });

    it('lists the actions of one incident in the order of their intents', async () => {
      const times = ['12:02:00', '12:01:00', '12:03:00'];
      for (const [index, time] of times.entries()) {
        await store.intend(anActionRecord({ digest: `${index}`.repeat(64), intendedAt: at(time).toISOString() }));
      }
      await store.intend(anActionRecord({ incidentId: 'gh-another-incident' }));
      expect((await store.listActions(ID)).map(({ digest }) => digest[0])).toEqual(['1', '0', '2']);
    });
  });

  describe(`${name}: approvals`, () => {
    const digest = 'd'.repeat(64);

    it('keeps a request once, and replaces a pending one whose task token is dead', async () => {
      expect(await store.putApproval(anApproval())).toBe('created');
      expect(await store.putApproval(anApproval())).toBe('exists');
      expect(await store.putApproval(anApproval({ taskToken: 'task-token-2' }))).toBe('created');
      expect(await store.getApproval(ID, digest)).toEqual(anApproval({ taskToken: 'task-token-2' }));
    });

    it('never replaces a decided approval', async () => {
      await store.putApproval(anApproval());
      await store.decideApproval(ID, digest, 'rejected', 'approver@example.com', at('12:10:00'));
      expect(await store.putApproval(anApproval({ taskToken: 'task-token-2' }))).toBe('exists');
      expect((await store.getApproval(ID, digest))?.state).toBe('rejected');
    });

    it('decides once: a repeat by the same person is harmless, anything else is refused', async () => {
      const decide = (decision: 'approved' | 'rejected', by: string): Promise<string> =>
        store.decideApproval(ID, digest, decision, by, at('12:10:00'));
      await store.putApproval(anApproval());
      expect(await decide('approved', 'approver@example.com')).toBe('decided');
      expect(await decide('approved', 'approver@example.com')).toBe('decided');
      expect(await decide('rejected', 'approver@example.com')).toBe('not-pending');
      expect(await decide('approved', 'somebody@example.com')).toBe('not-pending');
      const decision = { at: at('12:10:00').toISOString(), onBehalfOf: null, channel: null, roles: [] };
      const expected = anApproval({ state: 'approved', decidedBy: 'approver@example.com', decision });
      expect(await store.getApproval(ID, digest)).toEqual(expected);
    });

    it('keeps for whom and how somebody decided', async () => {
      const how = { onBehalfOf: 'lead', channel: 'comment 501', roles: ['author'] };
      await store.putApproval(anApproval());
      await store.decideApproval(ID, digest, 'approved', 'deputy', at('12:10:00'), how);
      expect((await store.getApproval(ID, digest))?.decision).toEqual({ at: at('12:10:00').toISOString(), ...how });
    });

    it('closes a decision once, whoever comes first, and never a request that nobody decided', async () => {
      await store.putApproval(anApproval());
      await expect(store.countAnswer(ID, digest)).rejects.toMatchObject({ name: 'CorruptRecord' });
      await store.decideApproval(ID, digest, 'approved', 'somebody', at('12:10:00'));
      const outcomes = await twenty((index) => store.closeApproval(ID, digest, index % 2 ? 'taken' : 'too-late'));
      expect(new Set(outcomes).size).toBe(1);
      expect((await store.getApproval(ID, digest))?.outcome).toBe(outcomes[0]);
      expect(await store.renewToken(ID, digest, 'task-token-2')).toBe('closed');
    });

    it('closes for an attempt only while there was no other one after it', async () => {
      await store.putApproval(anApproval());
      await store.decideApproval(ID, digest, 'approved', 'somebody', at('12:10:00'));
      expect(await store.countAnswer(ID, digest)).toBe(1);
      expect(await store.countAnswer(ID, digest)).toBe(2);
      expect(await store.closeApproval(ID, digest, 'too-late', 1)).toBeNull();
      expect((await store.getApproval(ID, digest))?.outcome).toBeUndefined();
      expect(await store.closeApproval(ID, digest, 'too-late', 2)).toBe('too-late');
      expect(await store.closeApproval(ID, digest, 'taken')).toBe('too-late');
    });

    it('gives a decision that no workflow took to a new task token', async () => {
      await store.putApproval(anApproval());
      await store.decideApproval(ID, digest, 'approved', 'somebody', at('12:10:00'));
      expect(await store.renewToken(ID, digest, 'task-token-2')).toBe('renewed');
      expect(await store.getApproval(ID, digest)).toMatchObject({ state: 'approved', taskToken: 'task-token-2' });
    });

    it('lets one of twenty people decide', async () => {
      await store.putApproval(anApproval());
      const results = await twenty((index) =>
        store.decideApproval(
          ID,
          digest,
          index % 2 ? 'approved' : 'rejected',
          `approver-${index}@example.com`,
          at('12:10:00'),
        ),
      );
      expect(results.filter((result) => result === 'decided')).toHaveLength(1);
    });

    it('decides nothing after the expiry, whatever offset it is written in, and nothing that was not requested', async () => {
      await store.putApproval(anApproval({ expiresAt: '2026-11-21T18:00:00+02:00' }));
      const decide = (time: string): Promise<string> =>
        store.decideApproval(ID, digest, 'approved', 'approver@example.com', at(time));
      expect(await decide('16:00:00')).toBe('not-pending');
      expect((await store.getApproval(ID, digest))?.state).toBe('pending');
      expect(await decide('15:59:59')).toBe('decided');
      const unknown = store.decideApproval(ID, 'e'.repeat(64), 'approved', 'approver@example.com', at('12:00:00'));
      expect(await unknown).toBe('not-pending');
    });
  });

  describe(`${name}: what steers later steps`, () => {
    it('lists the plans of an incident by attempt and round, what was held back first, and keeps the last of a round', async () => {
      const plans = [
        aPlanRecord({ attempt: 2, decision: 'suggest', digest: null, madeAt: at('12:00:00').toISOString() }),
        aPlanRecord({ attempt: 1, round: 10, decision: 'escalate', digest: null }),
        aPlanRecord({ attempt: 1, round: 2, circumstances: someCircumstances() }),
        aPlanRecord({ attempt: 1, decision: 'approve' }),
        aPlanRecord({ attempt: 1, decision: 'hold', exposure: { experimentId: 'e', variantId: 'v' }, digest: null }),
        aPlanRecord({ attempt: 1, lastTimes: redactedText('It was not done here before.') }),
        aPlanRecord({ incidentId: 'gh-another-incident' }),
      ];
      for (const plan of plans) await store.recordPlan(plan);
      expect(await store.listPlans(ID)).toEqual([plans[4], plans[5], plans[2], plans[1], plans[0]]);
    });

    it('keeps a notification once for each channel and key', async () => {
      const note = {
        version: 1,
        incidentId: ID,
        channel: 'email',
        key: 'final#1',
        at: at('12:00:00').toISOString(),
        gist: { ending: 'resolved', fingerprint: null, actions: 1 },
      } as const;
      await store.recordNotification(note);
      await store.recordNotification({ ...note, at: at('12:30:00').toISOString(), gist: null });
      await store.recordNotification({ ...note, channel: 'github-comment', gist: null });
      await store.recordNotification({ ...note, incidentId: 'gh-another-incident' });
      expect(await store.listNotifications(ID)).toEqual([note, { ...note, channel: 'github-comment', gist: null }]);
    });

    it('lists the approvals of an incident by when they were asked for', async () => {
      const [first, second] = [
        anApproval({ digest: 'f'.repeat(64) }),
        anApproval({ requestedAt: '2026-11-21T12:30:00.000Z' }),
      ];
      for (const one of [second, first, anApproval({ incidentId: 'gh-another-incident' })])
        await store.putApproval(one);
      expect(await store.listApprovals(ID)).toEqual([first, second]);
    });

    it('forgets restarts when a later attempt of the run fails, and only then', async () => {
      await store.create(anIncident({ restarts: 2 }));
      await store.addOccurrence(ID, 'delivery-1', 1, at('12:01:00'));
      expect(await store.get(ID)).toMatchObject({ runAttempt: 1, restarts: 2 });
      await store.addOccurrence(ID, 'delivery-2', 2, at('12:02:00'));
      expect(await store.get(ID)).toMatchObject({ runAttempt: 2, restarts: 0 });
    });
  });

  describe(`${name}: audit`, () => {
    const entry = (event: 'incident.resolved' | 'incident.escalated', time: string) => ({
      at: at(time).toISOString(),
      event,
      facts: { attempt: 1, actions: 0, parent: null },
    });

    it('[D228] appends each entry once by its key, in the order of writing, whatever the clock says, apart for each incident', async () => {
      await store.audit(ID, 'acted', entry('incident.escalated', '12:02:00'));
      await store.audit(ID, 'opened', entry('incident.resolved', '12:00:00'));
      await store.audit(ID, 'acted', entry('incident.escalated', '12:09:00'));
      await store.audit('gh-another-incident', 'opened', entry('incident.resolved', '12:00:00'));
      expect(await store.auditTrail(ID)).toMatchObject([
        entry('incident.escalated', '12:02:00'),
        entry('incident.resolved', '12:00:00'),
      ]);
    });

    it('[D228] chains what many write at once into one trail, in which nothing is lost and nothing twice', async () => {
      await twenty((index) => store.audit(ID, `entry#${index % 10}`, entry('incident.resolved', '12:00:00')));
      const trail = await store.auditTrail(ID);
      expect(trail.map(({ key }) => key).sort()).toEqual(Array.from({ length: 10 }, (_, index) => `entry#${index}`));
      expect(trail.map(({ link }) => link.sequence)).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
      expect(verifyChain(ID, trail)).toEqual({
        kind: 'intact',
        chained: 10,
        head: trail.at(-1)?.link.digest,
      });
    });

    it('keeps texts so that their digest still fits when they are read back', async () => {
      const odd = { half: 'a\ud83d', whole: 'déjà 🙂', big: 9007199254740991, small: 1e-7, none: null };
      const facts = { action: 'rerun', target: 'run 1', digest: 'd', inconclusive: false, ...odd };
      await store.audit(ID, 'odd', { at: at('12:00:00').toISOString(), event: 'action.failed', facts });
      expect(verifyChain(ID, await store.auditTrail(ID)).kind).toBe('intact');
    });
  });
}
