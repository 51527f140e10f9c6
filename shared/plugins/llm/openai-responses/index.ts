import * as z from 'zod';
import type { ModelCall, ModelTurn } from '#shared/ports/model-client.ts';
import { openaiProvider } from '../common/openai-api.ts';
import { answerOf, Count, chatItems, inputFromText } from '../common/wire.ts';
import type { ModelProvider } from '../contract.ts';

const Item = z.union([
  z.object({
    type: z.literal('message'),
    content: z.array(z.object({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() })),
  }),
  z.object({ type: z.literal('function_call'), call_id: z.string(), name: z.string(), arguments: z.string() }),
  z.object({ type: z.string() }),
]);
const Response = z.object({
  status: z.string(),
  output: z.array(Item),
  usage: z
    .object({
      input_tokens: Count,
      output_tokens: Count,
      input_tokens_details: z.object({ cached_tokens: Count }).nullish(),
    })
    .nullish(),
});
type Response = z.infer<typeof Response>;

/** OpenAI's Responses API (https://platform.openai.com/docs/api-reference/responses); nothing is stored there. */
export const openaiResponses: ModelProvider = openaiProvider('openai-responses', 'OpenAI (Responses)', {
  path: '/responses',
  answer: Response,
  bodyOf,
  read: readResponse,
});

function bodyOf(model: string, { system, turns, tools, mustCall, maxOutputTokens, temperature }: ModelCall): object {
  return {
    model,
    instructions: system,
    input: itemsOf(turns),
    tools: tools.map(({ name, description, schema }) => ({
      type: 'function',
      name,
      description,
      parameters: schema,
      // Strict schemas do not support length limits; ours are checked when the answer is parsed.
      strict: false,
    })),
    tool_choice: mustCall === 'any' ? 'required' : { type: 'function', name: mustCall },
    max_output_tokens: maxOutputTokens,
    temperature,
    store: false,
  };
}

function itemsOf(turns: readonly ModelTurn[]): object[] {
  return chatItems(
    turns,
    ({ text, uses }) => [
      ...(text === '' ? [] : [{ role: 'assistant', content: text }]),
      ...uses.map(({ id, name, input }) => ({
        type: 'function_call',
        call_id: id,
        name,
        arguments: JSON.stringify(input ?? {}),
      })),
    ],
    ({ id, text }) => ({ type: 'function_call_output', call_id: id, output: text }),
  );
}

function readResponse({ status, output, usage }: Response) {
  const text = output
    .flatMap((item) => ('content' in item ? item.content.map((part) => part.text ?? part.refusal ?? '') : []))
    .join('');
  const uses = output.flatMap((item) =>
    'call_id' in item ? [{ id: item.call_id, name: item.name, input: inputFromText(item.arguments) }] : [],
  );
  return answerOf(
    text,
    uses,
    status === 'completed',
    usage == null
      ? null
      : {
          input: usage.input_tokens,
          cachedInput: usage.input_tokens_details?.cached_tokens ?? 0,
          output: usage.output_tokens,
        },
  );
}
