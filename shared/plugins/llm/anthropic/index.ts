import * as z from 'zod';
import type { ModelCall, ModelTurn } from '#shared/ports/model-client.ts';
import { addressOf, answerOf, Count, parseWire, temperatureProblem } from '../common/wire.ts';
import type { ModelProvider } from '../contract.ts';

const BASE_URL = 'https://api.anthropic.com';
const API_VERSION = '2023-06-01';
/** Marks the end of a prefix that is cached for five minutes (Anthropic docs, "Prompt caching"). */
const CACHED = { cache_control: { type: 'ephemeral' } } as const;

const Block = z.union([
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.unknown() }),
  z.object({ type: z.string() }),
]);
const Message = z.object({
  type: z.literal('message'),
  content: z.array(Block),
  stop_reason: z.string().nullable(),
  usage: z.object({
    input_tokens: Count,
    cache_creation_input_tokens: Count,
    cache_read_input_tokens: Count,
    output_tokens: Count,
  }),
});
type Message = z.infer<typeof Message>;

/** Anthropic's Messages API (https://docs.anthropic.com/en/api/messages). */
export const anthropic: ModelProvider = {
  id: 'anthropic',
  title: 'Anthropic',
  grants: () => [],
  needsKey: ({ sendsKey }) => sendsKey ?? true,
  problem: temperatureProblem,
  connect: (modelId, settings, { json, key }) => ({
    async call(call) {
      const headers = {
        'anthropic-version': API_VERSION,
        ...(anthropic.needsKey(settings) ? { 'x-api-key': await key() } : {}),
      };
      const url = addressOf(BASE_URL, '/v1/messages', settings);
      const { signal } = call;
      const answer = await json.post({ what: 'Asking Anthropic', url, headers, body: bodyOf(modelId, call), signal });
      return readMessage(parseWire(Message, answer));
    },
  }),
  environment: {
    key: { name: 'ANTHROPIC_API_KEY', form: /^sk-ant-/ },
    url: 'ANTHROPIC_BASE_URL',
    model: 'ANTHROPIC_MODEL',
    models: /^claude-/,
  },
  sample: { provider: 'anthropic', modelId: 'claude-sonnet-4-5' },
};

function bodyOf(model: string, { system, turns, tools, mustCall, maxOutputTokens, temperature }: ModelCall): object {
  return {
    model,
    max_tokens: maxOutputTokens,
    temperature,
    system: [{ type: 'text', text: system, ...CACHED }],
    messages: turns.map((turn, at) => messageOf(turn, at === 0)),
    tools: tools.map(({ name, description, schema }) => ({ name, description, input_schema: schema })),
    tool_choice: mustCall === 'any' ? { type: 'any' } : { type: 'tool', name: mustCall },
  };
}

/** Tool results come first in their message; otherwise the API refuses it. */
function messageOf(turn: ModelTurn, cached: boolean): object {
  switch (turn.role) {
    case 'user':
      return { role: 'user', content: [{ type: 'text', text: turn.text, ...(cached ? CACHED : {}) }] };
    case 'assistant':
      return {
        role: 'assistant',
        content: [
          ...(turn.text.trim() === '' ? [] : [{ type: 'text', text: turn.text }]),
          ...turn.uses.map(({ id, name, input }) => ({ type: 'tool_use', id, name, input: input ?? {} })),
        ],
      };
    case 'results':
      return {
        role: 'user',
        content: [
          ...turn.results.map(({ id, text, failed }) => ({
            type: 'tool_result',
            tool_use_id: id,
            content: text,
            ...(failed ? { is_error: true } : {}),
          })),
          ...(turn.text === '' ? [] : [{ type: 'text', text: turn.text }]),
        ],
      };
    default:
      return turn satisfies never;
  }
}

function readMessage({ content, stop_reason, usage }: Message) {
  const text = content.map((block) => ('text' in block ? block.text : '')).join('');
  const uses = content.flatMap((block) =>
    'name' in block ? [{ id: block.id, name: block.name, input: block.input }] : [],
  );
  const cachedInput = usage.cache_read_input_tokens;
  const input = usage.input_tokens + usage.cache_creation_input_tokens + cachedInput;
  return answerOf(text, uses, stop_reason === 'tool_use', { input, cachedInput, output: usage.output_tokens });
}
