import type { Diagnosis } from '#shared/domain/diagnosis/diagnosis.ts';
import type { Evidence } from '#shared/domain/evidence/evidence.ts';
import type { Telemetry } from '#shared/domain/evidence/telemetry.ts';

/** Evidence, telemetry and diagnosis of an incident, as objects too large for the workflow's state. Overwriting is allowed. */
export interface EvidenceStore {
  putEvidence(evidence: Evidence): Promise<void>;
  /** Null when nothing was gathered. */
  getEvidence(incidentId: string): Promise<Evidence | null>;
  putTelemetry(incidentId: string, telemetry: Telemetry): Promise<void>;
  getTelemetry(incidentId: string): Promise<Telemetry | null>;
  putDiagnosis(incidentId: string, diagnosis: Diagnosis): Promise<void>;
  getDiagnosis(incidentId: string): Promise<Diagnosis | null>;
}
