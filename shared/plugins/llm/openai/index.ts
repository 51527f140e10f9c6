import type { ModelSettings } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import * as z from 'zod';
import type { ModelCall, ModelTurn } from '#shared/ports/model-client.ts';
import { openaiProvider } from '../common/openai-api.ts';
import { answerOf, Count, chatItems, inputFromText } from '../common/wire.ts';
import type { ModelProvider } from '../contract.ts';

const Completion = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: z
            .array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }))
            .nullish(),
        }),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: Count,
      completion_tokens: Count,
      prompt_tokens_details: z.object({ cached_tokens: Count }).nullish(),
    })
    .nullish(),
});
type Completion = z.infer<typeof Completion>;

/**
 * OpenAI's Chat Completions (https://platform.openai.com/docs/api-reference/chat), and every compatible server at
 * another `baseUrl`: vLLM, llama.cpp, LM Studio, gateways. OpenAI itself caches long prefixes automatically.
 */
export const openai: ModelProvider = openaiProvider('openai', 'OpenAI and compatible servers (Chat Completions)', {
  path: '/chat/completions',
  answer: Completion,
  bodyOf,
  read: readCompletion,
});

function bodyOf(model: string, call: ModelCall, { baseUrl }: ModelSettings): object {
  const { system, turns, tools, mustCall, maxOutputTokens, temperature } = call;
  return {
    model,
    // OpenAI's newer models refuse `max_tokens`; compatible servers support only that.
    ...(baseUrl !== undefined ? { max_tokens: maxOutputTokens } : { max_completion_tokens: maxOutputTokens }),
    temperature,
    messages: [{ role: 'system', content: system }, ...messagesOf(turns)],
    tools: tools.map(({ name, description, schema }) => ({
      type: 'function',
      function: { name, description, parameters: schema },
    })),
    tool_choice: mustCall === 'any' ? 'required' : { type: 'function', function: { name: mustCall } },
  };
}

function messagesOf(turns: readonly ModelTurn[]): object[] {
  return chatItems(
    turns,
    ({ text, uses }) => {
      const tool_calls = uses.map(({ id, name, input }) => ({
        id,
        type: 'function',
        function: { name, arguments: JSON.stringify(input ?? {}) },
      }));
      const content = text === '' ? null : text;
      return [{ role: 'assistant', content, ...(tool_calls.length === 0 ? {} : { tool_calls }) }];
    },
    ({ id, text }) => ({ role: 'tool', tool_call_id: id, content: text }),
  );
}

/**
 * A forced function ends with `stop`, a chosen one with `tool_calls`; after `length` and `content_filter` the answer is
 * incomplete.
 */
function readCompletion({ choices, usage }: Completion) {
  const { message, finish_reason } = choices[0] ?? { message: {}, finish_reason: null };
  const uses = (message.tool_calls ?? []).map(({ id, function: { name, arguments: text } }) => ({
    id,
    name,
    input: inputFromText(text),
  }));
  const whole = finish_reason !== 'length' && finish_reason !== 'content_filter';
  return answerOf(
    message.content ?? message.refusal ?? '',
    uses,
    whole,
    usage == null
      ? null
      : {
          input: usage.prompt_tokens,
          cachedInput: usage.prompt_tokens_details?.cached_tokens ?? 0,
          output: usage.completion_tokens,
        },
  );
}
