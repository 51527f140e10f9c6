import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeBedrockModelClient } from '#shared/adapters/aws/bedrock-model-client.ts';
import type { ModelAnswer, ModelCall } from '#shared/ports/model-client.ts';

const client = new BedrockRuntimeClient({ region: 'eu-west-1' });
const bedrock = mockClient(client);
beforeEach(() => bedrock.reset());
const ask = (change: Partial<ModelCall> = {}): Promise<ModelAnswer> =>
  makeBedrockModelClient({ modelId: 'example.model-v1', client }).call({
    system: 'Diagnose.',
    messages: [{ role: 'user', text: 'It failed.' }],
    tool: { name: 'diagnose', description: 'The diagnosis.', schema: { type: 'object' } },
    maxOutputTokens: 500,
    signal: AbortSignal.timeout(5000),
    ...change,
  });
const answer = (content: unknown[], stopReason = 'tool_use'): void => {
  const output = { output: { message: { role: 'assistant', content } }, stopReason, usage: { totalTokens: 42 } };
  bedrock.on(ConverseCommand).resolves(output as never);
};
const use = (name: string) => ({ toolUse: { toolUseId: 't', name, input: { rootCause: 'x' } } });

describe('a model behind Bedrock', () => {
  it('is forced to call the tool, and its input comes back', async () => {
    answer([{ text: 'Let me see.' }, use('diagnose')]);
    expect(await ask()).toEqual({ kind: 'tool', input: { rootCause: 'x' }, tokens: 42 });
    expect(bedrock.commandCalls(ConverseCommand)[0]?.args[0].input).toEqual({
      modelId: 'example.model-v1',
      system: [{ text: 'Diagnose.' }],
      messages: [{ role: 'user', content: [{ text: 'It failed.' }] }],
      inferenceConfig: { maxTokens: 500 },
      toolConfig: {
        tools: [
          { toolSpec: { name: 'diagnose', description: 'The diagnosis.', inputSchema: { json: { type: 'object' } } } },
        ],
        toolChoice: { tool: { name: 'diagnose' } },
      },
    });
  });

  it.each([
    ['prose', [{ text: 'I think so.' }], 'end_turn', 'I think so.'],
    ['a tool nobody offered', [use('delete_everything')], 'tool_use', ''],
    ['a tool call that was cut off', [use('diagnose')], 'max_tokens', ''],
    ['nothing', [], 'end_turn', ''],
  ])('gives text for %s', async (_name, content, stopReason, text) => {
    answer(content, stopReason);
    expect(await ask()).toEqual({ kind: 'text', text, tokens: 42 });
  });

  it.each([
    ['Retryable', 'ThrottlingException', 429],
    ['Retryable', 'ModelTimeoutException', 408],
    ['Retryable', 'ModelErrorException', 424],
    ['Retryable', 'AbortError', undefined],
    ['Refused', 'AccessDeniedException', 403],
    ['Refused', 'ValidationException', 400],
  ])('throws %s for %s', async (name, error, httpStatusCode) => {
    bedrock.on(ConverseCommand).rejects(Object.assign(new Error('no'), { name: error, $metadata: { httpStatusCode } }));
    await expect(ask()).rejects.toMatchObject({ name });
  });

  it('is not asked when the time is over already', async () => {
    await expect(ask({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'Retryable' });
    expect(bedrock.calls()).toHaveLength(0);
  });
});
