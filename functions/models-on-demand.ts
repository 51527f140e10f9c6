import type { BedrockEmbedderOptions } from '#shared/adapters/aws/bedrock-embedder.ts';
import { onDemand } from './on-demand.ts';

/* Models on Bedrock, which few deployments use. */
export const bedrockModel = (modelId: string, { caches }: { readonly caches: boolean }) =>
  onDemand(async () =>
    (await import('#shared/adapters/aws/bedrock-model-client.ts')).makeBedrockModelClient({ modelId, caches }),
  );
export const bedrockEmbedder = (options: BedrockEmbedderOptions) =>
  onDemand(async () => (await import('#shared/adapters/aws/bedrock-embedder.ts')).makeBedrockEmbedder(options));
