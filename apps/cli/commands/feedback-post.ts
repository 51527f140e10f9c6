import { DRY_RUN_OPTION, defineCommand, JSON_OPTION, wholeNumber } from '@selfheal/cli-kit/command.ts';
import type { FeedbackOutcome, Writing } from '@selfheal/pull-request-quality/app/feedback/post-feedback.ts';
import { RESULTS_DIRECTORY } from '#apps/workbench/feedback/read-results.ts';

function wordsOf(what: string, writing: Writing): string {
  switch (writing.kind) {
    case 'written':
      return `${what}: ${writing.changed}, ${writing.url}`;
    case 'newer':
      return `${what}: not changed, because it is about a newer run: ${writing.url}`;
    case 'not-written':
      return `${what}: not written. ${writing.reason}`;
    default:
      return writing satisfies never;
  }
}

function asText({ headline, comment, check, suggestions: { offered, inComment } }: FeedbackOutcome): string {
  const changes =
    offered + inComment === 0 ? [] : [`Suggestions: ${offered} at their lines, ${inComment} in the comment`];
  return [headline, wordsOf('Comment', comment), wordsOf('Check', check), ...changes, ''].join('\n');
}

export const feedbackPost = defineCommand({
  name: 'feedback post',
  summary: 'write one comment and one check about a pull request, from the results of all its jobs',
  details:
    'Reads the results that the jobs left (*.json in the folder and its subfolders) and writes what they found: what failed and why, what to do at\n' +
    'which lines, figures against the baseline. A later run updates the comment; an older one leaves it alone. In a job of GitHub Actions everything\n' +
    'else comes from the environment, and the report goes to the page of the job, too. For a pull request from a fork it goes only there.\n' +
    '\n' +
    'Needs GITHUB_TOKEN with the permissions pull-requests: write and checks: write. GitHub being down, refusing or limiting changes no exit code.\n' +
    'In a job of GitLab CI/CD it writes one note on the merge request, with GITLAB_TOKEN (a project access token with the scope api); where it cannot,\n' +
    'the log of the job has the report.\n' +
    '\n' +
    'Examples:\n' +
    '  selfheal feedback post --needs "$NEEDS"      # NEEDS: $' +
    '{{ toJSON(needs) }}\n' +
    '  selfheal feedback post --results out --repo acme/shop --pr 7 --run 16000000012 --sha 3f2c... --dry-run\n' +
    '\n' +
    'Exit codes: 0 whatever the jobs found and GitHub did; 2 wrong options or no results.',
  options: {
    results: { type: 'string', value: 'DIR', about: `the folder with the results; ${RESULTS_DIRECTORY} by default` },
    needs: {
      type: 'string',
      value: 'JSON',
      about: 'how the jobs ended, toJSON(needs): those without a result count, too',
    },
    patch: { type: 'string', value: 'FILE', about: 'a proposed patch, offered as suggestions at its lines' },
    repo: { type: 'string', value: 'OWNER/NAME', about: 'the repository; GITHUB_REPOSITORY by default' },
    pr: { type: 'string', value: 'N', about: 'the pull request; that of the event by default' },
    sha: {
      type: 'string',
      value: 'SHA',
      aliases: ['commit'],
      about: 'its newest commit; that of the event by default',
    },
    run: { type: 'string', value: 'ID', about: 'the run whose results these are; GITHUB_RUN_ID by default' },
    model: {
      type: 'string',
      value: 'NAME',
      about: 'who writes the summary: rules, or a model; by default that of the environment, as in "analyze"',
    },
    check: { type: 'string', value: 'NAME', about: 'the name of the check; Selfheal by default' },
    ...DRY_RUN_OPTION,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { results = RESULTS_DIRECTORY, needs, patch, repo, pr, sha, run, check, model, json } = options;
    const number = (name: string, given: string | undefined): number | undefined =>
      given === undefined ? undefined : wholeNumber(name, given, { otherwise: 0, atMost: Number.MAX_SAFE_INTEGER });
    const { feedbackOf } = await import('#apps/workbench/feedback/feedback.ts');
    const dryRun = options['dry-run'] === true;
    const outcome = await feedbackOf(
      {
        results,
        needs,
        patch,
        repository: repo,
        pullRequest: number('pr', pr),
        headSha: sha,
        runId: number('run', run),
        check,
        dryRun,
        model,
        warn: (line) => terminal.say(`selfheal: ${line}`),
      },
      terminal.environment,
    );
    if (json === true) await terminal.write(`${JSON.stringify(outcome)}\n`);
    else if (dryRun) await terminal.write(`${outcome.text}\n`);
    else await terminal.write(asText(outcome));
    // A job of GitLab has no page beside its log.
    const isLost = terminal.environment.GITLAB_CI === 'true' && outcome.comment.kind === 'not-written';
    if (isLost && !dryRun && json !== true) await terminal.write(`\n${outcome.text}\n`);
    return 0;
  },
});
