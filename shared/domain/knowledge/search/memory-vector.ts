import { type Meaning, meaningOf } from './embedding.ts';
import type { PastIncident } from './past-incident.ts';
import type { RecallSettings } from './recall-settings.ts';
import { fieldOf, TERM_FIELDS, type Terms } from './term-field.ts';
import { readTerms } from './terms.ts';

/**
 * Dimensions of every vector in an index, whatever made it: shorter ones are filled up with zeros, which changes no cosine, so that an
 * index outlives a change of the model. The longest that a model here gives.
 */
export const VECTOR_DIMENSIONS = 1024;
/** Vectors of terms by `termsVector`. Another way of hashing is another name. */
const OF_TERMS = 'terms-1';
const DECIMALS = 1e6;

/** A direction with what made it. Only vectors of one space may be compared. */
export interface MemoryVector {
  readonly space: string;
  /** `VECTOR_DIMENSIONS` numbers, not all of them 0. */
  readonly values: readonly number[];
}

/** A failure as its words and, where a model was asked, its meaning. */
interface Compared {
  readonly terms: Terms;
  readonly meaning: Meaning | null;
}

/** By meaning where a model is configured, else by terms; null for what has none of it. */
export function memoryVectorOf(
  { terms, meaning }: Compared,
  { embeddings }: Pick<RecallSettings, 'embeddings'>,
): MemoryVector | null {
  const space = embeddings?.modelId ?? OF_TERMS;
  if (embeddings !== null && meaning?.model !== space) return null;
  const values = embeddings === null ? termsVector(terms) : [...(meaning?.values ?? [])];
  const room = VECTOR_DIMENSIONS - values.length;
  if (room < 0 || values.every((value) => value === 0)) return null;
  return { space, values: [...values, ...Array<number>(room).fill(0)] };
}

export function vectorOfPast(
  { terms, embedding }: PastIncident,
  settings: Pick<RecallSettings, 'embeddings'>,
): MemoryVector | null {
  return memoryVectorOf(
    { terms: readTerms(terms), meaning: embedding === undefined ? null : meaningOf(embedding) },
    settings,
  );
}

/**
 * Terms as a direction of length 1: each goes whole into one of the dimensions with one of two signs, both by its hash (Weinberger et al.,
 * "Feature Hashing for Large Scale Multitask Learning", 2009), as heavily as its field and what is said of it. Zeros without terms.
 */
function termsVector(terms: Terms): number[] {
  const sums = new Float64Array(VECTOR_DIMENSIONS);
  for (const [term, much] of terms) {
    const hash = hashOf(term);
    const at = hash % VECTOR_DIMENSIONS;
    const weight = TERM_FIELDS[fieldOf(term)].weight * Math.log1p(much);
    sums[at] = (sums[at] ?? 0) + ((hash >>> 20) & 1 ? weight : -weight);
  }
  const length = Math.hypot(...sums) || 1;
  return Array.from(sums, (sum) => Math.round((sum / length) * DECIMALS) / DECIMALS);
}

/** FNV-1a, folded so that its lower bits hang on all letters. */
function hashOf(term: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < term.length; at++) hash = Math.imul(hash ^ term.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
