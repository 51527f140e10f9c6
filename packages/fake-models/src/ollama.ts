import type { Service } from '@selfheal/fake-server/wire.ts';
import * as z from 'zod';
import { type ModelWire, outputTokens, parseBody, ToolName, ToolSchema, Unacceptable } from './wire-check.ts';

const Message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: z.string() }),
  z.strictObject({ role: z.literal('user'), content: z.string().min(1) }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.string(),
    tool_calls: z
      .array(z.strictObject({ function: z.strictObject({ name: ToolName, arguments: z.looseObject({}) }) }))
      .optional(),
  }),
  z.strictObject({ role: z.literal('tool'), tool_name: ToolName, content: z.string() }),
]);
const Request = z.strictObject({
  model: z.string().min(1),
  messages: z.array(Message).min(1),
  tools: z
    .array(
      z.strictObject({
        type: z.literal('function'),
        function: z.strictObject({ name: ToolName, description: z.string(), parameters: ToolSchema }),
      }),
    )
    .optional(),
  format: ToolSchema.optional(),
  // Without it Ollama streams JSON lines.
  stream: z.literal(false),
  options: z.strictObject({ num_predict: z.int(), num_ctx: z.int().min(256), temperature: z.number().optional() }),
});
const REPORT = 'format';

/** The models that were pulled. */
const PULLED = ['qwen2.5-coder:latest', 'qwen2.5-coder:14b', 'codellama:13b', 'deepseek-coder:latest'];

/** Ollama's list of models. */
export const ollamaTags: Service = {
  recognise({ method, path }) {
    if (method !== 'GET' || path !== '/api/tags') return null;
    const models = PULLED.map((name) => ({
      name,
      model: name,
      modified_at: '2026-01-05T09:00:00Z',
      size: 4_683_087_332,
      digest: 'dae161e27b0e90dd1856c8bb3209201fd6736d8eb66298e75ed87571486f4364',
      details: { parent_model: '', format: 'gguf', family: 'qwen2', families: ['qwen2'] },
    }));
    const answer = (status: number, body: object) => ({
      status,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
    });
    return {
      service: 'models',
      operation: 'ollama:Tags',
      perform: () => answer(200, { models }),
      fail: (status) => answer(status, { error: 'The server is busy.' }),
    };
  },
};

/** Ollama's chat API. A prompt longer than the requested context is an error here; the real server cuts it silently. */
export const ollamaWire: ModelWire = {
  operation: 'ollama:Chat',
  fits: (path) => path === '/api/chat',
  read(request) {
    const body = parseBody(Request, request);
    const size = JSON.stringify([body.messages, body.tools ?? body.format]).length / 4;
    if (size + body.options.num_predict > body.options.num_ctx)
      throw new Unacceptable(400, `num_ctx ${body.options.num_ctx} is too small for the prompt.`);
    const said = (roles: readonly string[]) =>
      body.messages.flatMap(({ role, content }) => (roles.includes(role) ? [content] : [])).join('\n');
    const { format } = body;
    return {
      provider: 'ollama',
      modelId: body.model,
      prompt: said(['user', 'tool']),
      system: said(['system']),
      tools:
        format === undefined
          ? (body.tools ?? []).map(({ function: { name, parameters } }) => ({ name, schema: parameters }))
          : [{ name: REPORT, schema: format }],
      spoken: body.messages.filter(({ role }) => role === 'assistant').length,
      forced: format === undefined ? null : REPORT,
      request: body,
    };
  },
  answer(reaction, { modelId, bytes, forced }) {
    const structured = reaction.kind === 'uses' && forced === REPORT;
    const message =
      reaction.kind === 'prose'
        ? { role: 'assistant', content: reaction.text }
        : structured
          ? { role: 'assistant', content: JSON.stringify(reaction.uses[0]?.input) }
          : {
              role: 'assistant',
              content: '',
              tool_calls: reaction.uses.map(({ name, input }) => ({ function: { name, arguments: input } })),
            };
    return {
      model: modelId,
      created_at: new Date().toISOString(),
      message,
      done: true,
      done_reason: reaction.kind === 'uses' && !reaction.whole ? 'length' : 'stop',
      total_duration: 5_000_000,
      load_duration: 1_000_000,
      prompt_eval_count: Math.ceil(bytes / 4),
      prompt_eval_duration: 2_000_000,
      eval_count: outputTokens(message),
      eval_duration: 2_000_000,
    };
  },
  error: (_status, message) => ({ json: { error: message } }),
};

const Generate = z.strictObject({
  model: z.string().min(1),
  prompt: z.string().min(1),
  system: z.string().optional(),
  // Without it Ollama streams JSON lines.
  stream: z.literal(false),
});

/** Ollama's older API, which completes one prompt. */
export const ollamaGenerateWire: ModelWire = {
  operation: 'ollama:Generate',
  fits: (path) => path === '/api/generate',
  read(request) {
    const body = parseBody(Generate, request);
    if (!PULLED.some((name) => name === body.model || name === `${body.model}:latest`))
      throw new Unacceptable(404, `model '${body.model}' not found`);
    return {
      provider: 'ollama',
      modelId: body.model,
      prompt: body.prompt,
      system: body.system ?? '',
      tools: [],
      spoken: 0,
      forced: null,
      request: body,
    };
  },
  answer(reaction, { modelId, bytes }) {
    const response = reaction.kind === 'prose' ? reaction.text : '';
    return {
      model: modelId,
      created_at: new Date().toISOString(),
      response,
      done: true,
      done_reason: 'stop',
      prompt_eval_count: Math.ceil(bytes / 4),
      eval_count: outputTokens({ response }),
    };
  },
  error: (_status, message) => ({ json: { error: message } }),
};
