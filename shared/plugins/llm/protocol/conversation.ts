import { addTokens, NO_TOKENS } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { digestOf } from '@selfheal/kernel/digest.ts';
import { UnreadableAnswer } from '@selfheal/kernel/errors.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { redactJson } from '@selfheal/redaction/redact-json.ts';
import type { ConsultedLine, DiagnosisRequest, ModelBudget, ModelSpending } from '#shared/ports/diagnosis-model.ts';
import type {
  ModelAnswer,
  ModelCall,
  ModelClient,
  ModelTurn,
  PastToolUse,
  TokenUse,
  ToolUse,
} from '#shared/ports/model-client.ts';
import { beforeAbort, lookUp, MAX_USES } from './look-up.ts';
import { renderRequest } from './prompt.ts';
import { replyTool, type ShownLine, TOOL_NAME } from './reply.ts';

/** Code and logs have fewer characters per token than prose; an estimate has to be rather too high. */
const CHARACTERS_PER_TOKEN = 3;
const MAX_ECHO_LENGTH = 8000;

export interface ConversationOptions {
  readonly modelId: string;
  readonly client: ModelClient;
  readonly system: string;
  readonly maxOutputTokens: number;
  readonly temperature?: number | undefined;
  readonly budget: ModelBudget;
  readonly signal: AbortSignal;
}

/** The budget has no room for another turn. The message is a sentence for the reader. */
export class NoBudget extends Error {
  override readonly name = 'NoBudget';
}

/** The conversation so far, the lines shown and its cost. Every turn is reserved from the budget before it is taken. */
export interface Conversation {
  /** Lines the model may cite. */
  readonly shown: readonly ShownLine[];
  readonly consulted: readonly ConsultedLine[];
  spent(): ModelSpending;
  /**
   * Asks once. `mayLookUp`: if the budget also has room for a turn after this one. Throws `NoBudget` and what the
   * client throws.
   */
  ask(mayLookUp: boolean): Promise<ModelAnswer>;
  /** Answers the model's lookups. */
  answerUses(answer: ModelAnswer, uses: readonly ToolUse[]): Promise<void>;
  /** Tells the model what is wrong with its answer. */
  refuse(answer: ModelAnswer, problem: string): void;
}

export function openConversation(request: DiagnosisRequest, options: ConversationOptions): Conversation {
  const turns: ModelTurn[] = [{ role: 'user', text: renderRequest(request) }];
  const consulted: ConsultedLine[] = [];
  const lookups: string[] = [];
  const tools = [...request.lookups, replyTool(request)].map(({ name, description, schema }) => ({
    name,
    description,
    schema,
  }));
  const system = redactOutgoing(options.system);
  const prompt = digestOf(options.system, 12);
  let tokens = NO_TOKENS;
  let asked = 0;
  return {
    get shown() {
      return [...request.lines, ...consulted];
    },
    consulted,
    spent: () => ({ modelId: options.modelId, prompt, turns: asked, tokens, lookups }),
    async ask(mayLookUp) {
      const { maxOutputTokens, temperature, signal } = options;
      const call = { system, turns, tools, maxOutputTokens, temperature, signal };
      const paid = await pay(call, mayLookUp && request.lookups.length > 0, options);
      const mustCall = paid.mayLookUp ? 'any' : TOOL_NAME;
      asked += 1;
      const { answer, used } = await callAndSettle({ ...call, mustCall }, paid, options);
      tokens = addTokens(tokens, used);
      return answer;
    },
    async answerUses(answer, uses) {
      turns.push({ role: 'assistant', text: redactOutgoing(answer.text), uses: uses.map(asPast) });
      const results = [];
      for (const [at, use] of uses.entries()) {
        const late = at >= MAX_USES ? phrase`Too many at once: ask again.` : null;
        if (late !== null) {
          results.push({ id: use.id, name: use.name, text: late, failed: true });
          continue;
        }
        lookups.push(use.name.slice(0, 60));
        const { result, lines } = await lookUp(use, request.lookups, consulted.length + 1, options.signal);
        consulted.push(...lines);
        results.push(result);
      }
      turns.push({ role: 'results', results, text: phrase`` });
    },
    refuse: (answer, problem) => void turns.push(...repairTurns(answer, problem)),
  };
}

/** A model's text is text from outside, even when it is sent back to it. */
const asPast = (use: ToolUse): PastToolUse => ({ ...use, input: redactJson(use.input) });

type Bill = Pick<ModelCall, 'system' | 'turns' | 'tools' | 'maxOutputTokens'>;

/**
 * A turn of lookups is worthless without the one that answers: both have to fit, or the answer is requested at once.
 */
async function pay(call: Bill, mayLookUp: boolean, { budget, modelId }: ConversationOptions) {
  const { system, turns, tools } = call;
  const input = Math.ceil(JSON.stringify([system, turns, tools]).length / CHARACTERS_PER_TOKEN);
  const estimate: TokenUse = { input, cachedInput: 0, output: call.maxOutputTokens };
  if (mayLookUp) {
    const both = await budget.reserve(modelId, addTokens(addTokens(estimate, estimate), { ...NO_TOKENS, input: 2000 }));
    if (both.kind === 'reserved') return { mayLookUp, settle: both.settle, estimate };
  }
  const one = await budget.reserve(modelId, estimate);
  if (one.kind === 'empty') throw new NoBudget(one.reason);
  return { mayLookUp: false, settle: one.settle, estimate };
}

/**
 * A call without reported usage is charged at its estimate. After a timeout the model may have answered anyway, and an
 * unreadable answer was paid too; other failures cost nothing.
 */
async function callAndSettle(
  call: ModelCall,
  { settle, estimate }: { settle(spent: TokenUse | null): Promise<void>; estimate: TokenUse },
  { client, signal }: ConversationOptions,
): Promise<{ answer: ModelAnswer; used: TokenUse }> {
  try {
    const answer = await beforeAbort(client.call(call), signal);
    const used = isReported(answer) ? answer.tokens : estimate;
    await settle(used);
    return { answer, used };
  } catch (error) {
    const isPaid = error instanceof UnreadableAnswer;
    await settle(signal.aborted ? null : isPaid ? estimate : NO_TOKENS);
    throw error;
  }
}

/** No prompt or answer has zero tokens: servers that do not count write zeros. */
function isReported(answer: ModelAnswer): answer is ModelAnswer & { tokens: TokenUse } {
  const { tokens, kind, text } = answer;
  return tokens !== null && tokens.input > 0 && (tokens.output > 0 || (kind === 'text' && text === ''));
}

function repairTurns(answer: ModelAnswer, problem: string): ModelTurn[] {
  const words = redactOutgoing(`Your answer is not valid: ${problem}. Call ${TOOL_NAME} with a valid answer.`);
  const text = redactOutgoing(answer.text).slice(0, MAX_ECHO_LENGTH);
  if (answer.kind === 'text')
    return [
      { role: 'assistant', text: text.trim() || phrase`(no answer)`, uses: [] },
      { role: 'user', text: words },
    ];
  const results = answer.uses.map(({ id, name }) => ({ id, name, text: words, failed: true }));
  return [
    { role: 'assistant', text, uses: answer.uses.map(asPast) },
    { role: 'results', results, text: phrase`` },
  ];
}
