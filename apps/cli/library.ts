import { readFailure } from '@selfheal/diagnosis/causality/read-failure.ts';
import { FAMILY_OF } from '@selfheal/kernel/failure-class.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import type {
  AnalyzeOptions,
  OllamaOptions,
  ParsedLog,
  ParseOptions,
  RunAnalysis,
} from '#apps/workbench/analyze/analysis.ts';
import { analyzeSelectedRun } from '#apps/workbench/analyze/analyze-run.ts';
import { apiUrlOf, appTokenWarning, githubOptions, isDryRun } from '#apps/workbench/analyze/github-environment.ts';
import { type ModelChoice, modelChoiceOf, modelPorts } from '#apps/workbench/analyze/model-choice.ts';
import { questionOf } from '#apps/workbench/analyze/select-run.ts';
import {
  shippedModel,
  shippedRecall,
  shippedSignatures,
  withOwnSignatures,
} from '#apps/workbench/input/shipped-content.ts';
import { dataDirectoryOf } from '#shared/adapters/archive/data-files.ts';
import { loadPrompts } from '#shared/adapters/archive/prompt-files.ts';
import { makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { makeGithubCodeReader } from '#shared/adapters/github/code-reader.ts';
import { makeGithubRunFinder } from '#shared/adapters/github/run-finder.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { connectModel } from '#shared/app/analyze/connect.ts';
import { makeExcerpts } from '#shared/app/gather/excerpts.ts';
import { makeFailedTests } from '#shared/app/gather/tests.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { DiagnosisModel } from '#shared/ports/diagnosis-model.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import { generate } from './analyze/ask-ollama.ts';

export type * from '#apps/workbench/analyze/analysis.ts';

/**
 * Reads the log of a failed job: the kind of failure, the failed tests and the lines that tell of it. `signatures` adds
 * your own rules. Rejects with a `UsageError` when their folder cannot be read.
 */
export async function parseFailureLog(log: string, options: ParseOptions = {}): Promise<ParsedLog> {
  const { warn = () => {} } = options;
  shipped ??= loadShipped(warn);
  const { signatures: base, failureModel: model } = await shipped;
  const signatures = options.signatures === undefined ? base : await withOwnSignatures(base, options.signatures, warn);
  const excerpts = makeExcerpts(1);
  const tests = makeFailedTests();
  excerpts.open({ id: 'log', name: phrase`log`, url: null }, undefined, () => tests.open('log')).push(log);
  const gatheredAt = systemClock.now().toISOString();
  const evidence = { version: 1 as const, incidentId: 'none', gatheredAt, ...excerpts.finish() };
  const { classification: found } = readFailure(evidence, { signatures, model });
  return {
    class: found.class,
    family: FAMILY_OF[found.class],
    verdict: found.verdict,
    confidence: found.confidence,
    signature: found.signature,
    failedTests: tests.finish().map(({ name }) => name),
    lines: evidence.sources.flatMap(({ lines }) =>
      lines.map(({ ref, number, text }) => ({ line: number, text, decided: found.evidence.includes(ref) })),
    ),
  };
}

type Line = (text: string) => void;

/** Rules, written advice and the trained model; loaded once per process. */
let shipped: ReturnType<typeof loadShipped> | undefined;

async function loadShipped(warn: Line) {
  const [signatures, failureModel, recall] = await Promise.all([
    shippedSignatures(warn),
    shippedModel(warn),
    shippedRecall(warn),
  ]);
  return { signatures, failureModel, recall };
}

/**
 * Analyses a failed GitHub Actions run and cites lines of its logs. With `post` it writes the result as a comment on
 * the pull request, or edits its earlier one. Needs `GITHUB_TOKEN` in the environment; reads
 * `GITHUB_REPOSITORY`, `GITHUB_API_URL`, `DRY_RUN` and the variables of the chosen model. Rejects with an error named
 * `UsageError`, whose message says how to fix it: no token, a missing permission, no such run, expired logs.
 */
export async function analyzeRun(options: AnalyzeOptions): Promise<RunAnalysis> {
  const { environment = process.env, warn = () => {}, debug = () => {} } = options;
  const apiUrl = apiUrlOf(environment);
  const question = questionOf(options, apiUrl, environment.GITHUB_REPOSITORY);
  const choice = modelChoiceOf(options.model, environment, warn);
  let requests = 0;
  const meter: Meter = {
    count: (name, value = 1) => {
      if (name === 'github-requests') requests += value;
    },
    time() {},
  };
  const github = githubOptions(environment, apiUrl, meter);
  shipped ??= loadShipped(warn);
  const [{ signatures, failureModel, recall }, model] = await Promise.all([
    shipped,
    choice === null ? null : connect(choice),
  ]);
  const configuration = Configuration.parse({
    version: 1,
    github: { apiUrl },
    ...(choice === null ? {} : { model: choice.settings }),
  });
  const post = options.post ?? false;
  const warning = post ? appTokenWarning(environment) : null;
  if (warning !== null) warn(warning);
  const wishes = { jobs: options.jobs ?? [], post, dryRun: options.dryRun ?? isDryRun(environment) };
  const analysis = await analyzeSelectedRun(question, wishes, {
    finder: makeGithubRunFinder(github),
    codeHost: makeGithubCodeHost(github),
    code: makeGithubCodeReader(github),
    archives: makeZipLogArchive(),
    configuration,
    signatures,
    failureModel,
    recall,
    model,
    clock: systemClock,
    meter,
    log: logTo(warn, debug),
    warn,
    debug,
  });
  debug(`${requests} requests to ${apiUrl}`);
  if (choice !== null && analysis.outcome === 'analysed' && analysis.source === 'rules')
    warn(`The diagnosis is by the built-in rules: ${placeOf(choice)} gave no usable answer.`);
  return analysis;
}

/**
 * Asks Ollama one question about a context, such as lines of a log, and returns its answer. Secrets are removed from both
 * before they are sent. Rejects with a `UsageError` that says how to mend it: no server, no such model, no answer in time.
 */
export async function sendToOllama(prompt: string, context: string, options: OllamaOptions = {}): Promise<string> {
  return await generate(prompt, context, options);
}

function placeOf({ settings: { provider, baseUrl } }: ModelChoice): string {
  return baseUrl === undefined ? provider : `${provider} at ${baseUrl}`;
}

async function connect({ settings, key }: ModelChoice): Promise<DiagnosisModel> {
  return connectModel(settings, await loadPrompts(dataDirectoryOf({})), await modelPorts(key));
}

function logTo(warn: Line, debug: Line): Log {
  const line = (level: string, message: string, fields: object = {}): string =>
    `${level}: ${message} ${JSON.stringify(fields)}`;
  return {
    info: (message, fields) => debug(line('info', message, fields)),
    warn: (message, fields) => debug(line('warn', message, fields)),
    error: (message, fields) => warn(line('error', message, fields)),
  };
}
