import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GITHUB_ROUTES } from '@selfheal/fake-github/api.ts';
import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { jobNameOf } from '@selfheal/log-reading/logs/job-name.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { makeGithubCodeReader } from '#shared/adapters/github/code-reader.ts';
import { redactedText } from '#test/builders/index.ts';
import { setTime } from '#test/fakes/set-time.ts';
import { addSandbox, SANDBOX } from '../e2e/support/sandbox.ts';
import { makeGithubConformance } from './github-conformance.ts';

const SECRET = 'a secret of this test';
const HEADERS = {
  authorization: 'Bearer a-token',
  'user-agent': 'contract-test',
  accept: 'application/vnd.github+json',
};
const clock = { now: () => new Date(), sleep: () => Promise.resolve() };

const conformance = makeGithubConformance();
/** Runs end when the test says so. */
const time = setTime(Date.now());
let world: World;
let receiver: Server;
let refuse = false;
const received: { headers: Record<string, unknown>; body: string }[] = [];

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    response.writeHead(refuse ? 503 : 202).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks/github`;
  world = await startWorld({ webhook: { url, secret: SECRET }, time });
  world.onExchange(conformance.onExchange);
});

afterAll(async () => {
  await world.stop();
  receiver.close();
});

const hookUrl = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks/github`;
const api = (path: string, init: RequestInit = {}) =>
  fetch(`${world.githubApiUrl}${path}`, { headers: HEADERS, redirect: 'manual', ...init });

const post = (path: string, body: object) => api(path, { method: 'POST', body: JSON.stringify(body) });

/** A commit, a branch, a draft of it with labels, and an issue. */
async function useGitAndProposals(repo: string, head: string): Promise<void> {
  type Made = { sha: string; tree: { sha: string } & { path: string; sha: string }[]; number: number };
  const json = async (answer: Promise<Response>, status: number) => {
    const given = await answer;
    expect(given.status, given.url).toBe(status);
    return (await given.json()) as Made;
  };
  const commit = await json(api(`${repo}/git/commits/${head}`), 200);
  const tree = await json(api(`${repo}/git/trees/${commit.tree.sha}?recursive=1`), 200);
  await json(api(`${repo}/git/blobs/${tree.tree[0]?.sha}`), 200);
  const file = { path: 'src/new.ts', mode: '100644', type: 'blob', content: 'export const one = 1;\n' };
  const next = await json(post(`${repo}/git/trees`, { base_tree: commit.tree.sha, tree: [file] }), 201);
  const made = await json(post(`${repo}/git/commits`, { message: 'One', tree: next.sha, parents: [head] }), 201);
  const ref = { ref: 'refs/heads/autofix-20261121-120000', sha: made.sha };
  await json(post(`${repo}/git/refs`, ref), 201);
  await json(post(`${repo}/git/refs`, ref), 422);
  await json(api(`${repo}/git/ref/heads%2Fautofix-20261121-120000`), 200);
  await json(api(`${repo}/git/ref/heads%2Fnowhere`), 404);
  const draft = { title: 'One', head: 'autofix-20261121-120000', base: 'main', body: 'x', draft: true };
  const pull = await json(post(`${repo}/pulls`, draft), 201);
  await json(post(`${repo}/pulls`, draft), 422);
  await json(post(`${repo}/issues/${pull.number}/labels`, { labels: ['autofix-bot'] }), 200);
  await json(api(`${repo}/commits/${head}/pulls`), 200);
  await json(api(`${repo}/pulls?state=all&sort=created&direction=desc`), 200);
  const two = { title: 'Two', body: 'x', labels: ['flaky-test'], assignees: ['acme-dev'] };
  const issue = await json(post(`${repo}/issues`, two), 201);
  await json(api(`${repo}/issues?state=all&labels=flaky-test`), 200);
  const close = JSON.stringify({ state: 'closed', state_reason: 'completed' });
  await json(api(`${repo}/issues/${issue.number}`, { method: 'PATCH', body: close }), 200);
  await json(api(`/search/issues?q=${encodeURIComponent('"x" in:body is:issue')}`), 200);
  const gone = `${repo}/git/refs/heads%2Fautofix-20261121-120000`;
  expect((await api(gone, { method: 'DELETE' })).status).toBe(204);
}

/** A check of a commit with annotations, and a comment on a line of a pull request's diff. */
async function useChecksAndReviews(repo: string, pull: number, head: string): Promise<void> {
  const note = {
    path: 'docs/notes.md',
    start_line: 1,
    end_line: 1,
    annotation_level: 'warning',
    message: 'Mind this.',
  };
  const output = { title: 'One of two', summary: 'Text', annotations: [note] };
  const check = { name: 'Quality', head_sha: head, status: 'completed', conclusion: 'failure', output };
  expect((await post(`${repo}/check-runs`, check)).status).toBe(403);
  world.github.setIdentity('workflow');
  const made = await post(`${repo}/check-runs`, check);
  expect(made.status).toBe(201);
  const { id } = (await made.json()) as { id: number };
  const update = JSON.stringify({ conclusion: 'success', output });
  expect((await api(`${repo}/check-runs/${id}`, { method: 'PATCH', body: update })).status).toBe(200);
  const noted = await api(`${repo}/check-runs/${id}/annotations?per_page=100`);
  expect(await noted.json()).toHaveLength(2);
  const listed = await api(`${repo}/commits/${head}/check-runs?check_name=Quality&filter=latest`);
  expect(await listed.json()).toMatchObject({ total_count: 1, check_runs: [{ id, conclusion: 'success' }] });
  world.github.setIdentity('user');
  const [file] = (await (await api(`${repo}/pulls/${pull}/files`)).json()) as { filename: string; patch: string }[];
  const line = Number(/\+(\d+)/.exec(file?.patch ?? '')?.[1]);
  const comment = { body: 'Say more.', commit_id: head, path: file?.filename, line, side: 'RIGHT' };
  expect((await post(`${repo}/pulls/${pull}/comments`, comment)).status).toBe(201);
  expect((await post(`${repo}/pulls/${pull}/comments`, { ...comment, line: 9999 })).status).toBe(422);
  expect(await (await api(`${repo}/pulls/${pull}/comments`)).json()).toHaveLength(1);
}

/** A file that is written over the API, and refused where somebody else was first. */
async function useContents(repo: string): Promise<void> {
  const put = async (body: object) =>
    (await api(`${repo}/contents/notes.md`, { method: 'PUT', body: JSON.stringify(body) })).status;
  const file = { message: 'Notes', content: Buffer.from('one').toString('base64'), branch: 'main' };
  expect(await put(file)).toBe(201);
  expect(await put(file)).toBe(422);
  expect(await put({ ...file, sha: '0'.repeat(40) })).toBe(409);
  expect(await put({ ...file, branch: 'nowhere' })).toBe(404);
}

/** A workflow that is started by hand, with inputs and without. */
async function useDispatches(repo: string): Promise<void> {
  addSandbox(world, time.now(), SANDBOX, 0);
  const path = `${repo}/actions/workflows/selfheal-try.yml`;
  const inputs = { base_sha: 'a'.repeat(40), patch: 'cGF0Y2g=', correlation_id: 'b'.repeat(32) };
  const refusals = [
    { ref: 'nowhere', inputs },
    { ref: 'main', inputs: { ...inputs, more: 'x' } },
    { ref: 'main', inputs: { ...inputs, patch: '' } },
    { ref: 'main', inputs: { ...inputs, patch: 'x'.repeat(65_536) } },
  ];
  for (const body of refusals) expect((await post(`${path}/dispatches`, body)).status).toBe(422);
  expect((await post(`${repo}/actions/workflows/none.yml/dispatches`, { ref: 'main' })).status).toBe(404);
  expect((await post(`${path}/dispatches`, { ref: 'main', inputs })).status).toBe(204);
  const listed = await api(`${path}/runs?event=workflow_dispatch&branch=main`);
  const { workflow_runs } = (await listed.json()) as { workflow_runs: object[] };
  expect(workflow_runs).toEqual([expect.objectContaining({ display_title: `Selfheal try ${inputs.correlation_id}` })]);
}

describe("the local GitHub against GitHub's OpenAPI description", () => {
  it('answers every route in the described form', async () => {
    const { runId, run, pullRequest, delivered } = world.samples.failRun('regression', { rerunMs: 20 });
    const deliveryId = (await delivered)[0]?.id;
    const hookId = world.github.deliveries('acme/shop')[0]?.hookId;
    const [repo, runPath] = ['/repos/acme/shop', `/repos/acme/shop/actions/runs/${runId}`];
    const job = run.attempts[0]?.jobs[0]?.id;
    const comment = await api(`${repo}/issues/${pullRequest}/comments`, {
      method: 'POST',
      body: JSON.stringify({ body: 'Hello' }),
    });
    const { id } = (await comment.json()) as { id: number };
    const commit = world.github.pullRequests('acme/shop').find((one) => one.number === pullRequest)?.headSha ?? '';
    await useChecksAndReviews(repo, pullRequest ?? 0, commit);
    const paths = [
      repo,
      `${repo}/pulls/${pullRequest}`,
      `${repo}/pulls/${pullRequest}/files?per_page=100`,
      `${repo}/commits?sha=${run.headSha}&path=src/cart.ts&per_page=8`,
      `${repo}/commits/${run.headSha}`,
      `${repo}/compare/${run.headSha}...${run.headSha}`,
      `${repo}/contents/src%2Fcart.ts?ref=${run.headSha}`,
      `${repo}/actions/runs?branch=main&status=success&per_page=2&page=1`,
      `${repo}/actions/workflows/${run.workflowId}/runs?exclude_pull_requests=true`,
      runPath,
      `${runPath}/attempts/1`,
      `${runPath}/jobs?filter=all`,
      `${runPath}/attempts/1/jobs?per_page=1&page=2`,
      `${runPath}/logs`,
      `${runPath}/attempts/1/logs`,
      `${repo}/actions/jobs/${job}`,
      `${repo}/actions/jobs/${job}/logs`,
      `${repo}/issues/${pullRequest}/comments?per_page=1`,
      `${repo}/hooks`,
      `${repo}/collaborators/octo-lead/permission`,
      `${repo}/activity?per_page=5`,
      `${repo}/hooks/${hookId}/deliveries?per_page=1&status=success`,
      `${repo}/hooks/${hookId}/deliveries/${deliveryId}`,
      '/user',
      '/users/octo-lead',
      '/app',
      '/rate_limit',
    ];
    for (const path of paths) {
      const answer = await api(path);
      expect([200, 302], path).toContain(answer.status);
    }
    await useGitAndProposals(repo, run.headSha);
    await useDispatches(repo);
    await useContents(repo);
    expect((await api(`${repo}/installation`)).status).toBe(404);
    expect((await api('/app/installations/1/access_tokens', { method: 'POST' })).status).toBe(404);
    await api(`${repo}/issues/comments/${id}`, { method: 'PATCH', body: JSON.stringify({ body: 'Hello again' }) });
    const reactions = `${repo}/issues/comments/${id}/reactions`;
    const reaction = await post(reactions, { content: '+1' });
    expect(reaction.status).toBe(201);
    expect((await post(reactions, { content: '+1' })).status).toBe(200);
    const { id: given } = (await reaction.json()) as { id: number };
    expect((await api(`${reactions}/${given}`, { method: 'DELETE' })).status).toBe(204);
    expect((await post(reactions, { content: '+1' })).status).toBe(201);
    expect((await api(`${repo}/issues/comments/${id}`, { method: 'DELETE' })).status).toBe(204);
    await api(`${repo}/hooks/${hookId}/deliveries/${deliveryId}/attempts`, { method: 'POST' });
    expect((await api(`${runPath}/rerun-failed-jobs`, { method: 'POST' })).status).toBe(201);
    expect((await api(`${runPath}/rerun`, { method: 'POST' })).status).toBe(403);
    time.advance(20);
    expect(world.github.run(runId)?.attempts[1]?.status).toBe('completed');
    expect((await api(`${runPath}/rerun`, { method: 'POST' })).status).toBe(201);
    expect((await api(`${runPath}/cancel`, { method: 'POST' })).status).toBe(202);
    time.advance(60);
    expect(world.github.run(runId)?.attempts[2]?.status).toBe('completed');
    expect((await api(`${runPath}/cancel`, { method: 'POST' })).status).toBe(409);
    await world.github.delivered();

    expect(conformance.problems).toEqual([]);
    const seen = [...conformance.operations].sort();
    expect(seen).toEqual([...GITHUB_ROUTES.map((route) => route.operation), 'rate-limit/get'].sort());
  });

  it('answers errors in the described form', async () => {
    const before = conformance.problems.length;
    const missing = '/repos/acme/nowhere/actions/runs/1';
    expect((await api(missing)).status).toBe(404);
    expect((await api('/user', { headers: { ...HEADERS, authorization: '' } })).status).toBe(401);
    const empty = await api('/repos/acme/shop/issues/1/comments', { method: 'POST', body: '{"body":"x","bdy":1}' });
    expect(empty.status).toBe(201);
    expect(conformance.problems.slice(before)).toEqual([
      'issues/create-comment: the request has an unknown field bdy.',
    ]);
  });

  it('finds fault with an answer that lacks a field', () => {
    const strict = makeGithubConformance();
    const request = { method: 'GET', path: '/api/v3/repos/acme/shop', query: new URLSearchParams() };
    strict.onExchange({
      service: 'github',
      operation: 'repos/get',
      request: { ...request, headers: { accept: 'application/json' }, body: Buffer.alloc(0) },
      response: { status: 200, headers: { 'content-type': 'application/json' }, body: '{"id":"1"}' },
      faulty: false,
    });
    expect(strict.problems.join()).toContain('repos/get 200');
  });

  it('gets only described requests from the GitHub adapter', async () => {
    const before = conformance.problems.length;
    const host = makeGithubCodeHost({ apiUrl: world.githubApiUrl, token: async () => 'a-token', clock });
    const { repository, runId, pullRequest, run, delivered } = world.samples.failRun('transient', { rerunMs: 20 });
    await delivered;
    expect(await host.getRun(repository, runId)).toMatchObject({ attempt: 1, conclusion: 'failure' });
    const jobs = await host.listJobs(repository, runId, 1);
    expect(jobs.find((job) => job.conclusion === 'failure')).toMatchObject({
      name: { shown: 'unit tests' },
      failedStep: 'Install',
    });
    expect(await host.downloadLogs(repository, runId, 1, 10_000_000)).toMatchObject({ kind: 'archive' });
    expect((await host.listDefaultBranchRuns(repository, run.workflowId, 10)).length).toBeGreaterThan(0);
    expect(await host.listJobAttempts(repository, runId)).toContainEqual({
      completedAt: expect.any(String),
      runId,
      attempt: 1,
      name: jobNameOf('unit tests'),
      conclusion: 'failure',
    });
    expect((await host.listCommitRuns(repository, run, 10)).map(({ id }) => id)).toEqual([runId]);
    const code = makeGithubCodeReader({ apiUrl: world.githubApiUrl, token: async () => 'a-token', clock });
    const change = await code.changedFiles(repository, { sha: run.headSha, pullRequest: null });
    expect(change.map(({ shown, status }) => [shown, status])).toEqual([['docs/notes.md', 'added']]);
    expect(await code.changedFiles(repository, { sha: run.headSha, pullRequest })).toEqual(change);
    const touched = await code.commitsOf(repository, run.headSha, new RawRef('src/cart.ts'), 8);
    expect(touched.map(({ title }) => title)).toEqual(['Carts, discounts and stock']);
    const created = await host.createComment(repository, pullRequest ?? 0, redactedText('marker: one'));
    expect(await host.findComment(repository, pullRequest ?? 0, 'marker: one')).toMatchObject({ id: created.id });
    await host.updateComment(repository, created.id, redactedText('marker: two'));
    await host.rerunFailedJobs(repository, runId);
    time.advance(20);
    expect(world.github.run(runId)?.attempts[1]?.conclusion).toBe('success');
    await host.rerunRun(repository, runId);
    await host.cancelRun(repository, runId);
    time.advance(60);
    expect(world.github.run(runId)?.attempts[2]?.status).toBe('completed');
    await world.github.delivered();
    refuse = true;
    await world.github.announceRun(runId);
    refuse = false;
    const failed = await host.listFailedDeliveries(repository, hookUrl(), new Date(Date.now() - 60_000));
    expect(failed?.deliveries).toHaveLength(1);
    await host.redeliver(repository, failed?.hookId ?? 0, failed?.deliveries[0]?.id ?? 0);
    await world.github.delivered();
    const after = await host.listFailedDeliveries(repository, hookUrl(), new Date(Date.now() - 60_000));
    expect(after?.deliveries).toEqual([]);
    expect(conformance.problems.slice(before)).toEqual([]);
  });

  it('signs its webhooks and sends them in the described form', async () => {
    await world.github.ping('acme/shop');
    await world.github.push('acme/shop', 'main', 'Round totals per line');
    const { delivered } = world.samples.failRun('compile', { deliver: 'all' });
    await delivered;
    const webhooks = makeGithubConformance();
    const kinds = new Set<string>();
    for (const { headers, body } of received) {
      const payload = JSON.parse(body) as { action?: string };
      webhooks.checkWebhook(String(headers['x-github-event']), payload);
      kinds.add([headers['x-github-event'], payload.action].filter(Boolean).join('.'));
      const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
      expect(headers['x-hub-signature-256']).toBe(signature);
      expect(headers['user-agent']).toMatch(/^GitHub-Hookshot\//);
    }
    expect(webhooks.problems).toEqual([]);
    expect([...kinds].sort()).toEqual([
      'ping',
      'push',
      'workflow_job.completed',
      'workflow_run.completed',
      'workflow_run.in_progress',
      'workflow_run.requested',
    ]);
  });
});
