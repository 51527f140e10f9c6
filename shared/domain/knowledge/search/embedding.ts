import * as z from 'zod';
import type { WeighedLine } from './terms.ts';

/** An embedding in whole numbers from -127 to 127: one byte per dimension barely changes a cosine. */
export const Embedding = z.strictObject({
  /** Embeddings of different models are never compared. */
  model: z.string().max(100),
  /** Base64. */
  vector: z.base64().max(8000),
});
export type Embedding = z.infer<typeof Embedding>;

/** Characters of a failure that are embedded; Cohere's models take no more. */
export const EMBEDDED_CHARACTERS = 2000;
const LARGEST = 127;

/** The lines that most certainly show a failure, as one text for a model; empty when there are none. */
export function textToEmbed(lines: readonly WeighedLine[]): string {
  const surest = [...lines].sort((a, b) => b.weight - a.weight || (a.text < b.text ? -1 : 1));
  const texts = new Set(surest.map(({ text }) => text.trim()));
  return [...texts].join('\n').trim().slice(0, EMBEDDED_CHARACTERS);
}

export function embeddingOf(model: string, values: readonly number[]): Embedding {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const bytes = Int8Array.from(values, (value) => Math.round((value / largest) * LARGEST));
  return { model, vector: Buffer.from(bytes.buffer).toString('base64') };
}

/** An embedding prepared for comparison. */
export interface EmbeddingVector {
  readonly model: string;
  readonly values: Int8Array;
  readonly length: number;
}

export function embeddingVectorOf({ model, vector }: Embedding): EmbeddingVector {
  const values = new Int8Array(Buffer.from(vector, 'base64'));
  return { model, values, length: Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) };
}

/** Cosine that even unrelated texts of one language and domain have; similarity is counted from here on. */
const UNRELATED = 0.4;

/** Similarity of two embeddings, from 0 (unrelated, or of different models) to 1 (the same). */
export function nearnessOf(one: EmbeddingVector, other: EmbeddingVector): number {
  if (one.model !== other.model || one.values.length !== other.values.length) return 0;
  if (one.length === 0 || other.length === 0) return 0;
  let sum = 0;
  for (let at = 0; at < one.values.length; at++) sum += (one.values[at] as number) * (other.values[at] as number);
  return Math.max(0, (sum / (one.length * other.length) - UNRELATED) / (1 - UNRELATED));
}
