import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { setTime } from '#test/fakes/set-time.ts';

const HEADERS = { authorization: 'Bearer a-token', 'user-agent': 'test', accept: 'application/vnd.github+json' };
/** What runs in this world ends when a test says so. */
const time = setTime(Date.now());
let world: World;
let dataDir: string;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'world-'));
  world = await startWorld({ dataDir, time });
});
afterEach(async () => {
  await world.stop();
  rmSync(dataDir, { recursive: true });
});

const api = (path: string, init: RequestInit = {}) =>
  fetch(`${world.githubApiUrl}${path}`, { headers: HEADERS, ...init });
const post = (path: string, body?: object) =>
  api(path, { method: 'POST', ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

describe('access to the local GitHub', () => {
  it('asks for a token, the right one when it knows which, and for a user agent', async () => {
    expect((await api('/user', { headers: { 'user-agent': 'test' } })).status).toBe(401);
    world.github.acceptTokens(['another-token']);
    const answer = await api('/user');
    expect([answer.status, await answer.json()]).toMatchObject([401, { message: 'Bad credentials' }]);
    expect((await api('/user', { headers: { ...HEADERS, 'user-agent': '' } })).status).toBe(403);
  });

  it('counts requests and refuses when none are left', async () => {
    world.github.setRemaining(1);
    expect((await api('/user')).headers.get('x-ratelimit-remaining')).toBe('0');
    const answer = await api('/user');
    expect(answer.status).toBe(403);
    expect(Number(answer.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000);
    expect((await api('/rate_limit')).status).toBe(200);
  });

  it('answers 304 for what did not change', async () => {
    world.github.addRepository('acme/shop');
    const etag = (await api('/repos/acme/shop')).headers.get('etag') ?? '';
    const again = await api('/repos/acme/shop', { headers: { ...HEADERS, 'if-none-match': etag } });
    expect(again.status).toBe(304);
  });

  it('refuses a GitHub App that asks who it is', async () => {
    world.github.setIdentity('app');
    expect((await api('/user')).status).toBe(403);
  });
});

describe('runs of the local GitHub', () => {
  it('re-runs a transient failure to success, announces each step and refuses a second re-run meanwhile', async () => {
    const received: string[] = [];
    const receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const { action, workflow_run } = JSON.parse(body) as { action: string; workflow_run?: { run_attempt: number } };
        if (workflow_run !== undefined) received.push(`${workflow_run.run_attempt} ${action}`);
        response.writeHead(202).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    world.github.setWebhook({ url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`, secret: 's' });
    const { runId, repository, delivered } = world.samples.failRun('transient', { rerunMs: 60 });
    await delivered;
    const path = `/repos/${repository}/actions/runs/${runId}`;
    expect((await post(`${path}/rerun-failed-jobs`)).status).toBe(201);
    const second = await post(`${path}/rerun-failed-jobs`);
    expect(await second.json()).toMatchObject({ message: 'This workflow is already running' });
    expect((await api(`${path}/attempts/2/logs`)).status).toBe(404);
    for (const half of [30, 30]) {
      await world.github.delivered();
      time.advance(half);
    }
    expect(world.github.run(runId)?.attempts[1]?.conclusion).toBe('success');
    await world.github.delivered();
    expect(received).toEqual(['1 completed', '2 requested', '2 in_progress', '2 completed']);
    expect(world.journal.count('github.run.rerun', `${repository}/runs/${runId}`)).toBe(1);
    const third = await post(`${path}/rerun-failed-jobs`);
    expect([third.status, await third.json()]).toMatchObject([403, { message: 'This workflow run cannot be retried' }]);
    receiver.close();
  });

  it('refuses to re-run what is over a month old', async () => {
    const { repository, run } = world.samples.failRun('regression', { deliver: 'none' });
    const createdAt = new Date(Date.now() - 40 * 86_400_000);
    const plan = { conclusion: 'failure', jobs: [], archive: null } as const;
    const old = world.github.addRun({ repository, createdAt, attempts: [plan] });
    expect((await post(`/repos/${repository}/actions/runs/${old.id}/rerun`)).status).toBe(403);
    expect((await api(`/repos/${repository}/actions/runs/${old.id}/logs`)).status).toBe(410);
    expect((await post(`/repos/${repository}/actions/runs/${run.id}/rerun`)).status).toBe(201);
  });

  it('gives the log of a single job, and no log without the signature of its link', async () => {
    const { repository, run } = world.samples.failRun('regression', { deliver: 'none' });
    const failed = run.attempts[0]?.jobs.find((job) => job.conclusion === 'failure');
    const log = await api(`/repos/${repository}/actions/jobs/${failed?.id}/logs`);
    expect(await log.text()).toContain('ERR_ASSERTION');
    expect((await fetch(log.url.replace(/sig=.*/, 'sig=none'))).status).toBe(403);
  });

  it('lists runs by branch and status, newest first, with links to the next page', async () => {
    const { repository } = world.samples.failRun('regression', { deliver: 'none' });
    const answer = await api(`/repos/${repository}/actions/runs?branch=main&status=success&per_page=2`);
    const { total_count, workflow_runs } = (await answer.json()) as {
      total_count: number;
      workflow_runs: { created_at: string }[];
    };
    expect(total_count).toBe(3);
    expect(workflow_runs[0]?.created_at).not.toBe(workflow_runs[1]?.created_at);
    const next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1] ?? '';
    const page = (await (await fetch(next, { headers: HEADERS })).json()) as { workflow_runs: unknown[] };
    expect(page.workflow_runs).toHaveLength(1);
  });
});

describe('comments of the local GitHub', () => {
  it('refuses a comment without a body, with too long a one and on no issue', async () => {
    const { repository, pullRequest } = world.samples.failRun('compile', { deliver: 'none' });
    const path = `/repos/${repository}/issues/${pullRequest}/comments`;
    expect((await post(path, {})).status).toBe(422);
    expect((await post(path, { body: 'x'.repeat(65_537) })).status).toBe(422);
    expect((await post(`/repos/${repository}/issues/999/comments`, { body: 'x' })).status).toBe(404);
    expect(world.journal.entries()).toEqual([]);
  });

  it('counts a comment whose answer was lost', async () => {
    const { repository, pullRequest } = world.samples.failRun('compile', { deliver: 'none' });
    const path = `/repos/${repository}/issues/${pullRequest}/comments`;
    world.faults.inject('issues/create-comment', { kind: 'reset', when: 'after' });
    await expect(post(path, { body: 'Hello' })).rejects.toThrow();
    expect(world.github.comments(repository, pullRequest ?? 0).map(({ body }) => body)).toEqual(['Hello']);
    expect(world.journal.count('github.comment.created')).toBe(1);
  });

  it('fails as planned: secondary rate limit, server errors, slowness, after so many good calls', async () => {
    world.github.addRepository('acme/shop');
    world.faults.inject('repos/get', { kind: 'status', status: 403, retryAfterSeconds: 7 }, { skip: 1 });
    expect((await api('/repos/acme/shop')).status).toBe(200);
    const limited = await api('/repos/acme/shop');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([403, '7']);
    expect(((await limited.json()) as { message: string }).message).toContain('secondary rate limit');
    world.faults.inject('repos/*', { kind: 'status', status: 502 }, { times: 2 });
    expect([(await api('/repos/acme/shop')).status, (await api('/repos/acme/shop')).status]).toEqual([502, 502]);
    world.faults.inject('repos/get', { kind: 'slow', ms: 40 });
    const started = performance.now();
    expect((await api('/repos/acme/shop')).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(35);
  });
});

describe('the local GitHub after a restart', () => {
  it('knows its runs, comments and effects, gives no id twice and completes a re-run that was under way', async () => {
    const { repository, runId, pullRequest } = world.samples.failRun('transient', { deliver: 'none', rerunMs: 80 });
    await post(`/repos/${repository}/issues/${pullRequest}/comments`, { body: 'Before' });
    await post(`/repos/${repository}/actions/runs/${runId}/rerun-failed-jobs`);
    await world.stop();
    world = await startWorld({ dataDir, time });
    expect(world.github.comments(repository, pullRequest ?? 0)).toMatchObject([{ body: 'Before' }]);
    expect(world.journal.entries().map(({ kind }) => kind)).toEqual(['github.comment.created', 'github.run.rerun']);
    const before = world.github.comments(repository, pullRequest ?? 0)[0]?.id ?? 0;
    expect(world.github.addComment(repository, pullRequest ?? 0, 'acme-dev', 'After').id).toBeGreaterThan(before);
    time.advance(80);
    expect(world.github.run(runId)?.attempts[1]?.conclusion).toBe('success');
    expect((await api(`/repos/${repository}/actions/runs/${runId}/attempts/1/logs`)).status).toBe(200);
  });

  it('records a delivery that could not connect', async () => {
    world.github.setWebhook({ url: 'http://127.0.0.1:9/never', secret: 's' });
    world.github.setUnreachable(true);
    const { repository, delivered } = world.samples.failRun('compile');
    expect((await delivered)[0]?.result).toMatchObject({ status: 'failed to connect to host', statusCode: 502 });
    expect(world.github.deliveries(repository)).toHaveLength(1);
  });
});

describe('web pages of the local GitHub', () => {
  it('shows the comments of a pull request and the attempts of a run as plain text', async () => {
    const { repository, pullRequest, run } = world.samples.failRun('regression', { deliver: 'none' });
    world.github.addComment(repository, pullRequest ?? 0, 'acme-dev', '<script>alert(1)</script>');
    const pull = await (await fetch(`${world.url}/${repository}/pull/${pullRequest}`)).text();
    expect(pull).toContain('&lt;script&gt;');
    expect(pull).not.toContain('<script>');
    const page = await (await fetch(`${world.url}/${repository}/actions/runs/${run.id}`)).text();
    expect(page).toContain('unit tests: failure');
    expect((await fetch(`${world.url}/${repository}/pull/999`)).status).toBe(404);
  });
});
