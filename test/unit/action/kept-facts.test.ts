import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { githubWorld } from '../cli/github-world.ts';
import { aStep, BASE, HEAD } from './action-rig.ts';

const shop = githubWorld();
const TOKEN = ['ghs', '_madeup'].join('');
const MADE_AT = '2026-01-02T03:04:05Z';
const LCOV = 'SF:src/cart.ts\nDA:1,1\nDA:2,1\nDA:3,1\nDA:4,0\nend_of_record\n';
const MAIN = {
  GITHUB_EVENT_NAME: 'push',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REF_NAME: 'main',
  GITHUB_EVENT_PATH: undefined,
};

async function theStep(files: Readonly<Record<string, string>>) {
  const step = await aStep({ files });
  onTestFinished(() => step.remove());
  return step;
}

describe('the tasks metrics and insights', () => {
  it('[B59] keep the runs on a branch, from where the report is made', async () => {
    const repository = shop.repository();
    const { id } = shop.run(repository, { jobs: { lint: 'passes' } });
    const variables = {
      ...MAIN,
      GITHUB_REPOSITORY: repository,
      GITHUB_API_URL: shop.world.githubApiUrl,
      GITHUB_RUN_ID: String(id),
    };
    const needs = JSON.stringify({
      lint: { result: 'success', outputs: {} },
      triage: { result: 'success', outputs: { fix_confidence: '0.93', has_flaky_tests: 'true' } },
    });
    const step = await theStep({ 'lcov.info': LCOV });
    const inputs = { state: 'branch:selfheal-state', token: TOKEN, reports: 'lcov.info, gone.sarif', needs };
    const { code, log } = await step.run({ task: 'metrics', ...inputs }, { variables });
    expect(code).toBe(0);
    expect(log).toContain('Not measured: reports: no file is called gone.sarif');
    expect(JSON.parse(await step.read('selfheal-reports/run_metrics.json')).metrics).toMatchObject({
      coverage_pct: 75,
      ai_fix_confidence: 0.93,
      has_flaky_tests: true,
    });
    expect(shop.world.github.branches(repository)).toEqual(['selfheal-state']);
    const other = await theStep({});
    const insights = await other.run({ task: 'insights', state: 'branch:selfheal-state', token: TOKEN }, { variables });
    expect(insights.log).toContain('the report about 1 run');
    expect(insights.code).toBe(0);
  });

  it('fail nothing while the state is out of reach, and what GitHub says of the run is sent on all the same', async () => {
    const repository = shop.repository();
    const { id } = shop.run(repository, { jobs: { lint: 'passes' } });
    const step = await theStep({});
    const variables = {
      ...MAIN,
      GITHUB_REPOSITORY: repository,
      GITHUB_API_URL: shop.world.githubApiUrl,
      GITHUB_RUN_ID: String(id),
    };
    const inputs = { token: TOKEN, state: shop.closed };
    const metrics = await step.run({ task: 'metrics', ...inputs }, { variables });
    expect([metrics.code, metrics.outputs.status]).toEqual([0, 'passed']);
    expect(metrics.log).toContain('could not be kept for the insights');
    const insights = await step.run({ task: 'insights', ...inputs }, { variables });
    expect([insights.code, insights.outputs.status]).toEqual([0, 'unavailable']);
  });
});

describe('what a run leaves for the next ones', () => {
  it('is no baseline when a job before the gates failed', async () => {
    const step = await theStep({ 'lcov.info': LCOV.replace('DA:4,0', 'DA:4,1') });
    const gate = (result: string, run: string) =>
      step.run(
        { task: 'gate', reports: 'lcov.info', needs: JSON.stringify({ test: { result } }) },
        { variables: { ...MAIN, GITHUB_RUN_ID: run } },
      );
    expect((await gate('failure', '1')).log).not.toContain('is recorded in the baseline');
    expect((await gate('success', '2')).log).toContain('run 2 of main is recorded in the baseline');
  });

  it('is no history of tests where a leg failed for a reason outside its code', async () => {
    const junit =
      '<testsuite name="cart" tests="1" failures="1"><testcase classname="cart" name="pays"><failure message="down"/></testcase></testsuite>';
    const down = [
      'npm error code ENOTFOUND',
      'npm error network request to https://registry.example.com/left-pad failed, reason: getaddrinfo ENOTFOUND registry.example.com',
      '##[error]Process completed with exit code 1.',
      '',
    ].join('\n');
    const step = await theStep({
      'in/leg-1/unit.xml': junit,
      'in/leg-1/test.log': down,
      'in/leg-2/unit.xml': junit,
      'in/leg-2/test.log': ' FAIL  test/cart.test.ts > pays\nAssertionError: expected 10.01 to be 10\n',
    });
    const { code, log } = await step.run(
      { task: 'flaky', reports: 'in/*/unit.xml', logs: 'in/*/test.log' },
      { variables: { ...MAIN, GITHUB_SHA: HEAD } },
    );
    expect(code).toBe(0);
    expect(log).toContain('The results of leg-1 do not count');
    expect(log).not.toContain('The results of leg-2');
  });

  it('is no result of the default branch when a fork calls its branch like it', async () => {
    const passes = '<testsuite name="cart" tests="1"><testcase classname="cart" name="pays"/></testsuite>';
    const step = await theStep({ 'unit.xml': passes });
    const fork = { GITHUB_HEAD_REF: 'main', GITHUB_BASE_REF: 'main', GITHUB_SHA: BASE };
    await step.run({ task: 'flaky', reports: 'unit.xml' }, { variables: fork });
    const [file = ''] = globSync('.selfheal/state/test-history/????????.json', { cwd: step.workspace });
    expect(JSON.parse(await step.read(file)).runs).toMatchObject([{ onDefaultBranch: false }]);
  });

  it('[B27] [B28] is a coverage map, by which a test is selected that no import leads to, and no change of its own', async () => {
    const step = await theStep({
      '.gitignore': 'coverage.json\n',
      'app/cart.py': 'def total(): return 1\n',
      'tests/test_cart.py': 'def test_total(): pass\n',
      'tests/test_page.py': 'def test_page(): pass\n',
      'coverage.json': JSON.stringify({
        meta: { show_contexts: true },
        files: { 'app/cart.py': { contexts: { '1': ['tests/test_cart.py::test_total|run'] } } },
      }),
    });
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
        cwd: step.workspace,
        encoding: 'utf8',
        // The same commits every time, and so the same draw of skipped tests.
        env: { ...process.env, GIT_AUTHOR_DATE: MADE_AT, GIT_COMMITTER_DATE: MADE_AT },
      }).trim();
    git('init', '-q', '-b', 'main');
    git('add', '.gitignore', 'app', 'tests');
    git('commit', '-q', '-m', 'One');
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    const recorded = await step.run({ task: 'record-tests', 'coverage-map': 'coverage.json' }, { variables: MAIN });
    expect([recorded.code, recorded.log]).toEqual([0, expect.stringContaining('of tests ran')]);
    await step.put('app/cart.py', 'def total(): return 2\n');
    git('commit', '-q', '-am', 'Two');
    const topic = { ...MAIN, GITHUB_REF: 'refs/heads/topic', GITHUB_REF_NAME: 'topic' };
    const { outputs, log } = await step.run({ task: 'select-tests', runner: 'list' }, { variables: topic });
    expect(log).toContain('run tests/test_cart.py');
    expect(log).toContain('skip tests/test_page.py');
    expect(outputs).toMatchObject({ mode: 'selected', arguments: 'tests/test_cart.py' });
    // As if the test of the page had been drawn from the skipped ones, and failed.
    expect(JSON.parse(await step.read('selfheal-reports/selection.json'))).toMatchObject({ mode: 'selected' });
    const drawn = { version: 1, mode: 'selected', sampled: ['tests/test_page.py'] };
    await step.put('selfheal-reports/selection.json', JSON.stringify(drawn));
    await step.put(
      'unit.xml',
      '<testsuite><testcase classname="page" name="a" file="tests/test_page.py"><failure message="x"/></testcase></testsuite>',
    );
    const selection = { task: 'record-tests', selection: 'selfheal-reports/selection.json', reports: 'unit.xml' };
    const missed = await step.run(selection, { variables: MAIN });
    expect([missed.code, missed.outputs.missed, missed.log]).toEqual([
      0,
      '1',
      expect.stringContaining('Selection missed 1 of 1 drawn test in 1 run'),
    ]);
    const gone = await step.run({ ...selection, selection: 'gone.json' }, { variables: MAIN });
    expect([gone.code, gone.log]).toEqual([1, expect.stringContaining('selection: no file is called gone.json')]);
    const none = await step.run({ task: 'record-tests' }, { variables: MAIN });
    expect([none.code, none.outputs.status]).toEqual([1, 'broken']);
  });
});
