import { defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { modelChoiceOf } from '#apps/workbench/analyze/model-choice.ts';
import { writeOutput } from '#shared/adapters/system/output-files.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';

const MAX_RUNS = 1000;

export const replay = defineCommand({
  name: 'replay',
  summary:
    "show what Selfheal would have said and done about a repository's past failed runs, and how often it would have been wrong",
  details:
    'Needs only GITHUB_TOKEN (Actions: read, Contents: read); nothing is installed or written. Each failure is explained from what was known when it\n' +
    'failed, and compared with what happened: whether a re-run passed, and whether the next change that passed touched a file that was named.\n' +
    'About four requests to GitHub for each run. GitHub keeps logs for 90 days, unless the repository sets another time.\n' +
    '\n' +
    'Examples:\n' +
    '  selfheal replay --repo acme/shop --last 200\n' +
    '  selfheal replay --repo acme/shop --last 50 --markdown replay.md --page replay.html\n' +
    '\n' +
    'Exit codes: 0 done; 2 the repository could not be read, or the rate limit ended the replay early.',
  options: {
    repo: { type: 'string', value: 'OWNER/NAME', about: 'the repository; GITHUB_REPOSITORY by default' },
    last: {
      type: 'string',
      value: 'N',
      about: `how many failed runs, newest first; 50 by default, ${MAX_RUNS} at most`,
    },
    model: {
      type: 'string',
      value: 'NAME',
      about: 'a language model explains each run, which costs what it costs; the built-in rules by default',
    },
    markdown: { type: 'string', value: 'FILE', about: 'write the report as Markdown' },
    page: { type: 'string', value: 'FILE', about: 'write the report as one HTML file' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { last, model, markdown, page, json } = options;
    const repository = options.repo ?? terminal.environment.GITHUB_REPOSITORY;
    if (!repository) throw new UsageError('Name the repository: --repo owner/name, or GITHUB_REPOSITORY.');
    if (!RepositoryName.safeParse(repository).success)
      throw new UsageError(`${repository} is not a repository: expected owner/name.`);
    const count = wholeNumber('last', last, { otherwise: 50, atMost: MAX_RUNS });
    const choice = model === undefined ? null : modelChoiceOf(model, terminal.environment);
    const [{ replayRepository }, { renderMarkdown, renderTable }] = await Promise.all([
      import('../replay/replay-repository.ts'),
      import('../replay/render-replay.ts'),
    ]);
    const report = await replayRepository({ repository, count, model: choice }, terminal);
    if (markdown !== undefined) await writeOutput(markdown, renderMarkdown(report), '--markdown');
    if (page !== undefined) {
      const { renderPage } = await import('../replay/replay-page.ts');
      await writeOutput(page, renderPage(report), '--page');
    }
    await terminal.write(json === true ? `${JSON.stringify(report)}\n` : renderTable(report));
    return report.stopped === null ? 0 : 2;
  },
});
