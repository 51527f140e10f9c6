import { describe, expect, it } from 'vitest';
import { escalate } from '#shared/app/notify/escalate.ts';
import { notify } from '#shared/app/notify/notify.ts';
import { makePlan } from '#shared/app/plan/plan.ts';
import { keepExperience } from '#shared/app/record/experience.ts';
import { endPrediction } from '#shared/app/record/prediction.ts';
import { reconcile } from '#shared/app/upkeep/reconcile.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import {
  anActionRecord,
  anApproval,
  anEvidence,
  anExperiment,
  aPrediction,
  type aSignal,
} from '#test/builders/index.ts';
import { fakeCodeHost, makeMemoryComments, makeMemoryPredictionStore, makeRecordingLog } from '#test/fakes/index.ts';
import { aRemedyRig } from './remedy-rig.ts';

/** What each part that steers does over the life of an incident: two rounds of it, one inconclusive, one rejected, then three lost workflows. */
async function lifeOf(trail: 'kept' | 'lost') {
  const { incident, deps, clock, events } = await aRemedyRig({
    confidence: 0.9,
    configure: (one) => ({ ...one, experiments: [anExperiment({ status: 'running' }, [50, 50])] }),
  });
  if (trail === 'lost') deps.incidents.audit = async () => undefined;
  const { id: incidentId } = incident;
  const predictions = makeMemoryPredictionStore();
  await predictions.addPrediction(aPrediction({ incidentId }));
  await deps.evidence.putEvidence(anEvidence({ incidentId }));
  const first = await makePlan({ incidentId, tried: [], held: false }, deps);
  const digest = first.digest ?? '';
  await deps.incidents.intend(
    anActionRecord({ incidentId, digest, state: 'done', verified: 'failed', inconclusive: true }),
  );
  await deps.incidents.putApproval(anApproval({ incidentId, digest, expiresAt: '2099-01-01T00:00:00.000Z' }));
  await deps.incidents.decideApproval(incidentId, digest, 'rejected', 'somebody', clock.now());
  const ending = { incidentId, attempt: 1, outcome: 'escalated', reason: '', parentId: null } as const;
  const actions = await deps.incidents.listActions(incidentId);
  await keepExperience(incident, actions, ending, deps);
  await endPrediction(incident, actions, ending, { ...deps, predictions });
  const telling = { ...deps, notifiers: NOTIFIERS, log: makeRecordingLog() };
  const ports = { mailer: deps.mailer, codeHost: fakeCodeHost(makeMemoryComments()) };
  for (const _repeat of [1, 2]) {
    await escalate({ incidentId, reason: 'No safe action fits.', error: null }, deps);
    await notify({ incidentId, stage: 'final' }, { ...telling, ports });
  }
  const reconciled = [];
  for (let pass = 1; pass <= 3; pass += 1) {
    const { attempt = 1 } = (await deps.incidents.get(incidentId)) ?? {};
    await deps.workflow.start(incidentId, attempt);
    deps.workflow.end(incidentId, attempt);
    clock.advance(15 * 60_000);
    const queue = { send: async (_signal: ReturnType<typeof aSignal>) => undefined };
    reconciled.push(await reconcile({ ...deps, queue, log: makeRecordingLog() }));
  }
  const { class: failureClass = 'unknown' } = incident.classification ?? {};
  return {
    written: (await events()).length,
    did: {
      plan: first,
      outcomes: await deps.experience.actionOutcomes(failureClass, 10),
      prediction: await predictions.recentPredictions(1),
      mails: deps.mailer.mails,
      reconciled,
      incident: await deps.incidents.get(incidentId),
    },
  };
}

describe('the audit trail', () => {
  it('steers nothing: where not one entry is kept, planning, learning, mails and restarts are the same', async () => {
    const [kept, lost] = [await lifeOf('kept'), await lifeOf('lost')];
    expect(kept.written).toBeGreaterThan(4);
    expect(lost.written).toBe(0);
    expect(lost.did).toEqual(kept.did);
    expect(kept.did).toMatchObject({
      plan: { decision: 'act' },
      outcomes: [{ verified: 'failed', by: 'somebody', circumstances: { load: 'unknown' } }],
      prediction: [{ ending: { shown: 'unknown' } }],
      reconciled: [{ restarted: 1 }, { restarted: 1 }, { 'given-up': 1 }],
      incident: { status: 'escalated', attempt: 3, restarts: 2 },
    });
  });
});
