import type { FailureClass } from '../../incident/failure-class.ts';
import { type EmbeddingVector, nearnessOf } from './embedding.ts';
import { type LikenessReason, reasonsOf } from './reasons.ts';
import { makeRecallIndex, type RecallIndex } from './recall-index.ts';
import type { Terms } from './term-field.ts';

/** Something that can be recalled. */
export interface Remembered {
  readonly id: string;
  readonly class: FailureClass;
  /** Of the failures it is known to match. */
  readonly fingerprints: readonly string[];
  readonly terms: Terms;
  /** ISO 8601, or null for something without an age. */
  readonly at: string | null;
  /** Its embedding, where a model was asked. */
  readonly embedding?: EmbeddingVector | null;
}

export interface RecallQuery {
  readonly class: FailureClass;
  readonly fingerprint: string | null;
  readonly terms: Terms;
  readonly embedding?: EmbeddingVector | null;
  readonly now: Date;
}

export interface RecallFilter<T> {
  readonly limit: number;
  readonly maxAgeDays?: number;
  /** By kind, outcome or anything else; rejected items do not count towards the limit. */
  readonly keep?: (item: T) => boolean;
}

/** A hit with its reasons, weightiest first. */
export interface Hit<T> {
  /** Without its terms, which only the index keeps. */
  readonly item: T;
  /** 0 to 1. */
  readonly score: number;
  /** Its fingerprint equals the query's: the same failure, not only a similar one. */
  readonly sameFailure: boolean;
  readonly reasons: readonly LikenessReason[];
}

export interface Recall<T extends Remembered> {
  readonly size: number;
  /** Adds it or replaces the one with its id. */
  put(item: T): void;
  /** Searches once, for several filters. Valid until the next item is added. */
  ask(query: RecallQuery): Answers<T>;
  /** Same as `ask(query).best(filter)`. */
  find(query: RecallQuery, filter: RecallFilter<T>): Hit<T>[];
}

/** Result of a search. */
export interface Answers<T> {
  /** Best first; ties newest first, then by id. */
  best(filter: RecallFilter<T>): Hit<T>[];
}

/** Minimum score of the same failure, however different its lines are this time. */
const SAME_FAILURE = 0.9;
const SAME_CLASS = 1.05;
/**
 * A past incident loses up to this share of its score with age, half of it in half a year: code and machines change.
 */
const FADES_BY = 0.3;
const HALF_LIFE_DAYS = 180;
/** How far an equal embedding closes the gap to 1: it raises incidents with other wording and lowers none. */
const EMBEDDING_WEIGHT = 0.4;
/** From here on it is a reason of its own. */
const MEANS_THE_SAME = 0.5;
const NO_TERMS: Terms = new Map();
const DAY = 24 * 60 * 60 * 1000;
/** Hits examined beyond the limit, because age and class change the order. */
const SPARE = 60;

/** Failures and knowledge in memory, recalled by what a new failure shares with them. */
export function makeRecall<T extends Remembered>(): Recall<T> {
  const index = makeRecallIndex();
  const items = new Map<string, T>();
  const byFingerprint = new Map<string, Set<string>>();
  const forget = (id: string): void => {
    for (const fingerprint of items.get(id)?.fingerprints ?? []) byFingerprint.get(fingerprint)?.delete(id);
    items.delete(id);
    index.remove(id);
  };
  const ask = (query: RecallQuery): Answers<T> => answersTo(query, { index, items, byFingerprint });
  return {
    get size() {
      return items.size;
    },
    put(item) {
      forget(item.id);
      // The index has the terms; storing them twice for twenty thousand incidents would not fit.
      items.set(item.id, { ...item, terms: NO_TERMS });
      index.put(item.id, item.terms);
      for (const fingerprint of item.fingerprints)
        byFingerprint.set(fingerprint, (byFingerprint.get(fingerprint) ?? new Set()).add(item.id));
    },
    ask,
    find: (query, filter) => ask(query).best(filter),
  };
}

interface Memories<T> {
  readonly index: RecallIndex;
  readonly items: ReadonlyMap<string, T>;
  readonly byFingerprint: ReadonlyMap<string, ReadonlySet<string>>;
}

function answersTo<T extends Remembered>(query: RecallQuery, { index, items, byFingerprint }: Memories<T>): Answers<T> {
  const same = byFingerprint.get(query.fingerprint ?? '') ?? new Set<string>();
  const found = index.search(query.terms);
  const near = nearInMeaning(query, items.values());
  const nearest = (limit: number): string[] => near.slice(0, limit + SPARE).map(({ id }) => id);
  return {
    best({ limit, maxAgeDays = Number.POSITIVE_INFINITY, keep = () => true }) {
      const wanted = (id: string): boolean => {
        const item = items.get(id);
        return item !== undefined && keep(item) && ageDays(item, query.now) <= maxAgeDays;
      };
      const scores = new Map(found.best(limit + SPARE, wanted).map(({ id, score }) => [id, score]));
      const ids = new Set([...[...same, ...nearest(limit)].filter(wanted), ...scores.keys()]);
      const known = [...ids].flatMap((id) => items.get(id) ?? []);
      const best = known.map((item) => rated(item, query, scores.get(item.id) ?? 0)).sort(bestFirst);
      return best.slice(0, limit).map(({ sameClass, sameMeaning, ...one }) => ({
        ...one,
        reasons: reasonsOf({
          sameFailure: one.sameFailure,
          sameMeaning,
          sameClass,
          shared: found.shared(one.item.id),
        }),
      }));
    },
  };
}

function ageDays({ at }: Remembered, now: Date): number {
  return at === null ? 0 : Math.max(0, (now.getTime() - Date.parse(at)) / DAY);
}

/** Incidents with a similar embedding that may share no word, nearest first. */
function nearInMeaning(
  { embedding }: RecallQuery,
  items: Iterable<Remembered>,
): readonly { readonly id: string; readonly near: number }[] {
  if (!embedding) return [];
  const near: { id: string; near: number }[] = [];
  for (const item of items) {
    const value = item.embedding ? nearnessOf(embedding, item.embedding) : 0;
    if (value >= MEANS_THE_SAME) near.push({ id: item.id, near: value });
  }
  return near.sort((a, b) => b.near - a.near || (a.id < b.id ? -1 : 1));
}

interface Rated<T> extends Omit<Hit<T>, 'reasons'> {
  readonly sameClass: FailureClass | null;
  readonly sameMeaning: boolean;
}

function rated<T extends Remembered>(item: T, query: RecallQuery, score: number): Rated<T> {
  const sameFailure = query.fingerprint !== null && item.fingerprints.includes(query.fingerprint);
  const sameClass = item.class === query.class && item.class !== 'unknown' ? item.class : null;
  const fresh = 1 - FADES_BY * (1 - 2 ** (-ageDays(item, query.now) / HALF_LIFE_DAYS));
  const near = query.embedding && item.embedding ? nearnessOf(query.embedding, item.embedding) : 0;
  const alike = score + (1 - score) * EMBEDDING_WEIGHT * near;
  const similar = Math.min(1, alike * (sameClass === null ? 1 : SAME_CLASS)) * fresh;
  const whole = sameFailure ? SAME_FAILURE + (1 - SAME_FAILURE) * similar : similar;
  return { item, score: whole, sameFailure, sameClass, sameMeaning: near >= MEANS_THE_SAME };
}

function bestFirst<T extends Remembered>(a: Rated<T>, b: Rated<T>): number {
  if (a.score !== b.score) return b.score - a.score;
  const [older, newer] = [a.item.at ?? '', b.item.at ?? ''];
  return older !== newer ? (older < newer ? 1 : -1) : a.item.id < b.item.id ? -1 : 1;
}
