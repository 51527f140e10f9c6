import { type Terms, weightOfField, weightOfTerm } from './term-field.ts';
import {
  grownCapacity,
  hashTerm,
  makeTermTable,
  ONE_BASE,
  OTHER_BASE,
  RECORD,
  type TermHash,
  type TermTable,
} from './term-table.ts';
import { readTerms } from './terms.ts';

/** Term weights are stored in whole hundredths in one byte; weights above are capped. */
const PARTS = 100;
const MAX_PARTS = 255;
const PARTS_BITS = 8;
/** ln(1 + weight), by parts. */
export const LOGARITHMS = Float64Array.from({ length: MAX_PARTS + 1 }, (_, parts) => Math.log1p(parts / PARTS));
export const WEIGHTS = Float64Array.from({ length: MAX_PARTS + 1 }, (_, parts) => parts / PARTS);
/** Documents that an index can hold. */
const MAX_DOCUMENTS = 2 ** 20;
/** Entries of all documents are kept in arrays of this length. */
const CHUNK = 2 ** 18;
/** Terms of one document. */
const MAX_DOCUMENT_TERMS = 4096;
const SPACE = 32;
const NEWLINE = 10;
const POINT = 46;
/** Longer weights are read in the usual way. */
const MAX_DIGITS = 6;

export const partsOf = (much: number): number => Math.max(1, Math.min(MAX_PARTS, Math.round(much * PARTS)));

/**
 * An inverted index without an object per term or document. An entry is 32 bits: a posting is the slot of a document
 * and the parts of the term in it, and a document's entry is the number of a term and its parts. The postings of a term
 * lie in blocks of 4, 8, 16 words and so on up to 256, each with the address of the one before it in its first word (as the
 * slices of Asadi and Lin, "Fast candidate generation for real-time tweet search with Bloom filter chains", 2013), so that
 * nothing moves when a term gets another one. A single posting lies in place of the address.
 */
export interface Postings {
  /** Its records have, beside the hash, how many documents contain the term with its field's weight, and its address. */
  readonly table: TermTable;
  /** A Bloom filter of the plain words that documents had. */
  readonly words: Uint8Array;
  /** All blocks, and the free ones by the logarithm of their length. */
  pool: Uint32Array<ArrayBuffer>;
  poolUsed: number;
  readonly freeBlocks: number[][];
  /** By slot: id, or null; where its entries begin, how many they are, for how many there is room, and the sum of their parts. */
  readonly ids: (string | null)[];
  readonly slotOf: Map<string, number>;
  starts: Float64Array<ArrayBuffer>;
  counts: Uint16Array<ArrayBuffer>;
  rooms: Uint16Array<ArrayBuffer>;
  lengths: Uint32Array<ArrayBuffer>;
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
    words: new Uint8Array(2 ** (WORD_BITS - 3)),
    pool: new Uint32Array(1024),
    poolUsed: 0,
    freeBlocks: Array.from({ length: MAX_CLASS + 1 }, () => []),
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

/** Small enough for the processor's cache; for 100,000 failures a quarter of the bits are set. */
const WORD_BITS = 20;
const bitOfWord = (one: number): number => Math.imul(one, 0x9e3779b1) >>> (32 - WORD_BITS);

/** False when no document ever had a plain word with this first half of its hash. */
export function mayBeWord({ words }: Postings, one: number): boolean {
  const bit = bitOfWord(one);
  return (((words[bit >>> 3] as number) >>> (bit & 7)) & 1) === 1;
}

/** In a term's record: documents that contain it, above the bits of its field's weight, and where their postings are. */
const HELD = 1;
const ADDRESS = 2;
const WEIGHT_BITS = 4;
const ONE_HELD = 2 ** WEIGHT_BITS;
/** Field weights are multiples of this. */
const WEIGHT_UNIT = 0.5;

/** Number of documents that contain a term. */
export const heldOf = ({ table }: Postings, term: number): number =>
  (table.records[RECORD * term + HELD] as number) >>> WEIGHT_BITS;
/** Weight of the field of a term. */
export const fieldWeightOf = ({ table }: Postings, term: number): number =>
  ((table.records[RECORD * term + HELD] as number) & (ONE_HELD - 1)) * WEIGHT_UNIT;
/** The address of the last block of a term; its posting where there is only one. */
const addressOf = ({ table }: Postings, term: number): number => table.records[RECORD * term + ADDRESS] as number;

/** The terms of the document that is being added, each with its start in `bytes`, its field's weight in units, its parts and its entry. */
const batch = {
  ones: new Int32Array(MAX_DOCUMENT_TERMS),
  others: new Int32Array(MAX_DOCUMENT_TERMS),
  numbers: new Uint32Array(MAX_DOCUMENT_TERMS),
  starts: new Uint32Array(MAX_DOCUMENT_TERMS),
  weights: new Uint8Array(MAX_DOCUMENT_TERMS),
  parts: new Uint8Array(MAX_DOCUMENT_TERMS),
  entries: new Uint32Array(MAX_DOCUMENT_TERMS),
};

/** Adds a document, or replaces the one with that id; returns its slot. `terms` may be as `writeTerms` wrote them. */
export function putDocument(index: Postings, id: string, terms: Terms | string): number {
  removeDocument(index, id);
  const slot = index.freeSlots.pop() ?? index.ids.length;
  if (slot >= MAX_DOCUMENTS) throw new RangeError(`A recall index holds at most ${MAX_DOCUMENTS} documents.`);
  const count = typeof terms === 'string' ? readBatch(terms, index) : fillBatch(terms, index);
  const known = index.table.size();
  if (slot >= index.counts.length) growSlots(index);
  index.table.addAll(batch, count);
  let length = 0;
  for (let at = 0; at < count; at++) {
    const term = batch.numbers[at] as number;
    const parts = batch.parts[at] as number;
    if (term >= known && isPlainWord(batch.starts[at] as number)) noteWord(index, batch.ones[at] as number);
    addPosting(index, term, (slot << PARTS_BITS) | parts, batch.weights[at] as number);
    batch.entries[at] = (term << PARTS_BITS) | parts;
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

function fillBatch(terms: Terms, index: Postings): number {
  let count = 0;
  for (const [term, much] of terms) {
    if (count === MAX_DOCUMENT_TERMS) break;
    hashTerm(term, 0, term.length, hash);
    if (PLAIN_WORD.test(term)) noteWord(index, hash.one);
    batch.starts[count] = NOWHERE;
    batch.ones[count] = hash.one;
    batch.others[count] = hash.other;
    batch.weights[count] = weightOfTerm(term) / WEIGHT_UNIT;
    batch.parts[count++] = partsOf(much);
  }
  return count;
}
const hash: TermHash = { one: 0, other: 0 };

/** Words that are looked up as if misspelled. */
export const PLAIN_WORD = /^w:[a-z]+$/;

/** The start of a term that is not in `bytes`. */
const NOWHERE = 2 ** 32 - 1;

/** Whether the term that begins in `bytes` at `start` is a plain word. */
function isPlainWord(start: number): boolean {
  if (bytes[start] !== 119 || bytes[start + 1] !== 58) return false;
  let at = start + 2;
  while (((bytes[at] as number) - 97) >>> 0 <= 25) at++;
  return bytes[at] === SPACE;
}

function noteWord({ words }: Postings, one: number): void {
  const bit = bitOfWord(one);
  words[bit >>> 3] = (words[bit >>> 3] as number) | (1 << (bit & 7));
}

const encoder = new TextEncoder();
let bytes = new Uint8Array(2 ** 15);

/** Reads lines of a term, a space and its weight without making strings of them. Other lines are skipped. */
function readBatch(text: string, index: Postings): number {
  if (bytes.length < 3 * text.length + 1) bytes = new Uint8Array(6 * text.length + 1);
  const { written } = encoder.encodeInto(text, bytes);
  // Terms are hashed by their UTF-16 code units, which the bytes of other letters are not.
  if (written !== text.length) return fillBatch(readTerms(text), index);
  bytes[written] = NEWLINE;
  const read = bytes;
  let count = 0;
  for (let at = 0; at < written && count < MAX_DOCUMENT_TERMS; at++) {
    const start = at;
    let [one, other] = [0, 0];
    let code = read[at] as number;
    for (; code !== SPACE && code !== NEWLINE; code = read[++at] as number) {
      one = (Math.imul(one, ONE_BASE) + code + 1) | 0;
      other = (Math.imul(other, OTHER_BASE) + code + 1) | 0;
    }
    const space = at;
    while (read[at] !== NEWLINE) at++;
    const parts = space > start ? partsIn(text, space + 1, at) : 0;
    if (parts === 0) continue;
    batch.starts[count] = start;
    batch.ones[count] = one;
    batch.others[count] = other;
    batch.weights[count] = weightOfField(read[start] as number, read[start + 1] as number) / WEIGHT_UNIT;
    batch.parts[count++] = parts;
  }
  return count;
}

/** Parts of a weight in `bytes` and `text`, read quickly when it is as `writeTerms` writes it; 0 for no weight. */
function partsIn(text: string, start: number, end: number): number {
  let digits = 0;
  let point = end - 1;
  for (let at = start; at < end; at++) {
    const code = bytes[at] as number;
    if (code === POINT && point === end - 1) point = at;
    else if (code < 48 || code > 57) return partsOfText(text.slice(start, end));
    else digits = 10 * digits + code - 48;
  }
  const behind = end - 1 - point;
  if (behind > 2 || end - start > MAX_DIGITS) return partsOfText(text.slice(start, end));
  return Math.min(MAX_PARTS, behind === 0 ? 100 * digits : behind === 1 ? 10 * digits : digits);
}

function partsOfText(text: string): number {
  const much = Number(text);
  return much > 0 && Number.isFinite(much) ? partsOf(much) : 0;
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
  index.chunks[Math.floor(start / CHUNK)]?.set(batch.entries.subarray(0, count), start % CHUNK);
}

/** The entries of a document, in the order in which its terms came. */
export function entriesOf({ chunks, starts, counts }: Postings, slot: number): Uint32Array {
  const start = starts[slot] as number;
  const chunk = chunks[Math.floor(start / CHUNK)] ?? new Uint32Array(0);
  return chunk.subarray(start % CHUNK, (start % CHUNK) + (counts[slot] as number));
}

type Resizable = Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** `array` with more room. Its memory is given up at once, not at the next garbage collection. */
function resized<T extends Resizable>(array: T, length: number): T {
  const larger = array.buffer.transfer(length * array.BYTES_PER_ELEMENT);
  return new (array.constructor as new (buffer: ArrayBuffer) => T)(larger);
}

function growSlots(index: Postings): void {
  const length = index.counts.length * 2;
  index.starts = resized(index.starts, length);
  index.counts = resized(index.counts, length);
  index.rooms = resized(index.rooms, length);
  index.lengths = resized(index.lengths, length);
}

/** The class of a block is the logarithm of its length. Lengths double from the first block of a term to the eighth. */
const MIN_CLASS = 2;
const MAX_CLASS = 8;
const MAX_BLOCK = 2 ** MAX_CLASS - 1;
/** Postings of a term in the blocks before its first one of this class. */
const heldBefore = (size: number): number => (1 << size) - size - MIN_CLASS;
const DOUBLING = heldBefore(MAX_CLASS);
const CLASSES = Uint8Array.from({ length: DOUBLING + 1 }, (_, held) => {
  let size = MIN_CLASS;
  while (held > heldBefore(size + 1)) size++;
  return size;
});

/** The class of the last block of a term with that many postings, and how many of them are in it. */
const lastClass = (held: number): number => (held > DOUBLING ? MAX_CLASS : (CLASSES[held] as number));
const heldInLast = (held: number): number =>
  held > DOUBLING ? ((held - DOUBLING - 1) % MAX_BLOCK) + 1 : held - heldBefore(CLASSES[held] as number);

/** Calls back with the places of a term's postings, from `start` to before `end` of `pool`, block by block. */
export function eachBlock(
  index: Postings,
  term: number,
  callback: (pool: Uint32Array, start: number, end: number) => void,
): void {
  let address = addressOf(index, term);
  let left = heldOf(index, term);
  if (left === 1) {
    single[0] = address;
    callback(single, 0, 1);
    return;
  }
  for (; left > 0; address = index.pool[address] as number) {
    const held = heldInLast(left);
    callback(index.pool, address + 1, address + 1 + held);
    left -= held;
  }
}
const single = new Uint32Array(1);

function takeBlock(index: Postings, size: number): number {
  const free = index.freeBlocks[size]?.pop();
  if (free !== undefined) return free;
  const address = index.poolUsed;
  index.poolUsed += 1 << size;
  if (index.poolUsed > index.pool.length) index.pool = resized(index.pool, grownCapacity(index.poolUsed));
  return address;
}

function addPosting(index: Postings, term: number, posting: number, weight: number): void {
  const { records } = index.table;
  const record = RECORD * term;
  const held = (records[record + HELD] as number) >>> WEIGHT_BITS;
  records[record + HELD] = (held + 1) * ONE_HELD + weight;
  if (held === 0) {
    records[record + ADDRESS] = posting;
    return;
  }
  const at = heldInLast(held + 1);
  let address = records[record + ADDRESS] as number;
  if (held === 1 || at === 1) {
    const block = takeBlock(index, lastClass(held + 1));
    index.pool[held === 1 ? block + 1 : block] = address;
    records[record + ADDRESS] = block;
    address = block;
  }
  index.pool[address + at] = posting;
}

function removePosting(index: Postings, term: number, slot: number): void {
  const { records } = index.table;
  const record = RECORD * term;
  const held = heldOf(index, term);
  if (held > 1) {
    const address = records[record + ADDRESS] as number;
    const at = heldInLast(held);
    let place = address + at;
    eachBlock(index, term, (pool, start, end) => {
      for (let other = start; other < end; other++) if ((pool[other] as number) >>> PARTS_BITS === slot) place = other;
    });
    index.pool[place] = index.pool[address + at] as number;
    if (held === 2 || at === 1) {
      records[record + ADDRESS] = index.pool[held === 2 ? address + 1 : address] as number;
      index.freeBlocks[lastClass(held)]?.push(address);
    }
  }
  records[record + HELD] = (records[record + HELD] as number) - ONE_HELD;
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
