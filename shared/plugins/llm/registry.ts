import { registered } from '@selfheal/kernel/plugin.ts';
import { anthropic } from './anthropic/index.ts';
import { bedrock } from './bedrock/index.ts';
import type { ModelProvider } from './contract.ts';
import { ollama } from './ollama/index.ts';
import { openai } from './openai/index.ts';
import { openaiResponses } from './openai-responses/index.ts';
import { rules } from './rules/index.ts';

/** Every model provider. To add one: a folder here, named after its id, and a line below. */
export const MODEL_PROVIDERS: readonly ModelProvider[] = registered('model providers', [
  rules,
  bedrock,
  anthropic,
  openai,
  openaiResponses,
  ollama,
]);
