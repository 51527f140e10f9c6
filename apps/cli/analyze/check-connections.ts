import { UsageError } from '@selfheal/cli-kit/command.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import * as z from 'zod';
import { asking } from '#apps/workbench/analyze/github-problem.ts';
import { type ModelChoice, modelPorts } from '#apps/workbench/analyze/model-choice.ts';
import type { GithubSelfTest } from '#shared/adapters/github/self-test.ts';
import { MODEL_PROVIDERS } from '#shared/plugins/llm/registry.ts';

/** One thing that was tried. `unknown`: it cannot be tried without changing something. */
export interface ConnectionCheck {
  readonly name: string;
  readonly state: 'ok' | 'failed' | 'unknown';
  readonly detail: string;
}

const MAX_REASON = 300;

async function tried(name: string, work: () => Promise<string>): Promise<ConnectionCheck> {
  try {
    return { name, state: 'ok', detail: await work() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name, state: 'failed', detail: cleanText(reason, MAX_REASON) };
  }
}

/** Whether GitHub answers, accepts the token, and lets it read what an analysis reads. The later checks need the first. */
export async function checkGithub(
  apiUrl: string,
  repository: string | null,
  github: GithubSelfTest,
): Promise<ConnectionCheck[]> {
  const first = await tried('GitHub', async () => {
    const request = { what: 'read the rate limit', right: 'Metadata: read', missing: `${apiUrl} is not GitHub's API` };
    const { limit, remaining } = await asking(request, () => github.limit());
    return `${apiUrl} accepts the token; ${remaining} of ${limit} requests are left in this hour`;
  });
  if (first.state !== 'ok' || repository === null) return [first];
  const right = (name: string, what: string, read: () => Promise<void>) =>
    tried(name, async () => {
      await asking({ what, right: name, missing: `There is no repository ${repository}` }, read);
      return what;
    });
  return [
    first,
    await right('Metadata: read', `see ${repository}`, () => github.repository(repository)),
    await right('Actions: read', `read the runs of ${repository}`, () => github.runs(repository)),
    await right('Pull requests: read', `read the pull requests of ${repository}`, () =>
      github.pullRequests(repository),
    ),
    await right('Checks: read', `read why GitHub stops jobs of ${repository}: time limits, lost runners`, () =>
      github.checks(repository),
    ),
    {
      name: 'Pull requests: write',
      state: 'unknown',
      detail: 'cannot be tried without writing a comment; "selfheal analyze --post" says when it is missing',
    },
  ];
}

/** Whether the model's server answers, has the model, and the model answers in the form that a diagnosis needs. */
export async function checkModel(choice: ModelChoice): Promise<ConnectionCheck[]> {
  const { settings } = choice;
  const { provider, modelId, baseUrl } = settings;
  const has = provider === 'ollama' && baseUrl !== undefined ? [await checkOllama(baseUrl, modelId)] : [];
  if (has.some(({ state }) => state === 'failed')) return has;
  return [...has, await tried(`${provider} ${modelId}`, () => askForAnswer(choice))];
}

function checkOllama(baseUrl: string, modelId: string): Promise<ConnectionCheck> {
  return tried(`Ollama at ${baseUrl}`, async () => {
    const { readOllamaModels } = await import('#shared/adapters/http/ollama-models.ts');
    const models = await readOllamaModels(baseUrl).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UsageError(`${reason.replace(/\.?$/, '.')} Start it with "ollama serve", or set OLLAMA_URL.`, {
        cause,
      });
    });
    if (!models.some((name) => name === modelId || name === `${modelId}:latest`))
      throw new UsageError(`it has no ${modelId}: "ollama pull ${modelId}", or set OLLAMA_MODEL.`);
    return `it has ${modelId}`;
  });
}

const MAX_OUTPUT_TOKENS = 200;
const Reached = z.object({ works: z.boolean() });

async function askForAnswer({ settings, key }: ModelChoice): Promise<string> {
  const provider = MODEL_PROVIDERS.find(({ id }) => id === settings.provider);
  if (provider === undefined) throw new UsageError(`There is no provider ${settings.provider}.`);
  const client = provider.connect(settings.modelId, settings, await modelPorts(key));
  const answer = await client.call({
    system: phrase`You are asked whether you can be reached.`,
    turns: [{ role: 'user', text: phrase`Call the tool "reached" with works: true.` }],
    tools: [
      {
        name: 'reached',
        description: phrase`Says that you were reached.`,
        schema: {
          type: 'object',
          properties: { works: { type: 'boolean' } },
          required: ['works'],
          additionalProperties: false,
        },
      },
    ],
    mustCall: 'reached',
    maxOutputTokens: MAX_OUTPUT_TOKENS,
    signal: AbortSignal.timeout(settings.timeoutSeconds * 1000),
  });
  // A model of Ollama cannot be forced to call a tool: what it wrote in its place is the input.
  if (answer.kind === 'tools' && Reached.safeParse(answer.uses[0]?.input).success) return 'it answers';
  throw new UsageError('it answers in prose where a form was asked for: use a model that can call tools.');
}
