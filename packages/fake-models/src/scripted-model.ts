import { setTimeout } from 'node:timers/promises';
import { plausibleAnswer } from './plausible-answer.ts';

type Uses = readonly { readonly name: string; readonly input: unknown }[];

/** The model's reply to one call. */
export type Reply =
  /** A valid use of the last tool, built from its schema; `change` overrides fields. `looks`: uses of other tools first. */
  | { kind: 'plausible'; change?: Readonly<Record<string, unknown>>; looks?: Uses }
  /** This input of the last tool, whatever the schema says. */
  | { kind: 'tool'; input: unknown }
  /** Uses of other tools, while any may be used; otherwise plausible. */
  | { kind: 'look'; uses: Uses }
  /** Prose instead of a tool. */
  | { kind: 'prose'; text?: string }
  /** The tool's input cut off by the token limit. */
  | { kind: 'cut-off' }
  /** An HTTP body that is not JSON. */
  | { kind: 'garbage' }
  /** An HTTP body that goes on and on. */
  | { kind: 'endless' }
  /** A tool input that the schema forbids. */
  | { kind: 'invalid' }
  /** Valid, but citing evidence that does not exist. */
  | { kind: 'invented-evidence' }
  | { kind: 'slow'; ms: number }
  | { kind: 'error'; status: number; code?: string; retryAfterSeconds?: number };

/** A call in provider-independent form. */
export interface ModelAsk {
  readonly provider: 'bedrock' | 'anthropic' | 'openai' | 'openai-responses' | 'ollama';
  readonly modelId: string;
  /** All text of the conversation except the model's own turns. */
  readonly prompt: string;
  readonly system: string;
  readonly tools: readonly { name: string; schema: Readonly<Record<string, unknown>> }[];
  /** Number of the model's earlier turns in this conversation. */
  readonly spoken: number;
  /** The tool that the model must use, or null when it may choose. */
  readonly forced: string | null;
  /** The request body as received. */
  readonly request: unknown;
  readonly bytes: number;
}

/** A reply for a provider's wire format to encode. Tokens are estimated at four bytes each. */
export type Reaction = { readonly inputTokens: number } & (
  | { kind: 'uses'; uses: Uses; whole: boolean }
  | { kind: 'prose'; text: string }
  | { kind: 'body'; body: string }
  | { kind: 'error'; status: number; code: string | undefined; retryAfterSeconds: number | undefined }
);

export interface ModelControl {
  /** Replies for the next calls of any provider, in order; after them the default applies again. */
  script(...replies: readonly Reply[]): void;
  /** Sets the reply to calls without a script. At first: plausible. */
  setDefault(reply: Reply): void;
  /** All calls that the provider would have accepted, oldest first. */
  calls(): readonly ModelAsk[];
}

export interface ScriptedModel {
  readonly control: ModelControl;
  react(ask: ModelAsk): Promise<Reaction>;
}

const ENDLESS_BYTES = 3_000_000;

export function makeScriptedModel(): ScriptedModel {
  const queue: Reply[] = [];
  const calls: ModelAsk[] = [];
  let usual: Reply = { kind: 'plausible' };
  return {
    control: {
      script: (...replies) => void queue.push(...replies),
      setDefault(reply) {
        usual = reply;
      },
      calls: () => calls,
    },
    async react(ask) {
      calls.push(ask);
      const reply = queue.shift() ?? usual;
      if (reply.kind === 'slow') await setTimeout(reply.ms);
      return { inputTokens: Math.ceil(ask.bytes / 4), ...reactionTo(reply, ask) };
    },
  };
}

type Bare<R> = R extends unknown ? Omit<R, 'inputTokens'> : never;

function reactionTo(reply: Reply, ask: ModelAsk): Bare<Reaction> {
  const tool = ask.tools.find(({ name }) => name === ask.forced) ?? ask.tools.at(-1);
  const use = (input: unknown, whole = true): Bare<Reaction> =>
    tool === undefined ? prose() : { kind: 'uses', uses: [{ name: tool.name, input }], whole };
  const plausible = (change: object = {}) =>
    use({ ...(plausibleAnswer(tool?.schema ?? {}, ask.prompt) as object), ...change });
  switch (reply.kind) {
    case 'plausible':
      if (reply.looks !== undefined && ask.forced === null && ask.spoken === 0)
        return { kind: 'uses', uses: reply.looks, whole: true };
      return plausible(reply.change);
    case 'slow':
      return plausible();
    case 'look':
      return ask.forced === null ? { kind: 'uses', uses: reply.uses, whole: true } : plausible();
    case 'tool':
      return use(reply.input);
    case 'prose':
      return prose(reply.text);
    case 'cut-off':
      return use({}, false);
    case 'garbage':
      return { kind: 'body', body: '<html>upstream said hello' };
    case 'endless':
      return { kind: 'body', body: ' '.repeat(ENDLESS_BYTES) };
    case 'invalid':
      return use({ unexpected: ['nothing', 'of', 'this', 'fits'], confidence: 'certain' });
    case 'invented-evidence':
      return plausible({ evidence: ['Z998', 'Z999'] });
    case 'error': {
      const { status, code, retryAfterSeconds } = reply;
      return { kind: 'error', status, code, retryAfterSeconds };
    }
    default:
      return reply satisfies never;
  }
}

const prose = (text = 'I looked at the log and I think that a test is failing.'): Bare<Reaction> => ({
  kind: 'prose',
  text,
});
