import type { Diagnosis } from '#shared/domain/diagnosis/diagnosis.ts';
import type { Classification } from '#shared/domain/incident/failure-class.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import type { Telemetry } from '#shared/domain/logs/telemetry.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { Circumstances } from '#shared/domain/policy/circumstances/circumstances.ts';
import { CorruptRecord } from '#shared/kernel/errors.ts';
import type { PreparedRevert } from '#shared/plugins/actions/contract.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { ExperienceStore } from '#shared/ports/experience-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { loadIncident } from '../common/load-incident.ts';
import type { FixPreparation } from './fix.ts';
import type { QuarantineOutlook } from './quarantine.ts';

/** What was known of an incident before its plan. */
export interface Gathered {
  readonly incident: Incident;
  readonly classification: Classification;
  readonly telemetry: Telemetry;
  readonly diagnosis: Diagnosis;
  readonly records: readonly ActionRecord[];
  readonly outcomes: readonly ActionOutcome[];
}

/** Everything a plan is made of. */
export interface Material extends Gathered {
  readonly circumstances: Circumstances;
  readonly prepared: FixPreparation;
  readonly revert: PreparedRevert | null;
  readonly quarantine: QuarantineOutlook;
}

export interface GatheredDeps {
  readonly incidents: Pick<IncidentStore, 'get' | 'listActions'>;
  readonly evidence: Pick<EvidenceStore, 'getTelemetry' | 'getDiagnosis'>;
  readonly experience: Pick<ExperienceStore, 'actionOutcomes'>;
}

/** Of one class; older ones count for little. */
const OUTCOMES_LOOKED_AT = 500;

/** Throws `CorruptRecord` when the incident was not gathered, classified and diagnosed before. */
export async function readGathered(incidentId: string, deps: GatheredDeps): Promise<Gathered> {
  const incident = await loadIncident(incidentId, deps.incidents);
  const { classification } = incident;
  const [telemetry, diagnosis, records, outcomes] = await Promise.all([
    deps.evidence.getTelemetry(incidentId),
    deps.evidence.getDiagnosis(incidentId),
    deps.incidents.listActions(incidentId),
    classification === null ? [] : deps.experience.actionOutcomes(classification.class, OUTCOMES_LOOKED_AT),
  ]);
  if (classification === null || telemetry === null || diagnosis === null) {
    throw new CorruptRecord(`Incident ${incidentId} was not gathered, classified and diagnosed before its plan.`);
  }
  return { incident, classification, telemetry, diagnosis, records, outcomes };
}
