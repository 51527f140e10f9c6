import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { checkBearer, cut, openaiError } from './openai-chat.ts';
import {
  checkTurns,
  type ModelWire,
  outputTokens,
  parseBody,
  type SpokenTurn,
  ToolName,
  ToolSchema,
} from './wire-check.ts';

const Item = z.union([
  z.strictObject({ role: z.enum(['user', 'assistant']), content: z.string().min(1) }),
  z.strictObject({
    type: z.literal('function_call'),
    call_id: z.string().min(1),
    name: ToolName,
    arguments: z.string(),
  }),
  z.strictObject({ type: z.literal('function_call_output'), call_id: z.string().min(1), output: z.string() }),
]);
type Item = z.infer<typeof Item>;
const Request = z.strictObject({
  model: z.string().min(1),
  instructions: z.string().optional(),
  input: z.array(Item).min(1),
  tools: z
    .array(
      z.strictObject({
        type: z.literal('function'),
        name: ToolName,
        description: z.string().optional(),
        parameters: ToolSchema,
        strict: z.literal(false),
      }),
    )
    .optional(),
  tool_choice: z
    .union([z.enum(['none', 'auto', 'required']), z.strictObject({ type: z.literal('function'), name: ToolName })])
    .optional(),
  max_output_tokens: z.int().min(16).optional(),
  temperature: z.number().min(0).max(2).optional(),
  store: z.boolean().optional(),
});

/** OpenAI's Responses API. */
export const openaiResponsesWire: ModelWire = {
  operation: 'openai:Responses',
  fits: (path) => path === '/v1/responses',
  read(request) {
    checkBearer(request);
    const body = parseBody(Request, request);
    checkTurns(turnsOf(body.input));
    const { tool_choice: choice } = body;
    return {
      provider: 'openai-responses',
      modelId: body.model,
      prompt: body.input
        .map((item) => ('output' in item ? item.output : 'role' in item && item.role === 'user' ? item.content : ''))
        .join('\n'),
      system: body.instructions ?? '',
      tools: (body.tools ?? []).map(({ name, parameters }) => ({ name, schema: parameters })),
      spoken: turnsOf(body.input).filter(({ role }) => role === 'assistant').length,
      forced: typeof choice === 'object' ? choice.name : null,
      request: body,
    };
  },
  answer(reaction, { modelId, bytes }) {
    const whole = reaction.kind === 'prose' || reaction.whole;
    const output =
      reaction.kind === 'prose'
        ? [
            {
              id: `msg_${randomUUID()}`,
              type: 'message',
              status: 'completed',
              role: 'assistant',
              content: [{ type: 'output_text', text: reaction.text, annotations: [] }],
            },
          ]
        : reaction.uses.map(({ name, input }) => ({
            id: `fc_${randomUUID()}`,
            type: 'function_call',
            status: whole ? 'completed' : 'incomplete',
            call_id: `call_${randomUUID()}`,
            name,
            arguments: cut(JSON.stringify(input), whole),
          }));
    const [input_tokens, output_tokens] = [Math.ceil(bytes / 4), outputTokens(output)];
    return {
      id: `resp_${randomUUID()}`,
      object: 'response',
      created_at: Math.floor(Date.now() / 1000),
      status: whole ? 'completed' : 'incomplete',
      incomplete_details: whole ? null : { reason: 'max_output_tokens' },
      error: null,
      model: modelId,
      output: [{ id: `rs_${randomUUID()}`, type: 'reasoning', summary: [] }, ...output],
      usage: {
        input_tokens,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: input_tokens + output_tokens,
      },
    };
  },
  error: openaiError,
};

/** In this API the tool calls and outputs of one turn are separate items. */
function turnsOf(items: readonly Item[]): SpokenTurn[] {
  const turns: SpokenTurn[] = [];
  for (const item of items) {
    const role =
      ('role' in item && item.role === 'assistant') || ('type' in item && item.type === 'function_call')
        ? 'assistant'
        : 'user';
    const last = turns.at(-1);
    const uses = 'type' in item && item.type === 'function_call' ? [item.call_id] : [];
    const results = 'type' in item && item.type === 'function_call_output' ? [item.call_id] : [];
    const text = 'content' in item ? item.content : 'output' in item ? item.output : '';
    if (last?.role === role) {
      turns[turns.length - 1] = {
        role,
        text: `${last.text}\n${text}`,
        uses: [...last.uses, ...uses],
        results: [...last.results, ...results],
      };
    } else turns.push({ role, text, uses, results });
  }
  return turns;
}
