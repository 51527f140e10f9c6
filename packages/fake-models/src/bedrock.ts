import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { checkTurns, type ModelWire, outputTokens, parseBody, ToolName, ToolSchema } from './wire-check.ts';

const Text = z.strictObject({ text: z.string().min(1) });
const CachePoint = z.strictObject({ cachePoint: z.strictObject({ type: z.literal('default') }) });
const Use = z.strictObject({
  toolUse: z.strictObject({ toolUseId: z.string().min(1), name: ToolName, input: z.looseObject({}) }),
});
const Result = z.strictObject({
  toolResult: z.strictObject({
    toolUseId: z.string().min(1),
    content: z.array(Text).min(1),
    status: z.enum(['success', 'error']).optional(),
  }),
});
const Content = z.union([Text, CachePoint, Use, Result]);
const Tool = z.strictObject({
  toolSpec: z.strictObject({
    name: ToolName,
    description: z.string().min(1).optional(),
    inputSchema: z.strictObject({ json: ToolSchema }),
  }),
});
const Request = z.strictObject({
  system: z.array(z.union([Text, CachePoint])).optional(),
  messages: z.array(z.strictObject({ role: z.enum(['user', 'assistant']), content: z.array(Content).min(1) })).min(1),
  inferenceConfig: z
    .strictObject({ maxTokens: z.int().min(1).optional(), temperature: z.number().min(0).max(1).optional() })
    .optional(),
  toolConfig: z
    .strictObject({
      tools: z.array(Tool).min(1),
      toolChoice: z
        .union([
          z.strictObject({ any: z.strictObject({}) }),
          z.strictObject({ tool: z.strictObject({ name: ToolName }) }),
        ])
        .optional(),
    })
    .optional(),
});
type Content = z.infer<typeof Content>;

const CODES: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  403: 'AccessDeniedException',
  408: 'ModelTimeoutException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  500: 'InternalServerException',
  503: 'ServiceUnavailableException',
};
const PATH = /^\/model\/([^/]+)\/converse$/;

/** Bedrock's Converse API (REST JSON). The gateway in front checks its signature. */
export const bedrockWire: ModelWire = {
  operation: 'bedrock:Converse',
  fits: (path) => PATH.test(path),
  read(request) {
    const body = parseBody(Request, request);
    const turns = body.messages.map(({ role, content }) => ({
      role,
      text: textOf(content),
      uses: content.flatMap((block) => ('toolUse' in block ? [block.toolUse.toolUseId] : [])),
      results: content.flatMap((block) => ('toolResult' in block ? [block.toolResult.toolUseId] : [])),
    }));
    checkTurns(turns);
    const choice = body.toolConfig?.toolChoice;
    return {
      provider: 'bedrock',
      modelId: decodeURIComponent(PATH.exec(request.path)?.[1] ?? ''),
      prompt: body.messages.flatMap(({ role, content }) => (role === 'user' ? [textOf(content)] : [])).join('\n'),
      system: textOf(body.system ?? []),
      tools: (body.toolConfig?.tools ?? []).map(({ toolSpec: { name, inputSchema } }) => ({
        name,
        schema: inputSchema.json,
      })),
      spoken: body.messages.filter(({ role }) => role === 'assistant').length,
      forced: choice !== undefined && 'tool' in choice ? choice.tool.name : null,
      request: body,
    };
  },
  answer(reaction, { bytes }) {
    const content =
      reaction.kind === 'prose'
        ? [{ text: reaction.text }]
        : reaction.uses.map(({ name, input }) => ({ toolUse: { toolUseId: `tooluse_${randomUUID()}`, name, input } }));
    const [inputTokens, output] = [Math.ceil(bytes / 4), outputTokens(content)];
    return {
      output: { message: { role: 'assistant', content } },
      stopReason: reaction.kind === 'prose' ? 'end_turn' : reaction.whole ? 'tool_use' : 'max_tokens',
      usage: { inputTokens, outputTokens: output, totalTokens: inputTokens + output },
      metrics: { latencyMs: 40 },
    };
  },
  error(status, message, code = CODES[status] ?? 'InternalServerException') {
    const words = status === 429 ? 'Too many requests, please wait before trying again.' : message;
    return { headers: { 'x-amzn-errortype': code, 'x-amzn-requestid': randomUUID() }, json: { message: words } };
  },
};

function textOf(content: readonly Content[]): string {
  return content
    .map((block) => {
      if ('text' in block) return block.text;
      return 'toolResult' in block ? block.toolResult.content.map(({ text }) => text).join('\n') : '';
    })
    .filter((text) => text !== '')
    .join('\n');
}
