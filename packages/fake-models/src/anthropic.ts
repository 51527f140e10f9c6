import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import {
  checkTurns,
  type ModelWire,
  outputTokens,
  parseBody,
  ToolName,
  ToolSchema,
  Unacceptable,
} from './wire-check.ts';

const cache_control = z.strictObject({ type: z.literal('ephemeral') }).optional();
const Text = z.strictObject({
  type: z.literal('text'),
  text: z.string().regex(/\S/, 'text content blocks must be non-empty'),
  cache_control,
});
const Use = z.strictObject({
  type: z.literal('tool_use'),
  id: z.string().min(1),
  name: ToolName,
  input: z.looseObject({}),
});
const Result = z.strictObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string().min(1),
  content: z.string(),
  is_error: z.boolean().optional(),
});
const Block = z.discriminatedUnion('type', [Text, Use, Result]);
type Block = z.infer<typeof Block>;
const Request = z.strictObject({
  model: z.string().min(1),
  max_tokens: z.int().min(1),
  temperature: z.number().min(0).max(1).optional(),
  system: z.array(Text).optional(),
  messages: z.array(z.strictObject({ role: z.enum(['user', 'assistant']), content: z.array(Block).min(1) })).min(1),
  tools: z
    .array(z.strictObject({ name: ToolName, description: z.string().optional(), input_schema: ToolSchema }))
    .optional(),
  tool_choice: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('any') }),
      z.strictObject({ type: z.literal('tool'), name: ToolName }),
    ])
    .optional(),
});
const MAX_BREAKPOINTS = 4;

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

/** Anthropic's Messages API: version and key are headers; tool results come before other content of their message. */
export const anthropicWire: ModelWire = {
  operation: 'anthropic:Messages',
  fits: (path) => path === '/v1/messages',
  read(request) {
    if ((request.headers['x-api-key'] ?? '') === '') throw new Unacceptable(401, 'x-api-key header is required');
    if (request.headers['anthropic-version'] !== '2023-06-01')
      throw new Unacceptable(400, 'anthropic-version: header is required and must be a known version');
    const body = parseBody(Request, request);
    checkTurns(
      body.messages.map(({ role, content }) => ({
        role,
        text: textOf(content),
        uses: content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])),
        results: content.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : [])),
      })),
    );
    checkBlocks(body);
    const { tool_choice: choice, tools = [] } = body;
    if (choice?.type === 'tool' && !tools.some(({ name }) => name === choice.name))
      throw new Unacceptable(400, `tool_choice.name: the request has no tool ${choice.name}`);
    return {
      provider: 'anthropic',
      modelId: body.model,
      prompt: body.messages.flatMap(({ role, content }) => (role === 'user' ? [textOf(content)] : [])).join('\n'),
      system: textOf(body.system ?? []),
      tools: tools.map(({ name, input_schema }) => ({ name, schema: input_schema })),
      spoken: body.messages.filter(({ role }) => role === 'assistant').length,
      forced: choice?.type === 'tool' ? choice.name : null,
      request: body,
    };
  },
  answer(reaction, { modelId, bytes }) {
    const content =
      reaction.kind === 'prose'
        ? [{ type: 'text', text: reaction.text }]
        : reaction.uses.map(({ name, input }) => ({ type: 'tool_use', id: `toolu_${randomUUID()}`, name, input }));
    return {
      id: `msg_${randomUUID()}`,
      type: 'message',
      role: 'assistant',
      model: modelId,
      content,
      stop_reason: reaction.kind === 'prose' ? 'end_turn' : reaction.whole ? 'tool_use' : 'max_tokens',
      stop_sequence: null,
      usage: {
        input_tokens: Math.ceil(bytes / 4),
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: outputTokens(content),
      },
    };
  },
  error: (status, message, code) => ({
    headers: { 'request-id': `req_${randomUUID()}` },
    json: { type: 'error', error: { type: code ?? TYPES[status] ?? 'api_error', message } },
  }),
};

function checkBlocks({ messages, system = [] }: z.infer<typeof Request>): void {
  for (const [at, { role, content }] of messages.entries()) {
    const firstOther = content.findIndex(({ type }) => type !== 'tool_result');
    if (firstOther >= 0 && content.slice(firstOther).some(({ type }) => type === 'tool_result'))
      throw new Unacceptable(400, `messages.${at}: tool_result blocks must come first`);
    if (role === 'assistant' && content.some(({ type }) => type === 'tool_result'))
      throw new Unacceptable(400, `messages.${at}: tool_result blocks can only be in user messages`);
  }
  const marked = [...system, ...messages.flatMap(({ content }) => content)].filter(
    (block) => 'cache_control' in block && block.cache_control,
  );
  if (marked.length > MAX_BREAKPOINTS)
    throw new Unacceptable(400, 'A maximum of 4 blocks with cache_control may be provided.');
}

function textOf(content: readonly Block[]): string {
  return content
    .map((block) => (block.type === 'text' ? block.text : block.type === 'tool_result' ? block.content : ''))
    .filter((text) => text !== '')
    .join('\n');
}
