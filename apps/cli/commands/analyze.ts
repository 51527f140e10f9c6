import { defineCommand, JSON_OPTION, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { present } from '@selfheal/kernel/present.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { FailureAnalysis } from '#apps/workbench/analyze/analysis.ts';

const MAX_NAME = 200;

/** Spellings of the script that this command replaces; they need no name of a command. */
const OLD_NAMES = ['--pr-number', '--workflow-run-id', '--analyze-failure', '--job-names'];

const isGiven = (args: readonly string[], option: string): boolean =>
  args.some((arg) => arg === option || arg.startsWith(`${option}=`));

/**
 * `--job-names A B` names two jobs. `--analyze-failure --pr-number N` also posts, as the script
 * did, unless a run is named; a dry run posts nothing.
 */
function withNewNames(args: readonly string[]): string[] {
  const posts =
    isGiven(args, '--analyze-failure') &&
    isGiven(args, '--pr-number') &&
    !isGiven(args, '--workflow-run-id') &&
    !isGiven(args, '--post');
  // The pull request says which run is meant: its latest.
  const isOfPullRequest = isGiven(args, '--pr-number') || isGiven(args, '--workflow-run-id');
  const renamed: string[] = posts ? ['--post'] : [];
  let inNames = false;
  for (const arg of args) {
    const [name = '', ...value] = arg.split('=');
    if (name === '--analyze-failure' && isOfPullRequest) continue;
    if (arg.startsWith('-')) inNames = name === '--job-names';
    if (name === '--job-names') renamed.push(...(value.length > 0 ? ['--job', value.join('=')] : []));
    else if (inNames) renamed.push('--job', arg);
    else renamed.push(arg);
  }
  return renamed;
}

function head({ run, jobs, otherFailedRuns }: FailureAnalysis): string {
  const of = run.pullRequest === null ? '' : `, pull request #${run.pullRequest}`;
  const each = jobs.map(({ name, failedStep, analysed }) => {
    const at = failedStep === null ? '' : `, at step "${cleanText(failedStep, MAX_NAME)}"`;
    return `  ${cleanText(name, MAX_NAME)}${at}${analysed ? '' : ' (not looked at: name it with --job)'}`;
  });
  const others = otherFailedRuns.length === 0 ? [] : [`Further failed runs: ${otherFailedRuns.join(', ')}`];
  return [
    `${run.repository}, run ${run.runId} of ${cleanText(run.workflow, MAX_NAME)}, attempt ${run.attempt}${of}`,
    run.url,
    ...others,
    '',
    jobs.length === 1 ? 'Failed job:' : `${jobs.length} failed jobs:`,
    ...each,
  ].join('\n');
}

function postingWords({ posting, run: { repository, pullRequest } }: FailureAnalysis): string {
  const place = pullRequest === null ? 'a pull request' : `${repository}#${pullRequest}`;
  switch (posting.kind) {
    case 'posted':
      return `The comment was ${posting.changed === 'unchanged' ? 'up to date already' : posting.changed}: ${posting.url}`;
    case 'not-asked':
      return pullRequest === null ? '' : `Nothing was posted: --post writes the comment on ${place}.`;
    case 'dry-run':
      return pullRequest === null
        ? 'Dry run: the run is of no pull request, so nothing would be posted. This is the comment.'
        : `Dry run: nothing was posted. This is the comment for ${place}.`;
    case 'no-pull-request':
      return 'Nothing was posted: the run is of no pull request. With --pr N the comment goes there.';
    case 'newer-comment':
      return `Nothing was posted: the comment on ${place} is about a newer run.`;
    case 'failed':
      return '';
    default:
      return posting satisfies never;
  }
}

export const analyzeCommand = defineCommand({
  name: 'analyze',
  summary: 'analyse a failed GitHub Actions run, and comment on its pull request',
  details:
    'Needs GITHUB_TOKEN (Actions: read; with --post also Pull requests: write). Prints the root cause with the log lines that show it, a fix\n' +
    'and prevention. Without --job it analyses the failed jobs among "Backend Tests" and "Critical Security Checks", or every failed job if neither\n' +
    'failed. A second --post edits the first comment. Built-in rules make the diagnosis; a language model does where --model or the environment\n' +
    'names one, and the rules if it cannot be reached. Nothing is stored, and nothing is changed except the comment.\n' +
    '\n' +
    'Examples:\n' +
    '  selfheal analyze --repo acme/shop --latest\n' +
    '  selfheal analyze https://github.com/acme/shop/actions/runs/16000000012\n' +
    '  selfheal analyze --repo acme/shop --pr 7 --job "unit tests" --dry-run\n' +
    '  selfheal analyze --repo acme/shop --pr 7 --model ollama --post\n' +
    '\n' +
    'Environment: GITHUB_TOKEN or GH_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL (GitHub Enterprise Server), DRY_RUN (true or false), OLLAMA_URL\n' +
    '(http://127.0.0.1:11434), OLLAMA_MODEL (qwen2.5-coder), AI_API_KEY, AI_MODEL, AI_MAX_TOKENS, ANTHROPIC_API_KEY and ANTHROPIC_MODEL,\n' +
    'OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL, BEDROCK_MODEL with AWS credentials; GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY in place of a token.\n' +
    'Old spellings: --pr-number N, --workflow-run-id ID, --job-names A B..., --analyze-failure (--latest), also without "analyze" and in any order.\n' +
    '--analyze-failure with --pr-number also posts the comment, unless --dry-run or DRY_RUN=true is given.\n' +
    'Exit codes: 0 analysed, or nothing failed; 2 it could not be analysed, and the message says why.',
  operands: { shown: '[URL]', atLeast: 0, atMost: 1 },
  options: {
    repo: { type: 'string', value: 'OWNER/NAME', about: 'the repository; GITHUB_REPOSITORY by default' },
    run: { type: 'string', value: 'ID', aliases: ['workflow-run-id'], about: 'the id of a workflow run' },
    pr: {
      type: 'string',
      aliases: ['pr-number'],
      value: 'N',
      about: 'the newest failed run of a pull request; with --run, the pull request for the comment',
    },
    latest: { type: 'boolean', aliases: ['analyze-failure'], about: 'the newest failed run of the repository' },
    job: { type: 'string', value: 'NAME', multiple: true, about: 'only this job; may be given several times' },
    post: { type: 'boolean', about: 'write the comment on the pull request, or edit the existing one' },
    'dry-run': { type: 'boolean', about: 'print the comment that would be posted, and post nothing' },
    model: {
      type: 'string',
      value: 'NAME',
      about:
        'rules, ollama, anthropic, openai, openai-responses, bedrock, or a model; by default that of the environment',
    },
    debug: { type: 'boolean', about: 'print on stderr what each step read and how long it took' },
    ...JSON_OPTION,
  },
  impliedBy: OLD_NAMES,
  rewrite: withNewNames,
  async run({ operands: [url], options }, terminal) {
    const { repo, run, pr, latest, job, post, model, debug, json } = options;
    const { analyzeRun } = await import('../library.ts');
    const number = (name: string, given: string) =>
      wholeNumber(name, given, { otherwise: 0, atMost: Number.MAX_SAFE_INTEGER });
    const analysis = await analyzeRun({
      ...present({ url, repository: repo }),
      ...(run === undefined ? {} : { run: number('run', run) }),
      ...(pr === undefined ? {} : { pullRequest: number('pr', pr) }),
      ...present({ latest, jobs: job, post }),
      ...(options['dry-run'] === true ? { dryRun: true } : {}),
      ...present({ model }),
      environment: terminal.environment,
      warn: (line) => terminal.say(`selfheal: ${line}`),
      ...(debug === true ? { debug: (line: string) => terminal.say(`debug: ${line}`) } : {}),
    });
    if (json === true) await terminal.write(`${JSON.stringify(analysis)}\n`);
    else if (analysis.outcome === 'nothing-failed') await terminal.write(`${analysis.message}\n`);
    else {
      const { notes, comment, text, posting } = analysis;
      const words = postingWords(analysis);
      if (posting.kind === 'dry-run') terminal.say(words);
      const remarks = notes.map((note) => `- ${cleanText(note, 1000)}`).join('\n');
      const parts = [head(analysis), text, remarks === '' ? '' : `Notes\n${remarks}`, words];
      await terminal.write(
        posting.kind === 'dry-run' ? `${comment}\n` : `${parts.filter((part) => part !== '').join('\n\n')}\n`,
      );
    }
    if (analysis.outcome !== 'analysed' || analysis.posting.kind !== 'failed') return 0;
    terminal.say(`selfheal: Nothing was posted. ${analysis.posting.reason}`);
    return 2;
  },
});
