import { type CausalChain, causalChainOf } from '@selfheal/diagnosis/causality/chain.ts';
import { decidingLines } from '@selfheal/diagnosis/causality/read-failure.ts';
import { alarmEvents } from '@selfheal/diagnosis/causality/stated-events.ts';
import type { DiagnosisDraft, DiagnosisNoteDraft } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { redactDiagnosis } from '@selfheal/diagnosis/diagnosis/redact-diagnosis.ts';
import { diagnoseByRules } from '@selfheal/diagnosis/diagnosis/rules-diagnosis.ts';
import { preExistingOf } from '@selfheal/diagnosis/failure/run-history.ts';
import type { SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import { CorruptRecord } from '@selfheal/kernel/errors.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import { type Evidence, logsOf } from '@selfheal/log-reading/logs/evidence.ts';
import type { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import {
  coverageIn,
  findingsIn,
  vulnerabilitiesIn,
  worseThanBaseline,
} from '@selfheal/pull-request-quality/domain/gates/run-baseline.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { isAboutService } from '#shared/domain/incident/scope.ts';
import { nothingKnown } from '#shared/domain/knowledge/known.ts';
import type { StepInput, StepOutput } from '#shared/domain/workflow/steps.ts';
import type { DiagnosisModel } from '#shared/ports/diagnosis-model.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { PolicyReader } from '#shared/ports/policy-store.ts';
import type { StatsStore } from '#shared/ports/test-store.ts';
import { loadIncident } from '../../ports/incident-store.ts';
import type { KnowledgeDeps } from '../knowledge/knowledge.ts';
import { governed } from '../policy/governed.ts';
import { askModel, formatModelCost, type ModelDeps, otherUnchecked } from './ask-model.ts';
import type { AnalysisInputs } from './lookups.ts';

export interface AnalyzeDeps extends ModelDeps, Pick<KnowledgeDeps, 'incidents'> {
  readonly evidence: ModelDeps['evidence'] &
    Pick<EvidenceStore, 'getEvidence' | 'getTelemetry' | 'getKnown' | 'putDiagnosis'>;
  readonly signatures: SignatureSet;
  readonly stats: ModelDeps['stats'] & Pick<StatsStore, 'runBaseline'>;
  /** Null when the configuration names no model. */
  readonly model: DiagnosisModel | null;
  /** Read when there is a model: it may be switched off. */
  readonly policy: PolicyReader;
}

const NOT_SEARCHED = 'Past incidents and knowledge entries could not be searched.';

/**
 * Diagnoses from a known failure if there is one, else with the model within its budgets, else by the rules, with a note that says why.
 */
export async function analyze(input: StepInput<'analyze'>, deps: AnalyzeDeps): Promise<StepOutput<'analyze'>> {
  const inputs = await readInputs(input, deps);
  const diagnosis = await withBaseline(await diagnose(inputs, input, deps), inputs, deps);
  await deps.evidence.putDiagnosis(
    input.incidentId,
    redactDiagnosis(withLimits(withChain(withHistory(diagnosis, inputs), inputs), inputs)),
  );
  deps.meter.count(`diagnosis-${diagnosis.source}`);
  return { source: diagnosis.source, confidence: diagnosis.confidence, preExisting: inputs.preExisting };
}

const MAX_ROOT_CAUSE = 2000;

/** Says what is worse than the baseline of the repository's default branch. */
async function withBaseline(
  diagnosis: DiagnosisDraft,
  { incident: { target, openedAt }, evidence, telemetry }: AnalysisInputs,
  { stats }: AnalyzeDeps,
): Promise<DiagnosisDraft> {
  if (target.kind !== 'run') return diagnosis;
  const lines = evidence.sources.flatMap((source) => source.lines.map(({ text }) => text));
  const coverage = coverageIn(lines);
  const facts = telemetry?.facts.kind === 'run' ? telemetry.facts : null;
  // A run is reported when it ends.
  const seconds = facts?.startedAt == null ? null : (Date.parse(openedAt) - Date.parse(facts.startedAt)) / 1000;
  const vulnerabilities = vulnerabilitiesIn(lines);
  // Durations are compared with those of the runs themselves.
  const findings = findingsIn(lines);
  const isMeasured = coverage !== null || vulnerabilities !== null || findings !== null;
  const baseline = isMeasured ? await stats.runBaseline(target.repository) : null;
  const worse = worseThanBaseline(
    { coverage, vulnerabilities, findings, seconds, usualSeconds: facts?.usualSeconds ?? [] },
    baseline,
  ).join(' ');
  const room = MAX_ROOT_CAUSE - worse.length - 1;
  return worse === '' ? diagnosis : { ...diagnosis, rootCause: `${diagnosis.rootCause.slice(0, room)} ${worse}` };
}

async function readInputs(input: StepInput<'analyze'>, deps: AnalyzeDeps): Promise<AnalysisInputs> {
  const [gathered, known, telemetry] = await Promise.all([
    deps.evidence.getEvidence(input.incidentId),
    deps.evidence.getKnown(input.incidentId),
    deps.evidence.getTelemetry(input.incidentId),
  ]);
  // What an earlier attempt stored says nothing of this one.
  const read = input.isKept === true ? known?.incident : undefined;
  const incident = read ?? (await loadIncident(input.incidentId, deps.incidents));
  if (incident.classification === null || gathered === null) {
    throw new CorruptRecord(`Incident ${incident.id} cannot be analysed: its evidence or classification is missing.`);
  }
  const evidence = logsOf(gathered);
  const { found, seen, limits, patterns = [] } = known ?? nothingKnown(incident.id, [NOT_SEARCHED]);
  const { classification } = incident;
  const chain = chainOfIncident(incident, evidence, classification, telemetry);
  const preExisting = preExistingOf(telemetry);
  return { telemetry, found, seen, limits, patterns, incident, classification, evidence, chain, preExisting };
}

/** Adds what is known of earlier failures: what people taught here, and similar incidents. */
function withHistory(diagnosis: DiagnosisDraft, { patterns, seen }: AnalysisInputs): DiagnosisDraft {
  return {
    ...diagnosis,
    ...(patterns.length === 0 ? {} : { knownHere: [...patterns] }),
    ...(seen.length === 0 ? {} : { seenBefore: [...seen] }),
  };
}

function withChain(diagnosis: DiagnosisDraft, { chain }: AnalysisInputs): DiagnosisDraft {
  return chain === null ? diagnosis : { ...diagnosis, chain };
}

const MAX_UNCHECKED = 10;

/** Adds the limits of the search in past incidents to the list of what could not be checked. */
function withLimits(diagnosis: DiagnosisDraft, { limits }: AnalysisInputs): DiagnosisDraft {
  if (limits.length === 0) return diagnosis;
  return { ...diagnosis, unchecked: [...limits.map(otherUnchecked), ...diagnosis.unchecked].slice(0, MAX_UNCHECKED) };
}

async function diagnose(
  inputs: AnalysisInputs,
  input: StepInput<'analyze'>,
  deps: AnalyzeDeps,
): Promise<DiagnosisDraft> {
  const known = inputs.found.match?.id === input.knowledgeId ? inputs.found.match : null;
  const about = isAboutService(inputs.incident.target) ? 'service' : 'run';
  const byRules = (note: DiagnosisNoteDraft | null) =>
    diagnoseByRules({ ...inputs, about, signatures: deps.signatures, knowledge: known, note });
  if (!input.useModel) return byRules(null);
  if (deps.model === null)
    return byRules({
      code: 'no-model',
      text: 'No language model is configured: this is the diagnosis of the built-in rules.',
    });
  const { configuration } = await governed(deps);
  if (!configuration.features.languageModel)
    return byRules({
      code: 'no-model',
      text: 'The language model is switched off: this is the diagnosis of the built-in rules.',
    });
  const verdict = await askModel(inputs, deps.model, deps);
  if (verdict.kind === 'diagnosed') return verdict.diagnosis;
  const { reason, work } = verdict;
  const cost = work === null ? '' : ` It took ${formatModelCost(work)}.`;
  const diagnosis = byRules({
    code: 'model-failed',
    text: `The language model gave no usable answer: diagnosis by the rules. ${reason}${cost}`,
  });
  return work === null ? diagnosis : { ...diagnosis, model: work };
}

/**
 * The incident's causal chain, from its evidence and from what AWS reports about the alarm's service; null when unknown.
 */
export function chainOfIncident(
  { target }: Incident,
  evidence: Evidence,
  classification: Classification,
  telemetry: Telemetry | null,
): CausalChain | null {
  const stated =
    target.kind === 'alarm' && telemetry?.facts.kind === 'alarm'
      ? alarmEvents(telemetry.facts, alarmNameOf(target), target.changedAt)
      : [];
  return causalChainOf(evidence, decidingLines(classification), stated);
}
