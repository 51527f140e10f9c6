import type { Incident } from '#shared/domain/incident/incident.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import type { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import { type Meaning, meaningOf, textToEmbed } from '#shared/domain/knowledge/search/embedding.ts';
import { isEntry, isIncident, type Memory, ofEntry, ofIncident } from '#shared/domain/knowledge/search/memory.ts';
import { rememberedIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import { makeRecall, type Recall } from '#shared/domain/knowledge/search/recall.ts';
import { rememberedEntry } from '#shared/domain/knowledge/search/remembered-entry.ts';
import type { Terms } from '#shared/domain/knowledge/search/term-field.ts';
import { termsOfLines, weighed } from '#shared/domain/knowledge/search/terms.ts';
import type { Evidence } from '#shared/domain/logs/evidence.ts';
import { redact } from '#shared/domain/redaction/redact.ts';
import type { Embedder } from '#shared/ports/embedder.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { FailureQuery, FailureRecall, Recollection } from '#shared/ports/recall.ts';
import type { Clock } from '#shared/ports/time.ts';
import type { OldMemories, OldMemorySearch } from './recall-vectors.ts';

/** Memories of one place that are held; older ones are recalled only out of an index of vectors. */
const MOST_REMEMBERED = 20_000;
/** Records that cannot be read are not counted, so a read that is nearly full may not have been whole. */
const NEARLY_FULL = 0.9;
const MAX_AGE_DAYS = 365;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Read again on every refresh: clocks of functions differ, and a write may become visible late. */
const OVERLAP_MS = 5 * MINUTE;

interface Held {
  readonly recall: Recall<Memory>;
  /** When the newest incident that was read ended, and when the newest entry was learned; null before the first. */
  ended: string | null;
  learned: string | null;
  /** Whether a model was asked about any of its incidents. */
  hasMeanings: boolean;
  /** Whether there may be older ones that did not fit. */
  hasOlder: boolean;
  /** Last use, for what is let go first. */
  used: number;
}

export interface LocalRecallOptions {
  /** Compares meanings beside words; null compares words and names only. */
  readonly embedder?: Embedder | null;
  /** Finds what is too old to be held; without it that is not recalled. */
  readonly old?: OldMemorySearch | null;
  readonly most?: number;
}

/**
 * Recall out of this function's memory: the index of a place is made once from the store, lives as long as the worker does, and takes in
 * only what is new since. The playbooks are in every one. Of all places at most `most` memories are held; the place that was not asked
 * for longest goes first.
 */
export function makeLocalRecall(
  store: Pick<KnowledgeStore, 'remembered' | 'learned'>,
  playbooks: readonly KnowledgeEntry[],
  { embedder = null, old = null, most = MOST_REMEMBERED }: LocalRecallOptions = {},
): FailureRecall {
  const places = new Map<string, Held>();
  let uses = 0;
  const refreshed = async (scope: string): Promise<Held> => {
    const held = places.get(scope) ?? {
      recall: withPlaybooks(playbooks),
      ended: null,
      learned: null,
      hasMeanings: false,
      hasOlder: false,
      used: 0,
    };
    held.used = ++uses;
    const [past, entries] = await Promise.all([
      store.remembered(scope, { after: since(held.ended), limit: most }),
      store.learned(scope, { after: since(held.learned), limit: most }),
    ]);
    // Newest first as they are read: what comes last is put last, so that an incident's newest end stands.
    for (const one of [...past].reverse()) held.recall.put(rememberedIncident(one));
    held.hasMeanings ||= past.some(({ embedding }) => embedding !== undefined);
    held.hasOlder ||= past.length >= most * NEARLY_FULL;
    for (const entry of entries) held.recall.put(rememberedEntry(entry));
    held.ended = past[0]?.endedAt ?? held.ended;
    held.learned = entries[0]?.updatedAt ?? held.learned;
    places.set(scope, held);
    letGo(places, most);
    return held;
  };
  return {
    async find(scope, query, limit) {
      const { recall, hasMeanings, hasOlder } = await refreshed(scope);
      const further = hasOlder ? old : null;
      // Where nothing has a meaning there is nothing to compare one with, and nothing to pay for.
      const asked =
        hasMeanings || further !== null ? await meaningOfQuery(query, embedder) : { meaning: null, limits: [] };
      const whole = { ...query, meaning: asked.meaning };
      const endedAfter = new Date(query.now.getTime() - MAX_AGE_DAYS * DAY);
      const older = (await further?.like(scope, whole, endedAfter)) ?? { incidents: [], limit: null };
      const isOther = (memory: Memory): boolean => isIncident(memory) && memory.id !== query.incidentId;
      return withVisitors(recall, older.incidents, () => {
        const answers = recall.ask(whole);
        return {
          incidents: answers.best({ limit, maxAgeDays: MAX_AGE_DAYS, keep: isOther }).filter(ofIncident),
          entries: answers.best({ limit, keep: isEntry }).filter(ofEntry),
          limits: [...asked.limits, ...limitsOf(older, most)],
        };
      });
    },
  };
}

/** Searches as if these were held too, so that one measure ranks all. Nothing else runs until they are gone again. */
function withVisitors<T>(recall: Recall<Memory>, memories: readonly Memory[], search: () => T): T {
  const visitors = memories.filter(({ id }) => !recall.has(id));
  for (const visitor of visitors) recall.put(visitor);
  try {
    return search();
  } finally {
    for (const { id } of visitors) recall.remove(id);
  }
}

function limitsOf({ limit }: OldMemories, most: number): string[] {
  if (limit === null) return [];
  return [`Past incidents beyond the newest ${most.toLocaleString('en')} were not searched. ${limit}`];
}

async function meaningOfQuery(
  { text = '' }: FailureQuery,
  embedder: Embedder | null,
): Promise<{ meaning: Meaning | null; limits: readonly string[] }> {
  if (embedder === null || text === '') return { meaning: null, limits: [] };
  const answer = await embedder.embed(redact(text).text, 'query');
  if (answer.kind === 'embedded') return { meaning: meaningOf(answer.embedding), limits: [] };
  return { meaning: null, limits: [`Past incidents were compared by their words only. ${answer.reason}`] };
}

function withPlaybooks(playbooks: readonly KnowledgeEntry[]): Recall<Memory> {
  const recall = makeRecall<Memory>();
  for (const entry of playbooks) recall.put(rememberedEntry(entry));
  return recall;
}

function since(newest: string | null): string | null {
  return newest === null ? null : new Date(Date.parse(newest) - OVERLAP_MS).toISOString();
}

function letGo(places: Map<string, Held>, most: number): void {
  const total = () => [...places.values()].reduce((sum, { recall }) => sum + recall.size, 0);
  while (places.size > 1 && total() > most) {
    const [oldest] = [...places].sort(([, a], [, b]) => a.used - b.used);
    if (oldest !== undefined) places.delete(oldest[0]);
  }
}

const FOUND = 30;
const NOTHING: Recollection = { incidents: [], entries: [], limits: [] };

export interface RecallDeps {
  readonly recall: FailureRecall;
  readonly clock: Clock;
}

/** Past incidents of the same place and knowledge like this one, best first. Nothing before it is classified and for a storm. */
export async function recallLike(
  incident: Incident,
  evidence: Evidence | null,
  deps: RecallDeps,
): Promise<Recollection> {
  const lines = (evidence?.sources ?? []).flatMap((source) => source.lines.map(weighed));
  return await recallTerms(incident, termsOfLines(lines), deps, FOUND, textToEmbed(lines));
}

/** The same by given terms instead of the evidence's; without terms by the fingerprint alone. */
export async function recallTerms(
  { id, target, classification }: Incident,
  terms: Terms,
  { recall, clock }: RecallDeps,
  limit: number,
  text = '',
): Promise<Recollection> {
  const scope = knowledgeScopeOf(target);
  if (scope === null || classification === null) return NOTHING;
  const { class: failureClass, fingerprint } = classification;
  return await recall.find(
    scope,
    { incidentId: id, class: failureClass, fingerprint, terms, text, now: clock.now() },
    limit,
  );
}
