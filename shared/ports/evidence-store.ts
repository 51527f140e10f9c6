import type { Diagnosis } from '#shared/domain/diagnosis/diagnosis.ts';
import type { QuarantinedTest } from '#shared/domain/flaky-tests/quarantined-test.ts';
import type { Known } from '#shared/domain/knowledge/known.ts';
import type { Evidence } from '#shared/domain/logs/evidence.ts';
import type { Telemetry } from '#shared/domain/logs/telemetry.ts';
import type { ProposedFix } from '#shared/domain/patch/proposed-fix.ts';

/** Evidence, telemetry and diagnosis of an incident, as objects too large for the workflow's state. Overwriting is allowed. */
export interface EvidenceStore {
  putEvidence(evidence: Evidence): Promise<void>;
  /** Null when nothing was gathered. */
  getEvidence(incidentId: string): Promise<Evidence | null>;
  putTelemetry(incidentId: string, telemetry: Telemetry): Promise<void>;
  getTelemetry(incidentId: string): Promise<Telemetry | null>;
  putKnown(known: Known): Promise<void>;
  /** Null when nothing was searched. */
  getKnown(incidentId: string): Promise<Known | null>;
  putDiagnosis(incidentId: string, diagnosis: Diagnosis): Promise<void>;
  getDiagnosis(incidentId: string): Promise<Diagnosis | null>;
  /** Keeps a patch under the digest of its record, which is returned. */
  putFix(fix: ProposedFix): Promise<string>;
  /** Null when there is none of that digest. Throws `CorruptRecord` when the record has another one. */
  getFix(incidentId: string, digest: string): Promise<ProposedFix | null>;
  /** Keeps what an issue about a flaky test will say, under the digest of its record, which is returned. */
  putQuarantine(test: QuarantinedTest): Promise<string>;
  /** Null when there is none of that digest. Throws `CorruptRecord` when the record has another one. */
  getQuarantine(incidentId: string, digest: string): Promise<QuarantinedTest | null>;
}
