import type { ModelSettings } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { InvalidInput, Refused } from '@selfheal/kernel/errors.ts';
import type { ModelPorts } from '#shared/plugins/llm/contract.ts';
import { makeDiagnosisModel } from '#shared/plugins/llm/protocol/ask-for-diagnosis.ts';
import type { Prompts } from '#shared/plugins/llm/protocol/prompt.ts';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';
import type { DiagnosisModel } from '#shared/ports/diagnosis-model.ts';
import type { ModelClient } from '#shared/ports/model-client.ts';

/** Content of the secret before an operator sets it. */
const NOT_SET = new Set(['', 'not-set']);

/**
 * Connects the configured model to the diagnosis protocol. Throws `InvalidInput` when the provider does not accept the settings.
 */
export function connectModel(settings: ModelSettings, prompts: Prompts, ports: ModelPorts): DiagnosisModel {
  return makeDiagnosisModel({ settings, prompts, clientOf: modelClients(settings, ports) });
}

/** Clients of the configured provider by model id. Throws `InvalidInput` when it does not accept the settings. */
export function modelClients(settings: ModelSettings, ports: ModelPorts): (modelId: string) => ModelClient {
  const provider = MODEL_PROVIDERS.find(({ id }) => id === settings.provider);
  if (provider === undefined) throw new InvalidInput(`model.provider: unknown provider ${settings.provider}.`);
  const problem = provider.problem(settings);
  if (problem !== null) throw new InvalidInput(`model: ${problem}`);
  const own = { ...ports, key: () => readKey(ports) };
  return (modelId) => provider.connect(modelId, settings, own);
}

async function readKey({ key }: ModelPorts): Promise<string> {
  const value = (await key()).trim();
  if (NOT_SET.has(value)) throw new Refused('The model key secret has no key yet: store {"key":"<key>"} in it.');
  // A line break in a header would cause an error that quotes the header.
  if (!/^[\x21-\x7e]+$/.test(value))
    throw new Refused(
      'The key in the model key secret is unusable: it contains spaces or control characters. Store the key again.',
    );
  return value;
}
