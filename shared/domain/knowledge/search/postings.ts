import { fieldOf, TERM_FIELDS, type Terms } from './term-field.ts';

/** Saturation of repeated terms and weight of a document's length, as Robertson and Zaragoza suggest. */
const K1 = 1.2;
const B = 0.75;
/** Query terms that are looked up: the most telling ones, so that a query of any length takes a bounded time. */
const MOST_QUERY_TERMS = 256;
/** How much is said of a term is kept in whole hundredths, so that sums do not hang on their order; more than this adds nothing. */
const PARTS = 100;
const MOST_PARTS = 4095;
const LOGARITHMS = Float64Array.from({ length: MOST_PARTS + 1 }, (_, parts) => Math.log1p(parts / PARTS));
/** A document's slot and its parts share one number of 32 bits. */
const SLOT_BITS = 12;
/** Documents that an index can hold. */
export const MOST_DOCUMENTS = 2 ** (32 - SLOT_BITS);

/** A term and the documents that hold it: slot and parts, packed, the first `held` of them. */
interface Posting {
  readonly term: string;
  readonly field: number;
  held: number;
  /** A plain array: most terms are of one document, and a typed one costs ten times as much there. */
  readonly packed: number[];
}
interface Document {
  readonly id: string;
  readonly postings: readonly Posting[];
  readonly parts: Uint16Array;
  /** Sum of the parts. */
  readonly length: number;
}

/** An inverted index: for every term the documents that hold it. */
export interface Postings {
  readonly byTerm: Map<string, Posting>;
  readonly bySlot: (Document | null)[];
  readonly slotOf: Map<string, number>;
  readonly free: number[];
  /** Sum of the documents' lengths. */
  total: number;
  /** Of every document by slot; null when one came or went since they were measured. */
  measures: { readonly norms: Float64Array; readonly longer: Float64Array } | null;
}

/** Scores of all documents by slot, and the share of the query's weight that no document knows (0 to 1). */
export interface TermScores {
  readonly cosine: Float64Array;
  readonly coverage: Float64Array;
  readonly unknown: number;
}

export function emptyPostings(): Postings {
  return { byTerm: new Map(), bySlot: [], slotOf: new Map(), free: [], total: 0, measures: null };
}

const partsOf = (much: number): number => Math.max(1, Math.min(MOST_PARTS, Math.round(much * PARTS)));
const logarithm = (parts: number): number => LOGARITHMS[parts] as number;

/** Rarity of a term (Robertson and Sparck Jones's weight, never negative). */
function rarityOf(held: number, documents: number): number {
  return Math.log(1 + (documents - held + 0.5) / (held + 0.5));
}

/** Adds a document, or replaces the one of that id; gives its slot. */
export function putDocument(index: Postings, id: string, terms: Terms): number {
  removeDocument(index, id);
  const slot = index.free.pop() ?? index.bySlot.length;
  if (slot >= MOST_DOCUMENTS) throw new RangeError(`A recall index holds at most ${MOST_DOCUMENTS} documents.`);
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

/** Nothing happens when there is no such document. */
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

/** Of a handful of documents nothing can be called common. */
function isCommon(held: number, documents: number): boolean {
  return documents >= 10 && held > documents / 5;
}

/** What most documents hold tells them apart by next to nothing, and costs most. */
function isEverywhere(held: number, documents: number): boolean {
  return documents >= 10 && held > documents / 2;
}

/** A term of a query. */
export interface Asked {
  readonly term: string;
  readonly posting: Posting | null;
  /** Of the term in the query, its rarity left out. */
  readonly said: number;
  readonly rarity: number;
}

/** The query's terms, most telling first, equals by their letters: good until a document comes or goes. */
export function askedOf(index: Postings, query: Terms): Asked[] {
  const asked = [...query].map(([term, much]) => {
    const posting = index.byTerm.get(term) ?? null;
    const said = TERM_FIELDS[fieldOf(term)].weight * logarithm(partsOf(much));
    return { term, posting, said, rarity: rarityOf(posting?.held ?? 0, index.slotOf.size) };
  });
  asked.sort((a, b) => b.said * b.rarity - a.said * a.rarity || (a.term < b.term ? -1 : 1));
  return asked.slice(0, MOST_QUERY_TERMS);
}

/**
 * Every document's cosine with the query and its BM25 sum as a share of the best there could be. Terms that no document holds count in
 * the query's length: a query that is mostly unknown is near to nothing.
 */
export function scoreDocuments(index: Postings, asked: readonly Asked[]): TermScores {
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
  { said, rarity }: Pick<Asked, 'said' | 'rarity'>,
  { cosine, coverage, longer }: { cosine: Float64Array; coverage: Float64Array; longer: Float64Array },
): void {
  const forCosine = said * rarity * field * rarity;
  const forCoverage = said * rarity * (K1 + 1);
  for (let at = 0; at < held; at++) {
    const entry = packed[at] as number;
    const slot = entry >>> SLOT_BITS;
    const parts = entry & MOST_PARTS;
    const count = parts / PARTS;
    cosine[slot] = (cosine[slot] as number) + forCosine * logarithm(parts);
    coverage[slot] = (coverage[slot] as number) + (forCoverage * count) / (count + (longer[slot] as number));
  }
}

/** Terms of the query that the document holds, most telling first; what many documents hold tells nothing. */
export function sharedTerms(index: Postings, asked: readonly Asked[], id: string, most: number): string[] {
  const document = index.bySlot[index.slotOf.get(id) ?? -1] ?? null;
  if (document === null) return [];
  const partsBy = new Map(document.postings.map((posting, at) => [posting, document.parts[at] ?? 0]));
  const told = asked.flatMap(({ term, posting, said, rarity }) => {
    const parts = posting === null ? undefined : partsBy.get(posting);
    return parts === undefined || posting === null || isCommon(posting.held, index.slotOf.size)
      ? []
      : [{ term, value: said * posting.field * logarithm(parts) * rarity ** 2 }];
  });
  return told
    .sort((a, b) => b.value - a.value)
    .slice(0, most)
    .map(({ term }) => term);
}
