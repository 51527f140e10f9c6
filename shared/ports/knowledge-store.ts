import type { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import type { PastIncident } from '#shared/domain/knowledge/search/past-incident.ts';

/**
 * Knowledge learned from incidents, kept apart by `scope`: what a repository's logs taught is never seen in another. The built-in
 * playbooks ship with the code and are not in it.
 */
export interface KnowledgeStore {
  findByFingerprint(fingerprint: string, scope: string): Promise<KnowledgeEntry | null>;
  /** The entries that an outcome changed last come first, at most `limit`; with `after` (ISO 8601) only those that changed later. */
  learned(scope: string, range: { readonly after: string | null; readonly limit: number }): Promise<KnowledgeEntry[]>;
  /**
   * Creates or replaces the learned entry of one fingerprint (the entry's first) and counts the outcome, once per incident.
   * The counters are the store's own: the given entry's are not believed.
   */
  recordOutcome(
    entry: KnowledgeEntry,
    incidentId: string,
    outcome: 'success' | 'failure',
    at: Date,
    scope: string,
  ): Promise<void>;
  /** Keeps an incident that ended, to be recalled when one like it comes. A repeat is harmless. */
  remember(past: PastIncident, scope: string): Promise<void>;
  /**
   * The newest ends first, at most `limit`; with `after` (ISO 8601) only what ended later. An incident that ended twice, because it was
   * opened again or its end was recorded twice, stands there twice.
   */
  remembered(scope: string, range: { readonly after: string | null; readonly limit: number }): Promise<PastIncident[]>;
}
