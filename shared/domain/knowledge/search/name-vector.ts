import { bareTerm, fieldOf, TERM_FIELDS, type Terms } from './term-field.ts';

/**
 * Dimensions of a vector; signed hashing keeps products right on average, and at 256 bytes 20,000 vectors take 5 MB.
 */
export const DIMENSIONS = 256;
const SHORTEST = 3;
const LONGEST = 5;
const LARGEST = 127;

/**
 * A text's terms as one vector: every sequence of three to five letters of every term is added to one dimension with
 * one sign, both chosen by its hash (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009).
 * Cut, inflected and misspelled names are near the original ones. Needs no training and no download. Whole numbers from
 * -127 to 127.
 */
export function vectorOf(terms: Terms): Int8Array {
  const sums = new Float64Array(DIMENSIONS);
  for (const [term, much] of terms) {
    const field = fieldOf(term);
    // Digests have no similar spelling.
    if (field !== 'm') addPieces(`^${bareTerm(term)}$`, TERM_FIELDS[field].weight * Math.log1p(much), sums);
  }
  const largest = sums.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest === 0
    ? new Int8Array(DIMENSIONS)
    : Int8Array.from(sums, (value) => Math.round((value / largest) * LARGEST));
}

function addPieces(word: string, weight: number, sums: Float64Array): void {
  for (let start = 0; start + SHORTEST <= word.length; start++) {
    // FNV-1a over the letters, continued for each longer sequence.
    let hash = 0x811c9dc5;
    for (let end = start; end < Math.min(word.length, start + LONGEST); end++) {
      hash = Math.imul(hash ^ word.charCodeAt(end), 0x01000193);
      if (end - start + 1 < SHORTEST) continue;
      const mixed = (hash ^ (hash >>> 15)) >>> 0;
      const at = mixed % DIMENSIONS;
      sums[at] = (sums[at] ?? 0) + ((mixed >>> 20) & 1 ? weight : -weight);
    }
  }
}

/** Length of a vector, 0 for a text without terms. */
export function lengthOf(vector: Int8Array): number {
  let sum = 0;
  for (let at = 0; at < vector.length; at++) sum += (vector[at] as number) ** 2;
  return Math.sqrt(sum);
}
