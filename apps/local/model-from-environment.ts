import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ModelSettings } from '#shared/domain/configuration/model-settings.ts';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A real model that the environment names: what goes into `selfheal.json`, and the key, which never does. */
export interface LocalModel {
  readonly settings: Pick<ModelSettings, 'provider' | 'modelId'> & { readonly baseUrl?: string };
  readonly key: string | null;
  /** The variable that chose it. */
  readonly by: string;
}

/** What says that whoever starts this has credentials of AWS: a key, a profile, a role of the container or a token of Bedrock. */
const AWS_VARIABLES = [
  'AWS_BEARER_TOKEN_BEDROCK',
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

/**
 * `OLLAMA_URL`, `ANTHROPIC_API_KEY`, `OPENAI_API_KEY` and AWS credentials, the first that is set, with the model `SELFHEAL_MODEL` or else
 * the provider's sample; null for the rules alone, which `SELFHEAL_MODEL=rules` asks for. Throws for a URL that is none.
 */
export function modelFromEnvironment(environment: Environment): LocalModel | null {
  const { OLLAMA_URL, ANTHROPIC_API_KEY, OPENAI_API_KEY, SELFHEAL_MODEL } = environment;
  if (SELFHEAL_MODEL === 'rules') return null;
  if (OLLAMA_URL) {
    if (!URL.canParse(OLLAMA_URL)) throw new Error(`OLLAMA_URL is not a URL; one is http://127.0.0.1:11434.`);
    const settings = { ...sampleOf('ollama', environment), baseUrl: OLLAMA_URL.replace(/\/+$/, '') };
    return { settings, key: null, by: 'OLLAMA_URL' };
  }
  if (ANTHROPIC_API_KEY)
    return { settings: sampleOf('anthropic', environment), key: ANTHROPIC_API_KEY, by: 'ANTHROPIC_API_KEY' };
  if (OPENAI_API_KEY) return { settings: sampleOf('openai', environment), key: OPENAI_API_KEY, by: 'OPENAI_API_KEY' };
  const aws = AWS_VARIABLES.find((name) => environment[name]);
  return aws === undefined ? null : { settings: sampleOf('bedrock', environment), key: null, by: aws };
}

function sampleOf(id: string, { SELFHEAL_MODEL }: Environment): { provider: string; modelId: string } {
  const sample = MODEL_PROVIDERS.find((provider) => provider.id === id)?.sample;
  return { provider: id, modelId: SELFHEAL_MODEL || String(sample?.modelId) };
}

/** Writes `configurationFile` with another model to `target`, whose folder is made. */
export function writeWithModel(configurationFile: string, { settings }: LocalModel, target: string): void {
  const configuration: object = JSON.parse(readFileSync(configurationFile, 'utf8'));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, `${JSON.stringify({ ...configuration, model: settings }, null, 2)}\n`);
}
