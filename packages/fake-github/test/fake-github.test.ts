import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeFaults } from '@selfheal/fake-server/faults.ts';
import { type HttpServer, serveHttp } from '@selfheal/fake-server/http-server.ts';
import { makeJournal } from '@selfheal/fake-server/journal.ts';
import { machineTime } from '@selfheal/fake-server/world-time.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { API_PREFIX } from '../src/api.ts';
import { type LocalGithub, makeLocalGithub } from '../src/control.ts';

const HEADERS = { authorization: 'Bearer a-token', 'user-agent': 'test' };
const journal = makeJournal(machineTime);
let github: LocalGithub;
let server: HttpServer;

beforeEach(async () => {
  const made: { github?: LocalGithub } = {};
  server = await serveHttp({
    port: 0,
    faults: makeFaults(),
    services(url) {
      const site = { api: url + API_PREFIX, web: url };
      made.github = makeLocalGithub({ site, journal, time: machineTime, dataDir: undefined });
      return [...made.github.services];
    },
    onExchange() {},
  });
  if (made.github === undefined) throw new Error('The server asked for no services.');
  github = made.github;
  github.control.addRepository('acme/shop');
});
afterEach(async () => {
  await github.stop();
  await server.stop();
});

const api = (path: string, init: RequestInit = {}) =>
  fetch(`${server.url}${API_PREFIX}${path}`, { headers: HEADERS, ...init });

describe('the fake GitHub', () => {
  it('wants a token, and counts what is left of the rate limit', async () => {
    expect((await api('/user', { headers: { 'user-agent': 'test' } })).status).toBe(401);
    github.control.setRemaining(1);
    expect((await api('/user')).headers.get('x-ratelimit-remaining')).toBe('0');
    expect((await api('/user')).status).toBe(403);
  });

  it('shows its repositories, one of them, and its pull requests, each with the way back', async () => {
    const { number } = github.control.addPullRequest('acme/shop');
    const read = async (path: string) => {
      const answer = await fetch(`${server.url}${path}`);
      return [answer.status, await answer.text()] as const;
    };
    expect(await read('/')).toEqual([200, expect.stringContaining('href="/acme/shop"')]);
    expect(await read('/acme/shop')).toEqual([200, expect.stringContaining('href="/acme/shop/pulls"')]);
    expect(await read('/acme/shop/pulls')).toEqual([200, expect.stringContaining(`href="/acme/shop/pull/${number}"`)]);
    expect(await read(`/acme/shop/pull/${number}`)).toEqual([200, expect.stringContaining('href="/acme/shop/pulls"')]);
    expect((await read('/acme/nothing'))[0]).toBe(404);
  });

  it('keeps comments and notes them in the journal', async () => {
    const { number } = github.control.addPullRequest('acme/shop');
    const body = JSON.stringify({ body: 'It failed.' });
    const answer = await api(`/repos/acme/shop/issues/${number}/comments`, { method: 'POST', body });
    expect(answer.status).toBe(201);
    expect(github.control.comments('acme/shop', number).map((comment) => comment.body)).toEqual(['It failed.']);
    expect(journal.count('github.comment.created')).toBe(1);
  });

  it('lets only apps write checks, with at most fifty annotations at once', async () => {
    const annotation = { path: 'a.ts', start_line: 1, end_line: 1, annotation_level: 'notice', message: 'Mind this.' };
    const check = (annotations: object[]) =>
      api('/repos/acme/shop/check-runs', {
        method: 'POST',
        body: JSON.stringify({
          name: 'x',
          head_sha: 'abc',
          conclusion: 'success',
          output: { title: 'x', summary: 'x', annotations },
        }),
      });
    expect((await check([])).status).toBe(403);
    github.control.setIdentity('workflow');
    expect((await check(Array.from({ length: 51 }, () => annotation))).status).toBe(422);
    expect((await check(Array.from({ length: 50 }, () => annotation))).status).toBe(201);
    expect(github.control.checkRuns('acme/shop', 'abc').map(({ annotations }) => annotations.length)).toEqual([50]);
  });

  it('signs a webhook with the secret, as GitHub does', async () => {
    const received: { headers: IncomingHttpHeaders; body: string }[] = [];
    const receiver = createServer(async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      received.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
      response.writeHead(202).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    github.control.setWebhook({ url: `http://127.0.0.1:${port}`, secret: 'not-a-real-one' });
    const jobs = [] as const;
    const run = github.control.addRun({
      repository: 'acme/shop',
      attempts: [{ conclusion: 'failure', jobs, archive: null }],
    });
    await github.control.announceRun(run.id, 'completed');
    await github.control.delivered();
    receiver.close();
    const [{ headers, body } = { headers: {}, body: '' }] = received.filter(
      (one) => one.headers['x-github-event'] === 'workflow_run',
    );
    const signature = createHmac('sha256', 'not-a-real-one').update(body).digest('hex');
    expect(headers['x-hub-signature-256']).toBe(`sha256=${signature}`);
    expect(headers['user-agent']).toMatch(/^GitHub-Hookshot\//);
    expect(JSON.parse(body)).toMatchObject({ action: 'completed', repository: { full_name: 'acme/shop' } });
  });
});
