import type { DiagnosisModel, DiagnosisRequest, DiagnosisResult } from '#shared/ports/diagnosis-model.ts';
import type { ModelAnswer, ModelCall, ModelClient } from '#shared/ports/model-client.ts';
import { renderRequest, SYSTEM_PROMPT } from './prompt.ts';
import { parseReply, replySchema, TOOL_NAME } from './reply.ts';

export interface DiagnosisOptions {
  /** For both turns together. */
  readonly timeoutSeconds: number;
  readonly maxOutputTokens: number;
}

type Turn = Pick<ModelCall, 'messages'>['messages'][number];

/**
 * Speaks the diagnosis protocol over any model client: one forced tool call, validated, and one turn to repair an invalid answer.
 * Never throws: whatever goes wrong is `unavailable` with a reason fit for a reader.
 */
export function makeDiagnosisModel(client: ModelClient, options: DiagnosisOptions): DiagnosisModel {
  return { diagnose: (request) => diagnose(request, client, options) };
}

async function diagnose(
  request: DiagnosisRequest,
  client: ModelClient,
  options: DiagnosisOptions,
): Promise<DiagnosisResult> {
  const signal = AbortSignal.timeout(options.timeoutSeconds * 1000);
  const ask = (messages: readonly Turn[]) => client.call({ ...callOf(request, options), messages, signal });
  const question: Turn = { role: 'user', text: renderRequest(request) };
  let tokens = 0;
  try {
    const first = await withinTime(ask([question]), signal);
    tokens += first.tokens;
    const parsed = parseAnswer(first, request);
    if (parsed.kind === 'valid') return { kind: 'answered', reply: parsed.reply, tokens };
    const second = await withinTime(ask([question, ...repairTurns(first, parsed.problem)]), signal);
    tokens += second.tokens;
    const repaired = parseAnswer(second, request);
    if (repaired.kind === 'valid') return { kind: 'answered', reply: repaired.reply, tokens };
    return { kind: 'unavailable', reason: 'The model gave an invalid answer twice.', tokens };
  } catch (error) {
    return { kind: 'unavailable', reason: reasonOf(error, signal), tokens };
  }
}

function callOf(request: DiagnosisRequest, options: DiagnosisOptions) {
  return {
    system: SYSTEM_PROMPT,
    tool: { name: TOOL_NAME, description: 'Reports the diagnosis of the failure.', schema: replySchema(request) },
    maxOutputTokens: options.maxOutputTokens,
  };
}

function parseAnswer(answer: ModelAnswer, request: DiagnosisRequest) {
  return answer.kind === 'tool'
    ? parseReply(answer.input, request)
    : ({ kind: 'invalid', problem: `answer by calling the tool ${TOOL_NAME}` } as const);
}

function repairTurns(answer: ModelAnswer, problem: string): Turn[] {
  const said = answer.kind === 'tool' ? JSON.stringify(answer.input) : answer.text;
  return [
    { role: 'assistant', text: (said ?? '').slice(0, 8000) || '(empty)' },
    { role: 'user', text: `Your answer is not valid: ${problem}. Call the tool again with a valid answer.` },
  ];
}

/** A client that ignores the signal must not hold the step. */
async function withinTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return await Promise.race([work, aborted]);
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'The model did not answer in time.';
  if (error instanceof Error && error.name === 'Refused') return 'The model refused the request.';
  return 'The model could not be reached.';
}
