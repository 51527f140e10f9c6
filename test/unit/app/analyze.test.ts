import { describe, expect, it } from 'vitest';
import { type AnalyzeDeps, analyze } from '#shared/app/analyze.ts';
import type { Diagnosis } from '#shared/domain/diagnosis/diagnosis.ts';
import { parseSignatures } from '#shared/domain/failure/signatures.ts';
import { rerunFailedJobs } from '#shared/plugins/actions/rerun-failed-jobs.ts';
import type {
  DiagnosisModel,
  DiagnosisRequest,
  DiagnosisResult,
  ModelSpending,
  Purse,
} from '#shared/ports/diagnosis-model.ts';
import type { TokenUse } from '#shared/ports/model-client.ts';
import {
  aClassification,
  aConfiguration,
  anEvidence,
  anIncident,
  answeredDiagnosis,
  aTelemetry,
  someRunFacts,
  someSpending,
  someTokens,
} from '#test/builders/index.ts';
import {
  fakeClock,
  fakeCodeHost,
  fakeServiceLogs,
  makeMemoryControlStore,
  makeMemoryEvidenceStore,
  makeMemoryIncidentStore,
  makeMemoryKnowledgeStore,
  makeMemoryStatsStore,
  makeRecordingMeter,
  scripted,
} from '#test/fakes/index.ts';

const MODEL = 'a.model-v1:0';
const bedrock = { provider: 'bedrock', modelId: MODEL, maxTokensPerIncident: 2000, maxTokensPerDay: 3000 } as const;
const PRICES = { [MODEL]: { input: 3, cachedInput: 0.3, output: 15 } };
const answered = answeredDiagnosis({ choice: 'rerun-failed-jobs' });

interface Setting {
  readonly result?: DiagnosisResult | null;
  readonly model?: Readonly<Record<string, unknown>>;
  /** What the model takes of the purse before it answers. */
  readonly takes?: readonly { estimate: TokenUse; spent: TokenUse | null }[];
}

/** A model that pays as the real one does, and is unavailable when the purse is empty. */
function payingModel(
  result: DiagnosisResult,
  takes: NonNullable<Setting['takes']>,
  asked: DiagnosisRequest[],
): DiagnosisModel {
  return {
    async diagnose(request, purse: Purse) {
      let turns = 0;
      for (const { estimate, spent } of takes) {
        const reserved = await purse.reserve(MODEL, estimate);
        if (reserved.kind === 'empty')
          return {
            kind: 'unavailable',
            reason: reserved.reason,
            spent: someSpending({ turns, tokens: someTokens({ input: 0, output: 0 }) }),
          };
        turns += 1;
        await reserved.settle(spent);
      }
      asked.push(request);
      return result;
    },
  };
}

async function setUp(setting: Setting = {}) {
  const {
    result = answered,
    model = {},
    takes = [{ estimate: someTokens({ input: 900, output: 500 }), spent: someTokens({ input: 800, output: 100 }) }],
  } = setting;
  const clock = fakeClock();
  const asked: DiagnosisRequest[] = [];
  const control = makeMemoryControlStore(clock);
  const meter = makeRecordingMeter();
  const deps: AnalyzeDeps = {
    incidents: makeMemoryIncidentStore(clock),
    evidence: makeMemoryEvidenceStore(),
    knowledge: makeMemoryKnowledgeStore(),
    stats: makeMemoryStatsStore(),
    codeHost: fakeCodeHost(),
    code: scripted('code'),
    archives: scripted('archives'),
    serviceLogs: fakeServiceLogs(),
    metrics: scripted('metrics'),
    control,
    playbooks: [],
    signatures: parseSignatures([]).signatures,
    model: result && payingModel(result, takes, asked),
    actions: [rerunFailedJobs],
    configuration: aConfiguration(result ? { model: { ...bedrock, ...model } } : {}),
    clock,
    meter,
  };
  const incident = anIncident({ classification: aClassification() });
  await makeReady(deps, incident);
  const run = (useModel = true) =>
    analyze({ incidentId: incident.id, useModel, knowledgeId: null, preExisting: false }, deps);
  const evidence = deps.evidence as unknown as { getDiagnosis(id: string): Promise<Diagnosis> };
  return { deps, asked, run, incident, control, meter, read: () => evidence.getDiagnosis(incident.id) };
}

async function makeReady(deps: AnalyzeDeps, incident: ReturnType<typeof anIncident>): Promise<void> {
  const incidents = deps.incidents as ReturnType<typeof makeMemoryIncidentStore>;
  const evidence = deps.evidence as ReturnType<typeof makeMemoryEvidenceStore>;
  await incidents.create(incident);
  await evidence.putEvidence(anEvidence());
  await evidence.putTelemetry(incident.id, aTelemetry());
}

describe('analysing', () => {
  it('[D23] asks the model among the candidates of code, records its choice and what it cost', async () => {
    const { run, read, asked, control, meter, incident } = await setUp({ model: { prices: PRICES } });
    expect(await run()).toEqual({ source: 'model', confidence: 0.85 });
    expect(asked[0]?.candidates.map(({ label }) => label)).toEqual(['rerun-failed-jobs']);
    expect(await read()).toMatchObject({
      source: 'model',
      confidence: 0.85,
      rootCause: answered.reply.rootCause,
      choice: 'rerun-failed-jobs',
      preExisting: false,
      note: 'Written by a language model (900 tokens in 1 turn, 0.0039 US dollars).',
      model: { modelId: MODEL, inputTokens: 800, outputTokens: 100, microdollars: 3900 },
    });
    expect(await control.total(`tokens#${incident.id}`)).toBe(900);
    expect(meter.counts['model-tokens']).toBe(900);
    expect(meter.counts['model-microdollars']).toBe(3900);
  });

  it('shows claims, code and what was dropped to the reader, and keeps what each rests on', async () => {
    const evidence = ['L1', 'F1'];
    const result = answeredDiagnosis({
      evidence,
      findings: [{ claim: 'The mirror was down.', evidence: ['L1'] }],
      suggestions: [{ title: 'Retry', file: 'src/a.ts', code: 'const fence = "```";', evidence }],
      consulted: [{ ref: 'F1', origin: 'Commits', text: 'abc' }],
      dropped: 2,
    });
    const { run, read } = await setUp({ result });
    await run();
    const diagnosis = await read();
    expect(diagnosis.rootCause).toBe('The registry reset the connection.\n\nThe mirror was down.');
    expect(diagnosis.fix).toContain('Change 1: Retry (`src/a.ts`)\n\n````ts\nconst fence = "```";\n````');
    expect(diagnosis.unchecked[0]).toContain('2 statements of the language model left out');
    expect(diagnosis.model).toMatchObject({
      findings: [{ claim: 'The mirror was down.', evidence: ['L1'] }],
      consulted: [{ ref: 'F1', origin: 'Commits', text: 'abc' }],
    });
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
    const { run, read } = await setUp({ result: null });
    await run();
    expect(await read()).toMatchObject({
      source: 'rules',
      choice: null,
      note: expect.stringContaining('No language model is configured'),
    });
  });

  it('falls back to the rules with the reason and the cost when the model gives no usable answer', async () => {
    const reason = 'The language model gave an invalid answer twice.';
    const { run, read } = await setUp({ result: { kind: 'unavailable', reason, spent: someSpending({ turns: 2 }) } });
    expect((await run()).source).toBe('rules');
    expect(await read()).toMatchObject({
      source: 'rules',
      note: `The language model gave no usable answer: diagnosis by the rules. ${reason} It took 900 tokens in 2 turns.`,
      model: { turns: 2 },
    });
  });
});

describe('the budgets of the model', () => {
  const day = 'day#2026-11-21';
  const far = new Date('2026-12-21T00:00:00.000Z');

  it.each([
    ['tokens of this incident', {}, (id: string) => `tokens#${id}`, /token budget of this incident/],
    ['tokens of the day', {}, () => `tokens#${day}`, /Today's token budget/],
    [
      'money of this incident',
      { maxDollarsPerIncident: 0.005, prices: PRICES },
      (id: string) => `microdollars#${id}`,
      /money budget of this incident/,
    ],
    [
      'money of the day',
      { maxDollarsPerDay: 0.005, prices: PRICES },
      () => `microdollars#${day}`,
      /Today's money budget/,
    ],
  ])('let nothing be spent beyond the %s, and leave every counter as it was', async (_what, model, scope, words) => {
    const { run, read, asked, control, incident } = await setUp({ model });
    const before = scope(incident.id).startsWith('micro') ? 4000 : 2500;
    await control.addTo(scope(incident.id), before, far);
    expect((await run()).source).toBe('rules');
    expect(asked).toEqual([]);
    expect(await read()).toMatchObject({ source: 'rules', note: expect.stringMatching(words) });
    const scopes = [incident.id, day].flatMap((key) => [`tokens#${key}`, `microdollars#${key}`]);
    for (const one of scopes)
      expect([one, await control.total(one)]).toEqual([one, one === scope(incident.id) ? before : 0]);
  });

  it('hold for incidents that are analysed at the same time', async () => {
    const estimate = someTokens({ input: 900, output: 100 });
    const { deps, control } = await setUp();
    const { openPurse } = await import('#shared/app/analyze-budget.ts');
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => openPurse(`incident-${at}`, deps).reserve(MODEL, estimate)),
    );
    expect(all.filter(({ kind }) => kind === 'reserved').length).toBeLessThanOrEqual(3);
    expect(await control.total(`tokens#${day}`)).toBe(1000 * all.filter(({ kind }) => kind === 'reserved').length);
  });

  it('keep the estimate of a call whose answer was lost', async () => {
    const takes = [{ estimate: someTokens({ input: 900, output: 500 }), spent: null }];
    const { run, control, incident } = await setUp({ takes });
    await run();
    expect(await control.total(`tokens#${incident.id}`)).toBe(1400);
  });

  it('count what was read from the cache at its own price', async () => {
    const spent: ModelSpending = someSpending({ tokens: someTokens({ input: 1000, cachedInput: 900, output: 0 }) });
    const { run, read } = await setUp({ result: { ...answered, spent }, model: { prices: PRICES } });
    await run();
    expect((await read()).model?.microdollars).toBe(100 * 3 + 900 * 0.3);
  });
});
