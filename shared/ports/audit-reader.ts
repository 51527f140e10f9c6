import type { TrailEntry } from '#shared/domain/audit/audit-entry.ts';

/**
 * The audit trail for people. Only code that explains an incident to somebody may use it; code that decides reads
 * records.
 */
export interface AuditReader {
  /** In the order of writing, whatever the clocks said, with what proves that it is unchanged. */
  auditTrail(incidentId: string): Promise<TrailEntry[]>;
}
