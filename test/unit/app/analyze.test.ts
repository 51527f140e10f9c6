import { describe, expect, it } from 'vitest';
import { type AnalyzeDeps, analyze } from '#shared/app/analyze.ts';
import { parseSignatures } from '#shared/domain/failure/signatures.ts';
import { rerunFailedJobs } from '#shared/plugins/actions/rerun-failed-jobs.ts';
import type { DiagnosisModel, DiagnosisRequest, DiagnosisResult } from '#shared/ports/diagnosis-model.ts';
import {
  aClassification,
  aConfiguration,
  anEvidence,
  anIncident,
  aTelemetry,
  someRunFacts,
} from '#test/builders/index.ts';
import {
  fakeClock,
  makeMemoryControlStore,
  makeMemoryEvidenceStore,
  makeMemoryIncidentStore,
  makeMemoryKnowledgeStore,
  makeRecordingMeter,
} from '#test/fakes/index.ts';

const answered: DiagnosisResult = {
  kind: 'answered',
  tokens: 900,
  reply: {
    rootCause: 'The registry reset the connection.',
    fix: 'Run it again.',
    prevention: '',
    unchecked: [],
    evidence: ['L1'],
    confidence: 'high',
    choice: 'rerun-failed-jobs',
  },
};
const bedrock = {
  provider: 'bedrock',
  modelId: 'a.model-v1:0',
  maxTokensPerIncident: 1000,
  maxTokensPerDay: 1500,
} as const;

async function setUp(result: DiagnosisResult | null = answered) {
  const clock = fakeClock();
  const asked: DiagnosisRequest[] = [];
  const model: DiagnosisModel | null = result && {
    diagnose: async (request) => {
      asked.push(request);
      return result;
    },
  };
  const deps: AnalyzeDeps = {
    incidents: makeMemoryIncidentStore(clock),
    evidence: makeMemoryEvidenceStore(),
    knowledge: makeMemoryKnowledgeStore(),
    control: makeMemoryControlStore(clock),
    playbooks: [],
    signatures: parseSignatures([]).signatures,
    model,
    actions: [rerunFailedJobs],
    configuration: aConfiguration(result ? { model: bedrock } : {}),
    clock,
    meter: makeRecordingMeter(),
  };
  const incident = anIncident({ classification: aClassification() });
  await makeReady(deps, incident);
  const run = (useModel = true) =>
    analyze({ incidentId: incident.id, useModel, knowledgeId: null, preExisting: false }, deps);
  const diagnosis = async () => deps.evidence as unknown as { getDiagnosis(id: string): Promise<unknown> };
  return { deps, asked, run, incident, read: async () => (await diagnosis()).getDiagnosis(incident.id) };
}

async function makeReady(deps: AnalyzeDeps, incident: ReturnType<typeof anIncident>): Promise<void> {
  const incidents = deps.incidents as ReturnType<typeof makeMemoryIncidentStore>;
  const evidence = deps.evidence as ReturnType<typeof makeMemoryEvidenceStore>;
  await incidents.create(incident);
  await evidence.putEvidence(anEvidence());
  await evidence.putTelemetry(incident.id, aTelemetry());
}

describe('analysing', () => {
  it('[D23] asks the model among the candidates of code, records its choice and counts its tokens', async () => {
    const { run, read, asked, deps, incident } = await setUp();
    expect(await run()).toEqual({ source: 'model', confidence: 0.85 });
    expect(asked[0]?.candidates.map(({ label }) => label)).toEqual(['rerun-failed-jobs']);
    expect(await read()).toMatchObject({
      source: 'model',
      confidence: 0.85,
      rootCause: answered.reply.rootCause,
      choice: 'rerun-failed-jobs',
      preExisting: false,
    });
    expect(await deps.control.total(`tokens#${incident.id}`)).toBe(900);
  });

  it('takes "human" for no advice where nothing could be chosen', async () => {
    const { run, read, deps, incident } = await setUp();
    const evidence = deps.evidence as ReturnType<typeof makeMemoryEvidenceStore>;
    await evidence.putTelemetry(incident.id, aTelemetry({ facts: someRunFacts({ conclusion: 'success' }) }));
    await run();
    expect(await read()).toMatchObject({ choice: null });
  });

  it('[A75] asks no model for a known fix', async () => {
    const { run, asked } = await setUp();
    expect((await run(false)).source).not.toBe('model');
    expect(asked).toEqual([]);
  });

  it('[B89] says that no model is configured', async () => {
    const { run, read } = await setUp(null);
    await run();
    expect(await read()).toMatchObject({
      source: 'rules',
      choice: null,
      note: expect.stringContaining('No language model is configured'),
    });
  });

  it('falls back to the rules with a note when the model gives no usable answer, and still counts the tokens', async () => {
    const { run, read, deps, incident } = await setUp({ kind: 'unavailable', reason: 'invalid twice', tokens: 300 });
    expect((await run()).source).toBe('rules');
    expect(await read()).toMatchObject({ note: expect.stringContaining('no usable answer') });
    expect(await deps.control.total(`tokens#${incident.id}`)).toBe(300);
  });

  it.each([
    ['this incident', (id: string) => `tokens#${id}`, /this incident/],
    ['the day', () => 'tokens#day#2026-11-21', /Today/],
  ])('spends no token beyond the budget of %s', async (_what, scope, words) => {
    const { run, read, asked, deps, incident } = await setUp();
    await deps.control.addTo(scope(incident.id), 1500, new Date('2026-12-21T00:00:00.000Z'));
    await run();
    expect(asked).toEqual([]);
    expect(await read()).toMatchObject({ source: 'rules', note: expect.stringMatching(words) });
  });
});
