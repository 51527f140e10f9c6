import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { memoryVectorOf, vectorOfPast } from '#shared/domain/knowledge/search/memory-vector.ts';
import { type RememberedIncident, rememberedIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import type { RecallQuery } from '#shared/domain/knowledge/search/recall.ts';
import { redactName } from '#shared/domain/redaction/redact-name.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { VectorMemory, VectorSearch } from '#shared/ports/memory-vectors.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';

/** What one search gives to be compared more closely. */
const MAX_REASON_LENGTH = 300;
const NEAREST = 30;

type Settings = Pick<Configuration['recall'], 'embeddings' | 'vectors'>;

/** Incidents that a function may not hold. `limit`: why they could not be searched, as a sentence; null when they were. */
export interface OldMemories {
  readonly incidents: readonly RememberedIncident[];
  readonly limit: string | null;
}

/** Finds memories of a place that a function does not hold. */
export interface OldMemorySearch {
  like(scope: string, query: RecallQuery, endedAfter: Date): Promise<OldMemories>;
}

/** Null unless the configuration keeps vectors. `search` is only made then. */
export function connectVectorSearch(settings: Settings, search: () => VectorSearch): OldMemorySearch | null {
  if (!settings.vectors) return null;
  const vectors = search();
  return {
    async like(scope, { terms, meaning = null }, endedAfter) {
      const vector = memoryVectorOf({ terms, meaning }, settings);
      if (vector === null) return { incidents: [], limit: 'There was no vector to search them by.' };
      const answer = await vectors.nearest({ scope, vector, endedAfter, limit: NEAREST });
      if (answer.kind === 'unavailable') return { incidents: [], limit: answer.reason };
      return { incidents: answer.incidents.map(rememberedIncident), limit: null };
    },
  };
}

/**
 * The store, which also keeps a vector of every incident it remembers while the configuration says so. The record comes first; an incident
 * whose vector could not be kept is only not found once it is old, so its end does not wait for it.
 */
export function withVectors<Store extends Pick<KnowledgeStore, 'remember'>>(
  store: Store,
  settings: Settings,
  { memory, log }: { readonly memory: () => VectorMemory; readonly log: Pick<Log, 'warn'> },
): Store {
  if (!settings.vectors) return store;
  const vectors = memory();
  return {
    ...store,
    async remember(past, scope) {
      await store.remember(past, scope);
      const vector = vectorOfPast(past, settings);
      if (vector === null) return;
      const kept = await vectors.keep(past, scope, vector);
      if (kept.kind === 'unavailable') {
        log.warn('The vector of an incident was not kept.', {
          incidentId: past.id,
          reason: redactName(kept.reason, MAX_REASON_LENGTH),
        });
      }
    },
  };
}
