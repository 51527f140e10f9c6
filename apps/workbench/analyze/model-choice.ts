import { UsageError } from '@selfheal/cli-kit/command.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { makeJsonPost } from '#shared/adapters/http/json-post.ts';
import type { ModelPorts } from '#shared/plugins/llm/contract.ts';
import {
  MissingModelKey as MissingKey,
  type ModelChoice,
  type ModelQuestion,
  resolveModel,
} from '#shared/plugins/resolve-model.ts';

export type { ModelChoice } from '#shared/plugins/resolve-model.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Say = (line: string) => void;

/** The model was named without its key, which jobs for forks never get. */
export class MissingModelKey extends UsageError {}

/**
 * The model of `--model`, else the one that the environment configures; null for the rules alone. `say` is told of each variable that is set and not
 * used, and of a model of the environment whose key is missing. Throws UsageError for an unknown provider, variables that contradict each
 * other, unusable settings, and for a missing key of a model that was asked for.
 */
export function modelChoiceOf(
  model: string | undefined,
  environment: Environment,
  say: Say = () => {},
  reads: ModelQuestion['reads'] = [],
): ModelChoice | null {
  try {
    const { choice, unused } = resolveModel(environment, { model, reads });
    for (const line of unused) say(line);
    return choice;
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    if (!(error instanceof MissingKey)) throw new UsageError(error.message, { cause: error });
    if (model !== undefined) throw new MissingModelKey(error.message, { cause: error });
    say(`${error.message} A pull request of a fork never gets it. No language model is asked.`);
    return null;
  }
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
