import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ModelSettings } from '#shared/domain/diagnosis/model-settings.ts';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A real model that the environment names: what goes into `selfheal.json`, and the key, which never does. */
export interface LocalModel {
  readonly settings: Pick<ModelSettings, 'provider' | 'modelId'> &
    Partial<Pick<ModelSettings, 'baseUrl' | 'maxOutputTokens'>>;
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

/** Keys of Anthropic begin so; all others are taken for OpenAI's. */
const ANTHROPIC_KEY = /^sk-ant-/;
/** Names of models that only one of the two providers with a key of their own has. */
const MODEL_NAMES = { anthropic: /^claude-/, openai: /^(?:gpt-|chatgpt-|o\d)/ } as const;
const DEFAULT_MAX_TOKENS = 4096;

/**
 * The model to ask: of the provider that `AI_MODEL` names (`claude-...`, `gpt-...`) if its key is set, else of the first of `OLLAMA_URL`,
 * `ANTHROPIC_API_KEY`, `OPENAI_API_KEY`, `AI_API_KEY` (of either, recognised by its form) and AWS credentials that is set. `AI_MODEL` or
 * `SELFHEAL_MODEL` names the model, otherwise it is the provider's sample; `AI_MAX_TOKENS` (4096) bounds an answer. Null for the rules
 * alone, which `SELFHEAL_MODEL=rules` asks for. Throws for a URL or a number that is none, and for an `AI_MODEL` without its key.
 */
export function modelFromEnvironment(environment: Environment): LocalModel | null {
  const model = environment.SELFHEAL_MODEL === 'rules' ? null : chosenModel(environment);
  const maxTokens = numberOf('AI_MAX_TOKENS', environment, { least: 200, most: 8192 }) ?? DEFAULT_MAX_TOKENS;
  return model && { ...model, settings: { ...model.settings, maxOutputTokens: Math.floor(maxTokens) } };
}

/** `AI_CONFIDENCE_THRESHOLD`, from which on Selfheal acts by itself; null when it is not set. Throws when it is no share from 0 to 1. */
export function actAtConfidenceOf(environment: Environment): number | null {
  return numberOf('AI_CONFIDENCE_THRESHOLD', environment, { least: 0, most: 1 });
}

function numberOf(name: string, environment: Environment, { least, most }: { least: number; most: number }) {
  const text = environment[name]?.trim() ?? '';
  if (text === '') return null;
  const value = Number(text);
  if (value >= least && value <= most) return value;
  throw new Error(`${name} is ${text}; give a number from ${least} to ${most}.`);
}

function chosenModel(environment: Environment): LocalModel | null {
  const { AI_MODEL = '' } = environment;
  if (MODEL_NAMES.anthropic.test(AI_MODEL)) return modelWithKey('anthropic', 'ANTHROPIC_API_KEY', environment);
  if (MODEL_NAMES.openai.test(AI_MODEL)) return modelWithKey('openai', 'OPENAI_API_KEY', environment);
  return firstModel(environment);
}

/** `AI_MODEL` with the provider's own key, or with `AI_API_KEY`. */
function modelWithKey(
  provider: string,
  variable: 'ANTHROPIC_API_KEY' | 'OPENAI_API_KEY',
  environment: Environment,
): LocalModel {
  const by = environment[variable] ? variable : 'AI_API_KEY';
  const key = environment[by];
  if (!key) throw new Error(`AI_MODEL is ${environment.AI_MODEL}: set ${variable} or AI_API_KEY to a key for it.`);
  return { settings: sampleOf(provider, environment), key, by };
}

/** The first provider that the environment has an address, a key or credentials for. */
function firstModel(environment: Environment): LocalModel | null {
  const { OLLAMA_URL, ANTHROPIC_API_KEY, OPENAI_API_KEY, AI_API_KEY } = environment;
  if (OLLAMA_URL) {
    if (!URL.canParse(OLLAMA_URL)) throw new Error(`OLLAMA_URL is not a URL; one is http://127.0.0.1:11434.`);
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

/** What the environment says otherwise than the configuration. */
export interface LocalSettings {
  readonly model: LocalModel | null;
  readonly actAtConfidence: number | null;
}

/** The provider that a configuration asks for; `rules` is none. */
export function providerOf(configurationFile: string): string {
  const { model } = JSON.parse(readFileSync(configurationFile, 'utf8')) as { model?: { provider?: unknown } };
  return String(model?.provider ?? 'rules');
}

/** Writes `configurationFile` with these settings to `target`, whose folder is made. Without a model the rules diagnose. */
export function writeWithSettings(
  configurationFile: string,
  { model, actAtConfidence }: LocalSettings,
  target: string,
): void {
  const configuration = JSON.parse(readFileSync(configurationFile, 'utf8')) as { policy?: object; signatures?: object };
  const { folder } = (configuration.signatures ?? {}) as { folder?: string };
  const changed = {
    ...configuration,
    // The file moves, the folder does not.
    ...(folder === undefined ? {} : { signatures: { folder: resolve(dirname(configurationFile), folder) } }),
    model: model === null ? { provider: 'rules' } : model.settings,
    ...(actAtConfidence === null ? {} : { policy: { ...configuration.policy, actAtConfidence } }),
  };
  mkdirSync(dirname(target), { recursive: true });
  copyPlaybooks(dirname(configurationFile), dirname(target));
  writeFileSync(target, `${JSON.stringify(changed, null, 2)}\n`);
}

/** Playbooks of one's own lie beside the configuration. */
function copyPlaybooks(from: string, to: string): void {
  rmSync(join(to, 'playbooks'), { recursive: true, force: true });
  const folder = join(from, 'playbooks');
  if (existsSync(folder)) cpSync(folder, join(to, 'playbooks'), { recursive: true });
}
