import { DIMENSIONS, lengthOf, vectorOf } from './name-vector.ts';
import { askedOf, emptyPostings, putDocument, removeDocument, scoreDocuments, sharedTerms } from './postings.ts';
import type { Terms } from './term-field.ts';

/** A match of an index: `score` from 0 (nothing shared) to 1 (the same terms). */
export interface Match {
  readonly id: string;
  readonly score: number;
}

/** A search result; valid until the next document is added or removed. */
export interface Found {
  /** Best first, at most `limit` of the wanted ones; ties by id. Empty when nothing is shared. */
  best(limit: number, wanted?: (id: string) => boolean): readonly Match[];
  /** Terms that a document shares with the query, most informative first. */
  shared(id: string): string[];
}

export interface RecallIndex {
  readonly size: number;
  /** Adds a document or replaces the one with that id. */
  put(id: string, terms: Terms): void;
  remove(id: string): void;
  search(query: Terms): Found;
}

/**
 * Weights of the parts of a score; they add up to 1 together with the vector's, which depends on how many words of the
 * query are unknown.
 */
const COSINE = 0.5;
/** Weight of the vectors for a query none of whose terms is in any document. */
const VECTOR_FOR_UNKNOWN = 0.5;
/**
 * Minimum cosine: three standard deviations of what hashing produces by chance, which is 1 over the root of the
 * dimensions.
 */
const NEAR_BY_CHANCE = 3 / Math.sqrt(DIMENSIONS);
const TOLD_TERMS = 10;

interface Vectors {
  readonly values: Int8Array;
  readonly lengths: Float64Array;
}

/**
 * An in-memory index of failures for hybrid search. A score fuses, each from 0 to 1: the cosine of the terms' TF-IDF
 * weights (Salton and Buckley, 1988), Okapi BM25 as a share of the maximum (Robertson and Zaragoza, 2009), and the
 * cosine of the name vectors. Scores are fused instead of ranks (Bruch, Gai and Ingber, "An Analysis of Fusion
 * Functions for Hybrid Retrieval", 2023), so that a score keeps its meaning and can be shown to a reader. Rarity is
 * computed from the current documents, so that the order of additions does not matter and a grown index equals a
 * rebuilt one.
 */
export function makeRecallIndex(): RecallIndex {
  const postings = emptyPostings();
  let vectors: Vectors = { values: new Int8Array(0), lengths: new Float64Array(0) };
  return {
    get size() {
      return postings.slotOf.size;
    },
    put(id, terms) {
      const slot = putDocument(postings, id, terms);
      if (slot >= vectors.lengths.length) vectors = grown(vectors, Math.max(64, slot * 2));
      const vector = vectorOf(terms);
      vectors.values.set(vector, slot * DIMENSIONS);
      vectors.lengths[slot] = lengthOf(vector);
    },
    remove: (id) => removeDocument(postings, id),
    search(query) {
      const asked = askedOf(postings, query);
      const shared = (id: string) => sharedTerms(postings, asked, id, TOLD_TERMS);
      if (asked.length === 0 || postings.slotOf.size === 0) return { best: () => [], shared };
      const { cosine, coverage, unknown } = scoreDocuments(postings, asked);
      const share = VECTOR_FOR_UNKNOWN * unknown;
      const near = nearness(vectorOf(query), vectors);
      const scores = cosine.map((similar, slot) => {
        const byTerms = COSINE * similar + (1 - COSINE) * (coverage[slot] ?? 0);
        return share === 0 ? byTerms : (1 - share) * byTerms + share * near(slot);
      });
      return { best: (limit, wanted = () => true) => bestOf(postings.slotOf, scores, limit, wanted), shared };
    },
  };
}

function grown({ values, lengths }: Vectors, slots: number): Vectors {
  const larger = { values: new Int8Array(slots * DIMENSIONS), lengths: new Float64Array(slots) };
  larger.values.set(values);
  larger.lengths.set(lengths);
  return larger;
}

/** Cosine of the query's vector and a document's; 0 when it is no higher than by chance. */
function nearness(query: Int8Array, { values, lengths }: Vectors): (slot: number) => number {
  const length = lengthOf(query);
  return (slot) => {
    const other = lengths[slot] ?? 0;
    if (length === 0 || other === 0) return 0;
    let sum = 0;
    const start = slot * DIMENSIONS;
    for (let at = 0; at < DIMENSIONS; at++) sum += (query[at] as number) * (values[start + at] as number);
    const near = sum / (length * other);
    return near > NEAR_BY_CHANCE ? near : 0;
  };
}

/** Below it two texts share nothing worth naming. */
const MIN_SCORE = 0.005;

function bestOf(
  slotOf: ReadonlyMap<string, number>,
  scores: Float64Array,
  limit: number,
  wanted: (id: string) => boolean,
): Match[] {
  const best: Match[] = [];
  const before = (a: Match, b: Match): boolean => a.score > b.score || (a.score === b.score && a.id < b.id);
  for (const [id, slot] of slotOf) {
    const one = { id, score: scores[slot] ?? 0 };
    const last = best.at(-1);
    if (one.score < MIN_SCORE || limit < 1 || (best.length === limit && last !== undefined && !before(one, last)))
      continue;
    if (!wanted(id)) continue;
    const at = best.findIndex((other) => before(one, other));
    best.splice(at < 0 ? best.length : at, 0, one);
    if (best.length > limit) best.pop();
  }
  return best;
}
