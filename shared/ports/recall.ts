import type { RememberedIncident } from '#shared/domain/recall/past-incident.ts';
import type { Recalled, RecallQuery } from '#shared/domain/recall/recall.ts';

/**
 * Finds past incidents of one place (see `knowledgeScopeOf`) that are like a new one, whatever holds them: the function's own memory, or a
 * vector store for places with more than fit into it. What one place went through is never found from another.
 */
export interface IncidentRecall {
  /** Best first, at most `limit`; `query.incidentId` itself is left out. */
  find(
    scope: string,
    query: RecallQuery & { readonly incidentId: string },
    limit: number,
  ): Promise<readonly Recalled<RememberedIncident>[]>;
}
