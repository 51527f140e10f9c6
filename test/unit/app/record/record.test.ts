import { summaryLineOf } from '@selfheal/diagnosis/diagnosis/summary-line.ts';
import { describe, expect, it } from 'vitest';
import { claimOf } from '#shared/app/common/incident-lock.ts';
import { findKnown } from '#shared/app/knowledge/knowledge.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import { record } from '#shared/app/record/record.ts';
import { fingerprintKeyOf } from '#shared/domain/incident/fingerprint-key.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import {
  aBoundAction,
  aClassification,
  aConfiguration,
  aDiagnosis,
  aGithubTarget,
  anActionRecord,
  anApproval,
  anIncident,
  aPlanRecord,
  aSignal,
  redactedText,
  someCircumstances,
} from '#test/builders/index.ts';
import { fakeClock, makeMemoryPorts, NO_PATTERNS } from '#test/fakes/index.ts';

const receipt = {
  summary: redactedText('Re-ran the failed jobs as attempt 2.'),
  at: '2026-11-21T12:01:00.000Z',
  facts: { attempt: 2 },
};
const SCOPE = knowledgeScopeOf(anIncident().target) ?? '';
const FINGERPRINT = aClassification().fingerprint ?? '';

async function setUp(action: Partial<ActionRecord> | null = { state: 'done', receipt, verified: 'recovered' }) {
  const deps = { ...makeMemoryPorts(), actions: ACTIONS, configuration: aConfiguration() };
  const incident = anIncident({ classification: aClassification() });
  const plan = aBoundAction();
  await deps.incidents.create(incident);
  await deps.evidence.putDiagnosis(incident.id, aDiagnosis());
  await deps.control.claimGroup(incident.intakeKey, claimOf(incident), deps.clock.now());
  await deps.incidents.putPlan(plan);
  if (action !== null) await deps.incidents.intend(anActionRecord({ digest: plan.digest, ...action }));
  const run = (
    outcome: 'resolved' | 'suggested' | 'escalated' | 'linked' = 'resolved',
    parentId: string | null = null,
  ) => record({ incidentId: incident.id, attempt: 1, outcome, reason: 'Because.', parentId }, deps);
  return { ...deps, incident, plan, run };
}

describe('recording the end of an incident', () => {
  it('closes it with the reason and the attempts its own re-runs made', async () => {
    const { run, incidents, incident } = await setUp();
    await run();
    expect(await incidents.get(incident.id)).toMatchObject({
      status: 'resolved',
      outcomeReason: 'Because.',
      runAttempt: 2,
    });
  });

  it('writes the summary for lists that the plan left to it, and none for what is linked', async () => {
    const suggested = await setUp(null);
    await suggested.run('suggested');
    expect((await suggested.incidents.get(suggested.incident.id))?.summary).toBe(summaryLineOf(aDiagnosis()));
    const linked = await setUp(null);
    await linked.run('linked', 'gh-the-other');
    expect((await linked.incidents.get(linked.incident.id))?.summary).toBeUndefined();
  });

  it('[D233] counts the incident, its action and how long both took, once, however often the step is repeated', async () => {
    const { run, counters, clock } = await setUp();
    clock.advance(42_000);
    await run();
    clock.advance(60_000);
    await run();
    const totals = await counters.totals();
    const of = (name: string) => totals.filter((one) => one.name === name);
    expect(of('incidents_total')).toEqual([{ name: 'incidents_total', labels: { outcome: 'resolved' }, value: 1 }]);
    expect(of('actions_total')).toMatchObject([
      { labels: { action: 'rerun-failed-jobs', outcome: 'helped' }, value: 1 },
    ]);
    expect(of('action_duration_seconds_bucket')).toMatchObject([{ labels: { action: 'rerun-failed-jobs' }, value: 1 }]);
    expect(of('time_to_heal_seconds_bucket').reduce((sum, { value }) => sum + value, 0)).toBe(1);
  });

  it('counts an action that was undone as such, and what nobody verified not at all', async () => {
    const undone = await setUp({ state: 'undone', receipt, verified: 'failed' });
    await undone.run('escalated');
    expect(await undone.counters.totals()).toEqual(
      expect.arrayContaining([
        { name: 'actions_total', labels: { action: 'rerun-failed-jobs', outcome: 'undone' }, value: 1 },
        { name: 'incidents_total', labels: { outcome: 'escalated' }, value: 1 },
      ]),
    );
    const unclear = await setUp({ state: 'unknown', verified: null });
    await unclear.run('escalated');
    expect((await unclear.counters.totals()).map(({ name }) => name)).toEqual(['incidents_total']);
  });

  it('ends the incident while counts cannot be written, and writes them with those of the next', async () => {
    const { run, counters, incidents, incident, counts } = await setUp();
    const { add } = counters;
    counters.add = () => Promise.reject(new Error('The table is busy.'));
    await run();
    expect((await incidents.get(incident.id))?.status).toBe('resolved');
    counters.add = add;
    await counts.flush(true);
    expect((await counters.totals()).map(({ name }) => name)).toContain('incidents_total');
  });

  it('frees the place, the fingerprint and the lease', async () => {
    const { run, control, incident, plan, clock } = await setUp();
    const key = fingerprintKeyOf(incident, FINGERPRINT, null) ?? '';
    await control.claimGroup(key, claimOf(incident), clock.now());
    await control.acquireLease(plan.targetKey, incident.id, 600, clock.now());
    await run();
    expect(await control.claimGroup(incident.intakeKey, 'another', clock.now())).toBe('another');
    expect(await control.claimGroup(key, 'another', clock.now())).toBe('another');
    expect(await control.acquireLease(plan.targetKey, 'another', 60, clock.now())).not.toBeNull();
  });

  it('lets in the failure of another run that waited for its place, once', async () => {
    const { run, control, queue, incident, clock } = await setUp();
    const later = aSignal({ target: aGithubTarget({ runId: 1002 }) });
    await control.keepWaiting(incident.intakeKey, later, 1002, clock.now());
    await run();
    await run();
    expect(queue.sent.map(({ target }) => target)).toEqual([later.target]);
    expect(queue.sent[0]?.deliveryId).not.toBe(later.deliveryId);
  });

  it('lets nothing in that is about its own run', async () => {
    const { run, control, queue, incident, clock } = await setUp();
    await control.keepWaiting(incident.intakeKey, aSignal(), 1001, clock.now());
    await run();
    expect(queue.sent).toEqual([]);
    expect(await control.waiting(incident.intakeKey)).toBeNull();
  });

  it("leaves another incident's lease alone", async () => {
    const { run, control, plan, clock } = await setUp();
    const lease = await control.acquireLease(plan.targetKey, 'another', 600, clock.now());
    await run();
    expect(await control.holdsLease(plan.targetKey, lease?.id ?? '', clock.now())).toBe(true);
  });

  it('[D4][D212] learns once from a verified action, however often it is repeated', async () => {
    const { run, knowledge } = await setUp();
    await run();
    await run();
    expect(await knowledge.findByFingerprint(FINGERPRINT, SCOPE)).toMatchObject({
      successes: 1,
      failures: 0,
      resolution: 'Re-run the failed jobs.',
    });
  });

  it('teaches nothing to other repositories, whose comments would show what a private log said', async () => {
    const { run, knowledge, incident } = await setUp();
    await run();
    const deps = {
      knowledge,
      recall: makeLocalRecall(knowledge, []),
      patterns: NO_PATTERNS,
      actions: ACTIONS,
      clock: fakeClock(),
    };
    expect((await findKnown(incident, null, deps)).found.match?.resolution).toBe('Re-run the failed jobs.');
    const elsewhere = { ...incident, target: aGithubTarget({ repository: 'acme/public', repositoryId: 4712 }) };
    expect((await findKnown(elsewhere, null, deps)).found).toEqual({ match: null, confidence: 0, similar: [] });
  });

  it('[D4][D212] learns from an action that did not help', async () => {
    const { run, knowledge } = await setUp({ state: 'done', receipt, verified: 'failed' });
    await run('escalated');
    expect(await knowledge.findByFingerprint(FINGERPRINT, SCOPE)).toMatchObject({ successes: 0, failures: 1 });
  });

  it.each<[string, Partial<ActionRecord> | null]>([
    ['a proposal nobody tried', null],
    ['an unknown outcome', { state: 'unknown' }],
    ['an action that was not verified', { state: 'done', receipt }],
  ])('learns nothing from %s', async (_what, action) => {
    const { run, knowledge } = await setUp(action);
    await run('suggested');
    expect(await knowledge.findByFingerprint(FINGERPRINT, SCOPE)).toBeNull();
  });

  it('[D165] counts a side effect once for an incident, however many of its actions had it', async () => {
    const { run, experience, incidents, incident } = await setUp({ state: 'undone', receipt, verified: 'failed' });
    const exposure = { experimentId: 'rerun-first', variantId: 'control' };
    await incidents.recordPlan(aPlanRecord({ incidentId: incident.id, exposure }));
    for (const [at, state] of (['undone', 'refused', 'unknown', 'undo-failed', 'undo-intended'] as const).entries())
      await incidents.intend(anActionRecord({ digest: `${at}`.repeat(64), state, receipt, verified: 'failed' }));
    await run('escalated');
    const [outcome] = await experience.experimentOutcomes('rerun-first', 10);
    expect(outcome?.sideEffects.toSorted()).toEqual(['not-undone', 'refused', 'unclear', 'undone']);
  });

  it('[D212] keeps once what came of the action and of the experiment that the incident met', async () => {
    const { run, experience, incidents, incident } = await setUp({
      state: 'undone',
      receipt,
      verified: 'failed',
    });
    const exposure = { experimentId: 'rerun-first', variantId: 'control' };
    await incidents.recordPlan(aPlanRecord({ incidentId: incident.id, exposure }));
    await run('escalated');
    await run('escalated');
    const failureClass = incident.classification?.class ?? 'unknown';
    expect(await experience.actionOutcomes(failureClass, 10)).toMatchObject([
      { actionId: 'rerun-failed-jobs', verified: 'failed', scope: SCOPE, trusted: false },
    ]);
    expect(await experience.experimentOutcomes('rerun-first', 10)).toMatchObject([
      { variantId: 'control', success: false, sideEffects: ['undone'] },
    ]);
  });

  it('keeps with an outcome in which circumstances its plan was made, also when the failure comes back', async () => {
    const { run, experience, healing, incidents, incident, plan, clock } = await setUp();
    const circumstances = someCircumstances({ partOfWeek: 'night', recentDeployments: 2 });
    await incidents.recordPlan(aPlanRecord({ incidentId: incident.id, digest: plan.digest, circumstances }));
    await run();
    expect(await experience.actionOutcomes(incident.classification?.class ?? 'unknown', 10)).toMatchObject([
      { verified: 'recovered', circumstances },
    ]);
    const key = fingerprintKeyOf(incident, FINGERPRINT, null) ?? '';
    expect(await healing.recur(key, 'gh-2', clock.now())).toMatchObject({ outcome: { circumstances } });
  });

  it('counts what a person rejected as a failure, once, and says whose word it is', async () => {
    const { run, experience, incidents, incident, plan, clock } = await setUp(null);
    const { id: incidentId } = incident;
    const { digest } = plan;
    await incidents.recordPlan(
      aPlanRecord({ incidentId, digest, decision: 'approve', circumstances: someCircumstances() }),
    );
    for (const one of [digest, 'f'.repeat(64)]) {
      await incidents.putApproval(anApproval({ incidentId, digest: one, expiresAt: '2099-01-01T00:00:00.000Z' }));
      await incidents.decideApproval(incidentId, one, 'rejected', 'github:reviewer', clock.now());
    }
    await run('escalated');
    await run('escalated');
    expect(await experience.actionOutcomes(incident.classification?.class ?? 'unknown', 10)).toMatchObject([
      { actionId: plan.actionId, verified: 'failed', by: 'github:reviewer', circumstances: someCircumstances() },
    ]);
  });

  it('keeps nothing of an action that ran out of time or was not verified', async () => {
    const { run, experience, incident } = await setUp({
      state: 'done',
      receipt,
      verified: 'failed',
      inconclusive: true,
    });
    await run('escalated');
    expect(await experience.actionOutcomes(incident.classification?.class ?? 'unknown', 10)).toEqual([]);
    const unverified = await setUp({ state: 'done', receipt, verified: null });
    await unverified.run('escalated');
    expect(await unverified.experience.actionOutcomes('flaky_tests', 10)).toEqual([]);
  });

  it('closes the incident also when what came of it cannot be kept', async () => {
    const { run, experience, incidents, incident, meter } = await setUp();
    experience.addActionOutcome = () => Promise.reject(new Error('throttled'));
    await run();
    expect(await incidents.get(incident.id)).toMatchObject({ status: 'resolved' });
    expect(meter.counts).toMatchObject({ 'experience-lost': 1 });
  });

  it('links a duplicate to its parent', async () => {
    const { run, incidents, incident } = await setUp(null);
    await run('linked', 'gh-parent-1');
    expect(await incidents.get(incident.id)).toMatchObject({ status: 'linked', parentId: 'gh-parent-1' });
  });

  it('does not close again what was grouped meanwhile', async () => {
    const { run, incidents, incident } = await setUp(null);
    await incidents.update(incident.id, { status: 'grouped' });
    await run('escalated');
    expect(await incidents.get(incident.id)).toMatchObject({ status: 'grouped' });
  });
});
