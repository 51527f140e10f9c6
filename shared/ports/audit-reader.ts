import type { PolicyEvent } from '#shared/domain/audit/access-event.ts';
import type { TrailEntry } from '#shared/domain/audit/audit-entry.ts';

/**
 * The audit trail for people. Only code that explains an incident to somebody may use it; code that decides reads
 * records.
 */
export interface AuditReader {
  /** In the order of writing, whatever the clocks said, with what proves that it is unchanged. */
  auditTrail(incidentId: string): Promise<TrailEntry[]>;
}

/** What was changed at run time, in a chained audit trail of its own. */
export interface PolicyTrail {
  /** Writes an entry once: a repeat of the same key is no second. */
  append(key: string, event: PolicyEvent): Promise<void>;
  /** The newest entries first, `limit` at most. */
  newest(limit: number): Promise<TrailEntry[]>;
}
