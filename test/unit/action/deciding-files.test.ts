import { execFileSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { githubWorld } from '../cli/github-world.ts';
import { aStep, pullRequestEvent } from './action-rig.ts';

const shop = githubWorld();
const LAX = 'gates:\n  minCoverage: 10\n  deltaCoverage: 90\n  minChangedCoverage: null\n';
const STRICT = 'gates:\n  minCoverage: 80\n';
/** 17 % of the lines are covered. */
const LCOV = `SF:src/cart.ts\n${Array.from({ length: 6 }, (_, at) => `DA:${at + 1},${at === 0 ? 1 : 0}\n`).join('')}end_of_record\n`;
const TOKEN = ['ghs', '_madeup'].join('');
const FLAKY =
  '<testsuite><testcase classname="cart" name="adds" file="src/cart.ts"><failure message="x"/></testcase></testsuite>';

interface Clone {
  readonly base?: Readonly<Record<string, string>>;
  readonly change: Readonly<Record<string, string>>;
  /** Only the newest commit is there. */
  readonly shallow?: boolean;
  readonly event?: (base: string) => unknown;
}

/** A step in a clone whose change comes with these files. */
async function aChange({ base = {}, change, shallow = false, event }: Clone) {
  const repository = shop.repository();
  const step = await aStep({ files: { 'src/cart.ts': '', ...base } });
  onTestFinished(() => step.remove());
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: step.workspace,
      encoding: 'utf8',
    }).trim();
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-q', '-m', 'One');
  const sha = git('rev-parse', 'HEAD');
  for (const [path, text] of Object.entries(change)) await step.put(path, text);
  git('add', '.');
  git('commit', '-q', '-m', 'Two');
  if (shallow) {
    git('checkout', '-q', '--orphan', 'alone');
    git('commit', '-q', '-m', 'Shallow');
    git('branch', '-D', 'main');
    git('reflog', 'expire', '--expire=now', '--all');
    git('gc', '-q', '--prune=now');
  }
  await step.put('lcov.info', LCOV);
  await step.put('unit.xml', FLAKY);
  const { pull_request: pull, ...rest } = pullRequestEvent({ repository });
  const own = event?.(sha) ?? { ...rest, pull_request: { ...pull, base: { ...pull.base, sha } } };
  await step.put('../runner/event.json', JSON.stringify(own));
  const variables = { GITHUB_REPOSITORY: repository, GITHUB_API_URL: shop.world.githubApiUrl };
  const run = (inputs: Readonly<Record<string, string>>, more: Readonly<Record<string, string | undefined>> = {}) =>
    step.run({ token: TOKEN, reports: 'lcov.info', ...inputs }, { variables: { ...variables, ...more } });
  return { run, step, repository, sha };
}

describe('who is judged does not write the law', () => {
  it.each([
    ['loosens its settings', { base: { '.github/selfheal.yml': STRICT } }, 'is that of the base commit'],
    ['brings the first settings', {}, 'counts once it is merged'],
  ])('when a change %s', async (_, more, said) => {
    const { run } = await aChange({ ...more, change: { '.github/selfheal.yml': LAX } });
    const { code, outputs, summary } = await run({ task: 'gate' });
    expect([code, outputs.gate]).toEqual([1, 'failed']);
    expect(summary).toContain(said);
  });

  it('and a change that keeps them is judged by them, without a word', async () => {
    const { run } = await aChange({ base: { '.github/selfheal.yml': LAX }, change: { 'src/b.ts': '' } });
    const { outputs, summary } = await run({ task: 'gate' });
    expect(outputs.gate).toBe('passed');
    expect(summary).not.toMatch(/once it is merged|cannot be read/);
  });

  it.each([
    [
      'a merge queue',
      'merge_group',
      (sha: string) => ({
        repository: { default_branch: 'main' },
        merge_group: { head_sha: 'a'.repeat(40), head_ref: 'x', base_sha: sha, base_ref: 'refs/heads/main' },
      }),
    ],
    [
      'a run that follows one of a fork',
      'workflow_run',
      () => ({
        repository: { id: 7, default_branch: 'main' },
        workflow_run: {
          event: 'pull_request',
          head_sha: 'a'.repeat(40),
          head_branch: 'main',
          head_repository: { id: 8 },
          pull_requests: [],
        },
      }),
    ],
  ])('holds for %s', async (_, name, event) => {
    const { run, sha } = await aChange({
      base: { '.github/selfheal.yml': STRICT },
      change: { '.github/selfheal.yml': LAX },
      event,
    });
    const { outputs, log } = await run(
      { task: 'gate' },
      { GITHUB_EVENT_NAME: name, GITHUB_REF: 'refs/heads/main', GITHUB_SHA: sha },
    );
    expect([outputs.gate, log]).toEqual(['failed', expect.stringContaining('is that of the base commit')]);
  });

  it('is read through GitHub where the clone is shallow, and is the built-in one where neither has it, which is said', async () => {
    const { run, repository, sha } = await aChange({ shallow: true, change: { '.github/selfheal.yml': LAX } });
    const file = { path: '.github/selfheal.yml', status: 'added', additions: 1, deletions: 0, patch: null } as const;
    shop.world.github.addCommit({
      ...{ repository, sha, message: 'One', author: 'acme-dev', at: new Date().toISOString(), pullRequest: null },
      files: [{ ...file, content: STRICT }],
    });
    const asked = await run({ task: 'gate' });
    expect(asked.outputs.gate).toBe('failed');
    expect(asked.summary).toContain('is that of the base commit');
    const closed = await run({ task: 'gate' }, { GITHUB_API_URL: shop.closed });
    expect([closed.outputs.gate, closed.summary]).toEqual([
      'failed',
      expect.stringContaining('so the built-in settings hold'),
    ]);
    const silent = await run({ task: 'gate', token: '' });
    expect(silent.summary).toContain('there is no token to ask GitHub');
  });

  it('does not count a baseline that the change commits', async () => {
    const poison = { '.selfheal/state/baselines.json': '{"not":"ours"}' };
    const { run, step } = await aChange({ base: { '.github/selfheal.yml': LAX }, change: poison });
    const { outputs, log } = await run({ task: 'gate' });
    expect([outputs.gate, log]).toEqual([
      'passed',
      expect.stringContaining('is committed, so that of the base commit'),
    ]);
    expect(await step.read('.selfheal/state/baselines.json')).toBe('{"not":"ours"}');
  });

  it('does not take owners that the change gives itself', async () => {
    const { run, step } = await aChange({
      base: { CODEOWNERS: '* @acme/core\n' },
      change: { '.github/CODEOWNERS': '* @intruder\n' },
    });
    await run({ task: 'report', reports: 'unit.xml' });
    expect((await step.result('report')).facts).toMatchObject([{ failed: [{ owners: ['@acme/core'] }] }]);
  });

  it('holds a push to its own settings', async () => {
    const { run } = await aChange({
      base: { '.github/selfheal.yml': STRICT },
      change: { '.github/selfheal.yml': LAX },
      event: () => ({ repository: { default_branch: 'main' } }),
    });
    const { outputs } = await run(
      { task: 'gate' },
      { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/main', GITHUB_REF_NAME: 'main' },
    );
    expect(outputs.gate).toBe('passed');
  });
});
