import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { completeSignal } from '#shared/app/intake/complete-signal.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import { translateWebhook } from '#shared/plugins/sources/contract.ts';
import { github } from '#shared/plugins/sources/github/index.ts';
import { fakeClock } from '#test/fakes/index.ts';
import { setTime } from '#test/fakes/set-time.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld({ time: setTime() });
  world.github.addRepository('acme/shop');
});
afterEach(() => world.stop());

const codeHost = () =>
  makeGithubCodeHost({ apiUrl: world.githubApiUrl, token: async () => 'a-token', clock: fakeClock() });

type RunSpec = Parameters<World['github']['addRun']>[0];

/** The webhook of a run of the local GitHub, as the webhook function translates it. */
function translated(spec: Omit<RunSpec, 'repository'>, change: Record<string, unknown> = {}) {
  const run = world.github.addRun({ repository: 'acme/shop', ...spec });
  const body = world.github.runPayload(run.id, 'completed', 1) as { workflow_run: Record<string, unknown> };
  return translateWebhook(github, {
    headers: { 'x-github-event': 'workflow_run', 'x-github-delivery': `delivery-${run.id}` },
    body: { ...body, workflow_run: { ...body.workflow_run, ...change } },
    receivedAt: new Date(),
  });
}

async function completed(spec: Omit<RunSpec, 'repository'>): Promise<Signal | null> {
  const result = translated(spec);
  if (result.kind !== 'signal') throw new Error(`It makes no signal but is ${result.kind}.`);
  return await completeSignal(result.signal, { codeHost: codeHost() });
}

const cancelled = (...runnerSays: string[]) => ({
  attempts: [
    {
      conclusion: 'cancelled' as const,
      jobs: [
        { name: 'lint', conclusion: 'success' as const },
        { name: 'build', conclusion: 'cancelled' as const, runnerSays },
      ],
      archive: null,
    },
  ] as const,
});
const failed = { attempts: [{ conclusion: 'failure' as const, jobs: [], archive: null }] as const };

describe('a cancelled run', () => {
  it.each([
    [
      'a job over its time',
      'The job running on runner GitHub Actions 7 has exceeded the maximum execution time of 6 minutes.',
    ],
    ['a lost runner', 'The hosted runner: GitHub Actions 12 lost communication with the server.'],
    ['a runner that was shut down', 'The runner has received a shutdown signal. This can happen when it is stopped.'],
  ])('is told as a failure when GitHub stopped it: %s', async (_what, message) => {
    expect(await completed(cancelled(message, 'The operation was canceled.'))).toMatchObject({ kind: 'run-failed' });
  });

  it.each([
    ['by a person', 'The run was canceled by @octo-dev.'],
    ['by concurrency', "Canceling since a higher priority waiting request for 'ci-main' exists"],
    ['and nobody says why', 'The operation was canceled.'],
  ])('stays silent when it was cancelled %s', async (_how, message) => {
    expect(await completed(cancelled(message))).toBeNull();
  });

  it('stays silent where the token may not read why', async () => {
    world.github.setPermissions({ actions: 'read', pull_requests: 'read' });
    const message = 'The job running on runner build-1 has exceeded the maximum execution time of 6 minutes.';
    expect(await completed(cancelled(message))).toBeNull();
  });

  it('needs no question within the shortest time limit that a workflow can set', () => {
    const quick = { run_started_at: '2026-11-21T12:00:00Z', updated_at: '2026-11-21T12:00:59Z' };
    expect(translated(cancelled(), quick)).toEqual({ kind: 'ignored', reason: 'conclusion-cancelled' });
    expect(translated(cancelled(), { ...quick, updated_at: '2026-11-21T12:01:00Z' }).kind).toBe('signal');
  });
});

describe('a run of a fork', () => {
  const pullOf = (branch: string) => {
    world.github.addRepository('octo-dev/shop');
    return world.github.addPullRequest('acme/shop', { branch, author: 'octo-dev', fork: 'octo-dev/shop' });
  };

  it('leads to its pull request, which GitHub does not name, by repository and branch of its head', async () => {
    world.github.addPullRequest('acme/shop', { branch: 'main' });
    const pull = pullOf('main');
    const signal = await completed({ ...failed, pullRequest: pull.number });
    expect(signal).toMatchObject({ kind: 'run-failed', target: { pullRequest: pull.number } });
  });

  it('leads to none where another fork has a branch of the same name', async () => {
    world.github.addRepository('mallory/shop');
    const other = world.github.addPullRequest('acme/shop', { branch: 'fix', fork: 'mallory/shop' });
    const own = pullOf('fix');
    world.github.closePullRequest('acme/shop', own.number);
    const signal = await completed({ ...failed, pullRequest: own.number });
    expect(signal?.target).toMatchObject({ pullRequest: own.number });
    expect(other.number).not.toBe(own.number);
  });

  it('is told without a pull request once the fork is deleted', async () => {
    const pull = pullOf('main');
    world.github.deleteRepository('octo-dev/shop');
    expect(await completed({ ...failed, pullRequest: pull.number })).toMatchObject({
      kind: 'run-failed',
      target: { pullRequest: null },
    });
  });

  it('waits for GitHub rather than being told in the wrong place', async () => {
    const pull = pullOf('main');
    const run = { ...failed, pullRequest: pull.number };
    const result = translated(run);
    if (result.kind !== 'signal') throw new Error(result.kind);
    world.faults.inject('pulls/list', { kind: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY });
    await expect(completeSignal(result.signal, { codeHost: codeHost() })).rejects.toMatchObject({
      name: 'Unreachable',
    });
  });
});

describe('a run of a merge queue', () => {
  const branch = `gh-readonly-queue/main/pr-42-${'a'.repeat(40)}`;

  it.each([
    ['leads to the pull request in the name of its branch', 'merge_group', branch, 42],
    ['also into a branch with slashes', 'merge_group', branch.replace('main', 'release/1.x'), 42],
    ['leads to none when somebody pushed a branch of that name', 'push', branch, null],
    ['leads to none by another branch', 'merge_group', 'gh-readonly-queue/main/pr-42', null],
  ])('%s', async (_what, event, head, pullRequest) => {
    const signal = await completed({ ...failed, event, branch: head });
    expect(signal).toMatchObject({ kind: 'run-failed', target: { event, pullRequest, onDefaultBranch: false } });
  });
});
