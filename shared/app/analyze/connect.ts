import type { ModelSettings } from '#shared/domain/diagnosis/model-settings.ts';
import { InvalidInput, Refused } from '#shared/kernel/errors.ts';
import { makeDiagnosisModel } from '#shared/plugins/llm/ask-for-diagnosis.ts';
import type { ModelPorts } from '#shared/plugins/llm/contract.ts';
import type { Prompts } from '#shared/plugins/llm/prompt.ts';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';
import type { DiagnosisModel } from '#shared/ports/diagnosis-model.ts';

/** What a secret holds before somebody sets it. */
const NOT_SET = new Set(['', 'not-set']);

/** The configured model behind the diagnosis protocol. Throws `InvalidInput` when the settings do not fit the provider. */
export function connectModel(settings: ModelSettings, prompts: Prompts, ports: ModelPorts): DiagnosisModel {
  const provider = MODEL_PROVIDERS.find(({ id }) => id === settings.provider);
  if (provider === undefined) throw new InvalidInput(`model.provider: there is no provider ${settings.provider}.`);
  const problem = provider.problem(settings);
  if (problem !== null) throw new InvalidInput(`model: ${problem}`);
  const own = { ...ports, key: () => readKey(ports) };
  return makeDiagnosisModel({ settings, prompts, clientOf: (modelId) => provider.connect(modelId, settings, own) });
}

async function readKey({ key }: ModelPorts): Promise<string> {
  const value = (await key()).trim();
  if (NOT_SET.has(value)) throw new Refused('The secret of the model provider holds no key yet.');
  // A line end in a header would be an error that quotes the header.
  if (!/^[\x21-\x7e]+$/.test(value)) throw new Refused('The secret of the model provider holds no usable key.');
  return value;
}
