import {
  BedrockRuntimeClient,
  type ContentBlock,
  ConverseCommand,
  type ConverseCommandOutput,
  type Message,
  type Tool,
} from '@aws-sdk/client-bedrock-runtime';
import { Retryable } from '@selfheal/kernel/errors.ts';
import type {
  ModelAnswer,
  ModelCall,
  ModelClient,
  ModelTool,
  ModelTurn,
  TokenUse,
} from '#shared/ports/model-client.ts';
import { callAws } from './errors.ts';

/** The call's abort signal limits the time; few attempts, because answers are slow and paid for. */
const TWICE = { maxAttempts: 2, retryMode: 'standard' } as const;
/** Ends a prefix that is cached for five minutes (Bedrock user guide, "Prompt caching"). */
const CACHE_POINT = { cachePoint: { type: 'default' } } as const;

export interface BedrockModelOptions {
  readonly modelId: string;
  /** Whether the model supports cache points; others refuse them. */
  readonly caches?: boolean;
  readonly client?: BedrockRuntimeClient;
}

/**
 * A model behind Bedrock's Converse operation
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html). The call's signal limits its
 * time.
 */
export function makeBedrockModelClient(options: BedrockModelOptions): ModelClient {
  const { modelId, caches = false, client = new BedrockRuntimeClient(TWICE) } = options;
  return {
    call: async (call) => {
      if (call.signal.aborted) throw new Retryable('The time for the model was used up before the request.');
      const answer = await callAws('Asking the model', () =>
        client.send(commandOf(modelId, call, caches), { abortSignal: call.signal }),
      );
      return answerOf(answer);
    },
  };
}

function commandOf(modelId: string, call: ModelCall, caches: boolean): ConverseCommand {
  const { system, turns, tools, mustCall, maxOutputTokens, temperature } = call;
  return new ConverseCommand({
    modelId,
    system: [{ text: system }, ...(caches ? [CACHE_POINT] : [])],
    messages: turns.map((turn, at) => messageOf(turn, caches && at === 0)),
    inferenceConfig: { maxTokens: maxOutputTokens, temperature },
    toolConfig: {
      tools: tools.map(toolOf),
      toolChoice: mustCall === 'any' ? { any: {} } : { tool: { name: mustCall } },
    },
  });
}

function toolOf({ name, description, schema }: ModelTool): Tool {
  // The SDK types a schema as any JSON document; ours is one by construction.
  return { toolSpec: { name, description, inputSchema: { json: schema } } as NonNullable<Tool['toolSpec']> };
}

function messageOf(turn: ModelTurn, cached: boolean): Message {
  switch (turn.role) {
    case 'user':
      return { role: 'user', content: [{ text: turn.text }, ...(cached ? [CACHE_POINT] : [])] };
    case 'assistant': {
      const uses = turn.uses.map(({ id, name, input }) => ({ toolUse: { toolUseId: id, name, input: input ?? {} } }));
      const said = turn.text.trim() === '' ? [] : [{ text: turn.text }];
      // A tool's input was parsed from JSON and is sent back unchanged.
      return { role: 'assistant', content: [...said, ...uses] as ContentBlock[] };
    }
    case 'results':
      return {
        role: 'user',
        content: [
          ...turn.results.map(({ id, text, failed }) => ({
            toolResult: { toolUseId: id, content: [{ text }], ...(failed ? { status: 'error' as const } : {}) },
          })),
          ...(turn.text === '' ? [] : [{ text: turn.text }]),
        ],
      };
    default:
      return turn satisfies never;
  }
}

/** Used only when the model stopped in order to call tools: the input of a truncated call is incomplete. */
function answerOf({ output, stopReason, usage }: ConverseCommandOutput): ModelAnswer {
  const content = output?.message?.content ?? [];
  const text = content.map((block) => block.text ?? '').join('');
  const uses = content.flatMap(({ toolUse }) =>
    toolUse === undefined
      ? []
      : [{ id: toolUse.toolUseId ?? '', name: toolUse.name ?? '', input: toolUse.input as unknown }],
  );
  const tokens = usage === undefined ? null : tokensOf(usage);
  return stopReason === 'tool_use' && uses.length > 0
    ? { kind: 'tools', text, uses, tokens }
    : { kind: 'text', text, tokens };
}

function tokensOf(usage: NonNullable<ConverseCommandOutput['usage']>): TokenUse {
  const cachedInput = usage.cacheReadInputTokens ?? 0;
  const input = (usage.inputTokens ?? 0) + cachedInput + (usage.cacheWriteInputTokens ?? 0);
  return { input, cachedInput, output: usage.outputTokens ?? 0 };
}
