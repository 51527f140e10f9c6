import { dataDirectoryOf } from '#shared/adapters/archive/data-files.ts';
import { loadPrompts } from '#shared/adapters/archive/prompt-files.ts';
import { makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { makeGithubCodeReader } from '#shared/adapters/github/code-reader.ts';
import { githubAccess } from '#shared/adapters/github/github-access.ts';
import type { GithubOptions } from '#shared/adapters/github/github-client.ts';
import { makeGithubRunFinder } from '#shared/adapters/github/run-finder.ts';
import { makeJsonPost } from '#shared/adapters/http/json-post.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { connectModel } from '#shared/app/analyze/connect.ts';
import { makeExcerpts } from '#shared/app/gather/excerpts.ts';
import { makeFailedTests } from '#shared/app/gather/tests.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { classify } from '#shared/domain/failure/classify.ts';
import { FAMILY_OF } from '#shared/domain/incident/failure-class.ts';
import { phrase } from '#shared/kernel/text/redacted-text.ts';
import type { DiagnosisModel } from '#shared/ports/diagnosis-model.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import type { AnalyzeOptions, ParsedLog, ParseOptions, RunAnalysis } from './analyze/analysis.ts';
import { analyzeSelectedRun } from './analyze/analyze-run.ts';
import { type ModelChoice, modelChoiceOf } from './analyze/model-choice.ts';
import { questionOf } from './analyze/select-run.ts';
import { UsageError } from './command.ts';
import { shippedModel, shippedRecall, shippedSignatures, withOwnSignatures } from './input/shipped-content.ts';

export type * from './analyze/analysis.ts';

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
  excerpts.open({ id: 'log', name: phrase`log`, url: null }).push(log);
  tests.open('log').push(log);
  const gatheredAt = systemClock.now().toISOString();
  const evidence = { version: 1 as const, incidentId: 'none', gatheredAt, ...excerpts.finish() };
  const found = classify(evidence, { signatures, model });
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

type Environment = Readonly<Record<string, string | undefined>>;
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
  const choice = modelChoiceOf(options.model, environment);
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
  if (post) warnOfAppToken(environment, warn);
  const wishes = { jobs: options.jobs ?? [], post, dryRun: options.dryRun ?? environment.DRY_RUN === 'true' };
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

function placeOf({ settings: { provider, baseUrl } }: ModelChoice): string {
  return baseUrl === undefined ? provider : `${provider} at ${baseUrl}`;
}

function apiUrlOf({ GITHUB_API_URL: given }: Environment): string {
  const apiUrl = given || 'https://api.github.com';
  if (/^https?:$/.test(URL.parse(apiUrl)?.protocol ?? '')) return apiUrl.replace(/\/+$/, '');
  throw new UsageError(`GITHUB_API_URL is ${apiUrl}: expected a URL such as https://github.example.com/api/v3.`);
}

/** Credentials from the environment: a token of a user or of a workflow's run, or a GitHub App. */
function githubOptions(environment: Environment, apiUrl: string, meter: Meter): GithubOptions {
  const { GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY, GITHUB_APP_INSTALLATION_ID } = environment;
  const token = tokenOf(environment);
  if (!token && !GITHUB_APP_ID)
    throw new UsageError(
      'Set GITHUB_TOKEN to a token that may read Actions (with --post: also write pull requests): https://github.com/settings/personal-access-tokens',
    );
  const secret: Record<string, string> = GITHUB_APP_ID
    ? {
        appId: GITHUB_APP_ID,
        ...(GITHUB_APP_PRIVATE_KEY ? { privateKey: GITHUB_APP_PRIVATE_KEY } : {}),
        ...(GITHUB_APP_INSTALLATION_ID ? { installationId: GITHUB_APP_INSTALLATION_ID } : {}),
      }
    : { token };
  if (GITHUB_APP_ID && !GITHUB_APP_PRIVATE_KEY)
    throw new UsageError('GITHUB_APP_ID needs GITHUB_APP_PRIVATE_KEY, the key of the app in PEM.');
  const access = githubAccess({ apiUrl, secret: async () => secret, clock: systemClock, meter });
  // This token cannot ask for its own name; its comments have this author.
  const { botLogin } = access;
  if (!isOfWorkflow(environment)) return access;
  return { ...access, botLogin: async () => (await botLogin?.()) ?? 'github-actions[bot]' };
}

const tokenOf = ({ GITHUB_TOKEN, GH_TOKEN }: Environment): string => (GITHUB_TOKEN || GH_TOKEN || '').trim();

/** Form of tokens of GitHub Apps, including the token of a workflow's run. https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ */
const isOfApp = (environment: Environment): boolean => tokenOf(environment).startsWith('ghs_');
const isOfWorkflow = (environment: Environment): boolean =>
  environment.GITHUB_ACTIONS === 'true' && isOfApp(environment);

function warnOfAppToken(environment: Environment, warn: Line): void {
  if (isOfApp(environment) && !isOfWorkflow(environment) && !environment.GITHUB_APP_ID)
    warn(
      'The token is of an app that cannot be asked for its name, so an earlier comment is not found and a new one is added: set GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY instead.',
    );
}

async function connect({ settings, key }: ModelChoice): Promise<DiagnosisModel> {
  const { makeBedrockModelClient } = await import('#shared/adapters/aws/bedrock-model-client.ts');
  return connectModel(settings, await loadPrompts(dataDirectoryOf({})), {
    json: makeJsonPost(),
    key: async () => key,
    bedrock: (modelId, { caches }) => makeBedrockModelClient({ modelId, caches }),
  });
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
