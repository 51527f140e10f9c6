import * as z from 'zod';

/** Models of Amazon Bedrock that make vectors of texts, by their ids; others speak another way. */
export const EmbeddingModelId = z.enum([
  'amazon.titan-embed-text-v2:0',
  'cohere.embed-english-v3',
  'cohere.embed-multilingual-v3',
]);
export type EmbeddingModelId = z.infer<typeof EmbeddingModelId>;

/** How past incidents are compared with a new one. */
export const RecallSettings = z.strictObject({
  /** Beside words and names also what lines mean, by a model; null asks none. */
  embeddings: z
    .strictObject({
      modelId: EmbeddingModelId,
      timeoutSeconds: z.number().min(0.5).max(10).default(3),
      /** Of all texts that are sent, three characters a token; what has no room is compared by its words. */
      maxTokensPerDay: z.number().int().min(1000).default(1_000_000),
    })
    .nullable()
    .default(null),
  /** Also memories beyond those that one function holds, out of an index of Amazon S3 Vectors. */
  vectors: z.boolean().default(false),
});
export type RecallSettings = z.infer<typeof RecallSettings>;
