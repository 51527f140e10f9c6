import { appendFile, readFile } from 'node:fs/promises';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import {
  type FeedbackOutcome,
  type FeedbackRequest,
  postFeedback,
} from '@selfheal/pull-request-quality/app/feedback/post-feedback.ts';
import { changesOfPatch } from '@selfheal/pull-request-quality/domain/pull-request/code-suggestion.ts';
import {
  combineResults,
  type PullRequestFacts,
} from '@selfheal/pull-request-quality/domain/pull-request/pull-request-facts.ts';
import type { ReportedRun } from '@selfheal/pull-request-quality/domain/pull-request/render-report.ts';
import { templateWords } from '@selfheal/pull-request-quality/domain/pull-request/report-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import type { GithubOptions } from '#shared/adapters/github/github-client.ts';
import { makeGithubPullRequestFeedback } from '#shared/adapters/github/pull-request-feedback.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { modelClients } from '#shared/app/analyze/connect.ts';
import { writeWords } from '#shared/app/model-words/write-words.ts';
import { apiUrlOf, githubOptions } from '../analyze/github-environment.ts';
import { MissingModelKey, type ModelChoice, modelChoiceOf, modelPorts } from '../analyze/model-choice.ts';
import { gitlabFeedbackOf, gitlabRunOf, isGitlabJob } from './gitlab-job.ts';
import { jobRunOf, type RunOptions } from './job-environment.ts';
import { neededJobs, readResults } from './read-results.ts';

export interface FeedbackOptions extends RunOptions {
  /** Folder with the results of the jobs. */
  readonly results: string;
  /** `toJSON(needs)` of the workflow. */
  readonly needs?: string | undefined;
  /** File with a proposed patch, a unified diff against the commit. */
  readonly patch?: string | undefined;
  /** Name of the check. */
  readonly check?: string | undefined;
  /** Who writes the summary: `rules` or a language model; by default the model that the environment configures. */
  readonly model?: string | undefined;
  readonly dryRun: boolean;
  /** Receives a line for what is worth knowing and no part of the result. */
  readonly warn: (line: string) => void;
}

type Environment = Readonly<Record<string, string | undefined>>;
const NO_METER = { count() {} };

/**
 * Puts the results of all jobs together and writes them on the pull request, and on the page of the job (`GITHUB_STEP_SUMMARY`); in a job of GitLab on the merge
 * request. Throws `UsageError` for wrong options and unreadable input, and never because of the host: the outcome says what could not be written.
 */
export async function feedbackOf(options: FeedbackOptions, environment: Environment): Promise<FeedbackOutcome> {
  const results = await readResults(options.results);
  const needed = neededJobs(options.needs);
  if (results.length + needed.length === 0)
    throw new UsageError(`${options.results} has no result of a job (*.json): run the jobs' steps of Selfheal first.`);
  const onGitlab = isGitlabJob(environment);
  const job = onGitlab ? gitlabRunOf(options, environment) : jobRunOf(options, environment);
  const { run, fromFork } = job;
  const facts = combineResults(results, needed);
  const changes = options.patch === undefined ? [] : await proposedChanges(options.patch);
  const withChanges = { ...facts, changes: [...facts.changes, ...changes] };
  const { github, problem } = connection(environment);
  const hasToken = onGitlab ? Boolean(environment.GITLAB_TOKEN) : problem === null;
  const asks = job.isUnnamed && problem === null && !options.dryRun;
  const pullRequest = asks ? await openPullRequestOf(run, github, options.warn) : job.pullRequest;
  const words = await wordsFor(withChanges, options, environment);
  const outcome = await postFeedback(
    {
      run,
      pullRequest: pullRequest ?? 0,
      facts: withChanges,
      words,
      checkName: options.check ?? 'Selfheal',
      write: writeOf({ dryRun: options.dryRun, onGitlab, hasToken, fromFork, pullRequest }),
    },
    {
      feedback: onGitlab ? await gitlabFeedbackOf(environment) : makeGithubPullRequestFeedback(github),
      clock: systemClock,
    },
  );
  if (!options.dryRun) await writePage(outcome, environment);
  return outcome;
}

/** Whether to write, or why not. */
function writeOf({
  dryRun,
  onGitlab,
  hasToken,
  fromFork,
  pullRequest,
}: {
  readonly dryRun: boolean;
  readonly onGitlab: boolean;
  readonly hasToken: boolean;
  readonly fromFork: boolean;
  readonly pullRequest: number | null;
}): FeedbackRequest['write'] {
  if (dryRun) return 'dry-run';
  if (fromFork) return onGitlab ? 'fork-on-gitlab' : 'fork';
  if (pullRequest === null) return onGitlab ? 'no-merge-request' : 'no-pull-request';
  if (hasToken) return 'yes';
  return onGitlab ? 'no-gitlab-token' : 'no-token';
}

/** Where a model is asked for and fails, or has no key, the template's words stand in its place. */
async function wordsFor(facts: PullRequestFacts, { model, warn }: FeedbackOptions, environment: Environment) {
  let choice: ModelChoice | null;
  try {
    choice = modelChoiceOf(model, environment, warn);
  } catch (error) {
    if (!(error instanceof MissingModelKey)) throw error;
    warn(
      `${error.message} A pull request of a fork never gets it. The template wrote the summary, from the same facts.`,
    );
    return templateWords(facts);
  }
  if (choice === null) return templateWords(facts);
  const { settings, key } = choice;
  const client = modelClients(settings, await modelPorts(key))(settings.modelId);
  const { timeoutSeconds, maxOutputTokens } = settings;
  const { words, note } = await writeWords(facts, { client, timeoutSeconds, maxOutputTokens });
  if (note !== null) warn(note);
  return words;
}

async function proposedChanges(path: string) {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new UsageError(`${path} cannot be read: name a file with a unified diff (--patch).`);
  }
  return changesOfPatch(text, phrase`This is part of the proposed fix.`);
}

function connection(environment: Environment) {
  const { GITHUB_TOKEN, GH_TOKEN, GITHUB_APP_ID } = environment;
  const problem = GITHUB_TOKEN || GH_TOKEN || GITHUB_APP_ID ? null : 'no token';
  const apiUrl = apiUrlOf(environment);
  const access = problem === null ? environment : { ...environment, GITHUB_TOKEN: 'none' };
  return { github: githubOptions(access, apiUrl, NO_METER), problem };
}

/** By the head's repository and branch. Null when there is none, or none that is open, or GitHub does not say. */
async function openPullRequestOf(
  { repository, runId }: ReportedRun,
  github: GithubOptions,
  warn: FeedbackOptions['warn'],
): Promise<number | null> {
  const { pullRequestOfRun, pullRequestState } = makeGithubCodeHost(github);
  try {
    const number = await pullRequestOfRun(repository, runId);
    return number !== null && (await pullRequestState(repository, number)) === 'open' ? number : null;
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Retryable)) throw error;
    warn(`GitHub did not say which pull request run ${runId} is of: ${cleanText(error.message, 200)}`);
    return null;
  }
}

/** Appends to the summary of the job, with what could not be written at its head. */
async function writePage({ page, comment, check }: FeedbackOutcome, { GITHUB_STEP_SUMMARY: path }: Environment) {
  if (!path) return;
  const reasons = new Set([comment, check].flatMap((one) => (one.kind === 'not-written' ? [one.reason] : [])));
  const head = [...reasons].map((reason) => `> ${reason}\n\n`).join('');
  await appendFile(path, `${head}${page}\n`);
}
