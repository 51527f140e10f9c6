import {
  eachBlock,
  entriesOf,
  fieldWeightOf,
  heldOf,
  LOGARITHMS,
  type Postings,
  partsOf,
  partsOfEntry,
  slotOfPosting,
  termOfEntry,
  WEIGHTS,
} from './postings.ts';
import { correctedTerm } from './spelling.ts';
import { type Terms, weightOfTerm } from './term-field.ts';
import { hashTerm, type TermHash } from './term-table.ts';

/**
 * Saturation of repeated terms and influence of a document's length, with the values that Robertson and Zaragoza
 * suggest.
 */
const K1 = 1.2;
const B = 0.75;
/** Query terms that are looked up: the most informative ones, so that a query of any length takes bounded time. */
const MAX_QUERY_TERMS = 256;
/**
 * Weight of a term that no document contains, so that a mostly unknown query is near to nothing. At this weight, 97 % of
 * the best matches above the score at which they are shown are of the same kind (breaking updates of one half of the
 * projects, asked for by the other half).
 */
const UNKNOWN = 0.25;
/** Words of a query that is mostly unknown are looked up as if misspelled: this many, the most informative ones. */
const MAX_CORRECTIONS = 4;
/** Weight of a corrected word relative to one that is spelled so. */
const CORRECTED = 0.5;

/** A term of a query. */
interface QueryTerm {
  readonly term: string;
  /** Its number in the index, or -1 where no document contains it. */
  readonly number: number;
  /** Weight of the term in the query, with its rarity. */
  readonly value: number;
  readonly rarity: number;
}

/** A query's terms, most informative first, ties by their letters; valid until a document is added or removed. */
export interface AskedTerms {
  readonly terms: readonly QueryTerm[];
  /** Words that documents contain in another spelling. */
  readonly corrected: readonly QueryTerm[];
  /** Length of the query as a vector, and the highest BM25 sum that a document can have. */
  readonly norm: number;
  readonly best: number;
}

const documentsOf = (index: Postings): number => index.slotOf.size;

/** Rarity of a term (Robertson and Sparck Jones's weight, never negative). */
function rarityOf(held: number, documents: number): number {
  return Math.log(1 + (documents - held + 0.5) / (held + 0.5));
}

export function askedOf(index: Postings, query: Terms): AskedTerms {
  const documents = documentsOf(index);
  const hash: TermHash = { one: 0, other: 0 };
  const asked: QueryTerm[] = [];
  for (const [term, much] of query) {
    hashTerm(term, 0, term.length, hash);
    const found = index.table.find(hash.one, hash.other);
    const held = found < 0 ? 0 : heldOf(index, found);
    const rarity = rarityOf(held, documents);
    asked.push({ term, number: held === 0 ? -1 : found, value: saidOf(term, much) * rarity, rarity });
  }
  asked.sort((a, b) => b.value - a.value || (a.term < b.term ? -1 : 1));
  const terms = asked.slice(0, MAX_QUERY_TERMS);
  let [squares, knownSquares, unknownSquares, best] = [0, 0, 0, 0];
  for (const { term, number, value } of terms) {
    // Hardly any message is printed twice to the letter, so that an unknown one tells nothing.
    const share = number >= 0 ? 1 : term.startsWith('m:') ? 0 : UNKNOWN;
    squares += (share * value) ** 2;
    best += share * value * (K1 + 1);
    if (number >= 0) knownSquares += value ** 2;
    else unknownSquares += value ** 2;
  }
  const isUnknown = unknownSquares > knownSquares;
  return { terms, corrected: isUnknown ? correctedOf(index, terms, query) : [], norm: Math.sqrt(squares), best };
}

/** Weight of a term in a query, without its rarity. */
const saidOf = (term: string, much: number): number => weightOfTerm(term) * (LOGARITHMS[partsOf(much)] as number);

function correctedOf(index: Postings, terms: readonly QueryTerm[], query: Terms): QueryTerm[] {
  const corrected: QueryTerm[] = [];
  let tried = 0;
  for (const { term, number } of terms) {
    if (number >= 0 || !term.startsWith('w:') || tried === MAX_CORRECTIONS) continue;
    tried++;
    const other = correctedTerm(index, term);
    if (other < 0) continue;
    const rarity = rarityOf(heldOf(index, other), documentsOf(index));
    corrected.push({ term, number: other, value: CORRECTED * saidOf(term, query.get(term) ?? 0) * rarity, rarity });
  }
  return corrected;
}

/** In a small set of documents no term counts as common. */
function isCommon(held: number, documents: number): boolean {
  return documents >= 10 && held > documents / 5;
}

/** Terms that most documents contain do not tell them apart and cost most. */
function isEverywhere(held: number, documents: number): boolean {
  return documents >= 10 && held > documents / 2;
}

/** For each slot, the sums of products for the cosine and of BM25, one after the other. */
export type Sums = Float32Array;

/**
 * Adds up what the documents share with the query, term by term; terms that most contain only where there are no others.
 * `sums` must hold zeros.
 */
export function addScores(index: Postings, { terms, corrected }: AskedTerms, sums: Sums): void {
  const documents = documentsOf(index);
  const mean = Math.max(1, index.total / Math.max(1, documents));
  const known = [...terms, ...corrected].filter(({ number }) => number >= 0);
  const telling = known.filter(({ number }) => !isEverywhere(heldOf(index, number), documents));
  for (const term of telling.length > 0 ? telling : known) addTerm(index, term, mean, sums);
}

function addTerm(index: Postings, { number, value, rarity }: QueryTerm, mean: number, sums: Sums): void {
  const { lengths } = index;
  const forCosine = value * rarity * fieldWeightOf(index, number);
  const forCoverage = value * (K1 + 1);
  const [shortest, perLength] = [K1 * (1 - B), (K1 * B) / mean];
  eachBlock(index, number, (pool, start, end) => {
    for (let at = start; at < end; at++) {
      const posting = pool[at] as number;
      const slot = slotOfPosting(posting);
      const parts = partsOfEntry(posting);
      const count = WEIGHTS[parts] as number;
      const saturated = count / (count + shortest + perLength * (lengths[slot] as number));
      const place = 2 * slot;
      sums[place] = (sums[place] as number) + forCosine * (LOGARITHMS[parts] as number);
      sums[place + 1] = (sums[place + 1] as number) + forCoverage * saturated;
    }
  });
}

/** Length of a document as a vector of its terms' weights. */
export function normOf(index: Postings, slot: number): number {
  const documents = documentsOf(index);
  let sum = 0;
  for (const entry of entriesOf(index, slot)) {
    const term = termOfEntry(entry);
    const weight = fieldWeightOf(index, term) * (LOGARITHMS[partsOfEntry(entry)] as number);
    sum += (weight * rarityOf(heldOf(index, term), documents)) ** 2;
  }
  return Math.sqrt(sum);
}

/** Finds the terms that documents share with a query, most informative first; common terms are left out. */
export function makeSharedTerms(index: Postings, { terms }: AskedTerms): (slot: number, most: number) => string[] {
  const documents = documentsOf(index);
  const byNumber = new Map<number, QueryTerm>();
  // Nearly all terms of a document are none of the query's, which the last bits of their numbers mostly tell.
  const endings = new Uint8Array(ENDINGS);
  for (const term of terms) {
    if (term.number < 0 || isCommon(heldOf(index, term.number), documents)) continue;
    byNumber.set(term.number, term);
    endings[term.number % ENDINGS] = 1;
  }
  return (slot, most) => {
    const shared: { term: string; value: number }[] = [];
    for (const entry of entriesOf(index, slot)) {
      const number = termOfEntry(entry);
      const asked = endings[number % ENDINGS] === 0 ? undefined : byNumber.get(number);
      if (asked === undefined) continue;
      const weight = fieldWeightOf(index, number) * (LOGARITHMS[partsOfEntry(entry)] as number);
      shared.push({ term: asked.term, value: asked.value * weight * asked.rarity });
    }
    shared.sort((a, b) => b.value - a.value || (a.term < b.term ? -1 : 1));
    return shared.slice(0, most).map(({ term }) => term);
  };
}
const ENDINGS = 1024;
