import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { githubWorld } from '../cli/github-world.ts';
import { aStep, pullRequestEvent } from './action-rig.ts';

const shop = githubWorld();
const JUNIT =
  '<testsuite name="cart" tests="2" failures="1"><testcase classname="cart" name="adds" time="0.1"/><testcase classname="cart" name="rounds" file="test/cart.test.ts" line="9"><failure message="expected 10.01, got 10"/></testcase></testsuite>';
const TOKEN = ['ghs', '_madeup'].join('');

/** A step of a job for a pull request of a repository of the local GitHub. */
async function aJob({ fork = false, event = undefined as unknown } = {}) {
  shop.world.github.setIdentity('workflow');
  onTestFinished(() => shop.world.github.setIdentity('user'));
  const repository = shop.repository();
  const pull = shop.world.github.addPullRequest(repository);
  const own = pullRequestEvent({ number: pull.number, head: pull.headSha, repository, fork });
  const step = await aStep({ files: { 'out/unit.xml': JUNIT }, event: event ?? own });
  onTestFinished(() => step.remove());
  const variables = {
    GITHUB_REPOSITORY: repository,
    GITHUB_API_URL: shop.world.githubApiUrl,
    GITHUB_SERVER_URL: shop.world.url,
  };
  const run = (inputs: Readonly<Record<string, string>>, more: Readonly<Record<string, string | undefined>> = {}) =>
    step.run({ token: TOKEN, reports: 'out/*.xml', ...inputs }, { variables: { ...variables, ...more } });
  const comments = () => shop.comments(repository, pull.number);
  const checks = () => shop.world.github.checkRuns(repository, pull.headSha);
  return { step, run, comments, checks, repository, pullRequest: pull.number };
}

describe('the task feedback', () => {
  it('[A12] writes one comment and one check from the results of the tasks before it', async () => {
    const { run, comments, checks } = await aJob();
    const first = await run({ task: 'report, feedback' });
    expect(first.code).toBe(0);
    expect(first.outputs).toMatchObject({ conclusion: 'failure', 'comment-url': expect.stringContaining('#') });
    expect(comments().map(({ body }) => body)).toEqual([expect.stringContaining('rounds')]);
    expect(checks()).toHaveLength(1);
    await run({ task: 'feedback' });
    expect(comments()).toHaveLength(1);
    expect(first.summary).toContain('expected 10.01, got 10');
  });

  it('[B92] [B93] shows how long the run took, beside the runs of the default branch', async () => {
    const { run, comments, repository, pullRequest } = await aJob();
    const ofRun = (id: number) => ({ GITHUB_RUN_ID: String(id) });
    const main = { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/main', GITHUB_EVENT_PATH: undefined };
    const own = shop.run(repository, { jobs: { test: 'passes' }, pullRequest });
    const inputs = { reports: '', state: 'kept' };
    const first = await run({ ...inputs, task: 'metrics, feedback' }, ofRun(own.id));
    expect([first.code, comments()[0]?.body]).toEqual([
      0,
      expect.stringMatching(/Build \d+ (?:s|min).*no run of the default branch is known yet/),
    ]);
    for (const _ of [1, 2]) {
      const { id } = shop.run(repository, { jobs: { test: 'passes' }, pullRequest: null });
      await run({ ...inputs, task: 'metrics' }, { ...main, ...ofRun(id) });
    }
    const second = await run({ ...inputs, task: 'metrics, feedback' }, ofRun(own.id));
    expect([second.code, comments().length]).toEqual([0, 1]);
    expect(comments()[0]?.body).toMatch(/on the default branch, median of 2 runs.*queue \d+ s/);
  });

  it('[B6] counts the jobs that failed without a result', async () => {
    const { run, comments } = await aJob();
    const needs = JSON.stringify({ lint: { result: 'failure' }, tests: { result: 'success' } });
    await run({ task: 'report, feedback', needs });
    expect(comments()[0]?.body).toContain('lint');
  });

  it.each([
    ['of a fork', { fork: true }, {}, 'skipped', 'fork'],
    ['without a token', {}, { INPUT_TOKEN: '' }, 'skipped', 'There is no token'],
    ['with an event file that is damaged', { event: '{"pull' }, {}, 'skipped', 'no pull request'],
    ['of a push', { event: {} }, { GITHUB_EVENT_NAME: 'push' }, 'skipped', 'no pull request'],
  ])(
    '[B89] %s writes to the page of the job alone, says so and fails nothing',
    async (_, job, more, status, reason) => {
      const { run, comments, checks } = await aJob(job);
      const { code, outputs, summary } = await run({ task: 'report, feedback' }, more);
      expect([code, outputs.status]).toEqual([0, status]);
      expect(summary).toContain(reason);
      expect(summary).toContain('expected 10.01, got 10');
      expect([comments(), checks()]).toEqual([[], []]);
    },
  );

  it('[B89] is a warning while GitHub is down or refuses', async () => {
    const { run, comments } = await aJob();
    const down = await run({ task: 'report, feedback' }, { GITHUB_API_URL: shop.closed });
    expect([down.code, down.outputs.status]).toEqual([0, 'unavailable']);
    expect(down.log).toContain('::warning title=Selfheal%3A feedback was not done::');
    shop.world.github.setPermissions({ contents: 'read' });
    onTestFinished(() => shop.world.github.setPermissions(null));
    const refused = await run({ task: 'feedback' });
    expect([refused.code, refused.outputs.status]).toEqual([0, 'unavailable']);
    expect(refused.log).toContain('pull-requests: write');
    expect(comments()).toEqual([]);
  });

  describe('of a run that follows the run of a fork, whose event names no pull request', () => {
    const FORK = 'somebody/shop';
    const followed = (run: object) => ({
      repository: { full_name: 'acme/shop', default_branch: 'main' },
      workflow_run: { event: 'pull_request', conclusion: 'failure', run_attempt: 1, pull_requests: [], ...run },
    });

    async function afterRunOfFork({ deleted = false, merged = false } = {}) {
      shop.world.github.setIdentity('workflow');
      onTestFinished(() => shop.world.github.setIdentity('user'));
      const repository = shop.repository();
      const { github } = shop.world;
      github.addRepository(FORK);
      // Another fork has a branch of the same name.
      github.addRepository('other/shop');
      const other = github.addPullRequest(repository, { branch: 'change', fork: 'other/shop' });
      const pull = github.addPullRequest(repository, { branch: 'change', fork: FORK });
      const { id } = shop.run(repository, { jobs: { test: 'regression' }, pullRequest: pull.number });
      if (deleted) github.deleteRepository(FORK);
      if (merged) github.closePullRequest(repository, pull.number, true);
      const head = { head_branch: 'change', head_sha: pull.headSha, head_repository: { full_name: FORK, id: 99 } };
      const step = await aStep({ files: { 'out/unit.xml': JUNIT }, event: followed({ id, ...head }) });
      onTestFinished(() => step.remove());
      const result = await step.run(
        { token: TOKEN, reports: 'out/*.xml', task: 'report, feedback' },
        {
          variables: {
            GITHUB_EVENT_NAME: 'workflow_run',
            GITHUB_REF: 'refs/heads/main',
            GITHUB_REPOSITORY: repository,
            GITHUB_API_URL: shop.world.githubApiUrl,
            GITHUB_SERVER_URL: shop.world.url,
          },
        },
      );
      const commentsOn = (number: number) => shop.comments(repository, number).length;
      return { ...result, comments: commentsOn(pull.number), elsewhere: commentsOn(other.number) };
    }

    it('comments on the pull request that its head repository and branch lead to', async () => {
      const { code, outputs, comments, elsewhere } = await afterRunOfFork();
      expect([code, outputs.status, comments, elsewhere]).toEqual([0, 'failed', 1, 0]);
    });

    it.each([
      ['whose fork was deleted', { deleted: true }],
      ['that was merged meanwhile', { merged: true }],
    ])('leaves one alone %s, and says so on the page of the job', async (_, change) => {
      const { code, outputs, summary, comments, elsewhere } = await afterRunOfFork(change);
      expect([code, outputs.status, comments, elsewhere]).toEqual([0, 'skipped', 0, 0]);
      expect(summary).toContain('The run is of no pull request');
      expect(summary).toContain('expected 10.01, got 10');
    });
  });

  it('fails by name when no task left a result', async () => {
    const { run } = await aJob();
    const { code, log } = await run({ task: 'feedback' });
    expect(code).toBe(1);
    expect(log).toContain('selfheal-results cannot be read');
  });
});

describe('the task arch-scan', () => {
  it('compares a pull request with the default branch, and fails for a new circle where fail-on says so', async () => {
    const { step, run } = await aJob();
    await step.put('src/a.ts', "import { b } from './b.ts';\nexport const a = b;\n");
    await step.put('src/b.ts', 'export const b = 1;\n');
    await step.put('push.json', '{"repository":{"default_branch":"main"}}');
    const push = {
      GITHUB_EVENT_PATH: join(step.workspace, 'push.json'),
      GITHUB_EVENT_NAME: 'push',
      GITHUB_REF: 'refs/heads/main',
    };
    const { outputs } = await run({ task: 'arch-scan' }, push);
    expect(outputs).toMatchObject({ status: 'passed', 'new-cycles': '0' });
    await step.put('src/b.ts', "import { a } from './a.ts';\nexport const b: number = a;\n");
    const pull = await run({ task: 'arch-scan', 'fail-on': 'architecture' });
    expect([pull.code, pull.outputs['new-cycles']]).toEqual([1, '1']);
    expect((await step.result('arch-scan')).facts).toMatchObject([
      { kind: 'architecture', summary: { newCycles: [['src/a.ts', 'src/b.ts']] } },
    ]);
  });
});
