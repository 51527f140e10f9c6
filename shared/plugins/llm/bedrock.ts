import type { ModelProvider } from './contract.ts';

/** Inference profiles across regions are named after their geography: `eu.anthropic.claude-...`. */
const PROFILE = /^(us|us-gov|eu|apac|jp|au|ca|global)\./;

/** Amazon Bedrock, through the Converse API. */
export const bedrock: ModelProvider = {
  id: 'bedrock',
  title: 'Amazon Bedrock',
  grants(configuration) {
    const { model } = configuration;
    if (model.provider !== 'bedrock') return [];
    return [{ actions: ['bedrock:InvokeModel'], resources: resourcesOf(model.modelId) }];
  },
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
