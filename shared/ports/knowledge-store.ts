import type { FailureClass } from '#shared/domain/failure/failure-class.ts';
import type { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';

/**
 * Knowledge learned from incidents, kept apart by `scope`: what a repository's logs taught is never seen in another. The built-in
 * playbooks ship with the code and are not in it.
 */
export interface KnowledgeStore {
  findByFingerprint(fingerprint: string, scope: string): Promise<KnowledgeEntry | null>;
  listByClass(failureClass: FailureClass, limit: number, scope: string): Promise<KnowledgeEntry[]>;
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
}
