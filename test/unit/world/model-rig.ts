import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ModelSettings } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import type { World } from '#apps/local/world/world.ts';
import { makeBedrockModelClient } from '#shared/adapters/aws/bedrock-model-client.ts';
import { makeJsonPost } from '#shared/adapters/http/json-post.ts';
import { connectModel } from '#shared/app/analyze/connect.ts';
import type { ModelPorts } from '#shared/plugins/llm/contract.ts';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';
import type { DiagnosisRequest, Lookup } from '#shared/ports/diagnosis-model.ts';
import { aClassification, aFullBudget, anEvidenceLine, redactedText } from '#test/builders/index.ts';

export const KEY = 'local-key';
export const PROVIDERS = MODEL_PROVIDERS.filter(({ id }) => id !== 'rules');

const blame: Lookup = {
  name: 'blame',
  description: redactedText('The last commits that touched a file.'),
  schema: { type: 'object', properties: { file: { type: 'string' } }, required: ['file'], additionalProperties: false },
  run: async () => ({
    kind: 'found',
    origin: redactedText('Commits'),
    lines: [redactedText('abc by someone: Error in totals')],
  }),
};
export const request: DiagnosisRequest = {
  subject: 'A failed run',
  classification: aClassification(),
  lines: [anEvidenceLine({ ref: 'L7', number: 7, text: 'Error: 1 !== 2' })],
  candidates: [{ label: 'rerun', description: 'Run the failed jobs again' }],
  similar: [],
  lookups: [blame],
};

/** In production Bedrock is behind the gateway, which speaks HTTP/2 as its client does; this one speaks HTTP/1.1 like Lambda's. */
export function bedrockClient(world: World): BedrockRuntimeClient {
  const settings = {
    endpoint: world.awsUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'role', secretAccessKey: 'unused' },
    maxAttempts: 1,
  };
  return new BedrockRuntimeClient({ ...settings, requestHandler: new LambdaClient(settings).config.requestHandler });
}

export const portsOf = (world: World): ModelPorts => ({
  json: makeJsonPost({ origin: world.url }),
  key: async () => KEY,
  bedrock: (modelId, { caches }) => makeBedrockModelClient({ modelId, caches, client: bedrockClient(world) }),
});

export const settingsOf = (sample: Readonly<Record<string, unknown>>, change: object = {}) =>
  ModelSettings.parse({ ...sample, timeoutSeconds: 5, ...change });

/** Diagnoses with a provider whose API is the world's. */
export const diagnoseIn = (world: World, sample: Readonly<Record<string, unknown>>, change: object = {}) =>
  connectModel(settingsOf(sample, change), { base: 'Diagnose.', ofFamily: {} }, portsOf(world)).diagnose(
    request,
    aFullBudget(),
  );
