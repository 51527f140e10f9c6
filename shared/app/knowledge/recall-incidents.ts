import type { Clock } from '@selfheal/kernel/time.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { redact } from '@selfheal/redaction/redact.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { knowledgeScopeOf } from '#shared/domain/incident/scope.ts';
import type { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import { type EmbeddingVector, embeddingVectorOf, textToEmbed } from '#shared/domain/knowledge/search/embedding.ts';
import { rememberedIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import { makeRecall, type Recall } from '#shared/domain/knowledge/search/recall.ts';
import {
  isEntry,
  isIncident,
  type Memory,
  ofEntry,
  ofIncident,
  rememberedEntry,
} from '#shared/domain/knowledge/search/remembered-entry.ts';
import type { Terms } from '#shared/domain/knowledge/search/term-field.ts';
import { termsOfLines, type WeighedLine, weighed } from '#shared/domain/knowledge/search/terms.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { Embedder, FailureQuery, FailureRecall, SearchResults } from '#shared/ports/recall.ts';

/** Limit of past incidents per scope; older ones are not recalled. */
const MAX_REMEMBERED = 20_000;
const MAX_AGE_DAYS = 365;
const MINUTE = 60_000;
/** Each refresh reads this much again, because the functions' clocks differ and a write may become visible late. */
const OVERLAP_MS = 5 * MINUTE;

interface Held {
  readonly recall: Recall<Memory>;
  /** End of the newest incident read, and time of the newest entry; null before the first read. */
  ended: string | null;
  learned: string | null;
  /** Whether any of its incidents has an embedding. */
  hasEmbeddings: boolean;
  /** Of all entries that were learned. */
  readonly fingerprints: Set<string>;
  /** Last use, for eviction. */
  used: number;
}

export interface LocalRecallOptions {
  /** Compares embeddings in addition to words; null compares only words and names. */
  readonly embedder?: Embedder | null;
  readonly most?: number;
}

/**
 * Recalls past incidents from an in-memory index per scope. The index is built from the store once, lives as long as the worker, and is
 * refreshed with what is new. Every index contains the built-in advice. LRU cache of indexes: evicts the least recently used scope above `most`
 * incidents.
 */
export function makeLocalRecall(
  store: Pick<KnowledgeStore, 'remembered' | 'learned'>,
  playbooks: readonly KnowledgeEntry[],
  { embedder = null, most = MAX_REMEMBERED }: LocalRecallOptions = {},
): FailureRecall {
  const places = new Map<string, Held>();
  let uses = 0;
  const refreshed = async (scope: string): Promise<Held> => {
    const held = places.get(scope) ?? {
      recall: withPlaybooks(playbooks),
      ended: null,
      learned: null,
      hasEmbeddings: false,
      fingerprints: new Set<string>(),
      used: 0,
    };
    held.used = ++uses;
    const [past, entries] = await Promise.all([
      store.remembered(scope, { after: since(held.ended), limit: most }),
      store.learned(scope, { after: since(held.learned), limit: most }),
    ]);
    // Read newest first and added last, so that the newest end of an incident wins.
    for (const one of [...past].reverse()) held.recall.put(rememberedIncident(one));
    held.hasEmbeddings ||= past.some(({ embedding }) => embedding !== undefined);
    for (const entry of entries) {
      held.recall.put(rememberedEntry(entry));
      for (const fingerprint of entry.fingerprints) held.fingerprints.add(fingerprint);
    }
    held.ended = past[0]?.endedAt ?? held.ended;
    held.learned = entries[0]?.updatedAt ?? held.learned;
    places.set(scope, held);
    letGo(places, most);
    return held;
  };
  return {
    async find(scope, query, limit) {
      const { recall, hasEmbeddings, fingerprints } = await refreshed(scope);
      // Without embeddings in the index, an embedding of the query would cost money for nothing.
      const asked = hasEmbeddings ? await embedQuery(query, embedder) : { meaning: null, limits: [] };
      const isOther = (memory: Memory): boolean => isIncident(memory) && memory.id !== query.incidentId;
      const answers = recall.ask({ ...query, embedding: asked.meaning });
      return {
        incidents: answers.best({ limit, maxAgeDays: MAX_AGE_DAYS, keep: isOther }).filter(ofIncident),
        entries: answers.best({ limit, keep: isEntry }).filter(ofEntry),
        limits: asked.limits,
        isLearned: query.fingerprint !== null && fingerprints.has(query.fingerprint),
      };
    },
  };
}

async function embedQuery(
  { text = '' }: FailureQuery,
  embedder: Embedder | null,
): Promise<{ meaning: EmbeddingVector | null; limits: readonly string[] }> {
  if (embedder === null || text === '') return { meaning: null, limits: [] };
  const answer = await embedder.embed(redact(text).text, 'query');
  if (answer.kind === 'embedded') return { meaning: embeddingVectorOf(answer.embedding), limits: [] };
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
const NOTHING: SearchResults = { incidents: [], entries: [], limits: [] };

export interface RecallDeps {
  readonly recall: FailureRecall;
  readonly clock: Clock;
}

/** The lines by which a failure is found again; of a report also its title, which may be all that there is. */
export function linesToRecall({ target, tainted }: Incident, evidence: Evidence | null): WeighedLine[] {
  const lines = (evidence?.sources ?? []).flatMap((source) => source.lines.map(weighed));
  const others = lines.filter(({ text }) => text !== tainted.title);
  return target.kind === 'report' || target.kind === 'alert' ? [{ text: tainted.title, weight: 1 }, ...others] : lines;
}

/**
 * Past incidents of the same scope and knowledge entries that resemble this incident, best first. Empty before the incident is classified,
 * and for a storm.
 */
export async function recallLike(
  incident: Incident,
  evidence: Evidence | null,
  deps: RecallDeps,
): Promise<SearchResults> {
  const lines = linesToRecall(incident, evidence);
  return await recallTerms(incident, termsOfLines(lines), deps, FOUND, textToEmbed(lines));
}

/** The same, by the given terms instead of the evidence's; without terms only by the fingerprint. */
export async function recallTerms(
  { id, target, classification }: Incident,
  terms: Terms,
  { recall, clock }: RecallDeps,
  limit: number,
  text = '',
): Promise<SearchResults> {
  const scope = knowledgeScopeOf(target);
  if (scope === null || classification === null) return NOTHING;
  const { class: failureClass, fingerprint } = classification;
  return await recall.find(
    scope,
    { incidentId: id, class: failureClass, fingerprint, terms, text, now: clock.now() },
    limit,
  );
}
