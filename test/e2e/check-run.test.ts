import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import type { FailedRun } from '#apps/local/world/samples/samples.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';

const APP = { appId: '4711', installations: { acme: 31 } };

let healer: Healer;
let secret: Record<string, string>;
beforeAll(async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  healer = await openHealer({ configuration: { notifiers: { 'github-check': { runs: 'without-pull-request' } } } });
  secret = { appId: APP.appId, privateKey };
  healer.runtime.overrideSecret(outputOf(healer.runtime, 'GithubTokenSecretName'), secret);
  healer.world.github.registerApp({ ...APP, publicKey });
  healer.world.github.setIdentity('app');
});
afterAll(() => healer?.stop());

/** The check runs of the commit of a run, as somebody with the app's token sees them. */
const checksOf = ({ run }: FailedRun) => healer.world.github.checkRuns('acme/shop', run.headSha);

it('tells of a failed run of a branch by one neutral check run on its commit, from the first action to the end', async () => {
  const run = healer.world.samples.failRun('transient', { pullRequest: null, rerunMs: 40 });
  const incident = await healer.ended(run.runId);
  await healer.quiet();
  expect(incident.status).toBe('resolved');
  expect(checksOf(run)).toMatchObject([
    {
      externalId: incident.id,
      author: 'selfheal[bot]',
      status: 'completed',
      conclusion: 'neutral',
      name: expect.stringMatching(/^Selfheal: \w/),
      detailsUrl: expect.stringMatching(new RegExp(`/incidents/${incident.id}$`)),
      summary: expect.stringContaining('Root Cause Analysis'),
      text: expect.stringContaining('#### Evidence'),
    },
  ]);
  const told = (await healer.incidents.auditTrail(incident.id)).filter(({ event }) => event === 'incident.notified');
  expect(told.map(({ facts }) => facts?.channel)).toContain('github-check');
  expectClean(healer);
});

it('leaves a pull request to its comment', async () => {
  const run = healer.world.samples.failRun('regression');
  await healer.ended(run.runId);
  await healer.quiet();
  expect(checksOf(run)).toEqual([]);
  expect(healer.world.github.comments('acme/shop', run.pullRequest ?? 0)).toHaveLength(1);
  expectClean(healer);
});

it('says in a mail why GitHub refused the check run, and goes on all the same', async () => {
  healer.world.github.setPermissions({ actions: 'write', checks: 'read', contents: 'read', pull_requests: 'write' });
  const run = healer.world.samples.failRun('transient', { pullRequest: null, rerunMs: 40 });
  const incident = await healer.ended(run.runId);
  await healer.quiet();
  expect(incident.status).toBe('resolved');
  expect(checksOf(run)).toEqual([]);
  const words = healer.mailsAbout(incident.id).map(({ text }) => text.replaceAll(/\s+/g, ' '));
  expect(words).toEqual([
    expect.stringContaining(
      'Check run on the commit could not be told: The GitHub App may not write check runs here (403)',
    ),
  ]);
});
