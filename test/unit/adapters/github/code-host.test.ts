import { Retryable } from '@selfheal/kernel/errors.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import { redactedText } from '#test/builders/index.ts';
import type { FakeClock } from '#test/fakes/index.ts';
import { aCodeHost, aRun, REPO, RERUN, RUN } from './code-host-rig.ts';
import type { ScriptedServer } from './scripted-server.ts';

let github: ScriptedServer;
let clock: FakeClock;
let host: CodeHost;
beforeEach(async () => {
  ({ github, clock, host } = await aCodeHost());
});
afterEach(() => github.close());

describe('reading from GitHub', () => {
  it('reads a run with the token and keeps only what is needed', async () => {
    github.on(RUN, { json: aRun({ actor: { login: 'octo-dev' } }) });
    expect(await host.getRun('acme/shop', 7)).toEqual({
      id: 7,
      attempt: 2,
      status: 'completed',
      conclusion: 'failure',
      url: 'https://github.example/acme/shop/actions/runs/7',
      workflowId: 77,
      headSha: 'a'.repeat(40),
      createdAt: '2026-11-21T11:00:00Z',
      startedAt: '2026-11-21T11:00:00Z',
      updatedAt: '2026-11-21T11:03:00Z',
      baseBranch: null,
      fromFork: true,
    });
    expect(github.requests[0]?.authorization).toBe('Bearer test-token');
  });

  it('reads all pages of jobs and names the first failed step', async () => {
    const aJob = (id: number, conclusion: string) => ({
      id,
      name: `job ${id}`,
      conclusion,
      html_url: null,
      steps: [
        { name: 'checkout', conclusion: 'success' },
        { name: 'test', conclusion },
      ],
    });
    const jobs = `${REPO}/actions/runs/7/attempts/2/jobs`;
    const link = `<https://elsewhere.example${jobs}?per_page=100&page=2>; rel="next"`;
    github.on(`GET ${jobs}?per_page=100`, { headers: { link }, json: { jobs: [aJob(1, 'success')] } });
    github.on(`GET ${jobs}?per_page=100&page=2`, { json: { jobs: [aJob(2, 'failure')] } });
    const read = await host.listJobs('acme/shop', 7, 2);
    expect(read.map(({ id, failedStep }) => ({ id, failedStep }))).toEqual([
      { id: 1, failedStep: null },
      { id: 2, failedStep: 'test' },
    ]);
  });

  it('leaves out runs of pull requests whose branch is called like the default branch', async () => {
    github.on(`GET ${REPO}`, { json: { default_branch: 'main' } });
    github.on(`GET ${REPO}/actions/workflows/77/runs`, {
      json: { workflow_runs: [aRun({ id: 3, event: 'pull_request' }), aRun({ id: 2 }), aRun({ id: 1 })] },
    });
    const found = await host.listDefaultBranchRuns('acme/shop', 77, 1);
    expect(found.map(({ id }) => id)).toEqual([2]);
    expect(github.requests[1]?.url).toContain('branch=main');
  });

  it.each([
    ['a later run of the branch', {}, { id: 9 }, true],
    ['no later run', {}, { id: 7 }, false],
    ["a contributor's branch of the same name", {}, { id: 9, event: 'pull_request' }, false],
    ["a pull request's own run", { event: 'pull_request' }, { id: 9, event: 'pull_request' }, false],
  ])('sees %s', async (_what, own, other, newer) => {
    github.on(RUN, { json: aRun({ event: 'push', head_branch: 'production', ...own }) });
    github.on(`GET ${REPO}/actions/workflows/77/runs`, {
      json: { workflow_runs: [aRun({ event: 'push', ...other })] },
    });
    expect(await host.hasNewerRun('acme/shop', 7)).toBe(newer);
    if (newer) expect(github.requests[1]?.url).toContain('branch=production');
  });

  it.each([401, 403, 404, 422])('throws Refused at once on %i', async (status) => {
    github.on(RUN, { status, json: { message: 'No.' } });
    await expect(host.getRun('acme/shop', 7)).rejects.toMatchObject({ name: 'Refused' });
    expect(github.requests).toHaveLength(1);
  });

  it('throws nothing that a logger would write what was sent from', async () => {
    github.on(`POST ${REPO}/issues/1/comments`, { status: 403, json: { message: 'No.' } });
    const error = await host
      .createComment('acme/shop', 1, redactedText('a line of a private log'))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'Refused', cause: { status: 403 } });
    const { cause } = error as Error;
    expect(JSON.stringify({ ...(cause as Error) })).not.toMatch(/private log|authorization/i);
  });

  it('tries again after 5xx, a reset connection and silence', async () => {
    github.on(RUN, { status: 502 }, 'reset', 'silence', { json: aRun() });
    expect((await host.getRun('acme/shop', 7)).id).toBe(7);
    expect(clock.slept).toHaveLength(3);
    expect(clock.slept.every((wait, index) => wait <= 250 * 2 ** index)).toBe(true);
  });

  it('throws Unreachable after three retries', async () => {
    github.on(RUN, { status: 503 });
    await expect(host.getRun('acme/shop', 7)).rejects.toMatchObject({ name: 'Unreachable' });
    expect(github.requests).toHaveLength(4);
  });

  it('throws Retryable when the answer is not whole', async () => {
    github.on(
      RUN,
      { headers: { 'content-type': 'application/json' }, bytes: Buffer.from('{"id": 7, ') },
      { json: aRun() },
    );
    await expect(host.getRun('acme/shop', 7)).rejects.toMatchObject({ name: 'Retryable' });
  });

  it('refuses an answer that has not the documented form', async () => {
    github.on(RUN, { json: { id: 'seven' } });
    await expect(host.getRun('acme/shop', 7)).rejects.toMatchObject({ name: 'Refused' });
  });

  it.each(['acme', 'acme/shop/../..', '../shop', 'acme/..', ''])(
    'sends nothing for the repository name %j',
    async (name) => {
      await expect(host.getRun(name, 7)).rejects.toMatchObject({ name: 'InvalidInput' });
      expect(github.requests).toHaveLength(0);
    },
  );

  it('accepts only http and https as the address of the API', () => {
    for (const apiUrl of ['file:///etc', 'ftp://example.com', 'nonsense', 'javascript:1']) {
      expect(() => makeGithubCodeHost({ apiUrl, token: async () => 't', clock })).toThrow(/http or https/);
    }
  });
});

describe('rate limits', () => {
  it.each([
    ['a secondary limit', { status: 403, headers: { 'retry-after': '3' }, json: { message: 'Wait.' } }, 3000],
    ['429', { status: 429, headers: { 'retry-after': '2' }, json: { message: 'Wait.' } }, 2000],
    [
      'an exhausted quota',
      {
        status: 403,
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${Date.parse('2026-11-21T12:00:05Z') / 1000}` },
      },
      5000,
    ],
  ])('waits as long as %s asks, when that is short', async (_name, reply, wait) => {
    github.on(RUN, reply, { json: aRun() });
    await host.getRun('acme/shop', 7);
    expect(clock.slept).toHaveLength(1);
    expect(clock.slept[0]).toBeGreaterThanOrEqual(wait);
    expect(clock.slept[0]).toBeLessThanOrEqual(wait + 250);
  });

  it('leaves a long wait to the workflow', async () => {
    github.on(RUN, { status: 403, headers: { 'retry-after': '60' }, json: { message: 'Wait.' } });
    const refused = host.getRun('acme/shop', 7);
    await expect(refused).rejects.toMatchObject({ name: 'RateLimited' });
    await expect(refused).rejects.toBeInstanceOf(Retryable);
    expect(clock.slept).toEqual([]);
  });

  it('repeats even a re-run after a rate limit, because GitHub certainly did not do it', async () => {
    github.on(
      RERUN,
      { status: 403, json: { message: 'You have exceeded a secondary rate limit.' } },
      { status: 201, json: {} },
    );
    await host.rerunFailedJobs('acme/shop', 7);
    expect(github.requests).toHaveLength(2);
  });
});
