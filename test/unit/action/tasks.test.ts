import { execFileSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeWorkflowTokenVerifier } from '#shared/adapters/aws/workflow-token-verifier.ts';
import { githubWorld } from '../cli/github-world.ts';
import { aServedApi } from '../cli/served-api.ts';
import { aStep, BASE, HEAD, pullRequestEvent } from './action-rig.ts';

const shop = githubWorld();
const TOKEN = ['ghs', '_madeup'].join('');
const lcov = (covered: number): string =>
  `SF:src/cart.ts\n${Array.from({ length: 100 }, (_, at) => `DA:${at + 1},${at < covered ? 1 : 0}\n`).join('')}end_of_record\n`;
const MAIN = {
  GITHUB_EVENT_NAME: 'push',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REF_NAME: 'main',
  GITHUB_EVENT_PATH: undefined,
};
const PULL = { GITHUB_BASE_REF: 'main', GITHUB_REF_NAME: '7/merge' };

async function aRun(files: Readonly<Record<string, string>> = { 'lcov.info': lcov(95) }) {
  const step = await aStep({ files });
  onTestFinished(() => step.remove());
  const gate = (
    variables: Readonly<Record<string, string | undefined>>,
    inputs: Readonly<Record<string, string>> = {},
  ) => step.run({ task: 'gate', reports: 'lcov.info', token: TOKEN, ...inputs }, { variables });
  return { step, gate };
}

describe('the task gate', () => {
  it('records the default branch, and fails a pull request that falls below it', async () => {
    const { step, gate } = await aRun();
    const main = await gate({ ...MAIN, GITHUB_RUN_ID: '1' });
    expect([main.code, main.outputs.gate]).toEqual([0, 'passed']);
    await step.put('lcov.info', lcov(80));
    const pull = await gate({ ...PULL, GITHUB_RUN_ID: '2', MIN_COVERAGE: 'off' });
    expect([pull.code, pull.outputs.gate]).toEqual([1, 'failed']);
    expect(pull.summary).toContain('coverage: current 80.0 %, baseline 95.0 %');
    expect((await step.result('gate')).facts[0]).toMatchObject({ kind: 'gates' });
    expect((await gate({ ...PULL, MIN_COVERAGE: 'off' }, { 'fail-on': 'none' })).code).toBe(0);
  });

  it('[B91] judges the fixed limits alone on the first run, and says so', async () => {
    const { gate } = await aRun();
    const { code, summary } = await gate({ ...PULL, GITHUB_RUN_ID: '2' });
    expect(code).toBe(0);
    expect(summary).toContain('First run: main has no baseline yet');
  });

  it('judges what it can, and fails nothing for it, while the state is out of reach', async () => {
    const { gate } = await aRun();
    const { code, outputs } = await gate(
      { ...PULL, GITHUB_API_URL: shop.closed },
      { state: 'branch:selfheal-state', 'fail-on': 'gates' },
    );
    expect([code, outputs.gate]).toEqual([0, 'unavailable']);
  });

  it('keeps the exit code of the step before, whatever it finds', async () => {
    const { gate } = await aRun();
    expect((await gate({ ...MAIN }, { 'exit-code': '3' })).code).toBe(3);
  });

  it('[B98] asks GitHub for the changed lines in a shallow clone, or when the base branch is gone', async () => {
    shop.world.github.setIdentity('workflow');
    onTestFinished(() => shop.world.github.setIdentity('user'));
    const repository = shop.repository();
    const pull = shop.world.github.addPullRequest(repository);
    const patch = `@@ -0,0 +1,6 @@\n${Array.from({ length: 6 }, (_, at) => `+line ${at + 1}`).join('\n')}`;
    shop.world.github.addCommit({
      repository,
      sha: pull.headSha,
      message: 'One',
      author: 'acme-dev',
      at: '2026-11-21T12:00:00Z',
      pullRequest: pull.number,
      files: [{ path: 'src/cart.ts', status: 'modified', additions: 6, deletions: 0, patch }],
    });
    const event = pullRequestEvent({ number: pull.number, head: pull.headSha, repository });
    const step = await aStep({ files: { 'lcov.info': lcov(4) }, event });
    onTestFinished(() => step.remove());
    const variables = {
      ...PULL,
      GITHUB_REPOSITORY: repository,
      GITHUB_API_URL: shop.world.githubApiUrl,
      MIN_COVERAGE: 'off',
    };
    execFileSync('git', ['init', '-q'], { cwd: step.workspace });
    const { summary } = await step.run({ task: 'gate', reports: 'lcov.info', token: TOKEN }, { variables });
    expect(summary).toContain('4 of 6 changed lines');
    const forbidden = await step.run(
      { task: 'gate', reports: 'lcov.info', token: TOKEN },
      { variables: { ...variables, GITHUB_API_URL: shop.closed } },
    );
    expect(forbidden.log).toContain('The changed lines are not known');
    expect(forbidden.outputs.status).not.toBe('unavailable');
  });
});

describe('the state of a step', () => {
  it('is in a deployment that knows the run by the token of GitHub, and no secret', async () => {
    const issuer = shop.world.github.runTokenIssuer;
    const audiences: string[] = [];
    const api = await aServedApi({
      workflows: { workflowTokens: makeWorkflowTokenVerifier({ issuer, audiences }), repositories: ['acme/shop'] },
    });
    audiences.push(api.url);
    const { step, gate } = await aRun();
    const tokenFor = (event: string, ref: string) => ({
      ...shop.world.github.allowRunTokens({ repository: 'acme/shop', event, ref }),
    });
    const main = await gate(
      { ...MAIN, GITHUB_RUN_ID: '1', ...tokenFor('push', 'refs/heads/main') },
      { state: `${api.url}/` },
    );
    expect([main.code, main.outputs.gate]).toEqual([0, 'passed']);
    expect(main.log).toMatch(/::add-mask::ey/);
    await step.put('lcov.info', lcov(80));
    const before = api.requests.length;
    const variables = { ...PULL, MIN_COVERAGE: 'off', ...tokenFor('pull_request', 'refs/pull/7/merge') };
    const pull = await gate(variables, { state: api.url });
    expect([pull.code, pull.outputs.gate]).toEqual([1, 'failed']);
    expect(api.requests.slice(before).every((line) => line.startsWith('GET '))).toBe(true);
    const without = await gate({ ...PULL, MIN_COVERAGE: 'off' }, { state: api.url });
    expect([without.code, without.outputs.gate]).toEqual([0, 'unavailable']);
    expect(without.log).toContain('"id-token: write"');
    api.setDown(true);
    const down = await gate(variables, { state: api.url });
    expect([down.code, down.outputs.gate]).toEqual([0, 'unavailable']);
  });

  it('is on a branch of its own, which pull requests read and do not change', async () => {
    const repository = shop.repository();
    const { step, gate } = await aRun();
    const variables = { GITHUB_REPOSITORY: repository, GITHUB_API_URL: shop.world.githubApiUrl };
    await gate({ ...MAIN, ...variables, GITHUB_RUN_ID: '1' }, { state: 'branch:selfheal-state' });
    expect(shop.world.github.branches(repository)).toEqual(['selfheal-state']);
    await step.put('lcov.info', lcov(80));
    const pull = await gate({ ...PULL, ...variables, MIN_COVERAGE: 'off' }, { state: 'branch:selfheal-state' });
    expect(pull.outputs.gate).toBe('failed');
  });
});

describe('the tasks flaky and triage', () => {
  const junit = (failed: boolean): string =>
    `<testsuite name="cart" tests="30" failures="${failed ? 1 : 0}">${Array.from({ length: 29 }, (_, at) => `<testcase classname="cart" name="works ${at}" time="0.1"/>`).join('')}<testcase classname="cart" name="sometimes" time="1">${failed ? '<failure message="timed out"/>' : ''}</testcase></testsuite>`;

  it('find a test that fails by chance, which the report of the next run calls flaky', async () => {
    const step = await aStep({ files: { 'in/leg-1/unit.xml': junit(false), 'in/leg-2/unit.xml': junit(false) } });
    onTestFinished(() => step.remove());
    const run = (id: number, task: string) =>
      step.run(
        { task, reports: 'in/*/unit.xml', 'quarantine-days': '7' },
        {
          variables: {
            ...MAIN,
            GITHUB_RUN_ID: String(id),
            GITHUB_SHA: (id % 2 === 0 ? BASE : HEAD).replaceAll('a', String(id % 9)),
          },
        },
      );
    for (let id = 1; id <= 20; id += 1) {
      await step.put('in/leg-1/unit.xml', junit(id % 3 === 0));
      expect((await run(id, 'flaky')).code).toBe(0);
    }
    await step.put('in/leg-1/unit.xml', junit(true));
    const last = await run(21, 'flaky, report');
    expect(last.outputs).toMatchObject({ has_flaky_tests: 'true', 'flaky-tests': '1' });
    const [tests] = (await step.result('report')).facts;
    expect(tests).toMatchObject({ kind: 'tests', failed: [{ name: 'sometimes', flaky: true }] });
  });

  it('[B7] [B8] [B9] [B10] [B11] explain logs of jobs and set the outputs of the job', async () => {
    const log =
      ' FAIL  test/cart.test.ts > rounds\nAssertionError: expected 10.01 to be 10\n##[error]Process completed with exit code 1.\n';
    const step = await aStep({ files: { 'in/test/out.log': log, 'in/lint/out.log': '' } });
    onTestFinished(() => step.remove());
    const { code, outputs } = await step.run({ task: 'triage', logs: 'in/**/*.log', out: 'ai_analysis' });
    expect(code).toBe(0);
    expect(Number(outputs.fix_confidence)).toBeGreaterThan(0);
    expect(outputs).toMatchObject({ has_flaky_tests: 'false', triage_summary: expect.stringContaining('1 cause') });
    expect(await step.read('ai_analysis/triage_report.json')).toContain('"test"');
    expect(await step.read('ai_analysis/error_report.json')).toContain('"version"');
    const { facts } = await step.result('triage');
    expect(facts).toMatchObject([{ kind: 'triage', causes: [{ jobs: ['test'] }] }]);
  });

  it('[B7] name the job of a log as its result does, and not the artifact in which both lie', async () => {
    const log = (at: number) =>
      ` FAIL  test/cart${at}.test.ts > rounds\nAssertionError: expected ${at} to be 10\n##[error]Process completed with exit code 1.\n`;
    const result = { version: 1, job: 'Tests (20)', status: 'failed', summary: 'One test failed.', facts: [] };
    const files = {
      'in/selfheal-test-20/out/test.log': log(1),
      'in/selfheal-test-20/selfheal-results/tests-20.json': JSON.stringify(result),
      'in/selfheal-lint/out/lint.log': log(1),
      'in/selfheal-lint/out/types.log': log(1),
      'in/selfheal-lint/selfheal-results/lint.json': JSON.stringify({ ...result, job: 'lint' }),
      'in/selfheal-late/out/late.log': log(1),
    };
    const step = await aStep({ files });
    onTestFinished(() => step.remove());
    await step.run({ task: 'triage', logs: 'in/**/*.log' });
    const [facts] = (await step.result('triage')).facts;
    const jobs = facts?.kind === 'triage' ? facts.causes.flatMap((cause) => cause.jobs) : [];
    expect(jobs.sort()).toEqual(['Tests (20)', 'lint (lint)', 'lint (types)', 'selfheal-late']);
  });
});
