import { accountId } from '@selfheal/fake-github/shapes-account.ts';
import { Refused } from '@selfheal/kernel/errors.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { makeGithubPeople } from '#shared/adapters/github/people.ts';
import type { CodeHost, People } from '#shared/ports/code-host.ts';
import { makeGithubConformance } from '#test/contract/github-conformance.ts';

const REPOSITORY = 'acme/people';
const conformance = makeGithubConformance();
let world: World;
let people: People;
let codeHost: CodeHost;

beforeAll(async () => {
  world = await startWorld();
  world.onExchange(conformance.onExchange);
  world.github.addRepository(REPOSITORY);
  const clock = { now: () => new Date(), sleep: () => Promise.resolve() };
  const options = { apiUrl: world.githubApiUrl, token: async () => 'a-token', clock };
  people = makeGithubPeople(options);
  codeHost = makeGithubCodeHost(options);
});
afterAll(() => world.stop());

const attempt = { conclusion: 'failure', jobs: [{ name: 'test', conclusion: 'failure' }], archive: null } as const;

describe('the people behind a run', () => {
  it('are four, each by what they did, though the run names only two of them', async () => {
    const { number } = world.github.addPullRequest(REPOSITORY, { author: 'acme-author' });
    const run = world.github.addRun({
      repository: REPOSITORY,
      pullRequest: number,
      actor: 'acme-labeller',
      pusher: 'acme-pusher',
      triggeredBy: 'acme-rerunner',
      attempts: [attempt],
    });
    const place = { runId: run.id, pullRequest: number, headSha: run.headSha };
    expect(await codeHost.peopleBehind(REPOSITORY, place)).toEqual({
      accountIds: ['acme-author', 'acme-pusher', 'acme-labeller', 'acme-rerunner'].map(accountId),
      author: 'acme-author',
      lastPusher: 'acme-pusher',
      requester: 'acme-labeller',
      triggeredBy: 'acme-rerunner',
    });
    expect(conformance.problems).toEqual([]);
  });

  it('are, without a pull request, known by the commit, and by who pushed where GitHub links no account with it', async () => {
    const run = world.github.addRun({
      repository: REPOSITORY,
      event: 'push',
      actor: 'acme-dev',
      pusher: 'acme-pusher',
      attempts: [attempt],
    });
    expect(
      await codeHost.peopleBehind(REPOSITORY, { runId: run.id, pullRequest: null, headSha: run.headSha }),
    ).toMatchObject({ author: 'acme-pusher', lastPusher: 'acme-pusher', requester: 'acme-dev' });
  });

  it('are not made up where GitHub does not show the run', async () => {
    const nowhere = { runId: 1, pullRequest: null, headSha: 'a'.repeat(40) };
    await expect(codeHost.peopleBehind(REPOSITORY, nowhere)).rejects.toThrow(Refused);
  });
});

describe('people on GitHub', () => {
  it.each([
    ['acme-owner', 'admin'],
    ['acme-dev', 'write'],
    ['stranger', 'read'],
  ])('%s has the right %s, as the API tells it', async (login, permission) => {
    expect(await people.permissionOf(REPOSITORY, { login })).toBe(permission);
  });

  it('are refused where the repository is not known, so that nobody passes by mistake', async () => {
    await expect(people.permissionOf('acme/unknown', { login: 'acme-dev' })).rejects.toThrow(Refused);
  });

  it('see a sign under their comment, once however often it is given', async () => {
    const { number } = world.github.addPullRequest(REPOSITORY);
    const { id } = world.github.addComment(REPOSITORY, number, 'acme-dev', '/selfheal approve');
    for (const sign of ['+1', '+1', 'confused'] as const)
      await people.react(REPOSITORY, { pullRequest: number, commentId: id }, sign);
    const given = world.journal.entries({ kind: 'github.reaction.created' });
    expect(given.map(({ facts }) => facts.content)).toEqual(['+1', 'confused']);
    await expect(people.react(REPOSITORY, { pullRequest: number, commentId: 424242 }, '+1')).rejects.toThrow(Refused);
    expect(conformance.problems).toEqual([]);
  });
});
