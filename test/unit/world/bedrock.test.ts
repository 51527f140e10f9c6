import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { plausibleAnswer } from '#apps/local/world/bedrock/plausible-answer.ts';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { renderRequest } from '#shared/plugins/llm/prompt.ts';
import { parseReply, replySchema } from '#shared/plugins/llm/reply.ts';
import type { DiagnosisRequest } from '#shared/ports/diagnosis-model.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.bedrock.setDefault({ kind: 'plausible' }));

const PROMPT = 'Subject: a run\n\nL1| npm test\nL2| AssertionError [ERR_ASSERTION]: 1 !== 2';
const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['rootCause', 'evidence', 'confidence', 'choice'],
  properties: {
    rootCause: { type: 'string', minLength: 10, maxLength: 400 },
    evidence: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 3 },
    confidence: { type: 'string', enum: ['high', 'medium', 'low'] },
    choice: { type: 'string', enum: ['A1', 'human'] },
  },
};

function converse(abortSignal?: AbortSignal) {
  const settings = {
    endpoint: world.awsUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'role', secretAccessKey: 'unused' },
    maxAttempts: 1,
  };
  // Lambda's client speaks HTTP/1.1, Bedrock's own would speak HTTP/2: in production the gateway stands between.
  const { requestHandler } = new LambdaClient(settings).config;
  const client = new BedrockRuntimeClient({ ...settings, requestHandler });
  const command = new ConverseCommand({
    modelId: 'maker.model-v1:0',
    messages: [{ role: 'user', content: [{ text: PROMPT }] }],
    toolConfig: { tools: [{ toolSpec: { name: 'diagnose', inputSchema: { json: schema } } }] },
  });
  return client.send(command, abortSignal === undefined ? {} : { abortSignal });
}

const toolInput = async () => (await converse()).output?.message?.content?.[0]?.toolUse?.input;
const isValid = new Ajv().compile(schema);

describe('the local Bedrock', () => {
  it('answers with a valid tool use that cites lines of the prompt', async () => {
    const answer = await converse();
    expect(answer.stopReason).toBe('tool_use');
    const input = answer.output?.message?.content?.[0]?.toolUse?.input as { evidence: string[] };
    expect(isValid(input)).toBe(true);
    expect(input.evidence).toEqual(['L2', 'L1']);
    expect(answer.usage?.totalTokens).toBeGreaterThan(10);
    expect(world.bedrock.calls().at(-1)?.modelId).toBe('maker.model-v1:0');
  });

  it('satisfies the diagnosis protocol of this project', () => {
    const request: DiagnosisRequest = {
      subject: 'A failed run',
      classification: {
        class: 'test_failure',
        verdict: 'regression',
        confidence: 0.7,
        alternatives: [],
        evidence: [],
      } as never,
      lines: [{ ref: 'L7', number: 7, text: 'Error: 1 !== 2', score: 1 }],
      candidates: [{ label: 'A1', description: 'Run the failed jobs again' }],
      similar: [],
    };
    const answer = plausibleAnswer(replySchema(request), renderRequest(request));
    expect(parseReply(answer, request)).toMatchObject({ kind: 'valid', reply: { evidence: ['L7'], choice: 'A1' } });
  });

  it('follows its script, then the default', async () => {
    world.bedrock.script({ kind: 'prose', text: 'Hm.' }, { kind: 'invalid' }, { kind: 'tool', input: { free: true } });
    expect((await converse()).output?.message?.content).toMatchObject([{ text: 'Hm.' }]);
    expect(isValid(await toolInput())).toBe(false);
    expect(await toolInput()).toEqual({ free: true });
    expect(isValid(await toolInput())).toBe(true);
  });

  it('can invent evidence, cut off, throttle, fail and answer with garbage', async () => {
    world.bedrock.script(
      { kind: 'invented-evidence' },
      { kind: 'cut-off' },
      { kind: 'error', status: 429 },
      { kind: 'error', status: 500 },
      { kind: 'garbage' },
    );
    expect(await toolInput()).toMatchObject({ evidence: ['Z998', 'Z999'] });
    expect((await converse()).stopReason).toBe('max_tokens');
    await expect(converse()).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(converse()).rejects.toMatchObject({ name: 'InternalServerException' });
    await expect(converse()).rejects.toThrow();
  });

  it('can be slower than its caller waits', async () => {
    world.bedrock.script({ kind: 'slow', ms: 150 });
    await expect(converse(AbortSignal.timeout(30))).rejects.toMatchObject({ name: 'AbortError' });
  });
});
