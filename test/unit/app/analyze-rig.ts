import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { parseSignatures } from '@selfheal/diagnosis/failure/signatures.ts';
import { type AnalyzeDeps, analyze } from '#shared/app/analyze/analyze.ts';
import { knowledge as searchKnowledge } from '#shared/app/knowledge/knowledge.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import { type OfferDeps, offerActions } from '#shared/app/plan/offer.ts';
import { rerunFailedJobs } from '#shared/plugins/actions/rerun-failed-jobs/index.ts';
import type { DiagnosisModel, DiagnosisRequest, DiagnosisResult, ModelBudget } from '#shared/ports/diagnosis-model.ts';
import type { TokenUse } from '#shared/ports/model-client.ts';
import {
  aClassification,
  aConfiguration,
  anEvidence,
  anIncident,
  answeredDiagnosis,
  aTelemetry,
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
  makeMemoryPolicyStore,
  makeMemoryStatsStore,
  makeMemoryTestStore,
  makeRecordingMeter,
  NO_PATTERNS,
  scripted,
} from '#test/fakes/index.ts';

export const MODEL = 'a.model-v1:0';
const bedrock = { provider: 'bedrock', modelId: MODEL, maxTokensPerIncident: 2000, maxTokensPerDay: 3000 } as const;
export const PRICES = { [MODEL]: { input: 3, cachedInput: 0.3, output: 15 } };
export const answered = answeredDiagnosis({ choice: 'rerun-failed-jobs' });

interface Setting {
  readonly result?: DiagnosisResult | null;
  readonly model?: Readonly<Record<string, unknown>>;
  /** What the model takes of the budget before it answers. */
  readonly takes?: readonly { estimate: TokenUse; spent: TokenUse | null }[];
}

/** A model that pays as the real one does, and is unavailable when the budget is empty. */
function payingModel(
  result: DiagnosisResult,
  takes: NonNullable<Setting['takes']>,
  asked: DiagnosisRequest[],
): DiagnosisModel {
  return {
    async diagnose(request, budget: ModelBudget) {
      let turns = 0;
      for (const { estimate, spent } of takes) {
        const reserved = await budget.reserve(MODEL, estimate);
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

export async function setUp(setting: Setting = {}) {
  const {
    result = answered,
    model = {},
    takes = [{ estimate: someTokens({ input: 900, output: 500 }), spent: someTokens({ input: 800, output: 100 }) }],
  } = setting;
  const clock = fakeClock();
  const asked: DiagnosisRequest[] = [];
  const control = makeMemoryControlStore(clock);
  const meter = makeRecordingMeter();
  const knowledge = makeMemoryKnowledgeStore();
  const evidence = makeMemoryEvidenceStore();
  const tests = makeMemoryTestStore();
  const deps: AnalyzeDeps = {
    incidents: makeMemoryIncidentStore(clock),
    evidence,
    recall: makeLocalRecall(knowledge, []),
    stats: makeMemoryStatsStore(),
    tests,
    codeHost: fakeCodeHost(),
    code: scripted('code'),
    archives: scripted('archives'),
    serviceLogs: fakeServiceLogs(),
    metrics: scripted('metrics'),
    control,
    policy: makeMemoryPolicyStore(),
    signatures: parseSignatures([]).signatures,
    model: result && payingModel(result, takes, asked),
    configuration: aConfiguration(result ? { model: { ...bedrock, ...model } } : {}),
    clock,
    meter,
  };
  const offering = {
    incidents: deps.incidents as ReturnType<typeof makeMemoryIncidentStore>,
    evidence,
    tests,
    actions: [rerunFailedJobs],
    code: scripted<OfferDeps['code']>('code'),
    codeReader: scripted<OfferDeps['codeReader']>('codeReader'),
    proposals: scripted<OfferDeps['proposals']>('proposals'),
    inspector: scripted<OfferDeps['inspector']>('inspector'),
    codeHost: scripted<OfferDeps['codeHost']>('codeHost'),
  };
  const incident = anIncident({ classification: aClassification() });
  await makeReady(deps, incident);
  /** The step before it, and the analysis. */
  const run = async (useModel = true, recall = deps.recall) => {
    await searchKnowledge(
      { incidentId: incident.id },
      { ...deps, ...offering, evidence, recall, knowledge, patterns: NO_PATTERNS },
    );
    await offerActions({ incidentId: incident.id }, { ...deps, ...offering });
    return await analyze({ incidentId: incident.id, useModel, knowledgeId: null }, deps);
  };
  return {
    deps,
    asked,
    run,
    incident,
    control,
    meter,
    knowledge,
    read: async () => (await evidence.getDiagnosis(incident.id)) as Diagnosis,
  };
}

async function makeReady(deps: AnalyzeDeps, incident: ReturnType<typeof anIncident>): Promise<void> {
  const incidents = deps.incidents as ReturnType<typeof makeMemoryIncidentStore>;
  const evidence = deps.evidence as ReturnType<typeof makeMemoryEvidenceStore>;
  await incidents.create(incident);
  await evidence.putEvidence(anEvidence());
  await evidence.putTelemetry(incident.id, aTelemetry());
}
