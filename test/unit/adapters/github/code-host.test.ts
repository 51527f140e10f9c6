import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { Retryable } from '#shared/domain/kernel/errors.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import { type FakeClock, fakeClock } from '#test/fakes/index.ts';
import { type ScriptedServer, startServer } from './scripted-server.ts';

const REPO = '/repos/acme/shop';
const RERUN = `POST ${REPO}/actions/runs/7/rerun-failed-jobs`;
const RUN = `GET ${REPO}/actions/runs/7`;
const aRun = (change: Record<string, unknown> = {}) => ({
  id: 7,
  run_attempt: 2,
  status: 'completed',
  conclusion: 'failure',
  html_url: 'https://github.example/acme/shop/actions/runs/7',
  workflow_id: 77,
  head_sha: 'a'.repeat(40),
  created_at: '2026-11-21T11:00:00Z',
  updated_at: '2026-11-21T11:03:00Z',
  event: 'push',
  ...change,
});
const aComment = (id: number, body: string, user: unknown) => ({
  id,
  body,
  user,
  html_url: `https://github.example/c/${id}`,
});

let github: ScriptedServer;
let clock: FakeClock;
let host: CodeHost;
beforeEach(async () => {
  github = await startServer();
  clock = fakeClock();
  host = makeGithubCodeHost({ apiUrl: github.url, token: async () => 'test-token', clock, timeoutMilliseconds: 300 });
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
      branch: null,
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
      .createComment('acme/shop', 1, 'a line of a private log')
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

  it('throws Retryable after three retries', async () => {
    github.on(RUN, { status: 503 });
    await expect(host.getRun('acme/shop', 7)).rejects.toMatchObject({ name: 'Retryable' });
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

describe('effects on GitHub', () => {
  it.each(['reset', 'silence', { status: 500 }, { status: 502 }, { status: 504 }] as const)(
    'sends a re-run once and says that its outcome is unknown after %j',
    async (reply) => {
      github.on(RERUN, reply);
      const rerun = host.rerunFailedJobs('acme/shop', 7);
      await expect(rerun).rejects.toMatchObject({ name: 'OutcomeUnknown' });
      expect(github.requests).toHaveLength(1);
    },
  );

  it('does the same for comments and re-deliveries', async () => {
    github.on(`POST ${REPO}/issues/12/comments`, 'reset');
    github.on(`POST ${REPO}/hooks/5/deliveries/9/attempts`, { status: 503 });
    await expect(host.createComment('acme/shop', 12, 'x')).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    await expect(host.redeliver('acme/shop', 5, 9)).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    expect(github.requests.filter(({ method }) => method === 'POST')).toHaveLength(2);
  });

  it('looks for a comment whose answer was lost until it shows, and gives it', async () => {
    const comments = `${REPO}/issues/12/comments`;
    const us = { id: 1, type: 'User' };
    github.on(`POST ${comments}`, 'reset');
    github.on('GET /user', { json: us });
    github.on(`GET ${comments}`, { json: [] }, { json: [] }, { json: [aComment(3, 'x', us)] });
    expect(await host.createComment('acme/shop', 12, 'x\n')).toMatchObject({ id: 3 });
    expect(clock.slept).toEqual([500, 1000]);
    expect(github.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('says that the outcome is unknown when a comment whose answer was lost never shows, or nobody can look', async () => {
    const comments = `${REPO}/issues/12/comments`;
    github.on(`POST ${comments}`, { status: 502 });
    github.on(`GET ${comments}`, { json: [] });
    await expect(host.createComment('acme/shop', 12, 'x')).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    expect(github.requests).toHaveLength(6);
    github.on(`GET ${comments}`, { status: 404, json: { message: 'Not Found' } });
    await expect(host.createComment('acme/shop', 12, 'x')).rejects.toMatchObject({ name: 'OutcomeUnknown' });
  });

  it('says that the outcome is unknown when a comment was created but the answer cannot be read', async () => {
    github.on(`POST ${REPO}/issues/12/comments`, {
      status: 201,
      bytes: Buffer.from('{"id"'),
      headers: { 'content-type': 'application/json' },
    });
    await expect(host.createComment('acme/shop', 12, 'x')).rejects.toMatchObject({ name: 'OutcomeUnknown' });
  });

  it('throws Refused when GitHub refused the re-run', async () => {
    github.on(RERUN, { status: 403, json: { message: 'This workflow run cannot be retried' } });
    await expect(host.rerunFailedJobs('acme/shop', 7)).rejects.toMatchObject({ name: 'Refused' });
  });

  it('throws Retryable when no connection ever stood', async () => {
    await github.close();
    await expect(host.rerunFailedJobs('acme/shop', 7)).rejects.toMatchObject({ name: 'Retryable' });
    github = await startServer();
  });

  it('repeats the update of a comment, which is the same twice', async () => {
    const us = { id: 1, type: 'User' };
    github.on(`PATCH ${REPO}/issues/comments/3`, { status: 502 }, { json: aComment(3, 'new', us) });
    expect(await host.updateComment('acme/shop', 3, 'new')).toMatchObject({ id: 3, body: 'new', authorIsUs: true });
    expect(JSON.parse(github.requests[1]?.body ?? '')).toEqual({ body: 'new' });
  });
});

describe('finding our comment', () => {
  const comments = `GET ${REPO}/issues/12/comments`;
  const us = { id: 1, type: 'User' };
  const bot = { id: 9, type: 'Bot', login: 'another[bot]' };
  const somebody = { id: 2, type: 'User' };

  it('passes over the marker in a comment of somebody else, and reads all pages', async () => {
    const next = `<${github.url}${REPO}/issues/12/comments?per_page=100&page=2>; rel="next"`;
    github.on('GET /user', { json: us });
    github.on(`${comments}?per_page=100`, { headers: { link: next }, json: [aComment(1, 'MARK forged', somebody)] });
    github.on(`${comments}?per_page=100&page=2`, { json: [aComment(2, 'other', us), aComment(3, 'the MARK', us)] });
    expect(await host.findComment('acme/shop', 12, 'MARK')).toMatchObject({ id: 3, authorIsUs: true });
  });

  it('asks who we are once', async () => {
    github.on('GET /user', { json: us });
    github.on(comments, { json: [aComment(3, 'MARK', us)] });
    await host.findComment('acme/shop', 12, 'MARK');
    await host.findComment('acme/shop', 12, 'MARK');
    expect(github.requests.filter(({ url }) => url === '/user')).toHaveLength(1);
  });

  it('takes only its own bot for us when it acts as a GitHub App, no other one', async () => {
    const ours = { ...bot, id: 10, login: 'Acme-Heals[bot]' };
    const app = makeGithubCodeHost({
      apiUrl: github.url,
      token: async () => 't',
      botLogin: async () => 'acme-heals[bot]',
      clock,
    });
    const foreign = [aComment(1, 'MARK', somebody), aComment(2, 'MARK', null), aComment(3, 'MARK', bot)];
    github.on(comments, { json: foreign }, { json: [...foreign, aComment(4, 'MARK', ours)] });
    expect(await app.findComment('acme/shop', 12, 'MARK')).toBeNull();
    expect((await app.findComment('acme/shop', 12, 'MARK'))?.id).toBe(4);
  });

  it('takes nobody for us when the token may not say whose it is', async () => {
    github.on('GET /user', { status: 403, json: { message: 'Resource not accessible by integration' } });
    github.on(comments, { json: [aComment(1, 'MARK', somebody), aComment(2, 'MARK', null), aComment(3, 'MARK', bot)] });
    expect(await host.findComment('acme/shop', 12, 'MARK')).toBeNull();
  });

  it('finds nothing where there is nothing of ours', async () => {
    github.on('GET /user', { json: us });
    github.on(comments, { json: [aComment(1, 'MARK', somebody), aComment(2, 'other', us)] });
    expect(await host.findComment('acme/shop', 12, 'MARK')).toBeNull();
  });
});

describe('failed deliveries', () => {
  const aDelivery = (id: number, guid: string, minute: string, status_code: number) => ({
    id,
    guid,
    status_code,
    delivered_at: `2026-11-21T11:${minute}:00Z`,
  });
  const since = new Date('2026-11-21T11:10:00Z');
  const url = 'https://hooks.example/webhooks/github';
  const list = `${REPO}/hooks/5/deliveries`;

  it('gives one per report that never succeeded since then, the oldest first', async () => {
    github.on(`GET ${REPO}/hooks`, {
      json: [
        { id: 4, config: { url: `${url}/x` } },
        { id: 5, config: { url } },
      ],
    });
    const link = `<${github.url}${list}?per_page=100&cursor=v1_2>; rel="next"`;
    github.on(`GET ${list}?per_page=100`, {
      headers: { link },
      json: [aDelivery(6, 'healed', '40', 202), aDelivery(5, 'lost', '30', 500), aDelivery(4, 'late', '35', 0)],
    });
    github.on(`GET ${list}?per_page=100&cursor=v1_2`, {
      json: [aDelivery(3, 'healed', '20', 502), aDelivery(2, 'lost', '15', 502), aDelivery(1, 'old', '05', 500)],
      headers: { link: `<${github.url}${list}?per_page=100&cursor=v1_3>; rel="next"` },
    });
    expect(await host.listFailedDeliveries('acme/shop', url, since)).toEqual({
      hookId: 5,
      deliveries: [
        { id: 5, guid: 'lost', deliveredAt: '2026-11-21T11:30:00Z', attempts: 2 },
        { id: 4, guid: 'late', deliveredAt: '2026-11-21T11:35:00Z', attempts: 1 },
      ],
    });
    expect(github.requests.some(({ url: asked }) => asked.includes('v1_3'))).toBe(false);
  });

  it('knows no deliveries of a hook that is not there', async () => {
    github.on(`GET ${REPO}/hooks`, { json: [] });
    expect(await host.listFailedDeliveries('acme/shop', url, since)).toBeNull();
  });

  it('asks for a delivery again', async () => {
    github.on(`POST ${list}/9/attempts`, { status: 202, json: {} });
    await host.redeliver('acme/shop', 5, 9);
    expect(github.requests).toHaveLength(1);
  });
});
