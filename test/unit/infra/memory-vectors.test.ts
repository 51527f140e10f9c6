import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadDeployment } from '#apps/local/template/deployment.ts';
import { makeWorkspace, rightsOf, templatesOf } from './assembly.ts';

beforeAll(() => void vi.stubEnv('CDK_VALIDATION', 'false'));
afterAll(() => vi.unstubAllEnvs());

function synthesized(recall: object) {
  const workspace = makeWorkspace({ version: 1, recall });
  const assembly = workspace.makeApp().synth();
  const deployment = loadDeployment(assembly.directory, 'http://127.0.0.1:4000');
  const templates = templatesOf(assembly);
  workspace.remove();
  return { ...templates, deployment };
}

describe('memories kept by their vectors', () => {
  it('are in an encrypted index that outlives the stack, which two functions may use: one to write, one to ask', () => {
    const { state, selfheal, deployment } = synthesized({ vectors: true });
    state.hasResource('AWS::S3Vectors::VectorBucket', {
      Properties: { EncryptionConfiguration: { SseType: 'AES256' } },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    state.hasResource('AWS::S3Vectors::Index', {
      Properties: {
        DataType: 'float32',
        Dimension: 1024,
        DistanceMetric: 'cosine',
        MetadataConfiguration: { NonFilterableMetadataKeys: ['record'] },
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    const rights = Object.entries(rightsOf(selfheal)).map(
      ([role, all]) => [role, all.filter((right) => right.includes('s3vectors:'))] as const,
    );
    expect(Object.fromEntries(rights.filter(([, all]) => all.length > 0))).toEqual({
      FunctionsKnowledgeRole: ['s3vectors:QueryVectors s3vectors:GetVectors on MemoryVectorsIndexIndexArn'],
      FunctionsRecordRole: ['s3vectors:PutVectors on MemoryVectorsIndexIndexArn'],
    });
    const [index] = deployment.ofType('AWS::S3Vectors::Index');
    expect(index?.arn).toMatch(/^arn:aws:s3vectors:us-east-1:\d{12}:bucket\/[a-z0-9-]{3,63}\/index\/[a-z0-9-]{3,63}$/);
    expect(variablesOf(deployment)).toEqual({ knowledge: index?.arn, record: index?.arn });
  });

  it('need the same index when a model compares meanings', () => {
    const { state } = synthesized({ vectors: true, embeddings: { modelId: 'amazon.titan-embed-text-v2:0' } });
    state.hasResourceProperties('AWS::S3Vectors::Index', { Dimension: 1024 });
  });

  it('leave nothing in the templates unless the configuration asks for them', () => {
    const { state, selfheal, deployment } = synthesized({});
    expect(JSON.stringify([state.toJSON(), selfheal.toJSON()])).not.toMatch(/vectors/i);
    expect(variablesOf(deployment)).toEqual({});
  });
});

/** The variable that names the index, by the function that has it. */
function variablesOf({ ofType }: ReturnType<typeof loadDeployment>): Record<string, string> {
  const environments = ofType('AWS::Lambda::Function').map(
    ({ properties }) => (properties.Environment as { Variables: Record<string, string> }).Variables,
  );
  return Object.fromEntries(
    environments.flatMap(({ POWERTOOLS_SERVICE_NAME: name = '', VECTOR_INDEX_ARN: arn }) =>
      arn === undefined ? [] : [[name, arn]],
    ),
  );
}
