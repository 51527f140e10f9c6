import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { FakeClock } from '#test/fakes/index.ts';
import { aCodeHost, aComment, REPO } from './code-host-rig.ts';
import type { ScriptedServer } from './scripted-server.ts';

let github: ScriptedServer;
let clock: FakeClock;
let host: CodeHost;
beforeEach(async () => {
  ({ github, clock, host } = await aCodeHost());
});
afterEach(() => github.close());

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
