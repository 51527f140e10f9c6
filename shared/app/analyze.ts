import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Diagnosis } from '#shared/domain/diagnosis/diagnosis.ts';
import { diagnoseByRules } from '#shared/domain/diagnosis/rules-diagnosis.ts';
import type { Evidence } from '#shared/domain/evidence/evidence.ts';
import type { Classification } from '#shared/domain/failure/failure-class.ts';
import type { SignatureSet } from '#shared/domain/failure/signatures.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { serviceOf } from '#shared/domain/incident/scope.ts';
import { CorruptRecord } from '#shared/domain/kernel/errors.ts';
import type { KnowledgeMatch } from '#shared/domain/knowledge/lookup.ts';
import { type Candidate, listCandidates } from '#shared/domain/remediation/candidates.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import type { DiagnosisModel, DiagnosisReply } from '#shared/ports/diagnosis-model.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { Meter } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';
import { chargeTokens, exhaustedBudget } from './analyze-budget.ts';
import { findKnowledge, type KnowledgeDeps } from './knowledge.ts';
import { loadIncident } from './load-incident.ts';

export interface AnalyzeDeps extends Pick<KnowledgeDeps, 'incidents' | 'knowledge' | 'playbooks'> {
  readonly evidence: Pick<EvidenceStore, 'getEvidence' | 'getTelemetry' | 'putDiagnosis'>;
  readonly control: Pick<ControlStore, 'total' | 'addTo'>;
  readonly signatures: SignatureSet;
  /** Null when the configuration names no model. */
  readonly model: DiagnosisModel | null;
  /** Code lists what fits of these; the model may only choose among that. */
  readonly actions: readonly ActionPlugin[];
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly meter: Meter;
}

interface Material {
  readonly incident: Incident;
  readonly classification: Classification;
  readonly evidence: Evidence;
  readonly found: KnowledgeMatch;
  readonly preExisting: boolean | null;
}

const CONFIDENCE = { high: 0.85, medium: 0.65, low: 0.35 } as const satisfies Record<
  DiagnosisReply['confidence'],
  number
>;
const MODEL_LINES = 150;

/** Diagnoses by what is known, else by the model within its budgets, else by the rules with a note that says why. */
export async function analyze(input: StepInput<'analyze'>, deps: AnalyzeDeps): Promise<StepOutput<'analyze'>> {
  const material = await readMaterial(input, deps);
  const diagnosis = await diagnose(material, input, deps);
  await deps.evidence.putDiagnosis(input.incidentId, diagnosis);
  deps.meter.count(`diagnosis-${diagnosis.source}`);
  return { source: diagnosis.source, confidence: diagnosis.confidence };
}

async function readMaterial(input: StepInput<'analyze'>, deps: AnalyzeDeps): Promise<Material> {
  const incident = await loadIncident(input.incidentId, deps.incidents);
  const evidence = await deps.evidence.getEvidence(incident.id);
  if (incident.classification === null || evidence === null) {
    throw new CorruptRecord(`Incident ${incident.id} was not gathered and classified before its analysis.`);
  }
  const found = await findKnowledge(incident, evidence, deps);
  return { incident, classification: incident.classification, evidence, found, preExisting: input.preExisting };
}

async function diagnose(material: Material, input: StepInput<'analyze'>, deps: AnalyzeDeps): Promise<Diagnosis> {
  const known = material.found.match?.id === input.knowledgeId ? material.found.match : null;
  const byRules = (note: string | null) =>
    diagnoseByRules({ ...material, signatures: deps.signatures, knowledge: known, note });
  if (!input.useModel) return byRules(null);
  if (deps.model === null)
    return byRules('No language model is configured: this is the diagnosis of the built-in rules.');
  const exhausted = await exhaustedBudget(material.incident.id, deps);
  if (exhausted !== null) return byRules(exhausted);
  return (
    (await askModel(material, deps.model, deps)) ??
    byRules('The language model gave no usable answer: diagnosis by the rules.')
  );
}

async function askModel(material: Material, model: DiagnosisModel, deps: AnalyzeDeps): Promise<Diagnosis | null> {
  const { incident, classification, evidence } = material;
  const candidates = await candidatesOf(material, deps);
  const result = await model.diagnose({
    subject: incident.target.kind === 'alarm' ? 'A CloudWatch alarm of a service' : 'A GitHub Actions workflow run',
    classification,
    lines: evidence.sources.flatMap(({ lines }) => lines).slice(0, MODEL_LINES),
    candidates: candidates.map(({ label, description }) => ({ label, description })),
    similar: material.found.similar.map(({ entry }) => ({ title: entry.title, resolution: entry.resolution })),
  });
  await chargeTokens(incident.id, result.tokens, deps);
  deps.meter.count('model-tokens', result.tokens);
  if (result.kind === 'unavailable') {
    deps.meter.count('model-unavailable');
    return null;
  }
  return diagnosisOf(result.reply, result.tokens, candidates, material);
}

async function candidatesOf({ incident, classification }: Material, deps: AnalyzeDeps): Promise<readonly Candidate[]> {
  const telemetry = await deps.evidence.getTelemetry(incident.id);
  if (telemetry === null) return [];
  const { target } = incident;
  const { configuration } = deps;
  const service = serviceOf(configuration, target);
  const context = { target, telemetry, classification, service, configuration, now: deps.clock.now() };
  return listCandidates(context, deps.actions);
}

function diagnosisOf(
  reply: DiagnosisReply,
  tokens: number,
  candidates: readonly Candidate[],
  material: Material,
): Diagnosis {
  return {
    version: 1,
    source: 'model',
    classification: material.classification,
    confidence: CONFIDENCE[reply.confidence],
    rootCause: reply.rootCause,
    evidence: [...reply.evidence],
    fix: reply.fix,
    prevention: reply.prevention,
    unchecked: [...reply.unchecked],
    preExisting: material.preExisting,
    // Where nothing was offered, "human" is no advice against anything.
    choice: candidates.length === 0 ? null : reply.choice,
    note: `Written by a language model (${tokens} tokens).`,
  };
}
