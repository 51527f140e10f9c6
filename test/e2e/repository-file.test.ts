import { shaOf } from '@selfheal/fake-github/state.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectClean, type Healer, openHealer } from './support/healer.ts';

const REPOSITORY = 'acme/shop';
const PATH = '.github/selfheal.yml';

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer();
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

let commits = 0;
/** Commits the file to the default branch, or to a pull request; null removes it. */
function commit(content: string | null, pullRequest: number | null = null) {
  commits += 1;
  const change = { path: PATH, additions: 1, deletions: 0, patch: null };
  return healer.world.github.addCommit({
    repository: REPOSITORY,
    sha: shaOf(`${REPOSITORY} ${PATH} ${commits}`),
    message: 'Tell Selfheal what to do',
    author: 'acme-dev',
    at: new Date().toISOString(),
    pullRequest,
    files: [content === null ? { ...change, status: 'removed' } : { ...change, status: 'added', content }],
  });
}

/** A failure that a re-run heals: how it ended, what was done and what was said. */
async function failed(prepare: (pullRequest: number) => void = () => undefined) {
  const { world } = healer;
  const before = world.journal.count('github.run.rerun');
  const run = world.samples.failRun('transient', { rerunMs: 40 });
  prepare(run.pullRequest ?? 0);
  const { status, outcomeReason } = await healer.ended(run.runId);
  await healer.quiet();
  const comments = world.github.comments(REPOSITORY, run.pullRequest ?? 0).map(({ body }) => body);
  const reruns = world.journal.count('github.run.rerun') - before;
  return { status, outcomeReason, reruns, comments, mails: healer.mailsAbout(run.runId).length };
}

describe('.github/selfheal.yml', () => {
  it('mutes a repository: the incident is recorded and says so, and nobody is told anything', async () => {
    commit('mute:\n  until: 2099-01-01T00:00:00Z\n  reason: the release is being cut\n');
    const ended = await failed();
    expect(ended).toMatchObject({ status: 'suggested', reruns: 0, comments: [], mails: 0 });
    expect(ended.outcomeReason).toContain('mutes Selfheal in this repository until 1 Jan 2099, 00:00 UTC');
    expect(ended.outcomeReason).toContain('the release is being cut');
  });

  it('lowers the mode: people get a proposal, and nothing is done', async () => {
    commit('mode: suggest\n');
    const ended = await failed();
    expect(ended).toMatchObject({ status: 'suggested', reruns: 0 });
    expect(ended.comments.join()).toContain('lowers the mode in this repository to suggest');
  });

  it('that is malformed changes nothing in the repository, and the comment names the key and how to mend it', async () => {
    commit('muted: true\n');
    const ended = await failed();
    expect(ended).toMatchObject({ status: 'suggested', reruns: 0 });
    expect(ended.comments.join()).toContain(
      'the key "muted" is unknown; remove it, only mute, mode and gates are known',
    );
  });

  it('may not be read: nothing is done until the right is there', async () => {
    commit('mode: act\n');
    const { github } = healer.world;
    github.setPermissions({ actions: 'write', pull_requests: 'write', issues: 'write' });
    const ended = await failed();
    github.setPermissions(null);
    expect(ended).toMatchObject({ status: 'suggested', reruns: 0 });
    expect(ended.comments.join()).toContain('give Selfheal the permission Contents: read');
  });

  it('counts on the default branch alone: on the branch of a pull request it is ignored', async () => {
    commit(null);
    const ended = await failed((pullRequest) => commit('mute: true\n', pullRequest));
    expect(ended).toMatchObject({ status: 'resolved', reruns: 1 });
    expect(ended.comments).toHaveLength(1);
  });
});
