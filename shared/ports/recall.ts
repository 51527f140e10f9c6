import type { RememberedIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import type { Recalled, RecallQuery } from '#shared/domain/knowledge/search/recall.ts';
import type { RememberedEntry } from '#shared/domain/knowledge/search/remembered-entry.ts';

/** What is known that is like a failure, each kind best first. */
export interface Recollection {
  readonly incidents: readonly Recalled<RememberedIncident>[];
  readonly entries: readonly Recalled<RememberedEntry>[];
  /** What the search had to do without, as sentences for the reader; empty when it was whole. */
  readonly limits: readonly string[];
}

/** A failure to find the like of. `text`: its surest lines, redacted, for a model that compares meanings; empty asks none. */
export interface FailureQuery extends Omit<RecallQuery, 'meaning'> {
  readonly incidentId: string;
  readonly text?: string;
}

/**
 * Finds past incidents and knowledge of one place (see `knowledgeScopeOf`) that are like a new failure, whatever holds them: the function's
 * own memory, or a vector store for places with more than fit into it. What one place went through is never found from another.
 */
export interface FailureRecall {
  /** At most `limit` of each kind; the incident `query.incidentId` itself is left out. */
  find(scope: string, query: FailureQuery, limit: number): Promise<Recollection>;
}
