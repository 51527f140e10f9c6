import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeGithubPeople } from '#shared/adapters/github/people.ts';
import { Refused } from '#shared/domain/kernel/errors.ts';
import type { People } from '#shared/ports/people.ts';
import { makeGithubConformance } from '#test/contract/github-conformance.ts';

const REPOSITORY = 'acme/people';
const conformance = makeGithubConformance();
let world: World;
let people: People;

beforeAll(async () => {
  world = await startWorld();
  world.onExchange(conformance.onExchange);
  world.github.addRepository(REPOSITORY);
  const clock = { now: () => new Date(), sleep: () => Promise.resolve() };
  people = makeGithubPeople({ apiUrl: world.githubApiUrl, token: async () => 'a-token', clock });
});
afterAll(() => world.stop());

describe('people on GitHub', () => {
  it.each([
    ['acme-owner', 'admin'],
    ['acme-dev', 'write'],
    ['stranger', 'read'],
  ])('%s has the right %s, as the API tells it', async (login, permission) => {
    expect(await people.permissionOf(REPOSITORY, login)).toBe(permission);
  });

  it('are refused where the repository is not known, so that nobody passes by mistake', async () => {
    await expect(people.permissionOf('acme/unknown', 'acme-dev')).rejects.toThrow(Refused);
  });

  it('see a sign under their comment, once however often it is given', async () => {
    const { number } = world.github.addPullRequest(REPOSITORY);
    const { id } = world.github.addComment(REPOSITORY, number, 'acme-dev', '/selfheal approve');
    for (const sign of ['+1', '+1', 'confused'] as const) await people.react(REPOSITORY, id, sign);
    const given = world.journal.entries({ kind: 'github.reaction.created' });
    expect(given.map(({ facts }) => facts.content)).toEqual(['+1', 'confused']);
    await expect(people.react(REPOSITORY, 424242, '+1')).rejects.toThrow(Refused);
    expect(conformance.problems).toEqual([]);
  });
});
