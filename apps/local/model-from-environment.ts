import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ModelSettings } from '#shared/domain/diagnosis/model-settings.ts';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A real model from the environment: its settings for `selfheal.json`, and its key, which is never written there. */
export interface LocalModel {
  readonly settings: Pick<ModelSettings, 'provider' | 'modelId'> &
    Partial<Pick<ModelSettings, 'baseUrl' | 'maxOutputTokens' | 'temperature'>>;
  readonly key: string | null;
  /** The environment variable that selected it. */
  readonly by: string;
}

/** Variables that show that AWS credentials are available: a key, a profile, a container role or a Bedrock token. */
const AWS_VARIABLES = [
  'AWS_BEARER_TOKEN_BEDROCK',
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

/** Form of Anthropic's keys; all others count as OpenAI's. */
const ANTHROPIC_KEY = /^sk-ant-/;
/** Model names by provider. */
const MODEL_NAMES = { anthropic: /^claude-/, openai: /^(?:gpt-|chatgpt-|o\d)/ } as const;
const DEFAULT_MAX_TOKENS = 4096;

/**
 * Selects the model. The provider is the one of `AI_MODEL` (`claude-...`, `gpt-...`), or else of the first variable that is set: `OLLAMA_URL`,
 * `ANTHROPIC_API_KEY`, `OPENAI_API_KEY`, `AI_API_KEY` (provider recognised by its form), AWS credentials. `AI_MODEL` or `SELFHEAL_MODEL` names the
 * model; the default is the provider's sample. `AI_MAX_TOKENS` (4096) limits an answer, `AI_TEMPERATURE` is sent if it is set. Null means diagnosis by rules alone, also for
 * `SELFHEAL_MODEL=rules`. Throws for an invalid URL or number, and when the key for `AI_MODEL` is missing.
 */
export function modelFromEnvironment(environment: Environment): LocalModel | null {
  const model = environment.SELFHEAL_MODEL === 'rules' ? null : chosenModel(environment);
  const maxTokens = numberOf('AI_MAX_TOKENS', environment, { min: 200, max: 8192 }) ?? DEFAULT_MAX_TOKENS;
  const temperature = numberOf('AI_TEMPERATURE', environment, { min: 0, max: 2 });
  const limits = { maxOutputTokens: Math.floor(maxTokens), ...(temperature === null ? {} : { temperature }) };
  return model && { ...model, settings: { ...model.settings, ...limits } };
}

/** `AI_CONFIDENCE_THRESHOLD`: the confidence, 0 to 1, from which Selfheal acts by itself; null when it is not set. Throws for other values. */
export function actAtConfidenceOf(environment: Environment): number | null {
  return numberOf('AI_CONFIDENCE_THRESHOLD', environment, { min: 0, max: 1 });
}

function numberOf(name: string, environment: Environment, { min, max }: { min: number; max: number }) {
  const text = environment[name]?.trim() ?? '';
  if (text === '') return null;
  const value = Number(text);
  if (value >= min && value <= max) return value;
  throw new Error(`${name} is ${text}. Set it to a number from ${min} to ${max}.`);
}

function chosenModel(environment: Environment): LocalModel | null {
  const { AI_MODEL = '' } = environment;
  if (MODEL_NAMES.anthropic.test(AI_MODEL)) return modelWithKey('anthropic', 'ANTHROPIC_API_KEY', environment);
  if (MODEL_NAMES.openai.test(AI_MODEL)) return modelWithKey('openai', 'OPENAI_API_KEY', environment);
  return firstModel(environment);
}

/** The model `AI_MODEL` with the provider's own key, or with `AI_API_KEY`. */
function modelWithKey(
  provider: string,
  variable: 'ANTHROPIC_API_KEY' | 'OPENAI_API_KEY',
  environment: Environment,
): LocalModel {
  const by = environment[variable] ? variable : 'AI_API_KEY';
  const key = environment[by];
  if (!key)
    throw new Error(`AI_MODEL is ${environment.AI_MODEL}, but its key is missing. Set ${variable} or AI_API_KEY.`);
  return { settings: sampleOf(provider, environment), key, by };
}

/** A model of the first provider for which the environment has an address, a key or credentials. */
function firstModel(environment: Environment): LocalModel | null {
  const { OLLAMA_URL, ANTHROPIC_API_KEY, OPENAI_API_KEY, AI_API_KEY } = environment;
  if (OLLAMA_URL) {
    if (!URL.canParse(OLLAMA_URL))
      throw new Error(`OLLAMA_URL is not a URL. Set it to an address such as http://127.0.0.1:11434.`);
    const settings = { ...sampleOf('ollama', environment), baseUrl: OLLAMA_URL.replace(/\/+$/, '') };
    return { settings, key: null, by: 'OLLAMA_URL' };
  }
  if (ANTHROPIC_API_KEY)
    return { settings: sampleOf('anthropic', environment), key: ANTHROPIC_API_KEY, by: 'ANTHROPIC_API_KEY' };
  if (OPENAI_API_KEY) return { settings: sampleOf('openai', environment), key: OPENAI_API_KEY, by: 'OPENAI_API_KEY' };
  if (AI_API_KEY) {
    const provider = ANTHROPIC_KEY.test(AI_API_KEY) ? 'anthropic' : 'openai';
    return { settings: sampleOf(provider, environment), key: AI_API_KEY, by: 'AI_API_KEY' };
  }
  const aws = AWS_VARIABLES.find((name) => environment[name]);
  return aws === undefined ? null : { settings: sampleOf('bedrock', environment), key: null, by: aws };
}

function sampleOf(id: string, { AI_MODEL, SELFHEAL_MODEL }: Environment): { provider: string; modelId: string } {
  const sample = MODEL_PROVIDERS.find((provider) => provider.id === id)?.sample;
  return { provider: id, modelId: AI_MODEL || SELFHEAL_MODEL || String(sample?.modelId) };
}

/** Settings from the environment that override the configuration. */
export interface LocalSettings {
  readonly model: LocalModel | null;
  readonly actAtConfidence: number | null;
}

/** The model provider of a configuration file; `rules` means none. */
export function providerOf(configurationFile: string): string {
  const { model } = JSON.parse(readFileSync(configurationFile, 'utf8')) as { model?: { provider?: unknown } };
  return String(model?.provider ?? 'rules');
}

/** Writes `configurationFile` with the settings applied to `target`, and creates its folder. Without a model, rules diagnose. */
export function writeWithSettings(
  configurationFile: string,
  { model, actAtConfidence }: LocalSettings,
  target: string,
): void {
  const configuration = JSON.parse(readFileSync(configurationFile, 'utf8')) as { policy?: object; signatures?: object };
  const { folder } = (configuration.signatures ?? {}) as { folder?: string };
  const changed = {
    ...configuration,
    // Absolute, because the file is written to another folder.
    ...(folder === undefined ? {} : { signatures: { folder: resolve(dirname(configurationFile), folder) } }),
    model: model === null ? { provider: 'rules' } : model.settings,
    ...(actAtConfidence === null ? {} : { policy: { ...configuration.policy, actAtConfidence } }),
  };
  mkdirSync(dirname(target), { recursive: true });
  copyPlaybooks(dirname(configurationFile), dirname(target));
  writeFileSync(target, `${JSON.stringify(changed, null, 2)}\n`);
}

/** Copies the user's playbooks, which are read from the folder beside the configuration. */
function copyPlaybooks(from: string, to: string): void {
  rmSync(join(to, 'playbooks'), { recursive: true, force: true });
  const folder = join(from, 'playbooks');
  if (existsSync(folder)) cpSync(folder, join(to, 'playbooks'), { recursive: true });
}
