import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CodeHost } from '#shared/ports/code-host.ts';
import { redactedText } from '#test/builders/index.ts';
import type { FakeClock } from '#test/fakes/index.ts';
import { aCodeHost, aComment, REPO, RERUN } from './code-host-rig.ts';
import { type ScriptedServer, startServer } from './scripted-server.ts';

let github: ScriptedServer;
let clock: FakeClock;
let host: CodeHost;
beforeEach(async () => {
  ({ github, clock, host } = await aCodeHost());
});
afterEach(() => github.close());

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
    await expect(host.createComment('acme/shop', 12, redactedText('x'))).rejects.toMatchObject({
      name: 'OutcomeUnknown',
    });
    await expect(host.redeliver('acme/shop', 5, 9)).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    expect(github.requests.filter(({ method }) => method === 'POST')).toHaveLength(2);
  });

  it('looks for a comment whose answer was lost until it shows, and gives it', async () => {
    const comments = `${REPO}/issues/12/comments`;
    const us = { id: 1, type: 'User' };
    github.on(`POST ${comments}`, 'reset');
    github.on('GET /user', { json: us });
    github.on(`GET ${comments}`, { json: [] }, { json: [] }, { json: [aComment(3, 'x', us)] });
    expect(await host.createComment('acme/shop', 12, redactedText('x\n'))).toMatchObject({ id: 3 });
    expect(clock.slept).toEqual([500, 1000]);
    expect(github.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('says that the outcome is unknown when a comment whose answer was lost never shows, or nobody can look', async () => {
    const comments = `${REPO}/issues/12/comments`;
    github.on(`POST ${comments}`, { status: 502 });
    github.on(`GET ${comments}`, { json: [] });
    await expect(host.createComment('acme/shop', 12, redactedText('x'))).rejects.toMatchObject({
      name: 'OutcomeUnknown',
    });
    expect(github.requests).toHaveLength(6);
    github.on(`GET ${comments}`, { status: 404, json: { message: 'Not Found' } });
    await expect(host.createComment('acme/shop', 12, redactedText('x'))).rejects.toMatchObject({
      name: 'OutcomeUnknown',
    });
  });

  it('says that the outcome is unknown when a comment was created but the answer cannot be read', async () => {
    github.on(`POST ${REPO}/issues/12/comments`, {
      status: 201,
      bytes: Buffer.from('{"id"'),
      headers: { 'content-type': 'application/json' },
    });
    await expect(host.createComment('acme/shop', 12, redactedText('x'))).rejects.toMatchObject({
      name: 'OutcomeUnknown',
    });
  });

  it('throws Refused when GitHub refused the re-run', async () => {
    github.on(RERUN, { status: 403, json: { message: 'This workflow run cannot be retried' } });
    await expect(host.rerunFailedJobs('acme/shop', 7)).rejects.toMatchObject({ name: 'Refused' });
  });

  it('throws Unreachable when no connection ever stood', async () => {
    await github.close();
    await expect(host.rerunFailedJobs('acme/shop', 7)).rejects.toMatchObject({ name: 'Unreachable' });
    github = await startServer();
  });

  it('repeats the update of a comment, which is the same twice', async () => {
    const us = { id: 1, type: 'User' };
    github.on(`PATCH ${REPO}/issues/comments/3`, { status: 502 }, { json: aComment(3, 'new', us) });
    expect(await host.updateComment('acme/shop', 3, redactedText('new'))).toMatchObject({
      id: 3,
      body: 'new',
      authorIsUs: true,
    });
    expect(JSON.parse(github.requests[1]?.body ?? '')).toEqual({ body: 'new' });
  });
});
