import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { githubWorld } from './github-world.ts';
import { resultsFolder } from './results-folder.ts';
import { aFile, runCommand } from './run-command.ts';

const shop = githubWorld();
afterEach(() => {
  shop.world.github.setIdentity('user');
  shop.world.github.setRemaining(5000);
  shop.world.models.setDefault({ kind: 'plausible' });
});

function aJob({ fork = false } = {}) {
  shop.world.github.setIdentity('workflow');
  const repository = shop.repository();
  const pull = shop.world.github.addPullRequest(repository);
  const full_name = fork ? 'octo-dev/shop' : repository;
  const event = {
    pull_request: {
      number: pull.number,
      head: { sha: pull.headSha, repo: { full_name } },
      base: { repo: { full_name: repository } },
    },
  };
  const page = aFile('', 'summary.md');
  const environment = shop.environment({
    GITHUB_TOKEN: ['ghs', '_madeup'].join(''),
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: repository,
    GITHUB_RUN_ID: '77',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_WORKFLOW: 'CI',
    GITHUB_SHA: 'e'.repeat(40),
    GITHUB_EVENT_PATH: aFile(JSON.stringify(event), 'event.json'),
    GITHUB_STEP_SUMMARY: page,
    OLLAMA_URL: shop.world.url,
  });
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCommand(['feedback', 'post', ...args], '', COMMANDS, environment);
    return { code, out: stdout.toString(), err: stderr, page: readFileSync(page, 'utf8') };
  };
  return { repository, pull, run };
}

describe('feedback post', () => {
  it('[A12] reviews a pull request from a job of a workflow: comment, check of the head commit, page of the job', async () => {
    const { repository, pull, run } = aJob();
    const { code, out, err, page } = await run('--results', resultsFolder());
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('2 of 4 jobs failed');
    expect(shop.comments(repository, pull.number)[0]?.body).toContain('rounds totals per line');
    expect(shop.world.github.checkRuns(repository, pull.headSha)).toHaveLength(1);
    expect(page).toContain('rounds totals per line');
  });

  it('[B6] counts the jobs before it however they ended, with a result or without', async () => {
    const { run } = aJob();
    const needs = JSON.stringify({
      test: { result: 'failure', outputs: {} },
      types: { result: 'failure' },
      docs: { result: 'skipped' },
    });
    const { out } = await run('--results', resultsFolder(), '--needs', needs, '--json');
    const { headline, text } = JSON.parse(out) as { headline: string; text: string };
    expect(headline).toBe('3 of 6 jobs failed');
    expect(text).toContain('| `types` | Failed, and left no result: see its log. |');
  });

  it('writes of a fork only on the page of the job, and says why', async () => {
    const { repository, pull, run } = aJob({ fork: true });
    const { code, out, page } = await run('--results', resultsFolder());
    expect(code).toBe(0);
    expect(out).toContain('comes from a fork');
    expect(page).toMatch(/^> The pull request comes from a fork.*\n\n### /);
    expect(shop.comments(repository, pull.number)).toEqual([]);
  });

  it('ends with 0 when GitHub refuses, and has the report on the page', async () => {
    const { run } = aJob();
    shop.world.github.setRemaining(0);
    const { code, out, page } = await run('--results', resultsFolder());
    expect(code).toBe(0);
    expect(out).toContain("Comment: not written. GitHub's rate limit is used up");
    expect(page).toContain("> GitHub's rate limit is used up");
  });

  it('calls a result that cannot be read by its name', async () => {
    const { run } = aJob();
    const folder = resultsFolder();
    writeFileSync(join(folder, 'mutation.json'), '{"version":1,"job":"mutation","status":"fine"}');
    writeFileSync(join(folder, 'types.json'), 'oops');
    const { out } = await run('--results', folder, '--dry-run');
    expect(out).toContain('Mend the report of the job `mutation`');
    expect(out).toContain('types.json cannot be used: it is not JSON.');
  });

  it('[B38] lets a model write the summary, or says why it did not', async () => {
    const { repository, pull, run } = aJob();
    const summary = 'The test `cart > rounds totals per line` fails: totals are rounded once instead of per line.';
    shop.world.models.setDefault({ kind: 'tool', input: { summary, next_steps: [] } });
    const model = ['--model', 'ollama', '--results', resultsFolder()];
    expect((await run(...model)).err).toBe('');
    const comment = shop.comments(repository, pull.number)[0]?.body;
    expect(comment).toContain('A language model wrote the summary');
    expect(comment).toContain('totals are rounded once instead of per line');
    shop.world.models.setDefault({ kind: 'tool', input: { summary: '99 tests failed.', next_steps: [] } });
    expect((await run(...model)).err).toContain('not in the facts: "99"');
    expect(shop.comments(repository, pull.number)[0]?.body).toContain('**Cause:**');
  });

  it.each([
    [['--results', '/nowhere/at-all'], 'cannot be read: name the folder'],
    [['--needs', 'x'], '--needs is not JSON'],
    [['--needs', '{"a":1}'], '--needs is not what toJSON(needs) gives'],
    [['--sha', 'main'], 'Name the commit'],
  ])('refuses %j in one line', async (args, problem) => {
    const { run } = aJob();
    const { code, err } = await run('--results', resultsFolder(), ...args);
    expect(code).toBe(2);
    expect(err).toContain(problem);
  });

  it('asks for what it needs outside of a job', async () => {
    const outside = (...args: string[]) =>
      runCommand(['feedback', 'post', '--results', resultsFolder(), ...args], '', COMMANDS, shop.environment());
    expect((await outside()).stderr).toContain('--repo owner/name');
    expect((await outside('--repo', 'acme/shop', '--sha', 'a'.repeat(40))).stderr).toContain('--run ID');
    const dry = await outside('--repo', 'acme/shop', '--sha', 'a'.repeat(40), '--run', '5', '--pr', '3', '--dry-run');
    expect(dry.stdout.toString()).toContain('2 of 4 jobs failed');
  });
});
