import * as z from 'zod';

/** Embedding models of Amazon Bedrock, by their ids; others have another API. */
export const EmbeddingModelId = z.enum([
  'amazon.titan-embed-text-v2:0',
  'cohere.embed-english-v3',
  'cohere.embed-multilingual-v3',
]);
export type EmbeddingModelId = z.infer<typeof EmbeddingModelId>;

/** How past incidents are compared with a new one. */
export const RecallSettings = z.strictObject({
  /** Compares embeddings in addition to words and names; null asks no model. */
  embeddings: z
    .strictObject({
      modelId: EmbeddingModelId,
      timeoutSeconds: z.number().min(0.5).max(10).default(3),
      /** For all texts sent, at three characters per token; texts beyond it are compared by words. */
      maxTokensPerDay: z.number().int().min(1000).default(1_000_000),
    })
    .nullable()
    .default(null),
});
export type RecallSettings = z.infer<typeof RecallSettings>;
