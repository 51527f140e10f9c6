import type { ModelSettings } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import type { Grant } from '@selfheal/kernel/plugin.ts';
import type { JsonPost, ModelClient } from '#shared/ports/model-client.ts';

export interface ModelPorts {
  readonly json: JsonPost;
  /** The provider's key, from its secret. Throws `Refused` when it was never set. */
  readonly key: () => Promise<string>;
  /** Bedrock's signed protocol, which only its SDK speaks. */
  readonly bedrock: (modelId: string, options: { caches: boolean }) => ModelClient;
}

/** How environment variables choose a provider, its model, address and key. */
export interface ModelVariables {
  /** Variable of the key, besides `AI_API_KEY`, and the form of the provider's keys; null when it takes none. */
  readonly key: { readonly name: string; readonly form: RegExp } | null;
  /** Variable of the address; null when it cannot be changed. */
  readonly url: string | null;
  /** Variable of the model, besides `AI_MODEL`. */
  readonly model: string;
  /** Names of models that it serves at its usual address. */
  readonly models: RegExp;
  /** Settings where the environment names none. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/** A model provider: its id in `selfheal.json`, what its caller needs, and how to connect to it. */
export interface ModelProvider {
  readonly id: string;
  readonly title: string;
  /** IAM grants of its caller for one model. */
  grants(modelId: string): readonly Grant[];
  /** Whether it sends a key, which then has to be in the deployment's secret. */
  needsKey(settings: ModelSettings): boolean;
  /** Problem with the settings for this provider, as a sentence; null when there is none. */
  problem(settings: ModelSettings): string | null;
  connect(modelId: string, settings: ModelSettings, ports: ModelPorts): ModelClient;
  /** Null when the environment alone cannot choose it. */
  readonly environment: ModelVariables | null;
  /** A section `model` of `selfheal.json` that works with it. */
  readonly sample: Readonly<Record<string, unknown>>;
}
