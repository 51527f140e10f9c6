import type { DiagnosisDraft } from '#shared/domain/diagnosis/diagnosis.ts';
import { redactDiagnosis } from '#shared/domain/diagnosis/redact-diagnosis.ts';
import { diagnoseByRules } from '#shared/domain/diagnosis/rules-diagnosis.ts';
import type { SignatureSet } from '#shared/domain/failure/signatures.ts';
import { nothingKnown } from '#shared/domain/knowledge/known.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import { CorruptRecord } from '#shared/kernel/errors.ts';
import type { DiagnosisModel } from '#shared/ports/diagnosis-model.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import { loadIncident } from '../common/load-incident.ts';
import type { KnowledgeDeps } from '../knowledge/knowledge.ts';
import { askModel, costWords, type ModelDeps } from './ask-model.ts';
import { chainOfIncident } from './causal-chain.ts';
import type { AnalysisInputs } from './inputs.ts';

export interface AnalyzeDeps extends ModelDeps, Pick<KnowledgeDeps, 'incidents'> {
  readonly evidence: ModelDeps['evidence'] & Pick<EvidenceStore, 'getEvidence' | 'getKnown' | 'putDiagnosis'>;
  readonly signatures: SignatureSet;
  /** Null when the configuration names no model. */
  readonly model: DiagnosisModel | null;
}

const NOT_SEARCHED = 'What is known of such failures could not be searched.';

/** Diagnoses by what is known, else by the model within its budgets, else by the rules with a note that says why. */
export async function analyze(input: StepInput<'analyze'>, deps: AnalyzeDeps): Promise<StepOutput<'analyze'>> {
  const material = await readMaterial(input, deps);
  const diagnosis = await diagnose(material, input, deps);
  const { seen } = material;
  await deps.evidence.putDiagnosis(
    input.incidentId,
    redactDiagnosis(
      withLimits(
        withChain(seen.length === 0 ? diagnosis : { ...diagnosis, seenBefore: [...seen] }, material),
        material,
      ),
    ),
  );
  deps.meter.count(`diagnosis-${diagnosis.source}`);
  return { source: diagnosis.source, confidence: diagnosis.confidence };
}

async function readMaterial(input: StepInput<'analyze'>, deps: AnalyzeDeps): Promise<AnalysisInputs> {
  const incident = await loadIncident(input.incidentId, deps.incidents);
  const evidence = await deps.evidence.getEvidence(incident.id);
  if (incident.classification === null || evidence === null) {
    throw new CorruptRecord(`Incident ${incident.id} was not gathered and classified before its analysis.`);
  }
  const [known, telemetry] = await Promise.all([
    deps.evidence.getKnown(incident.id),
    deps.evidence.getTelemetry(incident.id),
  ]);
  const { found, seen, limits } = known ?? nothingKnown(incident.id, [NOT_SEARCHED]);
  const { classification } = incident;
  const chain = chainOfIncident(incident, evidence, classification, telemetry);
  return { found, seen, limits, incident, classification, evidence, chain, preExisting: input.preExisting };
}

function withChain(diagnosis: DiagnosisDraft, { chain }: AnalysisInputs): DiagnosisDraft {
  return chain === null ? diagnosis : { ...diagnosis, chain };
}

const MOST_UNCHECKED = 10;

/** What the search in the past had to do without is told with what else could not be checked. */
function withLimits(diagnosis: DiagnosisDraft, { limits }: AnalysisInputs): DiagnosisDraft {
  if (limits.length === 0) return diagnosis;
  return { ...diagnosis, unchecked: [...limits, ...diagnosis.unchecked].slice(0, MOST_UNCHECKED) };
}

async function diagnose(
  material: AnalysisInputs,
  input: StepInput<'analyze'>,
  deps: AnalyzeDeps,
): Promise<DiagnosisDraft> {
  const known = material.found.match?.id === input.knowledgeId ? material.found.match : null;
  const about = material.incident.target.kind === 'alarm' ? 'service' : 'run';
  const byRules = (note: string | null) =>
    diagnoseByRules({ ...material, about, signatures: deps.signatures, knowledge: known, note });
  if (!input.useModel) return byRules(null);
  if (deps.model === null)
    return byRules('No language model is configured: this is the diagnosis of the built-in rules.');
  const verdict = await askModel(material, deps.model, deps);
  if (verdict.kind === 'diagnosed') return verdict.diagnosis;
  const { reason, work } = verdict;
  const cost = work === null ? '' : ` It took ${costWords(work)}.`;
  const diagnosis = byRules(`The language model gave no usable answer: diagnosis by the rules. ${reason}${cost}`);
  return work === null ? diagnosis : { ...diagnosis, model: work };
}
