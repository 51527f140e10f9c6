import type { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import type { PastIncident } from '#shared/domain/knowledge/search/past-incident.ts';

/**
 * Knowledge learned from incidents, separated by `scope`: lessons from one repository's logs are never seen in another.
 * The built-in advice ships with the code and is not stored here.
 */
export interface KnowledgeStore {
  findByFingerprint(fingerprint: string, scope: string): Promise<KnowledgeEntry | null>;
  /**
   * Entries whose outcome changed last come first, at most `limit`; with `after` (ISO 8601) only those that changed
   * later.
   */
  learned(scope: string, range: { readonly after: string | null; readonly limit: number }): Promise<KnowledgeEntry[]>;
  /**
   * Creates or replaces the learned entry of one fingerprint (the entry's first) and counts the outcome, once per
   * incident. The store keeps its own counters and ignores those of the given entry.
   */
  recordOutcome(
    entry: KnowledgeEntry,
    incidentId: string,
    outcome: 'success' | 'failure',
    at: Date,
    scope: string,
  ): Promise<void>;
  /** Stores an ended incident, to be recalled for similar ones. A repeat is harmless. */
  remember(past: PastIncident, scope: string): Promise<void>;
  /**
   * Latest ends first, at most `limit`; with `after` (ISO 8601) only what ended later. An incident that ended twice,
   * because it was reopened or its end was recorded twice, is listed twice.
   */
  remembered(scope: string, range: { readonly after: string | null; readonly limit: number }): Promise<PastIncident[]>;
}
