/**
 * Numbers terms in the order in which they are first seen. A term is known by 40 bits of its hash, not by its letters:
 * of a million terms about four pass for another one, and the table takes a tenth of the memory of a map of strings.
 */
export interface TermTable {
  /** Number of terms. */
  size(): number;
  /** The number of the term with this hash, or -1. */
  find(hash: TermHash): number;
  /** The same, added where it is new. */
  findOrAdd(hash: TermHash): number;
}

/** Two independent polynomials of a term's letters modulo 2^32. */
export interface TermHash {
  one: number;
  other: number;
}

/** Both multipliers are odd, so that dividing by them is multiplying by their inverse. */
export const ONE_BASE = 0x01000193;
export const OTHER_BASE = 0x85ebca6b;
/** A number of a term and eight bits to check it share 32 bits. */
const NUMBER_BITS = 24;
const MAX_TERMS = 2 ** NUMBER_BITS - 1;
const FIRST_CAPACITY = 1 << 10;

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

export function makeTermTable(): TermTable {
  let size = 0;
  let mask = FIRST_CAPACITY - 1;
  /** Open addressing: pairs of the first hash, and of number plus one and check bits; 0 is a free place. */
  let places = new Uint32Array(2 * FIRST_CAPACITY);

  /** Where the term is, or the free place where it belongs. */
  function placeOf(hash: number, check: number): number {
    let at = hash & mask;
    for (;;) {
      const entry = places[2 * at + 1] as number;
      if (entry === 0 || (places[2 * at] === hash && entry >>> NUMBER_BITS === check)) return 2 * at;
      at = (at + 1) & mask;
    }
  }

  function grow(): void {
    const old = places;
    mask = 2 * mask + 1;
    places = new Uint32Array(2 * (mask + 1));
    for (let at = 0; at < old.length; at += 2) {
      const entry = old[at + 1] as number;
      if (entry === 0) continue;
      const to = placeOf(old[at] as number, entry >>> NUMBER_BITS);
      places[to] = old[at] as number;
      places[to + 1] = entry;
    }
  }

  return {
    size: () => size,
    find({ one, other }) {
      const entry = places[placeOf(spread(one), spread(other) >>> NUMBER_BITS) + 1] as number;
      return (entry & MAX_TERMS) - 1;
    },
    findOrAdd({ one, other }) {
      const hash = spread(one);
      const check = spread(other) >>> NUMBER_BITS;
      const place = placeOf(hash, check);
      const entry = places[place + 1] as number;
      if (entry !== 0) return (entry & MAX_TERMS) - 1;
      if (size >= MAX_TERMS - 1) throw new RangeError(`A recall index holds at most ${MAX_TERMS - 1} different terms.`);
      places[place] = hash;
      places[place + 1] = check * 2 ** NUMBER_BITS + ++size;
      if (3 * size > 2 * mask) grow();
      return size - 1;
    },
  };
}
