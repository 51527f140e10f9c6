import type { ModelSettings } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import type * as z from 'zod';
import type { ModelAnswer, ModelCall, ModelClient } from '#shared/ports/model-client.ts';
import type { ModelPorts, ModelProvider } from '../contract.ts';
import { addressOf, bearerOf, parseWire } from './wire.ts';

const BASE_URL = 'https://api.openai.com/v1';

const ENVIRONMENT = {
  key: { name: 'OPENAI_API_KEY', form: /^sk-(?!ant-|or-)/ },
  url: 'OPENAI_BASE_URL',
  model: 'OPENAI_MODEL',
  models: /^(?:gpt-(?!oss)|chatgpt-|codex-|o\d|ft:)/,
} as const;

/** Differences between OpenAI's two APIs. */
interface OpenaiApi<T extends z.ZodType> {
  readonly path: string;
  readonly answer: T;
  bodyOf(modelId: string, call: ModelCall, settings: ModelSettings): object;
  read(answer: z.infer<T>): ModelAnswer;
}

/** What providers behind an OpenAI API have in common; the key is sent unless `sendsKey` is false. */
export function openaiProvider<T extends z.ZodType>(
  id: string,
  title: string,
  { path, answer, bodyOf, read }: OpenaiApi<T>,
): ModelProvider {
  const needsKey = ({ sendsKey }: Pick<ModelSettings, 'sendsKey'>): boolean => sendsKey ?? true;
  const connect = (modelId: string, settings: ModelSettings, ports: ModelPorts): ModelClient => ({
    async call(call) {
      const headers = await bearerOf(needsKey(settings), ports);
      const url = addressOf(BASE_URL, path, settings);
      const body = bodyOf(modelId, call, settings);
      const { signal } = call;
      return read(parseWire(answer, await ports.json.post({ what: 'Asking the model', url, headers, body, signal })));
    },
  });
  const sample = { provider: id, modelId: 'gpt-5.1' };
  return { id, title, grants: () => [], needsKey, problem: () => null, connect, environment: ENVIRONMENT, sample };
}
