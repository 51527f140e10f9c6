import { fieldOf, TERM_FIELDS, type Terms } from './term-field.ts';

/**
 * Saturation of repeated terms and influence of a document's length, with the values that Robertson and Zaragoza
 * suggest.
 */
const K1 = 1.2;
const B = 0.75;
/** Query terms that are looked up: the most informative ones, so that a query of any length takes bounded time. */
const MAX_QUERY_TERMS = 256;
/**
 * Term weights are stored in whole hundredths, so that sums do not depend on their order; weights above this are
 * capped.
 */
const PARTS = 100;
const MAX_PARTS = 4095;
const LOGARITHMS = Float64Array.from({ length: MAX_PARTS + 1 }, (_, parts) => Math.log1p(parts / PARTS));
/** A document's slot and its weight share one 32-bit number. */
const SLOT_BITS = 12;
/** Documents that an index can hold. */
export const MAX_DOCUMENTS = 2 ** (32 - SLOT_BITS);

/** A term and the documents that contain it: slot and weight, packed; the first `held` are used. */
interface Posting {
  readonly term: string;
  readonly field: number;
  held: number;
  /** A plain array: most terms occur in one document, for which a typed array costs ten times as much. */
  readonly packed: number[];
}
interface Document {
  readonly id: string;
  readonly postings: readonly Posting[];
  readonly parts: Uint16Array;
  /** Sum of the weights. */
  readonly length: number;
}

/** An inverted index: for every term the documents that contain it. */
export interface Postings {
  readonly byTerm: Map<string, Posting>;
  readonly bySlot: (Document | null)[];
  readonly slotOf: Map<string, number>;
  readonly free: number[];
  /** Sum of the documents' lengths. */
  total: number;
  /** Length of every document by slot; null when a document was added or removed since they were computed. */
  measures: { readonly norms: Float64Array; readonly longer: Float64Array } | null;
}

/** Scores of all documents by slot, and the share of the query's weight that no document contains (0 to 1). */
export interface TermScores {
  readonly cosine: Float64Array;
  readonly coverage: Float64Array;
  readonly unknown: number;
}

export function emptyPostings(): Postings {
  return { byTerm: new Map(), bySlot: [], slotOf: new Map(), free: [], total: 0, measures: null };
}

const partsOf = (much: number): number => Math.max(1, Math.min(MAX_PARTS, Math.round(much * PARTS)));
const logarithm = (parts: number): number => LOGARITHMS[parts] as number;

/** Rarity of a term (Robertson and Sparck Jones's weight, never negative). */
function rarityOf(held: number, documents: number): number {
  return Math.log(1 + (documents - held + 0.5) / (held + 0.5));
}

/** Adds a document, or replaces the one with that id; returns its slot. */
export function putDocument(index: Postings, id: string, terms: Terms): number {
  removeDocument(index, id);
  const slot = index.free.pop() ?? index.bySlot.length;
  if (slot >= MAX_DOCUMENTS) throw new RangeError(`A recall index holds at most ${MAX_DOCUMENTS} documents.`);
  const sorted = [...terms].sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = Uint16Array.from(sorted, ([, much]) => partsOf(much));
  const postings = sorted.map(([term], at) => hold(index, term, slot, parts[at] as number));
  const length = parts.reduce((sum, one) => sum + one, 0);
  index.bySlot[slot] = { id, postings, parts, length };
  index.slotOf.set(id, slot);
  index.total += length;
  index.measures = null;
  return slot;
}

function hold({ byTerm }: Postings, term: string, slot: number, parts: number): Posting {
  let posting = byTerm.get(term);
  if (posting === undefined) {
    posting = { term, field: TERM_FIELDS[fieldOf(term)].weight, held: 0, packed: [] };
    byTerm.set(term, posting);
  }
  posting.packed[posting.held++] = slot * 2 ** SLOT_BITS + parts;
  return posting;
}

/** Does nothing when the document does not exist. */
export function removeDocument(index: Postings, id: string): void {
  const slot = index.slotOf.get(id);
  const document = slot === undefined ? null : (index.bySlot[slot] ?? null);
  if (slot === undefined || document === null) return;
  for (const posting of document.postings) {
    const at = posting.packed.findIndex((entry) => entry >>> SLOT_BITS === slot);
    posting.held--;
    posting.packed[at] = posting.packed[posting.held] as number;
    posting.packed.pop();
    if (posting.held === 0) index.byTerm.delete(posting.term);
  }
  index.bySlot[slot] = null;
  index.slotOf.delete(id);
  index.free.push(slot);
  index.total -= document.length;
  index.measures = null;
}

function measure(index: Postings): NonNullable<Postings['measures']> {
  const norms = new Float64Array(index.bySlot.length);
  const longer = new Float64Array(index.bySlot.length);
  const mean = Math.max(1, index.total / Math.max(1, index.slotOf.size));
  for (const slot of index.slotOf.values()) {
    const { postings, parts, length } = index.bySlot[slot] as Document;
    let sum = 0;
    for (let at = 0; at < parts.length; at++) {
      const { field, held } = postings[at] as Posting;
      sum += (field * logarithm(parts[at] as number) * rarityOf(held, index.slotOf.size)) ** 2;
    }
    norms[slot] = Math.sqrt(sum);
    longer[slot] = K1 * (1 - B + (B * length) / mean);
  }
  return { norms, longer };
}

/** In a small set of documents no term counts as common. */
function isCommon(held: number, documents: number): boolean {
  return documents >= 10 && held > documents / 5;
}

/** Terms that most documents contain do not tell them apart and cost most. */
function isEverywhere(held: number, documents: number): boolean {
  return documents >= 10 && held > documents / 2;
}

/** A term of a query. */
export interface QueryTerm {
  readonly term: string;
  readonly posting: Posting | null;
  /** Of the term in the query, without its rarity. */
  readonly said: number;
  readonly rarity: number;
}

/** The query's terms, most informative first, ties by their letters; valid until a document is added or removed. */
export function askedOf(index: Postings, query: Terms): QueryTerm[] {
  const asked = [...query].map(([term, much]) => {
    const posting = index.byTerm.get(term) ?? null;
    const said = TERM_FIELDS[fieldOf(term)].weight * logarithm(partsOf(much));
    return { term, posting, said, rarity: rarityOf(posting?.held ?? 0, index.slotOf.size) };
  });
  asked.sort((a, b) => b.said * b.rarity - a.said * a.rarity || (a.term < b.term ? -1 : 1));
  return asked.slice(0, MAX_QUERY_TERMS);
}

/**
 * Every document's cosine with the query, and its BM25 sum as a share of the maximum. Terms that no document contains
 * count towards the query's length: a mostly unknown query is near to nothing.
 */
export function scoreDocuments(index: Postings, asked: readonly QueryTerm[]): TermScores {
  index.measures ??= measure(index);
  const { norms, longer } = index.measures;
  const cosine = new Float64Array(norms.length);
  const coverage = new Float64Array(norms.length);
  let squares = 0;
  let unknown = 0;
  let best = 0;
  for (const { posting, said, rarity } of asked) {
    squares += (said * rarity) ** 2;
    best += said * rarity * (K1 + 1);
    if (posting === null) unknown += (said * rarity) ** 2;
    else if (!isEverywhere(posting.held, index.slotOf.size))
      addScores(posting, { said, rarity }, { cosine, coverage, longer });
  }
  for (let slot = 0; slot < cosine.length; slot++) {
    if (cosine[slot] === 0) continue;
    cosine[slot] = (cosine[slot] as number) / (Math.sqrt(squares) * (norms[slot] as number));
    coverage[slot] = (coverage[slot] as number) / best;
  }
  return { cosine, coverage, unknown: squares === 0 ? 0 : unknown / squares };
}

function addScores(
  { field, held, packed }: Posting,
  { said, rarity }: Pick<QueryTerm, 'said' | 'rarity'>,
  { cosine, coverage, longer }: { cosine: Float64Array; coverage: Float64Array; longer: Float64Array },
): void {
  const forCosine = said * rarity * field * rarity;
  const forCoverage = said * rarity * (K1 + 1);
  for (let at = 0; at < held; at++) {
    const entry = packed[at] as number;
    const slot = entry >>> SLOT_BITS;
    const parts = entry & MAX_PARTS;
    const count = parts / PARTS;
    cosine[slot] = (cosine[slot] as number) + forCosine * logarithm(parts);
    coverage[slot] = (coverage[slot] as number) + (forCoverage * count) / (count + (longer[slot] as number));
  }
}

/** Terms of the query that the document contains, most informative first; common terms are left out. */
export function sharedTerms(index: Postings, asked: readonly QueryTerm[], id: string, most: number): string[] {
  const document = index.bySlot[index.slotOf.get(id) ?? -1] ?? null;
  if (document === null) return [];
  const partsBy = new Map(document.postings.map((posting, at) => [posting, document.parts[at] ?? 0]));
  const reasons = asked.flatMap(({ term, posting, said, rarity }) => {
    const parts = posting === null ? undefined : partsBy.get(posting);
    return parts === undefined || posting === null || isCommon(posting.held, index.slotOf.size)
      ? []
      : [{ term, value: said * posting.field * logarithm(parts) * rarity ** 2 }];
  });
  return reasons
    .sort((a, b) => b.value - a.value)
    .slice(0, most)
    .map(({ term }) => term);
}
