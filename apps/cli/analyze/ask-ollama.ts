import { UsageError } from '@selfheal/cli-kit/command.ts';
import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { present } from '@selfheal/kernel/present.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import type { OllamaOptions } from '#apps/workbench/analyze/analysis.ts';
import { modelChoiceOf } from '#apps/workbench/analyze/model-choice.ts';
import { makeJsonPost } from '#shared/adapters/http/json-post.ts';

const Generated = z.object({ response: z.string(), done: z.literal(true) });
const MAX_REASON = 300;

/**
 * One completion by Ollama's `POST /api/generate` without streaming
 * (https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-completion). Throws `UsageError`.
 */
export async function generate(prompt: string, context: string, options: OllamaOptions): Promise<string> {
  const { url, model, environment = process.env } = options;
  const given = present({ OLLAMA_URL: url, OLLAMA_MODEL: model });
  const choice = modelChoiceOf('ollama', { ...environment, ...given });
  if (choice === null) throw new UsageError('Ollama is not known here.');
  const { modelId, baseUrl, timeoutSeconds } = choice.settings;
  const whole = context === '' ? prompt : `${prompt}\n\n${context}`;
  try {
    const answer = await makeJsonPost().post({
      what: `Asking ${modelId} of Ollama at ${baseUrl}`,
      url: `${baseUrl}/api/generate`,
      headers: {},
      body: { model: modelId, prompt: redactOutgoing(whole), stream: false },
      signal: AbortSignal.timeout((options.timeoutSeconds ?? timeoutSeconds) * 1000),
    });
    const generated = Generated.safeParse(answer);
    if (!generated.success) throw new UsageError(`${baseUrl} does not answer as Ollama does: check OLLAMA_URL.`);
    return generated.data.response;
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Retryable)) throw error;
    const reason = cleanText(error.message, MAX_REASON);
    const mend = /not found/.test(reason) ? `"ollama pull ${modelId}"` : '"ollama serve", or set OLLAMA_URL';
    throw new UsageError(`${reason} Run ${mend}.`, { cause: error });
  }
}
