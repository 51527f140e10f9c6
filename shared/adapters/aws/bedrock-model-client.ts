import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandOutput,
  type Tool,
} from '@aws-sdk/client-bedrock-runtime';
import { Retryable } from '#shared/domain/kernel/errors.ts';
import type { ModelAnswer, ModelCall, ModelClient } from '#shared/ports/model-client.ts';
import { callAws } from './errors.ts';

/** The call's abort signal bounds the time; few attempts, because answers are slow and paid for. */
const TWICE = { maxAttempts: 2, retryMode: 'standard' } as const;

/**
 * A model behind Bedrock's Converse operation, with one tool it must call
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html). The call's signal bounds its time.
 */
export function makeBedrockModelClient(options: {
  readonly modelId: string;
  readonly client?: BedrockRuntimeClient;
}): ModelClient {
  const { modelId, client = new BedrockRuntimeClient(TWICE) } = options;
  return {
    call: async (call) => {
      if (call.signal.aborted) throw new Retryable('The time for the model was over before it was asked.');
      const answer = await callAws('Asking the model', () =>
        client.send(commandOf(modelId, call), { abortSignal: call.signal }),
      );
      return answerOf(answer, call.tool.name);
    },
  };
}

function commandOf(modelId: string, { system, messages, tool, maxOutputTokens }: ModelCall): ConverseCommand {
  const { name, description, schema } = tool;
  // The SDK types a schema as any JSON document; ours is one by construction.
  const toolSpec = { name, description, inputSchema: { json: schema } } as NonNullable<Tool['toolSpec']>;
  return new ConverseCommand({
    modelId,
    system: [{ text: system }],
    messages: messages.map(({ role, text }) => ({ role, content: [{ text }] })),
    inferenceConfig: { maxTokens: maxOutputTokens },
    toolConfig: { tools: [{ toolSpec }], toolChoice: { tool: { name } } },
  });
}

/** A cut-off tool call counts as text: its input is not whole. */
function answerOf({ output, stopReason, usage }: ConverseCommandOutput, tool: string): ModelAnswer {
  const content = output?.message?.content ?? [];
  const tokens = usage?.totalTokens ?? (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
  const use = content.find((block) => block.toolUse?.name === tool)?.toolUse;
  if (use && stopReason !== 'max_tokens') return { kind: 'tool', input: use.input, tokens };
  return { kind: 'text', text: content.map((block) => block.text ?? '').join(''), tokens };
}
