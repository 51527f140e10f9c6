import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { type EmbeddingVector, nearnessOf } from './embedding.ts';
import { type LikenessReason, reasonsOf } from './reasons.ts';
import { type Match, makeRecallIndex, type RecallIndex } from './recall-index.ts';
import type { Terms } from './term-field.ts';

/** Something that can be recalled. */
export interface Remembered {
  readonly id: string;
  readonly class: FailureClass;
  /** Of the failures it is known to match. */
  readonly fingerprints: readonly string[];
  /** May be as `writeTerms` wrote them: the index reads them faster than a map of them is made. */
  readonly terms: Terms | string;
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

interface RecallFilter<T> {
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
interface Answers<T> {
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
  const memories: Memories<T> = {
    index: makeRecallIndex(),
    items: [],
    times: [],
    byFingerprint: new Map(),
  };
  const { index, items, times, byFingerprint } = memories;
  const forget = (slot: number): void => {
    for (const fingerprint of items[slot]?.fingerprints ?? []) {
      const others = (byFingerprint.get(fingerprint) ?? []).filter((other) => other !== slot);
      if (others.length > 0) byFingerprint.set(fingerprint, others);
      else byFingerprint.delete(fingerprint);
    }
    items[slot] = undefined;
  };
  const ask = (query: RecallQuery): Answers<T> => answersTo(query, memories);
  return {
    get size() {
      return index.size;
    },
    put(item) {
      const former = index.slotOf(item.id);
      if (former !== undefined) forget(former);
      const slot = index.put(item.id, item.terms);
      // The index has the terms; storing them twice for twenty thousand incidents would not fit.
      items[slot] = { ...item, terms: NO_TERMS };
      times[slot] = item.at === null ? Number.POSITIVE_INFINITY : Date.parse(item.at);
      for (const fingerprint of item.fingerprints) {
        const others = byFingerprint.get(fingerprint);
        if (others === undefined) byFingerprint.set(fingerprint, [slot]);
        else others.push(slot);
      }
    },
    ask,
    find: (query, filter) => ask(query).best(filter),
  };
}

/** Items and their times by their slots in the index. An item without a time is as if it were of now. */
interface Memories<T> {
  readonly index: RecallIndex;
  readonly items: (T | undefined)[];
  readonly times: number[];
  readonly byFingerprint: Map<string, number[]>;
}

function answersTo<T extends Remembered>(query: RecallQuery, memories: Memories<T>): Answers<T> {
  const { index, items, times, byFingerprint } = memories;
  const same = byFingerprint.get(query.fingerprint ?? '') ?? [];
  const found = index.search(query.terms);
  const near = nearInMeaning(query, items);
  const now = query.now.getTime();
  const ageDays = (slot: number): number => Math.max(0, (now - (times[slot] as number)) / DAY);
  return {
    best({ limit, maxAgeDays = Number.POSITIVE_INFINITY, keep }) {
      const wanted = (slot: number): boolean =>
        (keep === undefined || keep(items[slot] as T)) &&
        (maxAgeDays === Number.POSITIVE_INFINITY || ageDays(slot) <= maxAgeDays);
      const rate = ({ slot, score }: Pick<Match, 'slot' | 'score'>): Rated<T> =>
        rated(items[slot] as T, query, { slot, days: ageDays(slot), score });
      const highest = ({ slot, score }: Match): number =>
        query.embedding || isSameFailure(items[slot] as T, query) ? 1 : SAME_CLASS * score;
      const matches = found.best(limit + SPARE, wanted);
      const best = matches.slice(0, limit).map(rate);
      // Of the others, only those are rated that may still be among the best.
      const lowest = Math.min(...best.map(({ score }) => score));
      for (const match of matches.slice(limit)) if (highest(match) >= lowest) best.push(rate(match));
      const others = [...same, ...near.slice(0, limit + SPARE)].filter(wanted);
      if (others.length > 0) {
        const matched = new Set(matches.map(({ slot }) => slot));
        for (const slot of new Set(others)) if (!matched.has(slot)) best.push(rate({ slot, score: 0 }));
      }
      best.sort(bestFirst);
      return best.slice(0, limit).map(({ item, slot, score, sameFailure, sameClass, sameMeaning }) => ({
        item,
        score,
        sameFailure,
        reasons: reasonsOf({ sameFailure, sameMeaning, sameClass, shared: found.shared(slot) }),
      }));
    },
  };
}

/** Slots of incidents with a similar embedding that may share no word, nearest first. */
function nearInMeaning({ embedding }: RecallQuery, items: readonly (Remembered | undefined)[]): readonly number[] {
  if (!embedding) return [];
  const near: { slot: number; id: string; near: number }[] = [];
  items.forEach((item, slot) => {
    const value = item?.embedding ? nearnessOf(embedding, item.embedding) : 0;
    if (item !== undefined && value >= MEANS_THE_SAME) near.push({ slot, id: item.id, near: value });
  });
  return near.sort((a, b) => b.near - a.near || (a.id < b.id ? -1 : 1)).map(({ slot }) => slot);
}

interface Rated<T> extends Omit<Hit<T>, 'reasons'> {
  readonly slot: number;
  readonly sameClass: FailureClass | null;
  readonly sameMeaning: boolean;
}

function isSameFailure({ fingerprints }: Remembered, { fingerprint }: RecallQuery): boolean {
  return fingerprint !== null && fingerprints.includes(fingerprint);
}

function rated<T extends Remembered>(
  item: T,
  query: RecallQuery,
  { slot, days, score }: { readonly slot: number; readonly days: number; readonly score: number },
): Rated<T> {
  const sameFailure = isSameFailure(item, query);
  const sameClass = item.class === query.class && item.class !== 'unknown' ? item.class : null;
  const fresh = 1 - FADES_BY * (1 - 2 ** (-days / HALF_LIFE_DAYS));
  const near = query.embedding && item.embedding ? nearnessOf(query.embedding, item.embedding) : 0;
  const alike = score + (1 - score) * EMBEDDING_WEIGHT * near;
  const similar = Math.min(1, alike * (sameClass === null ? 1 : SAME_CLASS)) * fresh;
  const whole = sameFailure ? SAME_FAILURE + (1 - SAME_FAILURE) * similar : similar;
  return { item, slot, score: whole, sameFailure, sameClass, sameMeaning: near >= MEANS_THE_SAME };
}

function bestFirst<T extends Remembered>(a: Rated<T>, b: Rated<T>): number {
  if (a.score !== b.score) return b.score - a.score;
  const [older, newer] = [a.item.at ?? '', b.item.at ?? ''];
  return older !== newer ? (older < newer ? 1 : -1) : a.item.id < b.item.id ? -1 : 1;
}
