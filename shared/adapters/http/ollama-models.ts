import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';

const TIMEOUT_MILLISECONDS = 10_000;
const Tags = z.object({ models: z.array(z.object({ name: z.string() })) });

/**
 * Names of the models that an Ollama server has (`GET /api/tags`,
 * https://github.com/ollama/ollama/blob/main/docs/api.md#list-local-models): `qwen2.5-coder:latest`. Throws `Retryable`
 * when it cannot be reached, `Refused` when the server is something else.
 */
export async function readOllamaModels(baseUrl: string): Promise<string[]> {
  const url = `${baseUrl.replace(/\/+$/, '')}/api/tags`;
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) }).catch(
    (cause: unknown) => {
      const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
      throw new Retryable(`${url}: ${reason}`, { cause });
    },
  );
  const parsed = Tags.safeParse(await answer.json().catch(() => null));
  if (!answer.ok || !parsed.success) throw new Refused(`${url} answered ${answer.status}, not as Ollama does.`);
  return parsed.data.models.map(({ name }) => name);
}
