import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { JobResult } from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import { runAction } from '#apps/action/run-action.ts';
import type { Task } from '#apps/action/task.ts';
import { outputsIn } from '#test/e2e/support/workflow-runner.ts';

export const HEAD = 'a'.repeat(40);
export const BASE = 'b'.repeat(40);

/** The event of a pull request, as far as the Action reads it. */
export const pullRequestEvent = (
  change: { number?: number; fork?: boolean; head?: string; repository?: string } = {},
) => ({
  action: 'synchronize',
  pull_request: {
    number: change.number ?? 7,
    head: {
      sha: change.head ?? HEAD,
      repo: { full_name: change.fork === true ? 'somebody/shop' : (change.repository ?? 'acme/shop') },
    },
    base: { sha: BASE, ref: 'main', repo: { full_name: change.repository ?? 'acme/shop' } },
  },
  repository: { default_branch: 'main', full_name: 'acme/shop' },
});

/** A step as the runner of GitHub Actions starts it, in a folder of its own. */
export async function aStep(change: { files?: Readonly<Record<string, string>>; event?: unknown } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'selfheal-step-'));
  const workspace = join(folder, 'workspace');
  const runner = join(folder, 'runner');
  await mkdir(workspace);
  await mkdir(runner);
  const put = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(workspace, path)), { recursive: true });
    await writeFile(join(workspace, path), content);
  };
  for (const [path, content] of Object.entries(change.files ?? {})) await put(path, content);
  const event = change.event === undefined ? pullRequestEvent() : change.event;
  const eventPath = join(runner, 'event.json');
  await writeFile(eventPath, typeof event === 'string' ? event : JSON.stringify(event));
  const fileOf = (name: string) => readFile(join(runner, name), 'utf8').catch(() => '');
  const environment = (inputs: Readonly<Record<string, string>>) => ({
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_SHA: 'c'.repeat(40),
    GITHUB_RUN_ID: '41',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_WORKFLOW: 'CI',
    GITHUB_OUTPUT: join(runner, 'output'),
    GITHUB_STEP_SUMMARY: join(runner, 'summary'),
  });
  return {
    workspace,
    put,
    remove: () => rm(folder, { recursive: true, force: true }),
    /** Runs the step with these inputs; `variables` replaces those of the runner, `tasks` the Action's own. */
    async run(
      inputs: Readonly<Record<string, string>>,
      {
        variables = {},
        tasks,
      }: { variables?: Readonly<Record<string, string | undefined>>; tasks?: Readonly<Record<string, Task>> } = {},
    ) {
      let log = '';
      const write = (text: string): void => {
        log += text;
      };
      const given = tasks === undefined ? undefined : loadable(tasks);
      const code = await runAction({ ...environment(inputs), ...variables }, write, given);
      return { code, log, outputs: outputsIn(await fileOf('output')), summary: await fileOf('summary') };
    },
    read: (path: string) => readFile(join(workspace, path), 'utf8'),
    async result(name: string): Promise<JobResult> {
      return JobResult.parse(JSON.parse(await readFile(join(workspace, 'selfheal-results', `${name}.json`), 'utf8')));
    },
  };
}

const loadable = (tasks: Readonly<Record<string, Task>>) =>
  Object.fromEntries(Object.entries(tasks).map(([id, task]) => [id, async () => ({ task })]));
