import { emptyPostings, type Postings, putDocument, removeDocument } from './postings.ts';
import { type AskedTerms, addScores, askedOf, makeSharedTerms, normOf, type Sums } from './query.ts';
import type { Terms } from './term-field.ts';

/** A match of an index: `score` from 0 (nothing shared) to 1 (the same terms). */
export interface Match {
  readonly id: string;
  /** Place of the document in the index. */
  readonly slot: number;
  readonly score: number;
}

/** A search result; valid until the next document is added or removed. */
interface Found {
  /** Best first, at most `limit` of the wanted ones; ties by id. Empty when nothing is shared. */
  best(limit: number, wanted?: (slot: number) => boolean): readonly Match[];
  /** Terms that a document shares with the query, most informative first. */
  shared(slot: number): string[];
}

export interface RecallIndex {
  readonly size: number;
  /** The slot of a document, if it exists. */
  slotOf(id: string): number | undefined;
  /** Adds a document or replaces the one with that id; returns its slot. `terms` may be as `writeTerms` wrote them. */
  put(id: string, terms: Terms | string): number;
  remove(id: string): void;
  search(query: Terms): Found;
}

/** Weight of the cosine in a score; BM25 has the rest. */
const COSINE = 0.5;
const TOLD_TERMS = 10;
/** Below it two texts share nothing worth naming. */
const MIN_SCORE = 0.01;
/** Documents with the highest BM25 whose whole score is worked out: at least these, or this many times the limit. */
const MIN_CANDIDATES = 100;
const CANDIDATES = 1.5;

/**
 * An in-memory index of failures. A score fuses, each from 0 to 1: the cosine of the terms' TF-IDF weights (Salton and
 * Buckley, 1988), and Okapi BM25 over weighted fields as a share of the maximum (Robertson and Zaragoza, "The
 * Probabilistic Relevance Framework: BM25 and Beyond", 2009). Scores are fused instead of ranks (Bruch, Gai and Ingber,
 * "An Analysis of Fusion Functions for Hybrid Retrieval", 2023), so that a score keeps its meaning and can be shown to a
 * reader. Sums are added up term by term; the documents with the highest BM25 are then scored whole, as in a cascade
 * (Wang, Lin and Metzler, "A Cascade Ranking Model for Efficient Ranked Retrieval", 2011). Rarity is computed from the
 * current documents, so that the order of additions does not matter and a grown index equals a rebuilt one.
 */
export function makeRecallIndex(): RecallIndex {
  const postings = emptyPostings();
  const norms = makeNorms(postings);
  const sums = makeSums(postings);
  return {
    get size() {
      return postings.slotOf.size;
    },
    slotOf: (id) => postings.slotOf.get(id),
    put: (id, terms) => putDocument(postings, id, terms),
    remove: (id) => removeDocument(postings, id),
    search(query) {
      const asked = askedOf(postings, query);
      const shared = makeSharedTerms(postings, asked);
      return {
        best(limit, wanted = () => true) {
          if (limit < 1 || asked.terms.length === 0 || postings.slotOf.size === 0) return [];
          const added = sums.of(asked);
          const many = Math.max(MIN_CANDIDATES, Math.ceil(CANDIDATES * limit));
          const matches = candidates(added, postings.ids.length, many, wanted).map((slot) => {
            const cosine = (added[2 * slot] as number) / (asked.norm * norms(slot));
            const score = COSINE * cosine + (1 - COSINE) * ((added[2 * slot + 1] as number) / asked.best);
            return { id: postings.ids[slot] ?? '', slot, score };
          });
          matches.sort(bestFirst);
          const enough = matches.findIndex(({ score }) => score < MIN_SCORE);
          return matches.slice(0, enough < 0 ? limit : Math.min(limit, enough));
        },
        shared: (slot) => shared(slot, TOLD_TERMS),
      };
    },
  };
}

function bestFirst(a: Match, b: Match): number {
  // Whole numbers, because V8 makes an object of each other one.
  return a.score === b.score ? (a.id < b.id ? -1 : 1) : a.score < b.score ? 1 : -1;
}

/** Norms of documents, each computed when it is needed after a change. */
function makeNorms(postings: Postings): (slot: number) => number {
  let norms = new Float64Array(0);
  let versions = new Float64Array(0);
  return (slot) => {
    if (slot >= norms.length) {
      norms = new Float64Array(postings.counts.length);
      versions = new Float64Array(postings.counts.length).fill(-1);
    }
    if (versions[slot] !== postings.version) {
      norms[slot] = normOf(postings, slot);
      versions[slot] = postings.version;
    }
    return norms[slot] as number;
  };
}

/** The sums of the query that was asked last; all queries share one array. */
function makeSums(postings: Postings): { of(asked: AskedTerms): Sums } {
  let sums: Sums = new Float32Array(0);
  let owner: AskedTerms | null = null;
  return {
    of(asked) {
      if (owner === asked && sums.length >= 2 * postings.ids.length) return sums;
      if (sums.length < 2 * postings.ids.length) sums = new Float32Array(2 * postings.counts.length);
      else sums.fill(0, 0, 2 * postings.ids.length);
      owner = asked;
      addScores(postings, asked, sums);
      return sums;
    },
  };
}

/** Slots of the `many` wanted documents with the highest BM25, all of those with the lowest of it, or all there are. */
function candidates(sums: Sums, slots: number, many: number, wanted: (slot: number) => boolean): number[] {
  const likely = reaching(sums, slots, likelySum(sums, slots, many), wanted);
  const found = likely.length >= many ? likely : reaching(sums, slots, 0, wanted);
  const highest = new Float32Array(many);
  for (const slot of found) keepHighest(highest, sums[2 * slot + 1] as number);
  return found.filter((slot) => (sums[2 * slot + 1] as number) >= (highest[0] as number));
}

/** A sum that about twice as many documents have as needed, by every sixteenth document. */
function likelySum(sums: Sums, slots: number, many: number): number {
  const highest = new Float32Array(Math.ceil(many / 8));
  for (let at = 1; at < 2 * slots; at += 32) keepHighest(highest, sums[at] as number);
  return highest[0] as number;
}

function reaching(sums: Sums, slots: number, least: number, wanted: (slot: number) => boolean): number[] {
  const found: number[] = [];
  const floor = Math.max(least, Number.MIN_VALUE);
  for (let at = 1; at < 2 * slots; at += 2) if ((sums[at] as number) >= floor && wanted(at >> 1)) found.push(at >> 1);
  return found;
}

/** Replaces the lowest value of a heap, its first one, by a higher one. */
function keepHighest(heap: Float32Array, value: number): void {
  if (value <= (heap[0] as number)) return;
  let at = 0;
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child++;
    if ((heap[child] as number) >= value) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = value;
}
