import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeGithubCodeWriter } from '#shared/adapters/github/code-writer.ts';
import { makeGithubProposals } from '#shared/adapters/github/proposals.ts';
import { redactedText } from '#test/builders/index.ts';
import { fakeClock } from '#test/fakes/index.ts';

const REPOSITORY = 'acme/shop';
const BRANCH = 'autofix-20261122-120000';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const options = () => ({ apiUrl: world.githubApiUrl, token: async () => 'a-token', clock: fakeClock() });

describe('writing into a repository', () => {
  it('reads files, makes a commit that nobody sees, a branch that everybody sees, and takes it away', async () => {
    const { run } = world.samples.failRun('regression', { deliver: 'none' });
    const code = makeGithubCodeWriter(options());
    const tree = await code.readTree(REPOSITORY, run.headSha);
    const entry = tree?.entries.get('src/cart.ts');
    expect(entry?.mode).toBe('100644');
    expect(await code.readText(REPOSITORY, entry?.sha ?? '')).toContain('lines.slice(0, 57)');
    const changes = [
      { path: 'src/new.ts', content: 'export const one = 1;\n' },
      { path: 'src/stock.ts', content: null },
    ];
    const commit = { parent: run.headSha, filesOf: run.headSha, changes, message: redactedText('autofix: One') };
    const sha = await code.writeCommit(REPOSITORY, commit);
    expect(world.journal.count('github.branch.created')).toBe(0);
    expect(await code.branchHead(REPOSITORY, BRANCH)).toBeNull();
    await code.createBranch(REPOSITORY, BRANCH, sha);
    expect(await code.branchHead(REPOSITORY, BRANCH)).toEqual({ sha, parents: [run.headSha], message: 'autofix: One' });
    const after = await code.readTree(REPOSITORY, sha);
    expect([after?.entries.has('src/new.ts'), after?.entries.has('src/stock.ts')]).toEqual([true, false]);
    await expect(code.createBranch(REPOSITORY, BRANCH, sha)).rejects.toMatchObject({ name: 'Refused' });
    await code.deleteBranch(REPOSITORY, BRANCH);
    await code.deleteBranch(REPOSITORY, BRANCH);
    expect(await code.branchHead(REPOSITORY, BRANCH)).toBeNull();
  });

  it('finds only its own pull requests and issues, whatever others write', async () => {
    const code = makeGithubCodeWriter(options());
    const proposals = makeGithubProposals(options());
    const { run } = world.samples.failRun('regression', { deliver: 'none' });
    const commit = {
      parent: run.headSha,
      filesOf: run.headSha,
      changes: [],
      message: redactedText('autofix: Nothing'),
    };
    await code.createBranch(REPOSITORY, BRANCH, await code.writeCommit(REPOSITORY, commit));
    world.github.addPullRequest(REPOSITORY, { author: 'somebody', branch: 'autofix-20260101-000000' });
    const draft = {
      title: redactedText('autofix: Nothing'),
      body: redactedText('ours'),
      branch: BRANCH,
      base: new RawRef('main'),
    };
    const { number } = await proposals.openDraft(REPOSITORY, draft);
    await proposals.addLabels(REPOSITORY, number, ['autofix-bot']);
    const open = {
      number,
      state: 'open',
      mergedAs: null,
      draft: true,
      branch: BRANCH,
      body: 'ours',
      labels: ['autofix-bot'],
    };
    expect(await proposals.pullRequests(REPOSITORY, 'autofix-')).toMatchObject([open]);
    world.github.closePullRequest(REPOSITORY, number);
    expect(await proposals.pullRequests(REPOSITORY, 'autofix-')).toMatchObject([{ state: 'closed' }]);
    world.github.closePullRequest(REPOSITORY, number, true);
    expect(await proposals.pullRequests(REPOSITORY, 'autofix-')).toMatchObject([{ state: 'merged' }]);
    const issue = { title: redactedText('Flaky'), body: redactedText('marker'), labels: ['flaky-test'], assignees: [] };
    expect(await proposals.findIssue(REPOSITORY, 'flaky-test', 'marker')).toBeNull();
    const opened = await proposals.openIssue(REPOSITORY, issue);
    expect(await proposals.findIssue(REPOSITORY, 'flaky-test', 'marker')).toEqual(opened);
    expect(await proposals.findIssue(REPOSITORY, 'flaky-test', 'another')).toBeNull();
  });

  it('does not write what it could not find again', async () => {
    world.github.setIdentity('app');
    const proposals = makeGithubProposals(options());
    await expect(proposals.pullRequests(REPOSITORY, 'autofix-')).rejects.toMatchObject({ name: 'Refused' });
    world.github.setIdentity('user');
  });

  it('does not repeat a branch or a draft whose answer was lost', async () => {
    const code = makeGithubCodeWriter(options());
    const { run } = world.samples.failRun('regression', { deliver: 'none' });
    const before = world.journal.count('github.branch.created');
    world.faults.inject('git/create-ref', { kind: 'reset', when: 'after' });
    const lost = code.createBranch(REPOSITORY, 'autofix-20261122-130000', run.headSha);
    await expect(lost).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    expect(world.journal.count('github.branch.created') - before).toBe(1);
  });
});
