import type { Service } from '@selfheal/fake-server/wire.ts';
import { anthropicWire } from './anthropic.ts';
import { bedrockWire } from './bedrock.ts';
import { bedrockEmbeddings } from './bedrock-embeddings.ts';
import { ollamaGenerateWire, ollamaTags, ollamaWire } from './ollama.ts';
import { openaiChatWire } from './openai-chat.ts';
import { openaiResponsesWire } from './openai-responses.ts';
import { type ModelControl, makeScriptedModel } from './scripted-model.ts';
import { serveWire } from './wire-check.ts';

const WIRES = [bedrockWire, anthropicWire, openaiChatWire, openaiResponsesWire, ollamaWire, ollamaGenerateWire];

/** One scripted model that speaks every provider's API. */
export function makeLocalModels(): { services: Service[]; control: ModelControl } {
  const model = makeScriptedModel();
  return {
    services: [...WIRES.map((wire) => serveWire(wire, model)), bedrockEmbeddings, ollamaTags],
    control: model.control,
  };
}
