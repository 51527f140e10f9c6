import { type FakeGitlab, startFakeGitlab } from '@selfheal/fake-gitlab/server.ts';
import type { Project } from '@selfheal/fake-gitlab/state.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { resultsFolder } from './results-folder.ts';
import { runCommand } from './run-command.ts';

const TOKEN = ['glpat', 'made-up-for-tests'].join('-');
const PATH = 'acme/platform/shop';

let gitlab: FakeGitlab;
let project: Project;
beforeAll(async () => {
  gitlab = await startFakeGitlab({ token: TOKEN });
  project = gitlab.addProject(PATH);
});
afterAll(() => gitlab?.stop());

/** A job of a pipeline of a merge request. */
function aJob(variables: Record<string, string> = {}) {
  const { id, sha, mergeRequest } = gitlab.addPipeline(project, {
    jobs: [{ name: 'unit tests', status: 'failed', trace: 'no' }],
  });
  const environment = {
    GITLAB_CI: 'true',
    GITLAB_TOKEN: TOKEN,
    CI_API_V4_URL: gitlab.apiUrl,
    CI_SERVER_URL: gitlab.apiUrl.replace('/api/v4', ''),
    CI_PROJECT_PATH: PATH,
    CI_PIPELINE_ID: String(id),
    CI_COMMIT_SHA: sha,
    CI_MERGE_REQUEST_IID: String(mergeRequest),
    CI_MERGE_REQUEST_PROJECT_ID: '7',
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '7',
    ...variables,
  };
  const run = async (...args: string[]) => {
    const command = ['feedback', 'post', '--results', resultsFolder(), ...args];
    const { code, stdout, stderr } = await runCommand(command, '', COMMANDS, environment);
    return { code, out: stdout.toString(), err: stderr };
  };
  const notes = () => gitlab.notes(project, mergeRequest ?? 0);
  return { id, sha, run, notes, environment };
}

describe('feedback post in a job of GitLab', () => {
  it('writes one note on the merge request, with links to GitLab, and a later pipeline updates it', async () => {
    const { id, sha, run, notes, environment } = aJob();
    const first = await run();
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out).toMatch(/^Comment: created, http\S+#note_\d+$/m);
    expect(first.out).toContain('Check: not written. GitLab has none: the job says by its exit code how it ended.');
    expect(notes()).toHaveLength(1);
    const { body = '' } = notes()[0] ?? {};
    expect(body).toContain(`${environment.CI_SERVER_URL}/${PATH}/-/pipelines/${id}`);
    expect(body).toMatch(new RegExp(`/${PATH}/-/blob/${sha}/\\S+#L\\d+`));
    expect(body).not.toContain('/actions/runs/');

    const again = await run('--run', String(id + 100));
    expect(again.out).toMatch(/^Comment: updated, /m);
    expect(notes()).toHaveLength(1);
    const older = await run();
    expect(older.out).toMatch(/^Comment: not changed, because it is about a newer run: /m);
  });

  it('carries no quick action, whatever a result says', async () => {
    const { run, notes } = aJob();
    await run();
    for (const line of (notes()[0]?.body ?? '').split('\n')) expect(line).not.toMatch(/^\//);
  });

  it.each([
    ['without a token', { GITLAB_TOKEN: '' }, /There is no token: give the job GITLAB_TOKEN/],
    ['with a token that GitLab refuses', { GITLAB_TOKEN: 'another' }, /GitLab refused it: .*scope api/],
    ['of a fork', { CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '8' }, /merge request comes from a fork/],
    ['of no merge request', { CI_MERGE_REQUEST_IID: '' }, /is of no merge request/],
    ['while GitLab is away', { CI_API_V4_URL: 'http://127.0.0.1:9/api/v4' }, /GitLab cannot be reached/],
  ])('ends with 0 and has the report in the log %s', async (_what, variables, reason) => {
    const { run, notes } = aJob(variables);
    const { code, out } = await run();
    expect([code, notes()]).toEqual([0, []]);
    expect(out).toMatch(reason);
    expect(out).toMatch(/<sub>Selfheal, pipeline, \[run \d+\]/);
  });

  it('names what a job lacks, and how to give it', async () => {
    const { run } = aJob({ CI_PROJECT_PATH: '' });
    const { code, err } = await run();
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('Name the project: --repo group/project, or CI_PROJECT_PATH'),
    ]);
  });
});
