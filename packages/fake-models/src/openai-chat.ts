import { randomUUID } from 'node:crypto';
import type { WireRequest } from '@selfheal/fake-server/wire.ts';
import * as z from 'zod';
import {
  checkTurns,
  type ModelWire,
  outputTokens,
  parseBody,
  type SpokenTurn,
  ToolName,
  ToolSchema,
  Unacceptable,
} from './wire-check.ts';

const ToolCall = z.strictObject({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.strictObject({ name: ToolName, arguments: z.string() }),
});
const Message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: z.string() }),
  z.strictObject({ role: z.literal('user'), content: z.string() }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.string().nullable(),
    tool_calls: z.array(ToolCall).min(1).optional(),
  }),
  z.strictObject({ role: z.literal('tool'), tool_call_id: z.string().min(1), content: z.string() }),
]);
type Message = z.infer<typeof Message>;
const Request = z
  .strictObject({
    model: z.string().min(1),
    messages: z.array(Message).min(1),
    max_tokens: z.int().min(1).optional(),
    max_completion_tokens: z.int().min(1).optional(),
    temperature: z.number().min(0).max(2).optional(),
    tools: z
      .array(
        z.strictObject({
          type: z.literal('function'),
          function: z.strictObject({
            name: ToolName,
            description: z.string().max(1024).optional(),
            parameters: ToolSchema,
          }),
        }),
      )
      .max(128)
      .optional(),
    tool_choice: z
      .union([
        z.enum(['none', 'auto', 'required']),
        z.strictObject({ type: z.literal('function'), function: z.strictObject({ name: ToolName }) }),
      ])
      .optional(),
  })
  .refine(
    ({ max_tokens, max_completion_tokens }) => max_tokens === undefined || max_completion_tokens === undefined,
    'set only one of max_tokens and max_completion_tokens',
  );

/** OpenAI's error object. */
export function openaiError(status: number, message: string, code: string | undefined) {
  const type = status === 429 ? 'rate_limit_exceeded' : status >= 500 ? 'server_error' : 'invalid_request_error';
  return { json: { error: { message, type, param: null, code: code ?? null } } };
}

/** Throws 401 without a key, as OpenAI does. */
export function checkBearer(request: WireRequest): void {
  if (!/^Bearer \S+$/.test(request.headers.authorization ?? ''))
    throw new Unacceptable(401, "You didn't provide an API key.");
}

/** OpenAI's Chat Completions. Compatible servers only know `max_tokens`, OpenAI's newer models only `max_completion_tokens`. */
export const openaiChatWire: ModelWire = {
  operation: 'openai:ChatCompletions',
  fits: (path) => path === '/v1/chat/completions',
  read(request) {
    checkBearer(request);
    const body = parseBody(Request, request);
    checkTurns(turnsOf(body.messages));
    const { tool_choice: choice } = body;
    const said = (role: string) =>
      body.messages.flatMap((one) => (one.role === role ? [one.content ?? ''] : [])).join('\n');
    return {
      provider: 'openai',
      modelId: body.model,
      prompt: body.messages
        .flatMap(({ role, content }) => (role === 'user' || role === 'tool' ? [content ?? ''] : []))
        .join('\n'),
      system: said('system'),
      tools: (body.tools ?? []).map(({ function: { name, parameters } }) => ({ name, schema: parameters })),
      spoken: body.messages.filter(({ role }) => role === 'assistant').length,
      forced: typeof choice === 'object' ? choice.function.name : null,
      request: body,
    };
  },
  answer(reaction, { modelId, bytes, forced }) {
    const tool_calls =
      reaction.kind === 'prose'
        ? undefined
        : reaction.uses.map(({ name, input }) => ({
            id: `call_${randomUUID()}`,
            type: 'function',
            function: { name, arguments: cut(JSON.stringify(input), reaction.whole) },
          }));
    const content = reaction.kind === 'prose' ? reaction.text : null;
    const ended = reaction.kind === 'prose' || forced !== null ? 'stop' : 'tool_calls';
    const [prompt_tokens, completion_tokens] = [Math.ceil(bytes / 4), outputTokens(tool_calls ?? content)];
    return {
      id: `chatcmpl-${randomUUID()}`,
      object: 'chat.completion',
      created: Math.floor(Date.now() / 1000),
      model: modelId,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content, refusal: null, ...(tool_calls === undefined ? {} : { tool_calls }) },
          logprobs: null,
          finish_reason: reaction.kind === 'uses' && !reaction.whole ? 'length' : ended,
        },
      ],
      usage: {
        prompt_tokens,
        completion_tokens,
        total_tokens: prompt_tokens + completion_tokens,
        prompt_tokens_details: { cached_tokens: 0 },
      },
    };
  },
  error: openaiError,
};

/** Arguments of a truncated tool call: the first half. */
export const cut = (text: string, whole: boolean) => (whole ? text : text.slice(0, Math.ceil(text.length / 2)));

/** In this API the tool results of one turn are several messages. */
function turnsOf(messages: readonly Message[]): SpokenTurn[] {
  const turns: SpokenTurn[] = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const last = turns.at(-1);
    const results = message.role === 'tool' ? [message.tool_call_id] : [];
    const uses = message.role === 'assistant' ? (message.tool_calls ?? []).map(({ id }) => id) : [];
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const text = message.content ?? '';
    if (last?.role === 'user' && role === 'user' && last.results.length > 0) {
      turns[turns.length - 1] = { ...last, text: `${last.text}\n${text}`, results: [...last.results, ...results] };
    } else turns.push({ role, text, uses, results });
  }
  return turns;
}
