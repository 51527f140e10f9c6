import type { MemoryVector } from '#shared/domain/knowledge/search/memory-vector.ts';
import type { PastIncident } from '#shared/domain/knowledge/search/past-incident.ts';

/** `reason`: a sentence for the reader. */
export type Unavailable = { readonly kind: 'unavailable'; readonly reason: string };

/** Keeps past incidents of every place by their vectors, beyond what one function holds. */
export interface VectorMemory {
  /** Keeps or replaces the incident of that id. Never throws for a service that fails: the incident's record is elsewhere. */
  keep(past: PastIncident, scope: string, vector: MemoryVector): Promise<{ readonly kind: 'kept' } | Unavailable>;
}

export interface NearestQuery {
  readonly scope: string;
  readonly vector: MemoryVector;
  /** Only what ended later. */
  readonly endedAfter: Date;
  /** 1 to 30. */
  readonly limit: number;
}

/** Finds them again. */
export interface VectorSearch {
  /** The nearest of one place, nearest first. Never throws for a service that fails or is slow. */
  nearest(
    query: NearestQuery,
  ): Promise<{ readonly kind: 'found'; readonly incidents: readonly PastIncident[] } | Unavailable>;
}
