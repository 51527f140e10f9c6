import type { Service, WireRequest, WireResponse } from '@selfheal/fake-server/wire.ts';
import * as z from 'zod';
import type { ModelAsk, Reaction, ScriptedModel } from './scripted-model.ts';

/** The provider's API would refuse this request; the message gives the reason. */
export class Unacceptable extends Error {
  override readonly name = 'Unacceptable';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** JSON schema of a tool's input, with the rules of all providers. */
export const ToolSchema = z
  .looseObject({
    type: z.literal('object'),
    properties: z.record(z.string(), z.unknown()).optional(),
    required: z.array(z.string()).optional(),
  })
  .refine(
    ({ properties = {}, required = [] }) => required.every((name) => Object.hasOwn(properties, name)),
    'required names no property',
  );
export const ToolName = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);

/** A turn in provider-independent form. */
export interface SpokenTurn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
  /** Ids of the tool calls in this turn. */
  readonly uses: readonly string[];
  /** Ids of the tool calls that this turn answers. */
  readonly results: readonly string[];
}

/** Throws `Unacceptable` unless the user begins and each turn answers exactly the tool calls of the turn before. */
export function checkTurns(turns: readonly SpokenTurn[]): void {
  if (turns[0]?.role !== 'user') throw new Unacceptable(400, 'messages: the first one must have the role user.');
  if (turns.at(-1)?.role !== 'user')
    throw new Unacceptable(400, 'messages: the last one must not have the role assistant.');
  for (const [at, { uses, results, text }] of turns.entries()) {
    const before = turns[at - 1];
    const open = before?.role === 'assistant' ? before.uses : [];
    if (results.some((id) => !open.includes(id)))
      throw new Unacceptable(400, `messages.${at}: a tool result answers no tool call.`);
    if (open.some((id) => !results.includes(id)))
      throw new Unacceptable(400, `messages.${at}: a tool call has no result.`);
    if (text.trim() === '' && uses.length === 0 && results.length === 0)
      throw new Unacceptable(400, `messages.${at}: must not be empty.`);
  }
}

/** Parses a body by the provider's schema; unknown fields are errors. */
export function parseBody<T extends z.ZodType>(schema: T, request: WireRequest): z.infer<T> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    throw new Unacceptable(415, 'content-type: must be application/json.');
  const parsed = schema.safeParse(JSON.parse(request.body.toString('utf8')));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Unacceptable(400, `${issue?.path.join('.')}: ${issue?.message}`);
}

/** A provider's API: recognises and checks requests, encodes answers and errors. */
export interface ModelWire {
  readonly operation: string;
  fits(path: string): boolean;
  /** Throws `Unacceptable`. */
  read(request: WireRequest): Omit<ModelAsk, 'bytes'>;
  answer(reaction: Extract<Reaction, { kind: 'uses' | 'prose' }>, ask: ModelAsk): object;
  error(
    status: number,
    message: string,
    code: string | undefined,
  ): { headers?: Readonly<Record<string, string>>; json: object };
}

export function serveWire(wire: ModelWire, model: ScriptedModel): Service {
  return {
    recognise(request) {
      if (request.method !== 'POST' || !wire.fits(request.path)) return null;
      const fail = (status: number, message = 'The request failed.', code?: string, after?: number): WireResponse => {
        const { headers = {}, json } = wire.error(status, message, code);
        const retry = after === undefined ? {} : { 'retry-after': String(after) };
        return {
          status,
          headers: { 'content-type': 'application/json', ...headers, ...retry },
          body: JSON.stringify(json),
        };
      };
      return {
        service: wire.operation.split(':')[0] ?? '',
        operation: wire.operation,
        fail: (status, { message, retryAfterSeconds }) => fail(status, message, undefined, retryAfterSeconds),
        async perform() {
          try {
            const ask = { ...wire.read(request), bytes: request.body.length };
            const reaction = await model.react(ask);
            if (reaction.kind === 'error')
              return fail(reaction.status, undefined, reaction.code, reaction.retryAfterSeconds);
            const body = reaction.kind === 'body' ? reaction.body : JSON.stringify(wire.answer(reaction, ask));
            return { status: 200, headers: { 'content-type': 'application/json' }, body };
          } catch (error) {
            if (error instanceof Unacceptable) return fail(error.status, error.message);
            throw error;
          }
        },
      };
    },
  };
}

export const outputTokens = (value: unknown) => Math.ceil(JSON.stringify(value).length / 4);
