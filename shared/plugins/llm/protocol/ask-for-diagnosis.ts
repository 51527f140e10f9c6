import type { ModelSettings } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { FAMILY_OF } from '@selfheal/kernel/failure-class.ts';
import type {
  DiagnosisModel,
  DiagnosisReply,
  DiagnosisRequest,
  DiagnosisResult,
  ModelBudget,
} from '#shared/ports/diagnosis-model.ts';
import type { ModelAnswer, ModelClient } from '#shared/ports/model-client.ts';
import { jsonIn } from './clean-code.ts';
import { type Conversation, NoBudget, openConversation } from './conversation.ts';
import { type Prompts, systemPromptOf } from './prompt.ts';
import { parseReply, TOOL_NAME } from './reply.ts';

export interface DiagnosisOptions {
  readonly settings: Pick<
    ModelSettings,
    'modelId' | 'modelIdOf' | 'timeoutSeconds' | 'maxOutputTokens' | 'temperature' | 'maxTurns'
  >;
  readonly prompts: Prompts;
  readonly clientOf: (modelId: string) => ModelClient;
}

/**
 * The diagnosis protocol over any model client: lookups while turns and budget last, one validated report, and one turn
 * to repair an invalid one. Never throws: failures are `unavailable` with a reason for the reader.
 */
export function makeDiagnosisModel(options: DiagnosisOptions): DiagnosisModel {
  return { diagnose: (request, budget) => diagnose(request, budget, options) };
}

async function diagnose(
  request: DiagnosisRequest,
  budget: ModelBudget,
  options: DiagnosisOptions,
): Promise<DiagnosisResult> {
  const { settings, prompts, clientOf } = options;
  const family = FAMILY_OF[request.classification.class];
  const modelId = settings.modelIdOf[family] ?? settings.modelId;
  const signal = AbortSignal.timeout(settings.timeoutSeconds * 1000);
  const talk = openConversation(request, {
    modelId,
    client: clientOf(modelId),
    system: systemPromptOf(prompts, family),
    maxOutputTokens: settings.maxOutputTokens,
    temperature: settings.temperature,
    budget,
    signal,
  });
  try {
    const reply = await converse(request, talk, settings.maxTurns);
    if (reply === null)
      return { kind: 'unavailable', reason: 'The language model gave an invalid answer twice.', spent: talk.spent() };
    return { kind: 'answered', reply, spent: talk.spent() };
  } catch (error) {
    return { kind: 'unavailable', reason: reasonOf(error, signal), spent: talk.spent() };
  }
}

/**
 * Null when the report is invalid twice. The last turn is reserved for a repair, so the one before it has to report.
 */
async function converse(
  request: DiagnosisRequest,
  talk: Conversation,
  maxTurns: number,
): Promise<DiagnosisReply | null> {
  let repaired = false;
  for (let turn = 1; turn <= Math.max(2, maxTurns); turn++) {
    const answer = await talk.ask(!repaired && turn < maxTurns - 1);
    const report = reportIn(answer);
    if (report === null && answer.kind === 'tools' && !repaired && turn < maxTurns - 1) {
      await talk.answerUses(answer, answer.uses);
      continue;
    }
    const parsed =
      report === null
        ? ({ kind: 'invalid', problem: `answer by calling the tool ${TOOL_NAME}` } as const)
        : parseReply(report.input, request, talk.shown);
    if (parsed.kind === 'valid') return withConsulted(parsed.reply, talk);
    if (repaired) return null;
    repaired = true;
    talk.refuse(answer, parsed.problem);
  }
  return null;
}

/** The report, also from models that write the tool's input as their answer. */
function reportIn(answer: ModelAnswer): { input: unknown } | null {
  if (answer.kind === 'tools') return answer.uses.find(({ name }) => name === TOOL_NAME) ?? null;
  const input = jsonIn(answer.text);
  return input === null ? null : { input };
}

function withConsulted(reply: Omit<DiagnosisReply, 'consulted'>, talk: Conversation): DiagnosisReply {
  const cited = new Set([reply, ...reply.findings, ...reply.suggestions].flatMap(({ evidence }) => evidence));
  return { ...reply, consulted: talk.consulted.filter(({ ref }) => cited.has(ref)) };
}

/** A budget that cannot be read counts as empty: nothing is spent that cannot be counted. */
function reasonOf(error: unknown, signal: AbortSignal): string {
  if (error instanceof NoBudget) return error.message;
  if (signal.aborted) return 'The language model did not answer in time.';
  if (error instanceof Error && error.name === 'Refused') return 'The language model refused the request.';
  // Without the address: the reason may be shown in a public comment.
  if (error instanceof Error && error.message.includes('ECONNREFUSED'))
    return 'The language model refuses connections: is its server running, and model.baseUrl right?';
  return 'The language model could not be reached.';
}
