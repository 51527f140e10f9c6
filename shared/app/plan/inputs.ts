import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { CorruptRecord } from '@selfheal/kernel/errors.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import type { StartedExperiment } from '#shared/domain/experiment/started-experiment.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { Offer } from '#shared/domain/plan/candidates.ts';
import type { Circumstances } from '#shared/domain/policy/circumstances/circumstances.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { ExperienceStore } from '#shared/ports/learning-stores.ts';
import { loadIncident } from '../../ports/incident-store.ts';
import type { Preparations } from './prepare.ts';

/** What is known about an incident before its plan. */
export interface IncidentFacts {
  readonly incident: Incident;
  readonly classification: Classification;
  readonly telemetry: Telemetry;
  readonly diagnosis: Diagnosis;
  /** The list that the model was offered; null when there was none. */
  readonly offer: Offer | null;
  readonly records: readonly ActionRecord[];
}

/** What actions are ranked by: their outcomes for the class, and the experiments that people started. Empty where there is nothing to rank. */
export interface Ranking {
  readonly outcomes: readonly ActionOutcome[];
  readonly started: readonly StartedExperiment[];
}

/** All inputs of a plan. */
export interface PlanInputs extends IncidentFacts, Ranking {
  readonly circumstances: Circumstances;
  readonly prepared: Preparations;
}

export interface IncidentFactsDeps {
  readonly incidents: Pick<IncidentStore, 'get' | 'listActions'>;
  readonly evidence: Pick<EvidenceStore, 'getTelemetry' | 'getDiagnosis' | 'getOffer'>;
  readonly experience: Pick<ExperienceStore, 'actionOutcomes' | 'startedExperiments'>;
}

/** Outcomes read for one class; older ones count little. */
const OUTCOMES_LOOKED_AT = 500;

/** Reads them. Throws `CorruptRecord` when evidence, classification or diagnosis is missing. */
export async function readIncidentFacts(incidentId: string, deps: IncidentFactsDeps): Promise<IncidentFacts> {
  const incident = await loadIncident(incidentId, deps.incidents);
  const { classification } = incident;
  const [telemetry, diagnosis, offer, records] = await Promise.all([
    deps.evidence.getTelemetry(incidentId),
    deps.evidence.getDiagnosis(incidentId),
    deps.evidence.getOffer(incidentId),
    deps.incidents.listActions(incidentId),
  ]);
  if (classification === null || telemetry === null || diagnosis === null) {
    throw new CorruptRecord(
      `Incident ${incidentId} cannot be planned: its evidence, classification or diagnosis is missing.`,
    );
  }
  return { incident, classification, telemetry, diagnosis, offer, records };
}

export async function readRanking(
  { classification }: Pick<IncidentFacts, 'classification'>,
  { experience }: Pick<IncidentFactsDeps, 'experience'>,
): Promise<Ranking> {
  const [outcomes, started] = await Promise.all([
    experience.actionOutcomes(classification.class, OUTCOMES_LOOKED_AT),
    experience.startedExperiments(),
  ]);
  return { outcomes, started };
}
