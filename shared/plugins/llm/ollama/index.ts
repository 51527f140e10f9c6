import * as z from 'zod';
import type { ModelCall, ModelTurn } from '#shared/ports/model-client.ts';
import { addressOf, answerOf, bearerOf, Count, chatItems, inputFromText, parseWire } from '../common/wire.ts';
import type { ModelProvider } from '../contract.ts';

const BASE_URL = 'http://127.0.0.1:11434';
/**
 * Ollama silently truncates what exceeds its context, and its default context is small, so the size is always
 * requested.
 */
const CONTEXT = { least: 4096, most: 131_072, charactersPerToken: 3 } as const;

const Reply = z.object({
  message: z.object({
    content: z.string().nullish(),
    tool_calls: z.array(z.object({ function: z.object({ name: z.string(), arguments: z.unknown() }) })).nullish(),
  }),
  done: z.boolean(),
  done_reason: z.string().nullish(),
  prompt_eval_count: Count,
  eval_count: Count,
});
type Reply = z.infer<typeof Reply>;

/**
 * Ollama's chat API (https://github.com/ollama/ollama/blob/main/docs/api.md). It cannot force a tool call: structured
 * output is requested instead, which models without tools support too.
 */
export const ollama: ModelProvider = {
  id: 'ollama',
  title: 'Ollama',
  grants: () => [],
  needsKey: ({ sendsKey }) => sendsKey ?? false,
  problem: () => null,
  connect: (modelId, settings, ports) => ({
    async call(call) {
      const { signal, mustCall, turns } = call;
      const headers = await bearerOf(ollama.needsKey(settings), ports);
      const url = addressOf(BASE_URL, '/api/chat', settings);
      const body = bodyOf(modelId, call);
      const reply = parseWire(Reply, await ports.json.post({ what: 'Asking Ollama', url, headers, body, signal }));
      return readReply(reply, mustCall, turns.length);
    },
  }),
  environment: {
    key: null,
    url: 'OLLAMA_URL',
    model: 'OLLAMA_MODEL',
    // Names with a tag, and the families of open models.
    models:
      /:[\w.-]+$|^(?:qwen|qwq|llama|codellama|deepseek|mi[sx]tral|codestral|devstral|gemma|phi|starcoder|granite|gpt-oss)[\w.-]*$/,
    // A machine without a graphics card takes minutes.
    defaults: { modelId: 'qwen2.5-coder', baseUrl: BASE_URL, timeoutSeconds: 240 },
  },
  sample: { provider: 'ollama', modelId: 'qwen2.5-coder:14b', baseUrl: 'http://ollama.internal:11434' },
};

function bodyOf(model: string, { system, turns, tools, mustCall, maxOutputTokens, temperature }: ModelCall): object {
  const messages = [{ role: 'system', content: system }, ...messagesOf(turns)];
  const forced = tools.find(({ name }) => name === mustCall);
  const asked =
    forced === undefined
      ? {
          tools: tools.map(({ name, description, schema }) => ({
            type: 'function',
            function: { name, description, parameters: schema },
          })),
        }
      : { format: forced.schema };
  const characters = JSON.stringify([messages, asked]).length;
  return {
    model,
    messages,
    ...asked,
    stream: false,
    options: { num_predict: maxOutputTokens, num_ctx: contextFor(characters, maxOutputTokens), temperature },
  };
}

/** The smallest power of two that fits prompt and answer: few sizes, because each change reloads the model. */
function contextFor(characters: number, maxOutputTokens: number): number {
  const needed = Math.ceil(characters / CONTEXT.charactersPerToken) + maxOutputTokens;
  return Math.min(CONTEXT.most, Math.max(CONTEXT.least, 2 ** Math.ceil(Math.log2(needed))));
}

function messagesOf(turns: readonly ModelTurn[]): object[] {
  return chatItems(
    turns,
    ({ text, uses }) => {
      const tool_calls = uses.map(({ name, input }) => ({ function: { name, arguments: input ?? {} } }));
      return [{ role: 'assistant', content: text, ...(tool_calls.length === 0 ? {} : { tool_calls }) }];
    },
    ({ name, text }) => ({ role: 'tool', tool_name: name, content: text }),
  );
}

/** Ollama gives tool calls no ids. */
function readReply(reply: Reply, mustCall: string, turn: number) {
  const { message, done, done_reason } = reply;
  const text = message.content ?? '';
  const called = (message.tool_calls ?? []).map(({ function: { name, arguments: input } }, at) => ({
    id: `${turn}-${at}`,
    name,
    input,
  }));
  const uses = mustCall === 'any' ? called : [{ id: `${turn}-0`, name: mustCall, input: inputFromText(text) }];
  return answerOf(text, uses, done && done_reason !== 'length', {
    input: reply.prompt_eval_count,
    cachedInput: 0,
    output: reply.eval_count,
  });
}
