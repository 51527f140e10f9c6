import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import type { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import type { ProposedFix } from '@selfheal/patch-guard/proposed-fix.ts';
import type { QuarantinedTest } from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import type { Report } from '#shared/domain/incident/annotations.ts';
import type { Known } from '#shared/domain/knowledge/known.ts';
import type { Offer } from '#shared/domain/plan/candidates.ts';

/** Evidence, telemetry and diagnosis of an incident; too large for the workflow's state. May be overwritten. */
export interface EvidenceStore {
  putReport(report: Report): Promise<void>;
  /** Null for an incident that nobody reported. */
  getReport(incidentId: string): Promise<Report | null>;
  putEvidence(evidence: Evidence): Promise<void>;
  /** Null when nothing was gathered. */
  getEvidence(incidentId: string): Promise<Evidence | null>;
  putTelemetry(incidentId: string, telemetry: Telemetry): Promise<void>;
  getTelemetry(incidentId: string): Promise<Telemetry | null>;
  putOffer(offer: Offer): Promise<void>;
  /** The actions offered to a model; null when none were listed. */
  getOffer(incidentId: string): Promise<Offer | null>;
  putKnown(known: Known): Promise<void>;
  /** Null when nothing was searched. */
  getKnown(incidentId: string): Promise<Known | null>;
  putDiagnosis(incidentId: string, diagnosis: Diagnosis): Promise<void>;
  getDiagnosis(incidentId: string): Promise<Diagnosis | null>;
  /** Stores a patch under the digest of its record, which is returned. */
  putFix(fix: ProposedFix): Promise<string>;
  /** Null when there is none with this digest. Throws `CorruptRecord` when the record's digest differs. */
  getFix(incidentId: string, digest: string): Promise<ProposedFix | null>;
  /** Stores the content of an issue about a flaky test under the digest of its record, which is returned. */
  putQuarantine(test: QuarantinedTest): Promise<string>;
  /** Null when there is none with this digest. Throws `CorruptRecord` when the record's digest differs. */
  getQuarantine(incidentId: string, digest: string): Promise<QuarantinedTest | null>;
}
