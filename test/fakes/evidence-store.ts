import { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import { digestOfFix, ProposedFix } from '@selfheal/patch-guard/proposed-fix.ts';
import {
  digestOfQuarantine,
  QuarantinedTest,
} from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import { Report } from '#shared/domain/incident/annotations.ts';
import { Known } from '#shared/domain/knowledge/known.ts';
import { Offer } from '#shared/domain/plan/candidates.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';

export function makeMemoryEvidenceStore(): EvidenceStore {
  const objects = new Map<string, unknown>();
  const get = <T>(key: string): T | null => structuredClone((objects.get(key) as T | undefined) ?? null);
  const put = (key: string, value: unknown): void => void objects.set(key, structuredClone(value));
  return {
    putReport: async (report) => put(`${report.incidentId}/report`, Report.parse(report)),
    getReport: async (incidentId) => get<Report>(`${incidentId}/report`),
    putEvidence: async (evidence) => put(`${evidence.incidentId}/evidence`, Evidence.parse(evidence)),
    getEvidence: async (incidentId) => get<Evidence>(`${incidentId}/evidence`),
    putTelemetry: async (incidentId, telemetry) => put(`${incidentId}/telemetry`, Telemetry.parse(telemetry)),
    getTelemetry: async (incidentId) => get<Telemetry>(`${incidentId}/telemetry`),
    putOffer: async (offer) => put(`${offer.incidentId}/offer`, Offer.parse(offer)),
    getOffer: async (incidentId) => get<Offer>(`${incidentId}/offer`),
    putKnown: async (known) => put(`${known.incidentId}/known`, Known.parse(known)),
    getKnown: async (incidentId) => get<Known>(`${incidentId}/known`),
    putDiagnosis: async (incidentId, diagnosis) => put(`${incidentId}/diagnosis`, Diagnosis.parse(diagnosis)),
    getDiagnosis: async (incidentId) => get<Diagnosis>(`${incidentId}/diagnosis`),
    putFix: async (fix) => {
      const digest = digestOfFix(fix);
      put(`${fix.incidentId}/fix-${digest}`, ProposedFix.parse(fix));
      return digest;
    },
    getFix: async (incidentId, digest) => get<ProposedFix>(`${incidentId}/fix-${digest}`),
    putQuarantine: async (test) => {
      const digest = digestOfQuarantine(test);
      put(`${test.incidentId}/quarantine-${digest}`, QuarantinedTest.parse(test));
      return digest;
    },
    getQuarantine: async (incidentId, digest) => get<QuarantinedTest>(`${incidentId}/quarantine-${digest}`),
  };
}
