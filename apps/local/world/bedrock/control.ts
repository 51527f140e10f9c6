import { randomUUID } from 'node:crypto';
import type { Service, WireRequest, WireResponse } from '../server/wire.ts';
import { plausibleAnswer } from './plausible-answer.ts';

/** What the model says to one call. */
export type Reply =
  /** A valid tool use built from the request's schema; `change` may spoil it. */
  | { kind: 'plausible'; change?: Readonly<Record<string, unknown>> }
  /** This tool input, whatever the schema says. */
  | { kind: 'tool'; input: unknown }
  /** Prose instead of the tool. */
  | { kind: 'prose'; text?: string }
  /** The tool input cut off by the token limit. */
  | { kind: 'cut-off' }
  /** An HTTP body that is not JSON. */
  | { kind: 'garbage' }
  /** A tool input that the schema forbids. */
  | { kind: 'invalid' }
  /** Valid, but citing evidence that does not exist. */
  | { kind: 'invented-evidence' }
  | { kind: 'slow'; ms: number }
  | { kind: 'error'; status: 400 | 403 | 408 | 424 | 429 | 500 | 503; code?: string };

export interface ConverseCall {
  readonly modelId: string;
  readonly request: ConverseRequest;
}

interface ConverseRequest {
  readonly system?: readonly { text?: string }[];
  readonly messages?: readonly { role: string; content?: readonly { text?: string }[] }[];
  readonly toolConfig?: {
    tools?: readonly { toolSpec?: { name: string; inputSchema?: { json?: Readonly<Record<string, unknown>> } } }[];
  };
}

export interface BedrockControl {
  /** Replies for the next calls, in order; then the default again. */
  script(...replies: readonly Reply[]): void;
  /** For calls without a script. At first: plausible. */
  setDefault(reply: Reply): void;
  /** Every call so far, oldest first. */
  calls(): readonly ConverseCall[];
}

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

/** Bedrock's Converse call (REST JSON) with scripted replies. */
export function makeLocalBedrock(): { service: Service; control: BedrockControl } {
  const queue: Reply[] = [];
  const calls: ConverseCall[] = [];
  let usual: Reply = { kind: 'plausible' };

  async function converse(modelId: string, incoming: WireRequest): Promise<WireResponse> {
    const request = JSON.parse(incoming.body.toString('utf8') || '{}') as ConverseRequest;
    calls.push({ modelId, request });
    const reply = queue.shift() ?? usual;
    if (reply.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, reply.ms));
    return answer(reply, request, incoming.body.length);
  }

  return {
    service: {
      recognise(request) {
        const modelId = PATH.exec(request.path)?.[1];
        if (modelId === undefined || request.method !== 'POST') return null;
        return {
          service: 'bedrock',
          operation: 'bedrock:Converse',
          perform: () => converse(decodeURIComponent(modelId), request),
          fail: (status, fault) => failure(status, undefined, fault.message),
        };
      },
    },
    control: {
      script: (...replies) => void queue.push(...replies),
      setDefault(reply) {
        usual = reply;
      },
      calls: () => calls,
    },
  };
}

function answer(reply: Reply, request: ConverseRequest, requestBytes: number): WireResponse {
  const spec = request.toolConfig?.tools?.[0]?.toolSpec;
  const schema = spec?.inputSchema?.json ?? { type: 'object' };
  const plausible = () => plausibleAnswer(schema, promptOf(request)) as Record<string, unknown>;
  const tool = (input: unknown, stopReason = 'tool_use') => {
    const toolUse = { toolUseId: `tooluse_${randomUUID()}`, name: spec?.name ?? 'answer', input };
    return message([{ toolUse }], stopReason, requestBytes);
  };
  switch (reply.kind) {
    case 'plausible':
      return spec === undefined ? prose(requestBytes) : tool({ ...plausible(), ...reply.change });
    case 'slow':
      return spec === undefined ? prose(requestBytes) : tool(plausible());
    case 'tool':
      return tool(reply.input);
    case 'prose':
      return prose(requestBytes, reply.text);
    case 'cut-off':
      return tool({}, 'max_tokens');
    case 'garbage':
      return { status: 200, headers: { 'content-type': 'application/json' }, body: '<html>upstream said hello' };
    case 'invalid':
      return tool({ unexpected: ['nothing', 'of', 'this', 'fits'], confidence: 'certain' });
    case 'invented-evidence':
      return tool({ ...plausible(), evidence: ['Z998', 'Z999'] });
    case 'error':
      return failure(reply.status, reply.code);
    default:
      return reply satisfies never;
  }
}

function promptOf({ messages = [] }: ConverseRequest): string {
  return messages.flatMap(({ content = [] }) => content.map(({ text = '' }) => text)).join('\n');
}

function prose(requestBytes: number, text = 'I looked at the log and I think that a test is failing.'): WireResponse {
  return message([{ text }], 'end_turn', requestBytes);
}

/** Tokens are guessed at four bytes each. */
function message(content: readonly object[], stopReason: string, requestBytes: number): WireResponse {
  const outputTokens = Math.ceil(JSON.stringify(content).length / 4);
  const inputTokens = Math.ceil(requestBytes / 4);
  const usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify({
      output: { message: { role: 'assistant', content } },
      stopReason,
      usage,
      metrics: { latencyMs: 40 },
    }),
  };
}

function failure(status: number, code = CODES[status] ?? 'InternalServerException', text?: string): WireResponse {
  const words = status === 429 ? 'Too many requests, please wait before trying again.' : 'The request failed.';
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code, 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify({ message: text ?? words }),
  };
}
