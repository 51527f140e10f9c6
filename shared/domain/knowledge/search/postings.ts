import { type Terms, weightOfTerm } from './term-field.ts';
import { hashTerm, makeTermTable, type TermHash, type TermTable } from './term-table.ts';

/** Term weights are stored in whole hundredths in one byte; weights above are capped. */
const PARTS = 100;
const MAX_PARTS = 255;
const PARTS_BITS = 8;
/** ln(1 + weight), by parts. */
export const LOGARITHMS = Float64Array.from({ length: MAX_PARTS + 1 }, (_, parts) => Math.log1p(parts / PARTS));
export const WEIGHTS = Float64Array.from({ length: MAX_PARTS + 1 }, (_, parts) => parts / PARTS);
/** Documents that an index can hold. */
export const MAX_DOCUMENTS = 2 ** 20;
/** Entries of all documents are kept in arrays of this length. */
const CHUNK = 2 ** 18;
/** Terms of one document. */
const MAX_DOCUMENT_TERMS = 4096;

export const partsOf = (much: number): number => Math.max(1, Math.min(MAX_PARTS, Math.round(much * PARTS)));

/**
 * An inverted index without an object per term or document. An entry is 32 bits: a posting is the slot of a document
 * and the parts of the term in it, and a document's entry is the number of a term and its parts. The postings of a term
 * lie together, in a region whose length is the next power of two; a single posting lies in place of its address.
 */
export interface Postings {
  readonly table: TermTable;
  /** By term. */
  held: Uint32Array;
  address: Uint32Array;
  weight: Uint8Array;
  /** All regions, and the free ones by the logarithm of their length. */
  pool: Uint32Array;
  poolUsed: number;
  readonly freeRegions: number[][];
  /** By slot: id, or null; where its entries begin, how many they are, for how many there is room, and the sum of their parts. */
  readonly ids: (string | null)[];
  readonly slotOf: Map<string, number>;
  starts: Float64Array;
  counts: Uint16Array;
  rooms: Uint16Array;
  lengths: Uint32Array;
  readonly freeSlots: number[];
  readonly chunks: Uint32Array[];
  entriesUsed: number;
  /** Sum of the documents' lengths. */
  total: number;
  /** Counts changes, which change the rarity of terms. */
  version: number;
}

export function emptyPostings(): Postings {
  return {
    table: makeTermTable(),
    held: new Uint32Array(1024),
    address: new Uint32Array(1024),
    weight: new Uint8Array(1024),
    pool: new Uint32Array(1024),
    poolUsed: 0,
    freeRegions: [],
    ids: [],
    slotOf: new Map(),
    starts: new Float64Array(64),
    counts: new Uint16Array(64),
    rooms: new Uint16Array(64),
    lengths: new Uint32Array(64),
    freeSlots: [],
    chunks: [],
    entriesUsed: 0,
    total: 0,
    version: 0,
  };
}

/** Field weights are multiples of this; a byte holds them. */
export const WEIGHT_UNIT = 0.5;

/** Entries of the document that is being added. */
const entries = new Uint32Array(MAX_DOCUMENT_TERMS);
const hash: TermHash = { one: 0, other: 0 };

/** Adds a document, or replaces the one with that id; returns its slot. `terms` may be as `writeTerms` wrote them. */
export function putDocument(index: Postings, id: string, terms: Terms | string): number {
  removeDocument(index, id);
  const slot = index.freeSlots.pop() ?? index.ids.length;
  if (slot >= MAX_DOCUMENTS) throw new RangeError(`A recall index holds at most ${MAX_DOCUMENTS} documents.`);
  const count = typeof terms === 'string' ? readEntries(index, terms) : numberEntries(index, terms);
  if (slot >= index.counts.length) growSlots(index);
  let length = 0;
  for (let at = 0; at < count; at++) {
    const parts = (entries[at] as number) & MAX_PARTS;
    addPosting(index, (entries[at] as number) >>> PARTS_BITS, slot * 2 ** PARTS_BITS + parts);
    length += parts;
  }
  index.ids[slot] = id;
  index.slotOf.set(id, slot);
  keepEntries(index, slot, count);
  index.counts[slot] = count;
  index.lengths[slot] = length;
  index.total += length;
  index.version++;
  return slot;
}

function numberEntries(index: Postings, terms: Terms): number {
  let count = 0;
  for (const [term, much] of terms) {
    if (count < MAX_DOCUMENT_TERMS) entries[count++] = entryOf(index, term, 0, term.length, much);
  }
  return count;
}

/** Reads lines of a term, a space and its weight without making strings of them. Other lines are skipped. */
function readEntries(index: Postings, text: string): number {
  let count = 0;
  for (let start = 0; start < text.length && count < MAX_DOCUMENT_TERMS; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const space = text.lastIndexOf(' ', end - 1);
    const much = space > start ? decimal(text, space + 1, end) : 0;
    if (much > 0 && Number.isFinite(much)) entries[count++] = entryOf(index, text, start, space, much);
    start = end + 1;
  }
  return count;
}

/** A number as `writeTerms` writes it, digits with a point or none; any other by the usual rules. */
function decimal(text: string, start: number, end: number): number {
  let value = 0;
  let scale = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 46 && scale === 0) scale = 1;
    else if (code < 48 || code > 57) return Number(text.slice(start, end));
    else {
      value = 10 * value + code - 48;
      scale *= 10;
    }
  }
  return scale === 0 ? value : value / scale;
}

function entryOf(index: Postings, text: string, start: number, end: number, much: number): number {
  const term = index.table.findOrAdd(hashTerm(text, start, end, hash));
  if (term >= index.held.length) growTerms(index);
  index.weight[term] = weightOfTerm(text, start) / WEIGHT_UNIT;
  return term * 2 ** PARTS_BITS + partsOf(much);
}

/** Keeps the entries where those of an earlier document in this slot were, if they fit, otherwise at the end. */
function keepEntries(index: Postings, slot: number, count: number): void {
  if (count > (index.rooms[slot] as number)) {
    const left = index.chunks.length * CHUNK - index.entriesUsed;
    if (left < count) {
      index.entriesUsed = index.chunks.length * CHUNK;
      index.chunks.push(new Uint32Array(CHUNK));
    }
    index.starts[slot] = index.entriesUsed;
    index.rooms[slot] = count;
    index.entriesUsed += count;
  }
  const start = index.starts[slot] as number;
  index.chunks[Math.floor(start / CHUNK)]?.set(entries.subarray(0, count), start % CHUNK);
}

/** The entries of a document, in the order in which its terms came. */
export function entriesOf({ chunks, starts, counts }: Postings, slot: number): Uint32Array {
  const start = starts[slot] as number;
  const chunk = chunks[Math.floor(start / CHUNK)] ?? new Uint32Array(0);
  return chunk.subarray(start % CHUNK, (start % CHUNK) + (counts[slot] as number));
}

function resized<T extends Uint32Array | Uint16Array | Uint8Array | Float64Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array);
  return larger;
}

function growTerms(index: Postings): void {
  const length = Math.ceil(index.held.length * 1.5);
  index.held = resized(index.held, length);
  index.address = resized(index.address, length);
  index.weight = resized(index.weight, length);
}

function growSlots(index: Postings): void {
  const length = index.counts.length * 2;
  index.starts = resized(index.starts, length);
  index.counts = resized(index.counts, length);
  index.rooms = resized(index.rooms, length);
  index.lengths = resized(index.lengths, length);
}

/** Logarithm of the length of the region for this many postings. */
const classOf = (held: number): number => 32 - Math.clz32(held - 1);

function takeRegion(index: Postings, size: number): number {
  const free = index.freeRegions[size]?.pop();
  if (free !== undefined) return free;
  const address = index.poolUsed;
  index.poolUsed += 2 ** size;
  if (index.poolUsed > index.pool.length) {
    index.pool = resized(index.pool, Math.max(index.poolUsed, Math.ceil(index.pool.length * 1.5)));
  }
  return address;
}

/** Moves the first `count` postings of a term to a region of another class. */
function moveRegion(index: Postings, term: number, from: number, to: number, count: number): void {
  const old = index.address[term] as number;
  const address = to === 0 ? (index.pool[old] as number) : takeRegion(index, to);
  if (from === 0) index.pool[address] = old;
  else {
    if (to !== 0) index.pool.copyWithin(address, old, old + count);
    index.freeRegions[from] ??= [];
    index.freeRegions[from]?.push(old);
  }
  index.address[term] = address;
}

function addPosting(index: Postings, term: number, posting: number): void {
  const held = index.held[term] as number;
  index.held[term] = held + 1;
  if (held === 0) {
    index.address[term] = posting;
    return;
  }
  const [from, to] = [classOf(held), classOf(held + 1)];
  if (from !== to) moveRegion(index, term, from, to, held);
  index.pool[(index.address[term] as number) + held] = posting;
}

function removePosting(index: Postings, term: number, slot: number): void {
  const left = (index.held[term] as number) - 1;
  index.held[term] = left;
  if (left === 0) return;
  const address = index.address[term] as number;
  let at = address;
  while ((index.pool[at] as number) >>> PARTS_BITS !== slot) at++;
  index.pool[at] = index.pool[address + left] as number;
  const [from, to] = [classOf(left + 1), classOf(left)];
  if (from !== to) moveRegion(index, term, from, to, left);
}

/** Does nothing when the document does not exist. */
export function removeDocument(index: Postings, id: string): void {
  const slot = index.slotOf.get(id);
  if (slot === undefined) return;
  for (const entry of entriesOf(index, slot)) removePosting(index, entry >>> PARTS_BITS, slot);
  index.ids[slot] = null;
  index.slotOf.delete(id);
  index.freeSlots.push(slot);
  index.total -= index.lengths[slot] as number;
  index.lengths[slot] = 0;
  index.counts[slot] = 0;
  index.version++;
}

export const slotOfPosting = (posting: number): number => posting >>> PARTS_BITS;
export const termOfEntry = (entry: number): number => entry >>> PARTS_BITS;
export const partsOfEntry = (entry: number): number => entry & MAX_PARTS;
