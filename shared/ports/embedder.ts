import type { Embedding } from '#shared/domain/knowledge/search/embedding.ts';
import type { RedactedText } from '#shared/kernel/text/redacted-text.ts';

export type Embedded =
  | { readonly kind: 'embedded'; readonly embedding: Embedding }
  /** `reason`: a sentence for the reader. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Makes vectors of what texts mean. Recall works without one, by words and names. Never throws for a model that does not answer. */
export interface Embedder {
  /** `document`: what is kept; `query`: what is searched for. The text is redacted and at most `EMBEDDED_CHARACTERS` long. */
  embed(text: RedactedText, purpose: 'document' | 'query'): Promise<Embedded>;
}
