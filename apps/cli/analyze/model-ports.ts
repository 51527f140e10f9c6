import { makeJsonPost } from '#shared/adapters/http/json-post.ts';
import type { ModelPorts } from '#shared/plugins/llm/contract.ts';

/** How a model is reached from here. The client of Bedrock is large, and loaded here only. */
export async function modelPorts(key: string): Promise<ModelPorts> {
  const { makeBedrockModelClient } = await import('#shared/adapters/aws/bedrock-model-client.ts');
  return {
    json: makeJsonPost(),
    key: async () => key,
    bedrock: (modelId, { caches }) => makeBedrockModelClient({ modelId, caches }),
  };
}
