import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { EmbeddingModelId } from '#shared/domain/knowledge/search/recall-settings.ts';
import type { ControlStore } from '#shared/ports/control-store.ts';
import type { Embedder } from '#shared/ports/embedder.ts';
import type { Clock } from '#shared/ports/time.ts';
import { withinDailyBudget } from './budget.ts';

export interface EmbedderPorts {
  readonly control: Pick<ControlStore, 'addTo'>;
  readonly clock: Clock;
  readonly bedrock: (options: { readonly modelId: EmbeddingModelId; readonly timeoutSeconds: number }) => Embedder;
}

/** The configured embedding model within its budget; null when none is configured. */
export function connectEmbedder({ recall }: Pick<Configuration, 'recall'>, ports: EmbedderPorts): Embedder | null {
  if (recall.embeddings === null) return null;
  const { maxTokensPerDay, ...model } = recall.embeddings;
  return withinDailyBudget(ports.bedrock(model), { maxTokensPerDay, ...ports });
}
