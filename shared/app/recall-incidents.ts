import type { Evidence } from '#shared/domain/evidence/evidence.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import { type RememberedIncident, rememberedIncident } from '#shared/domain/recall/past-incident.ts';
import { makeRecall, type Recall, type Recalled } from '#shared/domain/recall/recall.ts';
import type { Terms } from '#shared/domain/recall/term-field.ts';
import { termsOfLines, weighed } from '#shared/domain/recall/terms.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { IncidentRecall } from '#shared/ports/recall.ts';
import type { Clock } from '#shared/ports/time.ts';

/** Past incidents of one place that are held; older ones are not recalled. */
const MOST_REMEMBERED = 20_000;
const MAX_AGE_DAYS = 365;
const MINUTE = 60_000;
/** Read again on every refresh: clocks of functions differ, and a write may become visible late. */
const OVERLAP_MS = 5 * MINUTE;

interface Held {
  readonly recall: Recall<RememberedIncident>;
  /** When the newest that was read ended; null before the first. */
  newest: string | null;
  /** Last use, for what is let go first. */
  used: number;
}

/**
 * Recall out of this function's memory: the index of a place is made once from the store, lives as long as the worker does, and takes in
 * only what is new since. Of all places at most `most` incidents are held; the place that was not asked for longest goes first.
 */
export function makeLocalRecall(
  store: Pick<KnowledgeStore, 'remembered'>,
  most: number = MOST_REMEMBERED,
): IncidentRecall {
  const places = new Map<string, Held>();
  let uses = 0;
  const refreshed = async (scope: string): Promise<Held> => {
    const held = places.get(scope) ?? { recall: makeRecall<RememberedIncident>(), newest: null, used: 0 };
    held.used = ++uses;
    const after = held.newest === null ? null : new Date(Date.parse(held.newest) - OVERLAP_MS).toISOString();
    const read = await store.remembered(scope, { after, limit: most });
    // Newest first as they are read: what comes last is put last, so that an incident's newest end stands.
    for (const past of [...read].reverse()) held.recall.put(rememberedIncident(past));
    held.newest = read[0]?.endedAt ?? held.newest;
    places.set(scope, held);
    letGo(places, most);
    return held;
  };
  return {
    async find(scope, query, limit) {
      const { recall } = await refreshed(scope);
      return recall.find(query, { limit, maxAgeDays: MAX_AGE_DAYS, keep: ({ id }) => id !== query.incidentId });
    },
  };
}

function letGo(places: Map<string, Held>, most: number): void {
  const total = () => [...places.values()].reduce((sum, { recall }) => sum + recall.size, 0);
  while (places.size > 1 && total() > most) {
    const [oldest] = [...places].sort(([, a], [, b]) => a.used - b.used);
    if (oldest !== undefined) places.delete(oldest[0]);
  }
}

const FOUND = 30;

export interface RecallDeps {
  readonly recall: IncidentRecall;
  readonly clock: Clock;
}

/** Past incidents of the same place like this one, best first. Empty before it is classified and for a storm. */
export async function recallLike(
  incident: Incident,
  evidence: Evidence | null,
  deps: RecallDeps,
): Promise<readonly Recalled<RememberedIncident>[]> {
  const lines = (evidence?.sources ?? []).flatMap((source) => source.lines.map(weighed));
  return await recallTerms(incident, termsOfLines(lines), deps, FOUND);
}

/** The same by given terms instead of the evidence's; without terms by the fingerprint alone. */
export async function recallTerms(
  { id, target, classification }: Incident,
  terms: Terms,
  { recall, clock }: RecallDeps,
  limit: number,
): Promise<readonly Recalled<RememberedIncident>[]> {
  const scope = knowledgeScopeOf(target);
  if (scope === null || classification === null) return [];
  const { class: failureClass, fingerprint } = classification;
  return await recall.find(scope, { incidentId: id, class: failureClass, fingerprint, terms, now: clock.now() }, limit);
}
