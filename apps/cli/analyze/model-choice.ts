import { makeJsonPost } from '#shared/adapters/http/json-post.ts';
import { ModelSettings } from '#shared/domain/diagnosis/model-settings.ts';
import { unknownValue } from '#shared/kernel/text/nearest-value.ts';
import type { ModelPorts } from '#shared/plugins/llm/contract.ts';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';
import { UsageError } from '../command.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ModelChoice {
  readonly settings: ModelSettings;
  /** Empty when the provider needs none. */
  readonly key: string;
}

/** The model was named without its key, which jobs for forks never get. */
export class MissingModelKey extends UsageError {}

/** The environment variables of a provider, and their defaults. */
interface Variables {
  readonly model: string;
  readonly modelId?: string;
  readonly url?: string;
  readonly baseUrl?: string;
  readonly key?: string;
  readonly timeoutSeconds?: number;
}

/** Providers that are not listed use their usual address and the model of their sample. */
const VARIABLES: Readonly<Record<string, Variables>> = {
  ollama: {
    model: 'OLLAMA_MODEL',
    modelId: 'qwen2.5-coder',
    url: 'OLLAMA_URL',
    baseUrl: 'http://127.0.0.1:11434',
    // A machine without a graphics card takes minutes.
    timeoutSeconds: 240,
  },
  anthropic: { model: 'ANTHROPIC_MODEL', url: 'ANTHROPIC_BASE_URL', key: 'ANTHROPIC_API_KEY' },
  openai: { model: 'OPENAI_MODEL', url: 'OPENAI_BASE_URL', key: 'OPENAI_API_KEY' },
  'openai-responses': { model: 'OPENAI_MODEL', url: 'OPENAI_BASE_URL', key: 'OPENAI_API_KEY' },
  bedrock: { model: 'BEDROCK_MODEL' },
};

/**
 * The model of a provider, with address, model and key from the environment; null for the rules alone. Throws UsageError for an unknown provider,
 * a missing key and unusable settings.
 */
export function modelChoiceOf(id: string | undefined, environment: Environment): ModelChoice | null {
  if (id === undefined || id === 'rules') return null;
  const provider = MODEL_PROVIDERS.find((one) => one.id === id);
  if (provider === undefined)
    throw new UsageError(
      unknownValue(
        'model provider',
        id,
        MODEL_PROVIDERS.map((one) => one.id),
      ),
    );
  const { model, modelId, url, baseUrl, key, timeoutSeconds } = VARIABLES[id] ?? { model: 'SELFHEAL_MODEL' };
  const address = (url === undefined ? undefined : environment[url]) || baseUrl;
  const parsed = ModelSettings.safeParse({
    provider: id,
    modelId: environment[model] || (modelId ?? provider.sample.modelId),
    ...(address === undefined ? {} : { baseUrl: address.replace(/\/+$/, '') }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  });
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: '' };
    const variable = path[0] === 'baseUrl' ? url : model;
    throw new UsageError(`${variable}: ${message}.`);
  }
  const value = key === undefined ? '' : environment[key] || environment.AI_API_KEY || '';
  if (provider.needsKey(parsed.data) && value === '')
    throw new MissingModelKey(`--model ${id} needs its key in ${key}, or in AI_API_KEY.`);
  return { settings: parsed.data, key: value };
}

/** How a model is reached from here. The client of Bedrock is large, and loaded here only. */
export async function modelPorts(key: string): Promise<ModelPorts> {
  const { makeBedrockModelClient } = await import('#shared/adapters/aws/bedrock-model-client.ts');
  return {
    json: makeJsonPost(),
    key: async () => key,
    bedrock: (modelId, { caches }) => makeBedrockModelClient({ modelId, caches }),
  };
}
