import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Embedding } from '#shared/domain/knowledge/search/embedding.ts';
import type { RememberedIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import type { Hit, RecallQuery } from '#shared/domain/knowledge/search/recall.ts';
import type { RememberedEntry } from '#shared/domain/knowledge/search/remembered-entry.ts';

/** Results similar to a failure, each kind best first. */
export interface SearchResults {
  readonly incidents: readonly Hit<RememberedIncident>[];
  readonly entries: readonly Hit<RememberedEntry>[];
  /** What the search had to do without, as sentences for the reader; empty when it was complete. */
  readonly limits: readonly string[];
  /** False: nothing was learned in this scope about the very fingerprint that was asked for. Absent where the search cannot tell. */
  readonly isLearned?: boolean;
}

/** A failure to search for. `text`: its most certain lines, redacted, for an embedding model; empty asks none. */
export interface FailureQuery extends Omit<RecallQuery, 'meaning'> {
  readonly incidentId: string;
  readonly text?: string;
}

/**
 * Finds past incidents and knowledge of one scope (see `knowledgeScopeOf`) that are similar to a new failure, whether
 * they are in the function's memory or, for larger scopes, in a vector store. Incidents of one scope are never found
 * from another.
 */
export interface FailureRecall {
  /** At most `limit` of each kind; the incident `query.incidentId` itself is left out. */
  find(scope: string, query: FailureQuery, limit: number): Promise<SearchResults>;
}

export type Embedded =
  | { readonly kind: 'embedded'; readonly embedding: Embedding }
  /** `reason`: a sentence for the reader. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/**
 * Turns texts into embeddings. Recall works without one, by words and names. Never throws for a model that does not
 * answer.
 */
export interface Embedder {
  /**
   * `document`: to be stored; `query`: to be searched for. The text is redacted and at most `EMBEDDED_CHARACTERS` long.
   */
  embed(text: RedactedText, purpose: 'document' | 'query'): Promise<Embedded>;
}
