import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { EmbeddingModelId } from '#shared/domain/knowledge/search/recall-settings.ts';
import type { Limits } from '#shared/ports/control-store.ts';
import type { Embedder } from '#shared/ports/recall.ts';

const CHARACTERS_PER_TOKEN = 3;
const KEPT_MS = 2 * 24 * 60 * 60 * 1000;

/**
 * Limits an embedder to the daily budget; sends nothing while the budget cannot be read. Usage counted for a failed call stays counted.
 */
function withinDailyBudget(
  embedder: Embedder,
  { maxTokensPerDay, control, clock }: { maxTokensPerDay: number; control: Pick<Limits, 'addTo'>; clock: Clock },
): Embedder {
  return {
    async embed(text, purpose) {
      const now = clock.now();
      const scope = `embedding-tokens#day#${now.toISOString().slice(0, 10)}`;
      const tokens = Math.ceil(text.length / CHARACTERS_PER_TOKEN);
      try {
        const total = await control.addTo(scope, tokens, new Date(now.getTime() + KEPT_MS));
        if (total <= maxTokensPerDay) return await embedder.embed(text, purpose);
      } catch (error) {
        if (!(error instanceof Retryable || error instanceof Refused)) throw error;
        return { kind: 'unavailable', reason: 'The budget of the embedding model could not be read.' };
      }
      return { kind: 'unavailable', reason: "Today's budget for the embedding model is used up." };
    },
  };
}

export interface EmbedderPorts {
  readonly control: Pick<Limits, 'addTo'>;
  readonly clock: Clock;
  readonly bedrock: (options: { readonly modelId: EmbeddingModelId; readonly timeoutSeconds: number }) => Embedder;
}

/** The configured embedding model within its budget; null when none is configured. */
export function connectEmbedder({ recall }: Pick<Configuration, 'recall'>, ports: EmbedderPorts): Embedder | null {
  if (recall.embeddings === null) return null;
  const { maxTokensPerDay, ...model } = recall.embeddings;
  return withinDailyBudget(ports.bedrock(model), { maxTokensPerDay, ...ports });
}
