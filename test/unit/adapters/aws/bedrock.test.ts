import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeBedrockModelClient } from '#shared/adapters/aws/bedrock-model-client.ts';
import type { ModelAnswer, ModelCall } from '#shared/ports/model-client.ts';
import { redactedText } from '#test/builders/index.ts';
import { failure } from './failure.ts';

const client = new BedrockRuntimeClient({ region: 'eu-west-1' });
const bedrock = mockClient(client);
beforeEach(() => bedrock.reset());
const aCall = (change: Partial<ModelCall> = {}): ModelCall => ({
  system: redactedText('Diagnose.'),
  turns: [{ role: 'user', text: redactedText('It failed.') }],
  tools: [{ name: 'diagnose', description: redactedText('The diagnosis.'), schema: { type: 'object' } }],
  mustCall: 'diagnose',
  maxOutputTokens: 500,
  signal: AbortSignal.timeout(5000),
  ...change,
});
const ask = (change: Partial<ModelCall> = {}): Promise<ModelAnswer> =>
  makeBedrockModelClient({ modelId: 'example.model-v1', client }).call(aCall(change));
const answer = (content: unknown[], stopReason = 'tool_use'): void => {
  const output = {
    output: { message: { role: 'assistant', content } },
    stopReason,
    usage: { inputTokens: 30, outputTokens: 12, totalTokens: 42 },
  };
  bedrock.on(ConverseCommand).resolves(output as never);
};
const TOKENS = { input: 30, cachedInput: 0, output: 12 };
const use = (name: string) => ({ toolUse: { toolUseId: 't', name, input: { rootCause: 'x' } } });

describe('a model behind Bedrock', () => {
  it('is forced to call the tool, and its input comes back', async () => {
    answer([{ text: 'Let me see.' }, use('diagnose')]);
    expect(await ask()).toEqual({
      kind: 'tools',
      text: 'Let me see.',
      uses: [{ id: 't', name: 'diagnose', input: { rootCause: 'x' } }],
      tokens: TOKENS,
    });
    expect(bedrock.commandCalls(ConverseCommand)[0]?.args[0].input).toEqual({
      modelId: 'example.model-v1',
      system: [{ text: 'Diagnose.' }],
      messages: [{ role: 'user', content: [{ text: 'It failed.' }] }],
      inferenceConfig: { maxTokens: 500 },
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: 'diagnose',
              description: redactedText('The diagnosis.'),
              inputSchema: { json: { type: 'object' } },
            },
          },
        ],
        toolChoice: { tool: { name: 'diagnose' } },
      },
    });
  });

  it.each([
    ['prose', [{ text: 'I think so.' }], 'end_turn', 'I think so.'],
    ['a tool call that was cut off', [use('diagnose')], 'max_tokens', ''],
    ['nothing', [], 'end_turn', ''],
  ])('gives text for %s', async (_name, content, stopReason, text) => {
    answer(content, stopReason);
    expect(await ask()).toEqual({ kind: 'text', text, tokens: TOKENS });
  });

  it.each([
    ['Retryable', 'ThrottlingException', 429],
    ['Retryable', 'ModelTimeoutException', 408],
    ['Retryable', 'ModelErrorException', 424],
    ['Retryable', 'AbortError', undefined],
    ['Refused', 'AccessDeniedException', 403],
    ['Refused', 'ValidationException', 400],
  ])('throws %s for %s', async (name, error, httpStatusCode) => {
    bedrock.on(ConverseCommand).rejects(failure(error, httpStatusCode));
    await expect(ask()).rejects.toMatchObject({ name });
  });

  it('keeps the prefix in the cache of a model that has one, and counts what was read from it', async () => {
    answer([use('diagnose')]);
    const usage = {
      inputTokens: 5,
      outputTokens: 2,
      totalTokens: 107,
      cacheReadInputTokens: 80,
      cacheWriteInputTokens: 20,
    };
    bedrock.on(ConverseCommand).resolves({ stopReason: 'end_turn', usage, output: undefined } as never);
    const caching = makeBedrockModelClient({ modelId: 'example.model-v1', caches: true, client });
    const answered = await caching.call(aCall());
    expect(answered.tokens).toEqual({ input: 105, cachedInput: 80, output: 2 });
    expect(bedrock.commandCalls(ConverseCommand)[0]?.args[0].input).toMatchObject({
      system: [{ text: 'Diagnose.' }, { cachePoint: { type: 'default' } }],
      messages: [{ content: [{ text: 'It failed.' }, { cachePoint: { type: 'default' } }] }],
    });
  });

  it('is not asked when the time is over already', async () => {
    await expect(ask({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'Retryable' });
    expect(bedrock.calls()).toHaveLength(0);
  });
});
