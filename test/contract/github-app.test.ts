import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { githubAccess } from '#shared/adapters/github/github-access.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { redactedText } from '#test/builders/index.ts';
import { makeGithubConformance } from './github-conformance.ts';

const pair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
const keys = pair();
const SECRET = { appId: '4711', privateKey: keys.privateKey };
const conformance = makeGithubConformance();
const operations: string[] = [];
let world: World;

beforeAll(async () => {
  world = await startWorld({});
  world.onExchange((exchange) => {
    conformance.onExchange(exchange);
    operations.push(exchange.operation);
  });
  world.github.addRepository('partner/site');
  world.github.addRepository('stranger/site');
  world.github.registerApp({
    appId: SECRET.appId,
    publicKey: keys.publicKey,
    installations: { acme: 31, partner: 32 },
  });
});
afterAll(() => world.stop());

const connect = (secret: Record<string, string>) =>
  makeGithubCodeHost(githubAccess({ apiUrl: world.githubApiUrl, secret: async () => secret, clock: systemClock }));
const bought = () => operations.filter((one) => one === 'apps/create-installation-access-token').length;

describe('acting as a GitHub App, over the wire', () => {
  it('buys one token for each owner, keeps it, and writes and finds its own comment again', async () => {
    const { repository, runId, pullRequest } = world.samples.failRun('compile', { deliver: 'none' });
    const host = connect(SECRET);
    expect(await host.getRun(repository, runId)).toMatchObject({ conclusion: 'failure' });
    const created = await host.createComment(repository, pullRequest ?? 0, redactedText('marker: one'));
    expect(await host.findComment(repository, pullRequest ?? 0, 'marker: one')).toMatchObject({ id: created.id });
    expect(bought()).toBe(1);
    expect(await host.listFailedDeliveries('partner/site', 'https://nowhere.example', new Date(0))).toBeNull();
    expect(bought()).toBe(2);
    expect(conformance.problems).toEqual([]);
    expect([...conformance.operations]).toEqual(
      expect.arrayContaining([
        'apps/get-authenticated',
        'apps/get-repo-installation',
        'apps/create-installation-access-token',
      ]),
    );
  });

  it('uses the installation that the secret names, without looking for it', async () => {
    const before = operations.length;
    const { repository, runId } = world.samples.failRun('compile', { deliver: 'none' });
    await connect({ ...SECRET, installationId: '31' }).getRun(repository, runId);
    expect(operations.slice(before)).not.toContain('apps/get-repo-installation');
  });

  it.each([
    ['is not installed there', SECRET, 'stranger/site', 'GitHub App 4711 is not installed on stranger/site.'],
    ['has another key', { ...SECRET, privateKey: pair().privateKey }, 'acme/shop', 'do not belong together'],
    ['has another number', { ...SECRET, appId: '1' }, 'acme/shop', 'do not belong together'],
    ['has no such installation', { ...SECRET, installationId: '99' }, 'acme/shop', 'has no installation 99'],
  ])('is refused in plain words when the app %s', async (_what, secret, repository, words) => {
    const asked = connect(secret).getRun(repository, 1);
    await expect(asked).rejects.toMatchObject({ name: 'Refused', message: expect.stringContaining(words) });
  });
});
