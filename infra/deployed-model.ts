import { type ModelSettings, modelSettingsOf } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { present } from '@selfheal/kernel/present.ts';
import type { Node } from 'constructs';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { keyOwner, looksLikeKey } from '#shared/plugins/llm/key-forms.ts';
import {
  confidenceThresholdOf,
  KEY_VARIABLES,
  MODEL_VARIABLES,
  modelLimitsOf,
  resolveModel,
} from '#shared/plugins/resolve-model.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment and the context change in the configuration of a deployment. */
export interface DeployedModel {
  readonly configuration: Configuration;
  /** Secret of the operator with the key, as `{"key"}`; null: the deployment makes one. */
  readonly keySecretName: string | null;
  /** For whoever deploys. */
  readonly lines: readonly string[];
}

const SECRET = 'modelKeySecret';
const DEFAULT_SECRET = 'selfheal/model-key';
/** Names that Secrets Manager allows. */
export const SECRET_NAME = /^[\w/+=.@-]{1,512}$/;

/**
 * Applies the model variables of the environment, and those of the context, which win, to `configuration`. A key is never taken: it only tells the provider, and the lines say
 * how to store it. Throws `InvalidInput` for a key in the context, for contradicting variables and for a secret name that is none.
 */
export function deployedModel(configuration: Configuration, node: Node, environment: Environment): DeployedModel {
  const keySecretName = secretNameOf(node);
  const given: Environment = Object.fromEntries(
    MODEL_VARIABLES.map((name) => [name, (node.tryGetContext(name) as unknown)?.toString() ?? environment[name]]),
  );
  const { choice, unused } = resolveModel(given, { isKeyStored: true, reads: ['AI_CONFIDENCE_THRESHOLD'] });
  const configured = modelSettingsOf(configuration);
  const actAtConfidence = confidenceThresholdOf(given);
  const limits = modelLimitsOf(given);
  const model =
    choice === null ? configured && { ...configured, ...limits } : merged(configured, choice.settings, limits);
  const rulesAsked = given.SELFHEAL_MODEL === 'rules';
  const stored = KEY_VARIABLES.filter((name) => given[name] && !unused.some((line) => line.startsWith(`${name} `)));
  return {
    configuration: {
      ...configuration,
      ...(rulesAsked ? { model: { provider: 'rules' as const } } : model === null ? {} : { model }),
      policy: { ...configuration.policy, ...(actAtConfidence === null ? {} : { actAtConfidence }) },
    },
    keySecretName,
    lines: [
      ...(choice === null
        ? []
        : [`Model: ${choice.settings.modelId} of ${choice.settings.provider} (${choice.by} is set).`]),
      ...unused.filter((line) => choice !== null || configured === null || !isLimit(line)),
      ...stored.map(
        (name) =>
          `${name} is not deployed: no key goes into a template. Store it in the secret:\n  ${storeCommand(keySecretName)}`,
      ),
    ],
  };
}

/** Prices and budgets of the file stay where the provider stays. */
function merged(
  configured: ModelSettings | null,
  chosen: ModelSettings,
  limits: Partial<ModelSettings>,
): ModelSettings {
  if (configured?.provider !== chosen.provider) return chosen;
  const { modelId, baseUrl } = chosen;
  return { ...configured, modelId, ...present({ baseUrl }), ...limits };
}

const isLimit = (line: string): boolean => /^AI_(?:MAX_TOKENS|TEMPERATURE) /.test(line);

/** Throws `InvalidInput` for a key in the context, which is written into templates and the shell's history. */
export function refuseKeys(node: Node): void {
  const context = Object.entries((node.getAllContext() ?? {}) as Record<string, unknown>);
  const name = context.find(
    ([key, value]) =>
      key !== SECRET &&
      typeof value === 'string' &&
      value.trim() !== '' &&
      (KEY_VARIABLES.includes(key) || keyOwner(value) !== null),
  )?.[0];
  if (name === undefined) return;
  throw new InvalidInput(
    `The context ${name} is a key, and no key goes into a deployment. Store it in a secret, and name the secret:\n${howToStore()}`,
  );
}

function secretNameOf(node: Node): string | null {
  const given = (node.tryGetContext(SECRET) as unknown)?.toString().trim() ?? '';
  if (given === '') return null;
  if (looksLikeKey(given))
    throw new InvalidInput(
      `The context ${SECRET} looks like a key; it takes the name of a secret. Store the key first, then name the secret:\n${howToStore()}`,
    );
  if (!SECRET_NAME.test(given))
    throw new InvalidInput(
      `The context ${SECRET} is not the name of a secret of Secrets Manager, such as ${DEFAULT_SECRET}.`,
    );
  return given;
}

const howToStore = (): string =>
  `  ${storeCommand(DEFAULT_SECRET)}\n  npx cdk deploy --all --context ${SECRET}=${DEFAULT_SECRET}`;

/** Reads the key without showing it, so that it is neither in the history nor in the list of processes of others. */
function storeCommand(name: string | null): string {
  const value = `--secret-string "{\\"key\\":\\"$KEY\\"}"`;
  if (name !== null) return `read -rs KEY && aws secretsmanager create-secret --name ${name} ${value}`;
  const query = `"Stacks[0].Outputs[?OutputKey=='ModelKeySecretName'].OutputValue"`;
  const secret = `"$(aws cloudformation describe-stacks --stack-name SelfhealState --query ${query} --output text)"`;
  return `read -rs KEY && aws secretsmanager put-secret-value --secret-id ${secret} ${value}`;
}
