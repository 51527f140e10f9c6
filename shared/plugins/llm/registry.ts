import { anthropic } from './anthropic.ts';
import { bedrock } from './bedrock.ts';
import type { ModelProvider } from './contract.ts';
import { ollama } from './ollama.ts';
import { openai } from './openai.ts';
import { openaiResponses } from './openai-responses.ts';
import { rules } from './rules.ts';

/** Every model provider. To add one: a file in this folder and a line here. */
export const MODEL_PROVIDERS: readonly ModelProvider[] = [rules, bedrock, anthropic, openai, openaiResponses, ollama];
