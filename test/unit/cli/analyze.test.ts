import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { FAKE_TOKEN } from '#apps/local/world/samples/job-log.ts';
import { startWorld } from '#apps/local/world/world.ts';
import type { FailureAnalysis } from '#apps/workbench/analyze/analysis.ts';
import { githubWorld } from './github-world.ts';
import { runCommand } from './run-command.ts';

const shop = githubWorld();
afterEach(() => {
  shop.world.faults.clear();
  shop.world.github.acceptTokens(null);
  shop.world.github.setIdentity('user');
  shop.world.github.setPermissions(null);
  shop.world.github.setRemaining(5000);
  shop.world.models.setDefault({ kind: 'plausible' });
});

async function selfheal(args: readonly string[], environment: Readonly<Record<string, string>> = shop.environment()) {
  const { code, stdout, stderr } = await runCommand(args, '', COMMANDS, environment);
  return { code, out: stdout.toString(), err: stderr };
}

async function json(...args: readonly string[]): Promise<FailureAnalysis> {
  const { out, err } = await selfheal(['analyze', ...args, '--json']);
  if (out === '') throw new Error(err);
  return JSON.parse(out) as FailureAnalysis;
}

/** What is asked of GitHub while the work goes on. */
async function requestsOf<T>(work: () => Promise<T>): Promise<{ result: T; operations: string[] }> {
  const operations: string[] = [];
  const end = shop.world.onExchange(({ operation }) => void operations.push(operation));
  const result = await work();
  end();
  return { result, operations };
}

const WRITES = /^issues\/(?:create|update)-comment$/;

describe('selfheal analyze', () => {
  it('[A15][A26][A30] says what broke in one run, citing lines of its log, and writes nothing', async () => {
    const run = shop.run(shop.repository());
    const environment = shop.environment({ GITHUB_REPOSITORY: run.repository });
    const { result, operations } = await requestsOf(() =>
      selfheal(['analyze', '--workflow-run-id', `${run.id}`], environment),
    );
    expect(result).toMatchObject({ code: 0, err: '' });
    expect(result.out).toContain(`${run.repository}, run ${run.id} of CI, attempt 1, pull request #${run.pullRequest}`);
    expect(result.out).toContain('adds up 58 lines before it rounds');
    expect(result.out).toMatch(
      /Root cause\n-+\n[\s\S]*Evidence[\s\S]*18601 !== 18928[\s\S]*What to do\n-+\n[\s\S]*Prevention\n-+/,
    );
    expect(result.out).toContain('Nothing was posted');
    expect(operations.filter((operation) => WRITES.test(operation))).toEqual([]);
    expect(shop.comments(run.repository, run.pullRequest)).toEqual([]);
  });

  it('cites lines by their number in the job, as the log has them', async () => {
    const run = shop.run(shop.repository());
    const { evidence, rootCause } = await json('--repo', run.repository, '--run', `${run.id}`);
    expect(rootCause).toContain('expected `18928`, got `18601`');
    expect(evidence.length).toBeGreaterThan(0);
    expect(evidence.map(({ text }) => text).join('\n')).toContain('adds up 58 lines before it rounds');
    for (const { job, line, ref } of evidence) {
      expect(job).toBe('unit tests');
      expect(line).toBeGreaterThan(0);
      expect(ref).toMatch(/^L\d+$/);
    }
  });

  it('[A14][A25] posts a formatted comment on the pull request, and edits that one when asked again', async () => {
    const run = shop.run(shop.repository());
    const ask = () => selfheal(['analyze', '--repo', run.repository, '--pr-number', `${run.pullRequest}`, '--post']);
    const first = await ask();
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining('The comment was created: http') });
    const [comment] = shop.comments(run.repository, run.pullRequest);
    expect(comment?.body).toMatch(
      /^#### Root Cause Analysis$[\s\S]*^#### Evidence$[\s\S]*^#### Fix \(proposed, not applied\)$[\s\S]*^#### Prevention$/m,
    );
    expect((await ask()).out).toContain('The comment was up to date already');
    const again = shop.run(run.repository, { pullRequest: run.pullRequest, jobs: { build: 'compile' } });
    expect((await ask()).out).toContain('The comment was updated');
    const after = shop.comments(run.repository, run.pullRequest);
    expect(after.map(({ id }) => id)).toEqual([comment?.id]);
    expect(after[0]?.body).toContain(`selfheal-run:${again.id} known`);
  });

  it('edits the comment of a workflow, whose token may not ask whose it is', async () => {
    shop.world.github.setIdentity('workflow');
    const run = shop.run(shop.repository());
    const environment = shop.environment({ GITHUB_TOKEN: 'ghs_made-up', GITHUB_ACTIONS: 'true' });
    const args = ['analyze', run.url, '--post'];
    expect((await selfheal(args, environment)).out).toContain('The comment was created');
    expect((await selfheal(args, environment)).out).toContain('up to date already');
    expect(shop.comments(run.repository, run.pullRequest)).toHaveLength(1);
    const elsewhere = await selfheal(args, { ...environment, GITHUB_ACTIONS: 'false' });
    expect(elsewhere.err).toContain('set GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY');
  });

  it('leaves a comment about a newer run as it is, and does not edit that of somebody else', async () => {
    const old = shop.run(shop.repository(), { createdAt: new Date(Date.now() - 3_600_000) });
    const { repository, pullRequest } = old;
    const newer = shop.run(repository, { pullRequest });
    await selfheal(['analyze', newer.url, '--post']);
    const [own] = shop.comments(repository, pullRequest);
    expect((await selfheal(['analyze', old.url, '--post'])).out).toContain('is about a newer run');
    expect(shop.comments(repository, pullRequest).map(({ body }) => body)).toEqual([own?.body]);
    const other = shop.run(shop.repository());
    const copied = shop.world.github.addComment(other.repository, other.pullRequest ?? 0, 'stranger', own?.body ?? '');
    await selfheal(['analyze', other.url, '--post']);
    expect(shop.comments(other.repository, other.pullRequest)).toEqual([copied, expect.anything()]);
  });

  it.each([
    ['--analyze-failure', '--pr-number'],
    ['--pr-number', '--analyze-failure'],
  ])('[A17] posts with %s and %s, as the script did, and nothing in a dry run', async (first, second) => {
    const run = shop.run(shop.repository());
    const number = `${run.pullRequest}`;
    const args = [first, second].flatMap((option) => (option === '--pr-number' ? [option, number] : [option]));
    const environment = shop.environment({ GITHUB_REPOSITORY: run.repository });
    const dry = await selfheal([...args, '--dry-run'], environment);
    expect([dry.code, dry.err]).toEqual([0, expect.stringContaining('Dry run: nothing was posted')]);
    await selfheal(['--dry-run', ...args], environment);
    await selfheal(args, { ...environment, DRY_RUN: 'true' });
    await selfheal(['--analyze-failure', '--workflow-run-id', `${run.id}`], environment);
    expect(shop.comments(run.repository, run.pullRequest)).toEqual([]);
    const posted = await selfheal(args, environment);
    expect(posted).toMatchObject({ code: 0, out: expect.stringContaining('The comment was created: http') });
    expect(shop.comments(run.repository, run.pullRequest)).toHaveLength(1);
  });

  it('[A17][A22] finds the newest failed run of the repository and posts about it', async () => {
    const repository = shop.repository();
    shop.run(repository, { createdAt: new Date(Date.now() - 7_200_000), pullRequest: null });
    const failed = shop.run(repository, { createdAt: new Date(Date.now() - 3_600_000), jobs: { build: 'compile' } });
    shop.run(repository, { jobs: { lint: 'passes' }, pullRequest: null });
    const environment = shop.environment({ GITHUB_REPOSITORY: repository });
    const { code, out } = await selfheal(['--analyze-failure', '--post'], environment);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(`run ${failed.id} of CI`) });
    expect(shop.comments(repository, failed.pullRequest)).toHaveLength(1);
  });

  it.each([
    ['--dry-run', ['--post', '--dry-run'], {}],
    ['--dry-run alone', ['--dry-run'], {}],
    ['DRY_RUN=true', ['--post'], { DRY_RUN: 'true' }],
    ['DRY_RUN=1', ['--post'], { DRY_RUN: '1' }],
    ['DRY_RUN=Yes', ['--post'], { DRY_RUN: 'Yes' }],
    [
      "DRY_RUN=true in a workflow with the workflow's token",
      ['--post'],
      { DRY_RUN: 'true', GITHUB_ACTIONS: 'true', GITHUB_TOKEN: ['ghs', 'madeup'].join('_') },
    ],
  ])('[A18][A29] with %s shows the comment and posts nothing', async (_name, more, variables) => {
    const run = shop.run(shop.repository());
    const { result, operations } = await requestsOf(() =>
      selfheal(['analyze', run.url, ...more], shop.environment(variables)),
    );
    expect(result.code).toBe(0);
    expect(result.err).toContain(`Dry run: nothing was posted. This is the comment for ${run.repository}#`);
    expect(result.err).not.toContain('The token is of an app');
    expect(operations.filter((operation) => WRITES.test(operation))).toEqual([]);
    await selfheal(['analyze', run.url, '--post']);
    expect(result.out.trim()).toBe(shop.comments(run.repository, run.pullRequest)[0]?.body.trim());
  });

  it('[A29] posts with DRY_RUN=false, and refuses what says neither yes nor no before it asks anybody', async () => {
    const run = shop.run(shop.repository());
    const ask = (said: string) => selfheal(['analyze', run.url, '--post'], shop.environment({ DRY_RUN: said }));
    const { result, operations } = await requestsOf(() => ask('maybe'));
    expect([result.code, result.err]).toEqual([2, 'selfheal: DRY_RUN is maybe: expected true or false.\n']);
    expect(operations).toEqual([]);
    expect((await ask('false')).out).toContain('The comment was created');
  });

  it.each([
    ['a failed run of a pull request', 'regression', 'new', 1],
    ['a failed run of a push', 'regression', null, 0],
    ['a run of a pull request that passed', 'passes', 'new', 0],
    ['a run of a push that passed', 'passes', null, 0],
  ] as const)('[A2] after %s, --post writes as many comments as it should', async (_name, kind, pullRequest, count) => {
    const run = shop.run(shop.repository(), { jobs: { 'unit tests': kind }, pullRequest });
    const { result, operations } = await requestsOf(() => selfheal(['analyze', run.url, '--post']));
    expect(result.code).toBe(0);
    expect(result.out).toContain(kind === 'passes' ? 'Nothing failed' : count === 0 ? 'of no pull request' : 'created');
    expect(operations.filter((operation) => WRITES.test(operation))).toHaveLength(count);
  });

  it('removes secrets and neutralises what the log says, in the text, the JSON and the comment', async () => {
    const print = `Error: token ${FAKE_TOKEN} @everyone ![x](http://evil.example/x.png) \u001b[31mred\u0007`;
    const run = shop.run(shop.repository(), { print });
    const text = await selfheal(['analyze', run.url]);
    const document = await selfheal(['analyze', run.url, '--json']);
    await selfheal(['analyze', run.url, '--post']);
    const [comment] = shop.comments(run.repository, run.pullRequest);
    for (const shown of [text.out + text.err, document.out, comment?.body ?? '']) {
      expect(shown).toContain('everyone');
      expect(shown).not.toContain(FAKE_TOKEN);
      expect(shown).not.toContain(FAKE_TOKEN.slice(8, 20));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
      expect(shown).not.toMatch(/[\u001b\u0007]/);
    }
    const outside = (comment?.body ?? '').replaceAll(/^(`{3,})[\s\S]*?^\1$/gm, '');
    expect(outside).not.toMatch(/!\[x\]\(http|(?<![\w`])@everyone/);
  });

  it('[A59] needs few requests, and says when the rate limit is used up, until when, and what to use instead', async () => {
    const run = shop.run(shop.repository());
    const { operations } = await requestsOf(() => selfheal(['analyze', run.url]));
    expect(operations.length).toBeLessThan(15);
    shop.world.github.setRemaining(0);
    const { code, out, err } = await selfheal(['analyze', run.url]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(
      /rate limit is used up until \d\d:\d\d UTC: .* A GitHub App has a limit of its own: set GITHUB_APP_ID/,
    );
  });

  it('[A59] works as a GitHub App, which edits its own comment', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    const world = await startWorld();
    onTestFinished(() => world.stop());
    const run = world.samples.failRun('regression', { deliver: 'none' });
    world.github.registerApp({ appId: '4711', publicKey, installations: { acme: 31 } });
    const environment = { GITHUB_API_URL: world.githubApiUrl, GITHUB_APP_ID: '4711' };
    const args = ['analyze', '--repo', run.repository, '--run', `${run.runId}`, '--post'];
    expect(await selfheal(args, environment)).toMatchObject({
      code: 2,
      err: expect.stringContaining('GITHUB_APP_ID needs GITHUB_APP_PRIVATE_KEY'),
    });
    const asApp = { ...environment, GITHUB_APP_PRIVATE_KEY: privateKey };
    expect((await selfheal(args, asApp)).out).toContain('The comment was created');
    expect((await selfheal(args, asApp)).out).toContain('up to date already');
    const comments = world.github.comments(run.repository, run.pullRequest ?? 0);
    expect(comments.map(({ author }) => author)).toEqual(['selfheal[bot]']);
  });

  it('[A61] asks for the run, its jobs and its log once, however often a model looks them up', async () => {
    const run = shop.run(shop.repository());
    shop.world.models.setDefault({
      kind: 'plausible',
      looks: [
        { name: 'failing_step', input: {} },
        { name: 'search_log', input: { contains: 'rounds' } },
      ],
    });
    const environment = shop.environment({ OLLAMA_URL: shop.world.url });
    const { result, operations } = await requestsOf(() =>
      selfheal(['analyze', run.url, '--model', 'ollama'], environment),
    );
    expect(result.out).toContain('Written by a language model');
    expect(JSON.stringify(shop.world.models.calls().at(-1)?.request)).toContain('failed at step: ');
    const count = (name: string) => operations.filter((operation) => operation === name).length;
    expect(count('actions/list-jobs-for-workflow-run-attempt')).toBe(1);
    expect(count('actions/download-workflow-run-attempt-logs')).toBe(1);
    expect(count('actions/get-workflow-run')).toBeLessThanOrEqual(3);
  });

  it('[A65] plays the whole way on one machine as a dry run: GitHub, logs, language model, comment; nothing is written', async () => {
    const run = shop.run(shop.repository());
    const environment = shop.environment({ OLLAMA_URL: shop.world.url });
    const before = shop.world.models.calls().length;
    const { result, operations } = await requestsOf(() =>
      selfheal(['analyze', run.url, '--model', 'ollama', '--post', '--dry-run', '--debug'], environment),
    );
    expect(result.code).toBe(0);
    for (const step of ['gather', 'classify', 'knowledge', 'analyze']) expect(result.err).toContain(`debug: ${step}: `);
    expect(operations).toContain('actions/download-workflow-run-attempt-logs');
    expect(shop.world.models.calls().length).toBeGreaterThan(before);
    expect(result.out).toContain('#### Root Cause Analysis');
    expect(result.out).toContain('Written by a language model');
    expect(operations.filter((operation) => WRITES.test(operation))).toEqual([]);
    expect(shop.comments(run.repository, run.pullRequest)).toEqual([]);
  });

  it('[A57] says on stderr what each step read, with --debug', async () => {
    const run = shop.run(shop.repository());
    const { out, err } = await selfheal(['analyze', run.url, '--debug']);
    expect(err).toMatch(/debug: gather: \d+ ms, .*"sources":1/);
    expect(err).toMatch(/debug: classify: \d+ ms, .*"class":"test_failure"/);
    expect(err).toMatch(/debug: \d+ requests to http/);
    expect(out).not.toContain('debug:');
    expect((await selfheal(['analyze', run.url])).err).toBe('');
  });
});

describe('the jobs that are looked at', () => {
  const three = { 'Backend Tests': 'regression', 'Critical Security Checks': 'compile', docs: 'unknown' } as const;
  const analysed = async (run: { url: string }, ...args: string[]) =>
    (await json(run.url, ...args)).jobs.filter((job) => job.analysed).map(({ name }) => name);

  it('[A3][A16] are Backend Tests and Critical Security Checks by default, where one of them failed', async () => {
    const run = shop.run(shop.repository(), { jobs: three });
    expect(await analysed(run)).toEqual(['Backend Tests', 'Critical Security Checks']);
    const { out } = await selfheal(['analyze', run.url]);
    expect(out).toContain('3 failed jobs:');
    expect(out).toContain('docs, at step "Rehearse the release" (not looked at: name it with --job)');
    expect(out).not.toContain('Seal the bundle');
  });

  it('are all failed ones where neither of the two failed', async () => {
    const run = shop.run(shop.repository(), {
      jobs: { 'Backend Tests': 'passes', 'unit tests': 'regression', build: 'compile' },
    });
    expect(await analysed(run)).toEqual(['unit tests', 'build']);
  });

  it('[A16] are those that are named, by --job several times or by --job-names with several names', async () => {
    const run = shop.run(shop.repository(), { jobs: three });
    expect(await analysed(run, '--job', 'docs')).toEqual(['docs']);
    expect(await analysed(run, '--job', 'docs', '--job', 'Backend Tests')).toEqual(['Backend Tests', 'docs']);
    expect(await analysed(run, '--job-names', 'docs', 'Backend Tests', '--debug')).toEqual(['Backend Tests', 'docs']);
    const { out } = await selfheal(['analyze', run.url, '--job', 'docs']);
    expect(out).toContain('Seal the bundle');
    expect(out).not.toContain('adds up 58 lines');
  });

  it('are the jobs of a matrix by the name without its values, and one job by its address', async () => {
    const run = shop.run(shop.repository(), {
      jobs: { 'test (20)': 'regression', 'test (22)': 'regression', lint: 'compile' },
    });
    expect(await analysed(run, '--job', 'test')).toEqual(['test (20)', 'test (22)']);
    const { jobs } = await json(run.url);
    const lint = jobs.find(({ name }) => name === 'lint');
    expect(await analysed({ url: lint?.url ?? '' })).toEqual(['lint']);
  });

  it('are named where a given name is that of none, or of one that passed', async () => {
    const run = shop.run(shop.repository(), { jobs: { lint: 'passes', 'unit tests': 'regression' } });
    expect(await selfheal(['analyze', run.url, '--job', 'unit'])).toEqual({
      code: 2,
      out: '',
      err: `selfheal: Run ${run.id} has no job "unit". Its jobs: "lint", "unit tests". Failed: "unit tests". Without a name every failed job is read.\n`,
    });
    expect(await selfheal(['analyze', run.url, '--job', 'lint'])).toMatchObject({
      code: 0,
      out: `Nothing failed in "lint" of run ${run.id}. Failed: "unit tests".\n`,
    });
    const { code, err } = await selfheal(['analyze', run.url, '--job-names', 'unit tests', 'gone']);
    expect({ code, err }).toEqual({ code: 0, err: `selfheal: Run ${run.id} has no job "gone".\n` });
  });
});

describe('an address in place of --repo and --run', () => {
  it('is that of a run, an attempt, a job or a pull request', async () => {
    const run = shop.run(shop.repository());
    const pull = `${shop.world.url}/${run.repository}/pull/${run.pullRequest}`;
    for (const url of [run.url, `${run.url}/attempts/1`, pull, `${pull}/checks?check_run_id=5`])
      expect((await json(url)).run).toMatchObject({ runId: run.id, repository: run.repository, attempt: 1 });
  });

  it('is refused where the token would go to another host, and where it is something else', async () => {
    const { operations } = await requestsOf(async () => {
      const elsewhere = await selfheal(['analyze', 'https://github.example.com/acme/shop/actions/runs/1']);
      expect(elsewhere).toMatchObject({
        code: 2,
        err: expect.stringContaining('GITHUB_API_URL=https://github.example.com/api/v3'),
      });
      expect(await selfheal(['analyze', `${shop.world.url}/acme/shop/issues/1`])).toMatchObject({
        code: 2,
        err: expect.stringContaining('no address of a run, a job or a pull request'),
      });
      expect(await selfheal(['analyze', `${shop.world.url}/acme/shop/pull/1`, '--repo', 'acme/other'])).toMatchObject({
        code: 2,
        err: expect.stringContaining('not of acme/other'),
      });
    });
    expect(operations).toEqual([]);
  });
});

describe('what is in the way', () => {
  const failure = async (args: readonly string[], environment?: Record<string, string>) => {
    const { code, out, err } = await selfheal(['analyze', ...args], environment ?? shop.environment());
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    return err;
  };

  it.each([
    [['--latest'], 'Name the repository'],
    [['--repo', 'acme/shop'], 'Name a run: --run ID, --pr N, --latest'],
    [['--repo', 'shop', '--latest'], 'expected owner/name'],
    [['--repo', 'acme/shop', '--run', 'seven'], '--run seven: expected a whole number'],
    [['--repo', 'acme/shop', '--run', '7', '--latest'], 'not both'],
    [
      ['--repo', 'acme/shop', '--latest', '--model', 'gpt'],
      'There is no model provider "gpt". Use one of: rules, bedrock',
    ],
    [['--repo', 'acme/shop', '--latest', '--model', 'anthropic'], 'needs its key in ANTHROPIC_API_KEY'],
  ])('is said of %j', async (args, words) => {
    expect(await failure(args)).toContain(words);
  });

  it('[A26] is a missing token, or one that GitHub does not know', async () => {
    const { GITHUB_TOKEN: _none, ...without } = shop.environment();
    expect(await failure(['--repo', 'acme/shop', '--latest'], without)).toContain('Set GITHUB_TOKEN');
    const run = shop.run(shop.repository());
    shop.world.github.acceptTokens(['another']);
    expect(await failure([run.url])).toContain('GitHub does not accept GITHUB_TOKEN (401)');
    expect((await selfheal(['analyze', run.url], { ...without, GH_TOKEN: 'another' })).code).toBe(0);
  });

  it.each([
    [{ pull_requests: 'write' }, ['--run'], 'may not read run', 'Actions: read'],
    [{ actions: 'read' }, ['--pr'], 'may not read pull request', 'Pull requests: read'],
  ] as const)(
    'is a token with the rights %j, and the missing one is named',
    async (permissions, [by, ...more], what, right) => {
      const run = shop.run(shop.repository());
      shop.world.github.setPermissions(permissions);
      const id = by === '--run' ? run.id : run.pullRequest;
      const err = await failure(['--repo', run.repository, by, `${id}`, ...more]);
      expect(err).toContain(`GITHUB_TOKEN ${what}`);
      expect(err).toContain(`(403): give it the permission ${right}.`);
    },
  );

  it('is a token that may not comment: the diagnosis is printed, and the missing right is named', async () => {
    const run = shop.run(shop.repository());
    shop.world.github.setPermissions({ actions: 'read', pull_requests: 'read' });
    const { code, out, err } = await selfheal(['analyze', run.url, '--post']);
    expect(code).toBe(2);
    expect(out).toContain('adds up 58 lines before it rounds');
    expect(err).toContain('Nothing was posted. GITHUB_TOKEN may not write the comment on pull request #');
    expect(err).toContain('(403): give it the permission Issues: write, or Pull requests: write.');
    expect((await json(run.url, '--post')).posting).toMatchObject({ kind: 'failed' });
  });

  it('is a rate limit that is used up, or a GitHub that goes away, while the run is read', async () => {
    const run = shop.run(shop.repository());
    shop.world.faults.inject('actions/get-workflow-run', { kind: 'status', status: 429 }, { skip: 1 });
    expect(await failure([run.url])).toContain(`rate limit is used up: cannot read run ${run.id}`);
    shop.world.faults.inject('actions/get-workflow-run', { kind: 'reset', when: 'before' }, { skip: 1, times: 9 });
    expect(await failure([run.url])).toContain(`GitHub cannot be reached: cannot read run ${run.id}`);
  });

  it('is that there is no such run, repository or pull request', async () => {
    const repository = shop.repository();
    expect(await failure(['--repo', repository, '--run', '7'])).toContain(`There is no run 7 of ${repository}`);
    expect(await failure(['--repo', 'acme/none', '--latest'])).toContain('There is no repository acme/none');
    expect(await failure(['--repo', repository, '--pr', '7'])).toContain('There is no pull request #7');
    const { number } = shop.world.github.addPullRequest(repository);
    expect(await failure(['--repo', repository, '--pr', `${number}`])).toContain(
      'No workflow ran on the newest commit',
    );
  });

  it('is a run that is not over, or whose logs have expired', async () => {
    const expired = shop.run(shop.repository(), { expired: true });
    expect(await failure([expired.url])).toMatch(
      /logs of run \d+ cannot be read: .*\(expired or deleted\)\. Run it again/,
    );
    const running = shop.run(shop.repository());
    shop.world.github.rerunByHand(running.id);
    expect(await failure([running.url])).toContain(`Run ${running.id} is not over (queued)`);
    expect((await json(`${running.url}/attempts/1`)).run.attempt).toBe(1);
  });

  it('is a run of another pull request than the one to comment on', async () => {
    const run = shop.run(shop.repository());
    const other = shop.world.github.addPullRequest(run.repository);
    expect(
      await failure(['--repo', run.repository, '--run', `${run.id}`, '--pr', `${other.number}`, '--post']),
    ).toContain(`Run ${run.id} is not of pull request #${other.number}`);
  });

  it('is that GitHub cannot be reached', async () => {
    const environment = shop.environment({ GITHUB_API_URL: shop.closed });
    expect(await failure(['--repo', 'acme/shop', '--latest'], environment)).toContain('GitHub cannot be reached');
  });
});

describe('where nothing failed', () => {
  it('says so and exits with 0, for a run, a pull request and the newest of a repository', async () => {
    const repository = shop.repository();
    expect(await selfheal(['analyze', '--repo', repository, '--latest'])).toEqual({
      code: 0,
      out: `No run of ${repository} failed.\n`,
      err: '',
    });
    const run = shop.run(repository, { jobs: { lint: 'passes' } });
    expect((await selfheal(['analyze', run.url])).out).toContain('ended with success');
    const { code, out } = await selfheal(['analyze', '--repo', repository, '--pr', `${run.pullRequest}`]);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('passed or was skipped') });
  });

  it('tells a pull request whose newest run passed from one that failed in another workflow, too', async () => {
    const repository = shop.repository();
    const first = shop.run(repository, { createdAt: new Date(Date.now() - 3_600_000) });
    const { pullRequest } = first;
    const release = { id: 7_400_001, name: 'Release', path: '.github/workflows/release.yml' };
    const second = shop.run(repository, {
      pullRequest,
      workflow: release,
      createdAt: new Date(Date.now() - 1_800_000),
    });
    const args = ['--repo', repository, '--pr', `${pullRequest}`];
    expect(await json(...args)).toMatchObject({ run: { runId: second.id, workflow: 'Release' } });
  });
});

describe('the model', () => {
  const withModel = (run: { url: string }, environment: Readonly<Record<string, string>>, name = 'ollama') =>
    selfheal(['analyze', run.url, '--model', name], shop.environment(environment));

  it('[A27][A28][A40] is asked at OLLAMA_URL, a server anywhere, for OLLAMA_MODEL or qwen2.5-coder', async () => {
    const run = shop.run(shop.repository());
    expect((await withModel(run, { OLLAMA_URL: `${shop.world.url}/` })).out).toContain('Written by a language model');
    expect(shop.world.models.calls().at(-1)).toMatchObject({ provider: 'ollama', modelId: 'qwen2.5-coder' });
    await withModel(run, { OLLAMA_URL: shop.world.url, OLLAMA_MODEL: 'deepseek-coder' });
    expect(shop.world.models.calls().at(-1)).toMatchObject({ modelId: 'deepseek-coder' });
  });

  it.each([
    ['anthropic', { ANTHROPIC_API_KEY: 'made-up', ANTHROPIC_MODEL: 'claude-x' }, 'ANTHROPIC_BASE_URL', ''],
    ['openai', { OPENAI_API_KEY: 'made-up', OPENAI_MODEL: 'gpt-x' }, 'OPENAI_BASE_URL', '/v1'],
    ['openai-responses', { OPENAI_API_KEY: 'made-up', OPENAI_MODEL: 'gpt-x' }, 'OPENAI_BASE_URL', '/v1'],
  ])('may be %s, with the variables of its provider', async (name, variables, address, path) => {
    const run = shop.run(shop.repository());
    const { out } = await withModel(run, { ...variables, [address]: shop.world.url + path }, name);
    expect(out).toContain('Written by a language model');
    expect(shop.world.models.calls().at(-1)).toMatchObject({ provider: name, modelId: expect.stringMatching(/-x$/) });
  });

  it('that cannot be reached, or gives no usable answer, leaves the diagnosis to the rules, which say so', async () => {
    const run = shop.run(shop.repository());
    const gone = await withModel(run, { OLLAMA_URL: shop.closed });
    expect(gone).toMatchObject({ code: 0, out: expect.stringContaining('adds up 58 lines before it rounds') });
    expect(gone.out).toContain('The language model refuses connections');
    expect(gone.err).toContain(`by the built-in rules: ollama at ${shop.closed} gave no usable answer`);
    shop.world.models.setDefault({ kind: 'garbage' });
    expect((await withModel(run, { OLLAMA_URL: shop.world.url })).out).toContain('diagnosis by the rules');
  });

  it('gets no secret of the log', async () => {
    const run = shop.run(shop.repository(), { print: `Error: ${FAKE_TOKEN} was refused` });
    await withModel(run, { OLLAMA_URL: shop.world.url });
    const { prompt } = shop.world.models.calls().at(-1) ?? { prompt: '' };
    expect(prompt).toContain('was refused');
    expect(prompt).not.toContain(FAKE_TOKEN.slice(4));
  });
});

describe('the help text', () => {
  it('[A13][A14][A15][A16][A17][A18] names the options, their old spellings and the environment', async () => {
    const { stdout } = await runCommand(['analyze', '-h']);
    expect(stdout.toString()).toMatchSnapshot();
  });
});
