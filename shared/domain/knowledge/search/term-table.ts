/**
 * Numbers terms in the order in which they are first seen. A term is known by 40 bits of its hash, not by its letters:
 * of a million terms about four pass for another one, and the table takes a tenth of the memory of a map of strings.
 */
export interface TermTable {
  /** Number of terms. */
  size(): number;
  /** The number of the term with the hash of these halves, or -1. */
  find(one: number, other: number): number;
  /** Writes the numbers of the first `count` terms of a batch, those that are new added. */
  addAll(batch: TermBatch, count: number): void;
  /**
   * `RECORD` words for each term: its hash, and the rest for the table's owner, zero at first. Beside each other, because
   * reading a word that is not in the processor's cache costs more than all else about a term. Replaced when it grows.
   */
  records: Uint32Array;
}

/** Two independent polynomials of a term's letters modulo 2^32. */
export interface TermHash {
  one: number;
  other: number;
}

/** Hashes of terms, and their numbers. */
interface TermBatch {
  readonly ones: Int32Array;
  readonly others: Int32Array;
  readonly numbers: Uint32Array;
}

/** Words of a record. */
export const RECORD = 3;
/** Both multipliers are odd, so that dividing by them is multiplying by their inverse. */
export const ONE_BASE = 0x01000193;
export const OTHER_BASE = 0x85ebca6b;
/** A number of a term and eight bits to check it share 32 bits. */
const NUMBER_BITS = 24;
const MAX_TERMS = 2 ** NUMBER_BITS - 1;
const FIRST_CAPACITY = 1 << 10;
/** Below it, arrays grow faster, because a growth copies or reads all; above it, that would take too much memory. */
const SMALL_CAPACITY = 1 << 20;
const GROWTH = 1.25;

/** Room to make where there is none for one more than `size`. */
export const grownCapacity = (size: number): number => Math.ceil(size * (size < SMALL_CAPACITY ? 2 : GROWTH));

/** Hash of `text` from `start` to before `end`, into `into`. */
export function hashTerm(text: string, start: number, end: number, into: TermHash): TermHash {
  let one = 0;
  let other = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at) + 1;
    one = (Math.imul(one, ONE_BASE) + code) | 0;
    other = (Math.imul(other, OTHER_BASE) + code) | 0;
  }
  into.one = one;
  into.other = other;
  return into;
}

/** Spreads a polynomial, whose last bits depend on few letters (the finalizer of MurmurHash3, A. Appleby). */
function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const again = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (again ^ (again >>> 16)) >>> 0;
}

/** The number of the term in a place; -1 in a free one. */
const numberIn = (entry: number): number => (entry & MAX_TERMS) - 1;

export function makeTermTable(): TermTable {
  let size = 0;
  let mask = FIRST_CAPACITY - 1;
  /** Open addressing: check bits and number plus one; 0 is a free place. */
  let places = new Uint32Array(FIRST_CAPACITY);
  let records = new Uint32Array(RECORD * FIRST_CAPACITY);
  let hashes = new Uint32Array(0);

  /** Where the term is, or the free place where it belongs. */
  function placeOf(hash: number, check: number): number {
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = places[at] as number;
      if (entry === 0) return at;
      if (entry >>> NUMBER_BITS === check && records[RECORD * numberIn(entry)] === hash) return at;
    }
  }

  function growPlaces(): void {
    const old = places;
    places = new Uint32Array(old.length * (old.length < SMALL_CAPACITY ? 4 : 2));
    mask = places.length - 1;
    for (let from = 0; from < old.length; from++) {
      const entry = old[from] as number;
      if (entry === 0) continue;
      let at = (records[RECORD * numberIn(entry)] as number) & mask;
      while (places[at] !== 0) at = (at + 1) & mask;
      places[at] = entry;
    }
  }

  function findOrAdd(hash: number, check: number): number {
    const place = placeOf(hash, check);
    const entry = places[place] as number;
    if (entry !== 0) return numberIn(entry);
    if (size >= MAX_TERMS - 1) throw new RangeError(`A recall index holds at most ${MAX_TERMS - 1} different terms.`);
    if (RECORD * size === records.length) growRecords();
    records[RECORD * size] = hash;
    places[place] = (check << NUMBER_BITS) | ++size;
    if (3 * size > 2 * mask) growPlaces();
    return size - 1;
  }

  function growRecords(): void {
    records = new Uint32Array(records.buffer.transfer(records.BYTES_PER_ELEMENT * RECORD * grownCapacity(size)));
    table.records = records;
  }

  const table: TermTable = {
    size: () => size,
    records,
    find(one, other) {
      return numberIn(places[placeOf(spread(one), spread(other) >>> NUMBER_BITS)] as number);
    },
    addAll({ ones, others, numbers }, count) {
      // Passes that do little else than read, so that the processor waits for many places and records at the same time.
      if (hashes.length < count) hashes = new Uint32Array(count);
      for (let at = 0; at < count; at++) numbers[at] = places[spread(ones[at] as number) & mask] as number;
      for (let at = 0; at < count; at++) {
        hashes[at] = records[RECORD * Math.max(0, numberIn(numbers[at] as number))] as number;
      }
      for (let at = 0; at < count; at++) {
        const hash = spread(ones[at] as number);
        const check = spread(others[at] as number) >>> NUMBER_BITS;
        const entry = numbers[at] as number;
        const isThere = entry >>> NUMBER_BITS === check && hashes[at] === hash && entry !== 0;
        numbers[at] = isThere ? numberIn(entry) : findOrAdd(hash, check);
      }
    },
  };
  return table;
}
