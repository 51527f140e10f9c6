import { temperatureProblem } from '../common/wire.ts';
import type { ModelProvider } from '../contract.ts';

/** Inference profiles across regions are named after their geography: `eu.anthropic.claude-...`. */
const PROFILE = /^(us|us-gov|eu|apac|jp|au|ca|global)\./;
/** Bedrock's model ids; an ARN would need grants that are not derived here. */
const MODEL_ID = /^[a-z0-9.:-]{3,120}$/;
/**
 * Other models answer a request that has a cache point with an error (Bedrock user guide, "Prompt caching": supported
 * models).
 */
const CACHES = /\b(anthropic\.claude-(3-5-haiku|3-7-sonnet|(sonnet|opus|haiku)-[4-9])|amazon\.nova-)/;

/** Amazon Bedrock, through the Converse API. */
export const bedrock: ModelProvider = {
  id: 'bedrock',
  title: 'Amazon Bedrock',
  grants: (modelId) => [{ actions: ['bedrock:InvokeModel'], resources: resourcesOf(modelId) }],
  needsKey: () => false,
  problem(settings) {
    const { modelId, modelIdOf, baseUrl, sendsKey } = settings;
    if (baseUrl !== undefined || sendsKey !== undefined)
      return 'baseUrl and sendsKey are not for bedrock: AWS knows its address and who calls.';
    const wrong = [modelId, ...Object.values(modelIdOf)].find((id) => !MODEL_ID.test(id));
    return wrong === undefined
      ? temperatureProblem(settings)
      : `${wrong} is not a model id or inference profile id of Bedrock.`;
  },
  connect: (modelId, _settings, ports) => ports.bedrock(modelId, { caches: CACHES.test(modelId) }),
  environment: {
    key: null,
    url: null,
    model: 'BEDROCK_MODEL',
    models:
      /^(?:(?:us|us-gov|eu|apac|au|jp|ca|sa|global)\.)?(?:ai21|amazon|anthropic|cohere|deepseek|meta|mistral|openai|qwen|writer)\.|^arn:aws/,
  },
  sample: { provider: 'bedrock', modelId: 'global.anthropic.claude-sonnet-4-5-20250929-v1:0' },
};

/** A profile forwards to the foundation model in any of its regions, so the caller needs both (Bedrock user guide, "Inference profiles"). */
function resourcesOf(modelId: string): string[] {
  const arn = `arn:\${Partition}:bedrock`;
  if (!PROFILE.test(modelId)) return [`${arn}:\${Region}::foundation-model/${modelId}`];
  return [
    `${arn}:\${Region}:\${Account}:inference-profile/${modelId}`,
    `${arn}:*::foundation-model/${modelId.replace(PROFILE, '')}`,
  ];
}
