import { readFile } from 'node:fs/promises';
import { defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { present } from '@selfheal/kernel/present.ts';
import {
  needsOf,
  TRIAGE_OPTIONS,
  triageContent,
  triageModel,
  writeTriage,
} from '#apps/workbench/triage/triage-output.ts';

export const runTriage = defineCommand({
  name: 'run triage',
  summary:
    'report on all failed jobs of a GitHub Actions run together: root causes, what to do, whether to propose a fix',
  details:
    'Reads the log of every failed job (GITHUB_TOKEN with Actions: read) and groups the jobs by root cause. With --workflow a job that broke because\n' +
    'one before it did counts for that one. In a job it sets the outputs fix_confidence, has_flaky_tests and triage_summary (GITHUB_OUTPUT).\n' +
    '\n' +
    'With --hand-over it asks the deployment at SELFHEAL_URL to try a fix, if a regression is surer than AI_CONFIDENCE_THRESHOLD (0.9). The\n' +
    'deployment decides by its policy, tests the change and opens a draft pull request. Otherwise it says why not.\n' +
    '\n' +
    'Examples:\n' +
    '  selfheal run triage --repo acme/shop --latest\n' +
    '  selfheal run triage --run "$GITHUB_RUN_ID" --out ai_analysis --results selfheal-results --hand-over\n' +
    '\n' +
    'Exit codes: 0 analysed, or nothing failed; 2 the run cannot be read.',
  operands: { shown: '[URL]', atLeast: 0, atMost: 1 },
  options: {
    repo: { type: 'string', value: 'OWNER/NAME', about: 'the repository; GITHUB_REPOSITORY by default' },
    run: { type: 'string', value: 'ID', about: 'the id of a workflow run' },
    pr: { type: 'string', value: 'N', about: 'the newest failed run of a pull request' },
    latest: { type: 'boolean', about: 'the newest failed run of the repository' },
    workflow: { type: 'string', value: 'FILE', about: 'the workflow file, which says what each job waits for' },
    ...TRIAGE_OPTIONS,
    'hand-over': { type: 'boolean', about: 'ask the deployment to try a fix' },
    ...JSON_OPTION,
  },
  async run({ operands: [url], options }, terminal) {
    const { repo, run, pr, latest, workflow } = options;
    const number = (name: string, given: string) =>
      wholeNumber(name, given, { otherwise: 0, atMost: Number.MAX_SAFE_INTEGER });
    const needs = workflow === undefined ? new Map<string, string[]>() : needsOf(await textOfFile(workflow), workflow);
    const [content, { triageRun }] = await Promise.all([
      triageContent(terminal, triageModel(options.model, terminal), process.cwd()),
      import('#apps/workbench/triage/triage-run.ts'),
    ]);
    const triaged = await triageRun(
      {
        ...present({ url, repository: repo }),
        ...(run === undefined ? {} : { run: number('run', run) }),
        ...(pr === undefined ? {} : { pullRequest: number('pr', pr) }),
        ...present({ latest }),
      },
      content,
      terminal,
    );
    const { handOver } = await writeTriage(
      triaged?.triages ?? [],
      { needs, fromFork: triaged?.fromFork ?? false },
      options,
      terminal,
    );
    if (options['hand-over'] !== true || triaged === null) return 0;
    const { handOverRun } = await import('#apps/workbench/triage/hand-over.ts');
    terminal.say((await handOverRun(handOver, triaged, terminal)).words);
    return 0;
  },
});

async function textOfFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new UsageError(`${path} cannot be read: name the workflow file (--workflow).`);
  }
}
