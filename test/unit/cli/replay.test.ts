import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { githubWorld } from './github-world.ts';
import { aPastOf, PAST_STORIES } from './past-failures.ts';
import { aFolder, runCommand } from './run-command.ts';

const shop = githubWorld();
const replay = async (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
  const given = shop.environment(environment);
  const { code, stdout, stderr } = await runCommand(['replay', ...args], '', undefined, given);
  return { code, out: stdout.toString(), err: stderr };
};
let pasts = 0;
const aPast = () =>
  aPastOf(
    PAST_STORIES.map(({ story }) => story),
    `past-${++pasts}`,
    shop.world,
  );

describe('replay', () => {
  beforeEach(() => {
    const { github } = shop.world;
    github.acceptTokens(null);
    github.setPermissions(null);
    github.setRemaining(5000);
  });

  it('explains each past failure, compares its advice with what happened, and writes a table, Markdown and a page', async () => {
    const [repository, folder] = [aPast(), aFolder()];
    const [markdown, page] = [join(folder, 'replay.md'), join(folder, 'replay.html')];
    const asJson = await replay(['--repo', repository, '--json']);
    expect(asJson).toMatchObject({ code: 0, err: '' });
    const { runs } = JSON.parse(asJson.out);
    type Told = { answer: { advice: string } | null; outcome: { kind: string }; mark: string; fileMark: string };
    const told = runs.map((run: Told) =>
      [run.answer?.advice ?? 'unread', run.outcome.kind, run.mark, run.fileMark].join(' '),
    );
    expect(told).toEqual(PAST_STORIES.map(({ known }) => known).toReversed());
    const { code, out } = await replay(['--repo', repository, '--last', '8', '--markdown', markdown, '--page', page]);
    expect(code).toBe(0);
    expect(out).toContain('8 failed runs of ');
    expect(out).toContain('7 could be read, 1 could not.');
    expect(out).toContain('What happened later judges 6 of these answers: 3 right, 3 wrong (50.0 %');
    expect(out).toContain('Re-runs, which it makes without asking: 1 right, 1 wrong (50.0 %).');
    expect(out).toContain('Advice to fix the code, which is only said: 2 right, 2 wrong.');
    expect(out).toMatch(/test failure \(regression\), \d+ % +fix the code/);
    expect(out).toContain('--page FILE and --markdown FILE also name the cause of each failure');
    expect(out).toContain('Named files: the change touched one of them in 1 of 2 cases.');
    const written = [readFileSync(markdown, 'utf8'), readFileSync(page, 'utf8')];
    for (const text of written) {
      expect(text).toContain('3 right, 3 wrong');
      expect(text).toContain(`/actions/runs/${runs[0].run}`);
      expect(text).toContain('expired or deleted');
    }
    expect(written[1]).not.toMatch(/<script|<img|src=|@import|url\(/);
  });

  it('takes only the newest runs that were asked for', async () => {
    const { out } = await replay(['--repo', aPast(), '--last', '3', '--json']);
    const { runs, wanted } = JSON.parse(out);
    expect([wanted, runs.length]).toEqual([3, 3]);
    expect(runs.map(({ branch }: { branch: string }) => branch)).toEqual(['change-7', 'change-6', 'change-5']);
  });

  it('says that nothing failed', async () => {
    const repository = shop.repository();
    shop.run(repository, { jobs: { lint: 'passes' } });
    const { code, out } = await replay(['--repo', repository]);
    expect({ code, out }).toEqual({ code: 0, out: `No failed run among the newest 1 run of ${repository}.\n` });
  });

  it('keeps what it read when the rate limit is used up, and says until when', async () => {
    const repository = aPast();
    shop.world.github.setRemaining(18);
    const { code, out } = await replay(['--repo', repository]);
    expect(code).toBe(2);
    expect(out).toMatch(
      /Stopped early: GitHub's rate limit is used up until \d\d:\d\d UTC: cannot read further runs\./,
    );
    expect(out).toMatch(/^\d failed runs? of /m);
  });

  it('shows no mark-up of a branch name or a log on its page or in its Markdown', async () => {
    const [repository, folder] = [shop.repository(), aFolder()];
    const [markdown, page] = [join(folder, 'a.md'), join(folder, 'a.html')];
    const workflow = {
      id: 77,
      name: '<img src=x onerror=alert(1)> @acme/all [x](http://evil.example)',
      path: '.github/workflows/x.yml',
    };
    shop.run(repository, { workflow, print: 'Error: <script>alert(1)</script> ![x](http://evil.example/p.png) | a' });
    expect((await replay(['--repo', repository, '--markdown', markdown, '--page', page])).code).toBe(0);
    expect(readFileSync(page, 'utf8')).not.toMatch(/<script|<img/);
    expect(readFileSync(markdown, 'utf8')).not.toMatch(/<script|<img|\]\(http:\/\/evil|@acme/);
  });

  it.each([
    ['no token', {}, { GITHUB_TOKEN: '' }, [], /Set GITHUB_TOKEN to a token that may read Actions/],
    [
      'a wrong token',
      { tokens: ['right'] },
      {},
      [],
      /does not accept GITHUB_TOKEN \(401\): it is wrong, expired or revoked/,
    ],
    [
      'a token without the right',
      { permissions: { metadata: 'read' as const } },
      {},
      [],
      /may not list the runs of .* \(403\): give it the permission Actions: read/,
    ],
    [
      'a private repository',
      {},
      {},
      ['--repo', 'acme/secret'],
      /There is no repository acme\/secret, or GITHUB_TOKEN may not see it \(404\)/,
    ],
    ['no repository', {}, {}, ['--repo', 'shop'], /shop is not a repository: expected owner\/name/],
    ['a wrong count', {}, {}, ['--last', '0'], /--last 0: expected a whole number from 1 to 1000/],
    ['a spent rate limit', { remaining: 0 }, {}, [], /rate limit is used up until \d\d:\d\d UTC: cannot list the runs/],
    [
      'a file that cannot be written',
      {},
      {},
      ['--page', '/proc/none/x.html'],
      /--page \/proc\/none\/x.html: cannot be written/,
    ],
  ])('says for %s what is wrong and how to mend it', async (_case, world, environment, args, message) => {
    const { github } = shop.world;
    if ('tokens' in world) github.acceptTokens(world.tokens);
    if ('permissions' in world) github.setPermissions(world.permissions);
    if ('remaining' in world) github.setRemaining(world.remaining);
    const { code, err } = await replay(['--repo', shop.repository(), ...args], environment);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
