import { describe, expect, it } from 'vitest';
import { keepPrediction } from '#shared/app/classify/prediction.ts';
import { endPrediction } from '#shared/app/record/prediction.ts';
import { judge } from '#shared/domain/answers/judgement.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { aClassification, aDiagnosis, anActionRecord, anIncident } from '#test/builders/index.ts';
import {
  fakeClock,
  makeMemoryEvidenceStore,
  makeMemoryIncidentStore,
  makeMemoryPredictionStore,
  makeRecordingMeter,
} from '#test/fakes/index.ts';

const MODEL = '0123456789abcdef';
const WORK = {
  provider: 'anthropic',
  modelId: 'large',
  prompt: 'abcdef012345',
  turns: 2,
  inputTokens: 900,
  cachedInputTokens: 0,
  outputTokens: 100,
  microdollars: 4200,
  lookups: [],
  findings: [],
  suggestions: [],
  consulted: [],
};

function setUp() {
  const clock = fakeClock();
  const deps = {
    incidents: makeMemoryIncidentStore(clock),
    evidence: makeMemoryEvidenceStore(),
    predictions: makeMemoryPredictionStore(),
    clock,
    actions: ACTIONS,
    meter: makeRecordingMeter(),
  };
  const incident = anIncident();
  const end = (
    actions: readonly ActionRecord[],
    outcome: 'resolved' | 'suggested' | 'escalated' | 'linked' = 'resolved',
  ) =>
    endPrediction(
      incident,
      actions,
      { incidentId: incident.id, attempt: 1, outcome, reason: 'Because.', parentId: null },
      deps,
    );
  const kept = async () => (await deps.predictions.recentPredictions(10))[0];
  return { ...deps, deps, incident, end, kept };
}

describe('keeping a prediction', () => {
  it('[C68] writes down what was said, with its context, before anybody knows', async () => {
    const { deps, incident, kept } = setUp();
    await keepPrediction(incident, aClassification(), MODEL, deps);
    await keepPrediction(incident, aClassification({ class: 'storage_issues' }), MODEL, deps);
    expect(await kept()).toEqual({
      version: 1,
      incidentId: incident.id,
      attempt: 1,
      openedAt: incident.openedAt,
      at: '2026-11-21T12:00:00.000Z',
      kind: 'run',
      scope: expect.stringMatching(/^repository#\d+:acme\/shop$/),
      class: 'network_connectivity',
      verdict: 'infrastructure',
      confidence: 0.9,
      signature: 'network.connection-reset',
      model: MODEL,
    });
  });

  it('tells when signatures decided without a model', async () => {
    const { deps, incident, kept } = setUp();
    await keepPrediction(incident, aClassification(), undefined, deps);
    expect(await kept()).toMatchObject({ model: 'signatures' });
  });

  it('heals on when it cannot be written down, and counts that', async () => {
    const { deps, incident } = setUp();
    const predictions = { addPrediction: () => Promise.reject(new Error('The table is gone.')) };
    await keepPrediction(incident, aClassification(), MODEL, { ...deps, predictions });
    expect(deps.meter.counts).toEqual({ 'prediction-lost': 1 });
  });
});

describe('ending a prediction', () => {
  const rerun = (verified: 'recovered' | 'failed' | null, inconclusive = false) =>
    anActionRecord({ state: 'done', verified, inconclusive });

  it.each([
    ['passed', 'recovered', true],
    ['failed again', 'failed', false],
  ] as const)('[C68] is judged by a re-run that %s', async (_what, verified, right) => {
    const { deps, incident, end, kept } = setUp();
    await keepPrediction(incident, aClassification(), MODEL, deps);
    await end([rerun(verified)]);
    const prediction = await kept();
    expect(prediction?.ending).toMatchObject({ by: 'rerun-failed-jobs', status: 'resolved' });
    expect(prediction && judge(prediction)).toMatchObject({ judgements: [{ claim: 'verdict', right }] });
  });

  it('[C68] stays unknown when nothing was tried, or the verification ran out of time', async () => {
    for (const actions of [[], [rerun('failed', true)], [rerun(null)]]) {
      const { deps, incident, end, kept } = setUp();
      await keepPrediction(incident, aClassification(), MODEL, deps);
      await end(actions, 'escalated');
      const prediction = await kept();
      expect(prediction?.ending).toMatchObject({ shown: 'unknown', by: null });
      expect(prediction && judge(prediction)).toEqual({ kind: 'unknown' });
    }
  });

  it('[C68] is written once: a repeat of the step changes nothing', async () => {
    const { deps, incident, end, kept } = setUp();
    await keepPrediction(incident, aClassification(), MODEL, deps);
    await end([rerun('recovered')]);
    const first = await kept();
    deps.clock.advance(60_000);
    await end([rerun('failed')], 'escalated');
    expect(await kept()).toEqual(first);
  });

  it('[A71] keeps what the language model took, and with which prompt', async () => {
    const { deps, incident, evidence, end, kept } = setUp();
    await evidence.putDiagnosis(incident.id, aDiagnosis({ source: 'model', model: WORK }));
    await keepPrediction(incident, aClassification(), MODEL, deps);
    await end([], 'suggested');
    expect((await kept())?.ending?.spending).toEqual({
      provider: 'anthropic',
      modelId: 'large',
      prompt: 'abcdef012345',
      turns: 2,
      inputTokens: 900,
      cachedInputTokens: 0,
      outputTokens: 100,
      microdollars: 4200,
    });
  });

  it('closes the incident also when it cannot be written down, and counts that', async () => {
    const { deps, incident } = setUp();
    const predictions = { endPrediction: () => Promise.reject(new Error('The table is gone.')) };
    const input = { incidentId: incident.id, attempt: 1, outcome: 'resolved', reason: '', parentId: null } as const;
    await endPrediction(incident, [], input, { ...deps, predictions });
    expect(deps.meter.counts).toEqual({ 'outcome-lost': 1 });
  });
});
