import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JobResult } from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { aFile, aFolder, runCommand, runLab } from './run-command.ts';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
type Environment = Readonly<Record<string, string>>;

/** A command with a state folder of its own. */
function gates(environment: Environment = {}, state = join(aFolder(), 'state')) {
  const gate = async (...args: string[]) => {
    const result = await runCommand(['gate', ...args, '--state', state], '', COMMANDS, environment, { now: () => NOW });
    return { code: result.code, stdout: result.stdout.toString(), stderr: result.stderr };
  };
  return {
    state,
    gate,
    /** Ten runs of main with this coverage. */
    recordTen: async (...metrics: string[]) => {
      for (let run = 1; run <= 10; run += 1) {
        const { code, stderr } = await gate(
          'update',
          '--run',
          String(run),
          ...metrics.flatMap((one) => ['--metric', one]),
        );
        expect({ code, stderr }).toEqual({
          code: 0,
          stderr: `selfheal: run ${run} of main is recorded in the baseline.\n`,
        });
      }
    },
  };
}
const lcov = (covered: number, uncovered: number): string =>
  [
    'SF:src/cart.ts',
    ...Array.from({ length: covered + uncovered }, (_, at) => `DA:${at + 1},${at < covered ? 1 : 0}`),
    'end_of_record\n',
  ].join('\n');

describe('gate check', () => {
  it('takes reports without an option, and gate update, too', async () => {
    const { gate } = gates();
    const coverage = aFile(lcov(93, 7), 'lcov.info');
    expect((await gate('update', coverage, '--run', '1')).code).toBe(0);
    const { code, stdout } = await gate('check', coverage);
    expect(code).toBe(0);
    expect(stdout).toContain('coverage: current 93.0 %, baseline 93.0 %');
  });

  it('keeps how much the scans found beside the baseline, and judges it by no gate', async () => {
    const { gate, state } = gates({ MIN_COVERAGE: 'off' });
    const scan = (...levels: string[]) =>
      aFile(
        JSON.stringify({
          version: '2.1.0',
          runs: [
            {
              tool: { driver: { name: 'ESLint' } },
              results: levels.map((level, at) => ({ ruleId: `rule-${at}`, level, message: { text: `Fault ${at}` } })),
            },
          ],
        }),
        'lint.sarif',
      );
    expect((await gate('update', scan('note', 'warning'), '--run', '1')).code).toBe(0);
    const { branches } = JSON.parse(readFileSync(join(state, 'baselines.json'), 'utf8'));
    expect(branches[0].runs[0].metrics.findings).toMatchObject({ value: 2 });
    const { code, stdout } = await gate('check', scan('note', 'note', 'note', 'note', 'note', 'note', 'note', 'note'));
    expect([code, stdout]).toEqual([0, expect.not.stringContaining('findings')]);
  });

  it('fails by name when a scan did not finish, whatever the settings say, and records nothing of it', async () => {
    const run = { tool: { driver: { name: 'CodeQL' } } };
    const of = (fields: object) => JSON.stringify({ version: '2.1.0', runs: [{ ...run, ...fields }] });
    for (const [scan, reason] of [
      [of({ results: [], invocations: [{ executionSuccessful: false }] }), 'executionSuccessful: false'],
      [of({ results: null }), 'no list of results'],
    ]) {
      const file = aFile(scan ?? '', 'scan.sarif');
      const { gate } = gates();
      const { code, stdout } = await gate('check', '--findings', file, '--metric', 'coverage=95', '--max-high', 'off');
      expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining('scan: FAIL. ') });
      expect(stdout).toContain(`The scan did not finish: CodeQL: `);
      expect(stdout).toContain(reason);
      expect(stdout).not.toMatch(/vulnerabilities\.|It fails on the first run/);
      expect(stdout).toContain('gates: FAIL (2 passed, 1 failed, 0 skipped)');
      const json = JSON.parse((await gate('check', file, '--json')).stdout);
      expect(json).toMatchObject({ verdict: 'fail', checks: [{ metric: 'scan', verdict: 'fail' }] });
      const { stderr } = await gate('update', file, '--run', '7');
      expect(stderr).toContain('The baseline was left as it is.');
      expect(stderr).toContain('The scan did not finish');
    }
  });

  it('refuses a value that a report says, too', async () => {
    const coverage = aFile(lcov(1, 9), 'lcov.info');
    const { code, stdout, stderr } = await gates().gate('check', '--coverage', coverage, '--metric', 'coverage=95');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--metric coverage: a report says it, too');
  });

  it('[B16] [B17] [B18] [B28] fails on a regression against the last ten runs, each verdict in one line', async () => {
    const { gate, recordTen } = gates();
    await recordTen('coverage=95', 'vulnerabilities.high=1');
    const { code, stdout } = await gate(
      ...'check --metric coverage=92 --metric vulnerabilities.high=6 --vuln-gating 1'.split(' '),
    );
    expect(code).toBe(1);
    expect(stdout).toBe(
      [
        'coverage: current 92.0 %, baseline 95.0 % (mean of 10 runs), delta -3.0 points, threshold 90.0 % (delta -5.0 points): PASS',
        'coverage.minimum: current 92.0 %, threshold 90.0 % (MIN_COVERAGE): PASS',
        'vulnerabilities.high: current 6, baseline 1 (mean of 10 runs), delta +5, threshold 4 (delta +3): FAIL',
        'vulnerabilities.high.maximum: current 6, threshold 10 (MAX_HIGH): PASS',
        'gates: FAIL (3 passed, 1 failed, 0 skipped)',
        '',
      ].join('\n'),
    );
  });

  it('prints one document with --json', async () => {
    const { gate } = gates();
    const { code, stdout } = await gate('check', '--metric', 'coverage=91', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      verdict: 'pass',
      checks: [
        expect.objectContaining({
          metric: 'coverage',
          current: 91,
          baseline: 90,
          delta: 1,
          limit: 85,
          verdict: 'pass',
        }),
        expect.objectContaining({ metric: 'coverage.minimum', current: 91, limit: 90, verdict: 'pass' }),
      ],
      notes: [expect.stringContaining('First run: main has no baseline yet')],
    });
  });

  it('[B24] [B91] [B100] says on the first run what is assumed, and what to do when that fails', async () => {
    const { gate } = gates();
    const { code, stdout } = await gate('check', '--metric', 'coverage=70');
    expect(code).toBe(1);
    expect(stdout).toContain('baseline 90.0 % (default)');
    expect(stdout).toContain(
      'note: It fails on the first run: set the limits that it names to what the project has today',
    );
    const lenient = await gate('check', '--metric', 'coverage=86', '--min-coverage', 'off');
    expect(lenient.code).toBe(0);
  });

  it('[B29] keeps the fixed limit beside the baseline: both have to be met', async () => {
    const { gate, recordTen } = gates();
    await recordTen('coverage=88');
    const low = await gate('check', '--metric', 'coverage=88');
    expect(low.code).toBe(1);
    expect(low.stdout).toMatch(/^coverage: .*: PASS\ncoverage\.minimum: .*: FAIL$/m);
    const fallen = gates();
    await fallen.recordTen('coverage=98');
    const { code, stdout } = await fallen.gate('check', '--metric', 'coverage=91');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^coverage: .*: FAIL\ncoverage\.minimum: .*: PASS$/m);
  });

  it('[B20] [B21] [B22] [B25] [B26] [B27] takes settings from options, the environment and a file, in this order', async () => {
    const settings = aFile(
      'gates:\n  deltaCoverage: 1\n  minCoverage: 50\n  vulnerabilityGating: true\n',
      'selfheal.yml',
    );
    const limits = { MAX_HIGH: '20', MAX_CRITICAL: '1', DELTA_VULN_HIGH: '30', DELTA_VULN_CRITICAL: '30' };
    const { gate } = gates(limits);
    const args = [
      '--metric',
      'coverage=88',
      '--metric',
      'vulnerabilities.high=15',
      '--metric',
      'vulnerabilities.critical=2',
    ];
    const strict = JSON.parse((await gate('check', '--settings', settings, '--json', ...args)).stdout);
    const verdicts = (of: { checks: { metric: string; verdict: string; limit: number }[] }) =>
      Object.fromEntries(of.checks.map(({ metric, verdict, limit }) => [metric, `${verdict} ${limit}`]));
    expect(verdicts(strict)).toEqual({
      coverage: 'fail 89',
      'coverage.minimum': 'pass 50',
      'vulnerabilities.high': 'pass 30',
      'vulnerabilities.high.maximum': 'pass 20',
      'vulnerabilities.critical': 'pass 30',
      'vulnerabilities.critical.maximum': 'fail 1',
    });
    const typed = ['--delta-coverage', '2', '--max-critical', 'off', '--delta-vuln-high', '14'];
    const loose = JSON.parse((await gate('check', '--settings', settings, '--json', ...args, ...typed)).stdout);
    expect(verdicts(loose)).toMatchObject({ coverage: 'pass 88', 'vulnerabilities.high': 'fail 14' });
    expect(verdicts(loose)).not.toHaveProperty('vulnerabilities.critical.maximum');
  });

  it.each([
    [{ DELTA_COVERAGE: '-1' }, 'DELTA_COVERAGE is "-1": expected points from 0 to 100'],
    [{ MAX_HIGH: 'NaN' }, 'MAX_HIGH is "NaN": expected a whole number, or off'],
    [{ VULN_GATING: 'yes' }, 'VULN_GATING is "yes": expected 1 or 0'],
    [{ MIN_COVERAGE: '101' }, 'MIN_COVERAGE is "101": expected a percentage'],
  ])('refuses the setting %j', async (environment, message) => {
    const { code, stderr } = await gates(environment).gate('check', '--metric', 'coverage=95');
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it.each([
    ['vulnerabilities.high=-1', 'it cannot be negative'],
    ['coverage=NaN', 'expected NAME=NUMBER'],
    ['coverage=140', 'it is a percentage, at most 100'],
    ['vulnerabilities.high=1.5', 'a count is a whole number'],
    ['speed=3', 'The metric "speed" is unknown'],
  ])('refuses --metric %s', async (metric, message) => {
    const { code, stderr } = await gates().gate('check', '--metric', metric);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('reads coverage and vulnerabilities from reports', async () => {
    const coverage = aFile(lcov(9, 1), 'lcov.info');
    const rule = (id: string, score: string) => ({
      id,
      properties: { 'security-severity': score, tags: ['vulnerability', 'security'] },
    });
    const sarif = {
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'Trivy', rules: [rule('CVE-2026-0001', '9.8'), rule('CVE-2026-0002', '7.5')] } },
          results: ['CVE-2026-0001', 'CVE-2026-0002'].map((ruleId) => ({
            ruleId,
            level: 'error',
            message: { text: 'old package' },
          })),
        },
      ],
    };
    const { gate } = gates();
    const findings = aFile(JSON.stringify(sarif), 'trivy.sarif');
    const { stdout } = await gate('check', '--coverage', coverage, '--findings', findings, '--vuln-gating', '1');
    expect(stdout).toContain('coverage: current 90.0 %');
    expect(stdout).toContain(
      'vulnerabilities.critical: current 1, baseline 0 (default), delta +1, threshold 1 (delta +1): PASS',
    );
    expect(stdout).toContain('vulnerabilities.high: current 1');
  });

  it.each([
    ['that is missing', () => '/nowhere/lcov.info', '/nowhere/lcov.info: no such file'],
    ['without a line', () => aFile('SF:a.ts\nend_of_record\n', 'lcov.info'), 'lcov.info'],
    [
      'of another kind',
      () => aFile('<testsuite name="a"><testcase name="b"/></testsuite>', 'junit.xml'),
      'not of coverage',
    ],
    ['that is damaged', () => aFile('<coverage><packages>', 'cobertura.xml'), 'cobertura.xml'],
    ['that is empty', () => aFile('', 'empty.info'), 'empty.info'],
  ])('refuses a report of coverage %s by its name', async (_, file, message) => {
    const { code, stderr } = await gates().gate('check', '--coverage', file());
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('judges the coverage of the changed lines', async () => {
    const coverage = aFile(lcov(90, 10), 'lcov.info');
    const hunk = (start: number, count: number) => `@@ -${start - 1},0 +${start},${count} @@\n${'+x\n'.repeat(count)}`;
    const diff = aFile(`--- a/src/cart.ts\n+++ b/src/cart.ts\n${hunk(85, 12)}`, 'change.diff');
    const results = join(aFolder(), 'results');
    const { code, stdout } = await gates().gate('check', '--coverage', coverage, '--diff', diff, '--results', results);
    expect(code).toBe(1);
    expect(stdout).toContain(
      'changed-lines: current 50.0 % (6 of 12 changed lines), threshold 80.0 % (MIN_CHANGED_COVERAGE): FAIL',
    );
    const facts = JobResult.parse(JSON.parse(readFileSync(join(results, 'gates.json'), 'utf8')));
    expect(facts).toMatchObject({ job: 'gates', status: 'failed' });
    expect(facts.facts.map(({ kind }) => kind)).toEqual(['gates', 'coverage']);
    expect(facts.facts[1]).toMatchObject({ uncovered: [{ path: 'src/cart.ts', lines: [{ start: 91, end: 96 }] }] });
    const few = aFile(`--- a/src/cart.ts\n+++ b/src/cart.ts\n${hunk(99, 2)}`, 'change.diff');
    expect((await gates().gate('check', '--coverage', coverage, '--diff', few)).code).toBe(0);
  });

  it('finds the changed lines with git, and says what a shallow clone lacks', async () => {
    const folder = aFolder();
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
        cwd: folder,
        stdio: 'pipe',
      });
    git('init', '-q', '-b', 'main');
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'src/cart.ts'), 'a\n'.repeat(90));
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    git('checkout', '-q', '-b', 'change');
    writeFileSync(join(folder, 'src/cart.ts'), `${'a\n'.repeat(90)}${'b\n'.repeat(10)}`);
    git('commit', '-q', '-am', 'two');
    writeFileSync(join(folder, 'lcov.info'), lcov(90, 10));
    const check = (base: string) =>
      execFileSync(
        process.execPath,
        [
          join(process.cwd(), 'apps/cli/main.ts'),
          'gate',
          'check',
          '--coverage',
          'lcov.info',
          '--base',
          base,
          '--state',
          'state',
        ],
        { cwd: folder, stdio: 'pipe', encoding: 'utf8', env: { PATH: process.env.PATH } },
      );
    expect(() => check('main')).toThrow(
      expect.objectContaining({ status: 1, stdout: expect.stringContaining('0 of 10 changed lines') }),
    );
    expect(() => check('origin/gone')).toThrow(
      expect.objectContaining({ status: 2, stderr: expect.stringContaining('fetch-depth: 0') }),
    );
  });
});

describe('gate check when something else is broken', () => {
  it('keeps the exit code of the build when Selfheal cannot read its baseline, and judges the fixed limits', async () => {
    const file = aFile('no folder', 'state');
    const { gate } = gates({}, file);
    const passed = await gate('check', '--metric', 'coverage=95', '--original-exit-code', '0', '--json');
    expect(passed.code).toBe(0);
    expect(JSON.parse(passed.stdout)).toMatchObject({
      verdict: 'unavailable',
      notes: [expect.stringContaining('Selfheal could not read its baseline')],
    });
    expect((await gate('check', '--metric', 'coverage=95', '--original-exit-code', '7')).code).toBe(7);
    expect((await gate('check', '--metric', 'coverage=40')).code).toBe(1);
    const update = await gate('update', '--metric', 'coverage=95', '--run', '1', '--original-exit-code', '3');
    expect(update.code).toBe(3);
  });

  it.each([
    ['of another version', '{"version":9}'],
    [
      'changed by hand',
      '{"version":1,"revision":0,"defaultBranch":"main","branches":[{"branch":"main","runs":[{}]}],"changes":[]}',
    ],
    ['cut off', '{"version":1,'],
  ])('neither trusts nor replaces a baseline %s', async (_, text) => {
    const { gate, state } = gates();
    mkdirSync(state);
    const path = join(state, 'baselines.json');
    writeFileSync(path, text);
    const check = await gate('check', '--metric', 'coverage=95');
    expect(check.code).toBe(0);
    expect(check.stdout).toContain('gates: NOT JUDGED');
    const update = await gate('update', '--metric', 'coverage=95', '--run', '1');
    expect(update.code).toBe(0);
    expect(update.stderr).toContain('the run could not be recorded, and the build is not affected');
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect((await gate('baseline')).code).toBe(2);
  });

  it.each([
    [['--metric', 'coverage=95'], 4],
    [['--metric', 'coverage=40'], 4],
    [['--coverage', '/nowhere/lcov.info'], 4],
  ])('never loses the exit code of a build that failed: %j', async (args, code) => {
    expect((await gates().gate('check', ...args, '--original-exit-code', '4')).code).toBe(code);
  });

  it('refuses what is no exit code', async () => {
    expect((await gates().gate('check', '--metric', 'coverage=95', '--original-exit-code', '999')).code).toBe(2);
  });
});

describe('gate update', () => {
  const onMain = {
    GITHUB_REF_NAME: 'main',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_RUN_ID: '41',
    GITHUB_SHA: 'a'.repeat(40),
  };
  const baselineOf = async ({ gate }: ReturnType<typeof gates>) =>
    JSON.parse((await gate('baseline', '--json')).stdout) as { lastRun: number | null; baseline: object };

  it('[B19] records a successful run of the default branch', async () => {
    const own = gates(onMain);
    const { code, stdout } = await own.gate('update', '--metric', 'coverage=93', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      recorded: true,
      reason: null,
      baseline: { coverage: { value: 93, runs: 1 } },
    });
    expect(await baselineOf(own)).toMatchObject({ lastRun: 41, baseline: { coverage: { value: 93, runs: 1 } } });
  });

  it.each([
    [
      'a pull request from a branch with the name of the default branch',
      { ...onMain, GITHUB_EVENT_NAME: 'pull_request', GITHUB_BASE_REF: 'main' },
      [],
    ],
    ['another branch', { ...onMain, GITHUB_REF_NAME: 'topic' }, []],
    ['a tag with the name of the default branch', { ...onMain, GITHUB_REF_TYPE: 'tag' }, []],
    ['a run that follows one that is not known', { ...onMain, GITHUB_EVENT_NAME: 'workflow_run' }, []],
    ['a failed run', onMain, ['--conclusion', 'failure']],
    ['a cancelled run', onMain, ['--conclusion', 'cancelled']],
    ['a run whose step before failed', onMain, ['--original-exit-code', '1']],
  ])('[B19] leaves the baseline as it is for %s', async (_, environment, args) => {
    const own = gates(environment);
    const { stderr } = await own.gate('update', '--metric', 'coverage=93', ...args);
    expect(stderr).toContain('The baseline was left as it is');
    expect(await baselineOf(own)).toMatchObject({ lastRun: null, baseline: {} });
  });

  it('[B19] loses none of ten runs that finish at once', async () => {
    const own = gates();
    await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        own.gate('update', '--metric', `coverage=${90 + at}`, '--run', String(at + 1)),
      ),
    );
    expect(await baselineOf(own)).toMatchObject({ lastRun: 10, baseline: { coverage: { value: 94.5, runs: 10 } } });
  });

  it('knows the default branch from the event of GitHub', async () => {
    const event = aFile(JSON.stringify({ repository: { default_branch: 'trunk' } }), 'event.json');
    const own = gates({ ...onMain, GITHUB_REF_NAME: 'trunk', GITHUB_EVENT_PATH: event });
    expect((await own.gate('update', '--metric', 'coverage=93')).stderr).toContain('run 41 of trunk is recorded');
  });

  it.each([
    [
      'a successful push',
      { event: 'push', conclusion: 'success', head_branch: 'main', head_repository: { id: 7 } },
      'recorded in',
    ],
    [
      'a failed push',
      { event: 'push', conclusion: 'failure', head_branch: 'main', head_repository: { id: 7 } },
      'ended with failure',
    ],
    [
      'a pull request',
      { event: 'pull_request', conclusion: 'success', head_branch: 'main', head_repository: { id: 7 } },
      'tests a proposal',
    ],
    [
      'a fork',
      { event: 'push', conclusion: 'success', head_branch: 'main', head_repository: { id: 8 } },
      'tests a proposal',
    ],
    [
      'another branch',
      { event: 'push', conclusion: 'success', head_branch: 'topic', head_repository: { id: 7 } },
      'topic is not the default branch',
    ],
  ])('[B19] knows what a run that follows %s stems from', async (_, workflow_run, said) => {
    const event = aFile(JSON.stringify({ repository: { id: 7, default_branch: 'main' }, workflow_run }), 'event.json');
    const own = gates({ ...onMain, GITHUB_EVENT_NAME: 'workflow_run', GITHUB_EVENT_PATH: event });
    expect((await own.gate('update', '--metric', 'coverage=93')).stderr).toContain(said);
  });

  it('records by "gate check --update" only what passed', async () => {
    const own = gates(onMain);
    await own.gate('check', '--metric', 'coverage=40', '--update');
    expect(await baselineOf(own)).toMatchObject({ lastRun: null });
    await own.gate('check', '--metric', 'coverage=94', '--update');
    expect(await baselineOf(own)).toMatchObject({ lastRun: 41 });
  });

  it('needs the id of the run', async () => {
    const { code, stderr } = await gates().gate('update', '--metric', 'coverage=93');
    expect(code).toBe(2);
    expect(stderr).toContain('--run ID');
  });
});

describe('gate baseline', () => {
  it('[B23] exports ci_metrics/quality_metrics.json, and imports it', async () => {
    const own = gates();
    await own.recordTen('coverage=92.5', 'vulnerabilities.high=2');
    const file = join(aFolder(), 'ci_metrics', 'quality_metrics.json');
    expect((await own.gate('baseline', '--out', file)).code).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      version: 1,
      branch: 'main',
      baseline: { coverage: { value: 92.5, runs: 10 }, 'vulnerabilities.high': { value: 2, runs: 10 } },
    });
    const other = gates();
    expect((await other.gate('baseline', '--import', file)).code).toBe(2);
    expect((await other.gate('baseline', '--import', file, '--yes')).code).toBe(0);
    expect((await other.gate('baseline', '--import', file, '--yes')).stderr).toMatch(/: 0 of the \d+ runs of /);
    const shown = async (of: typeof own) => JSON.parse((await of.gate('baseline', '--json')).stdout).baseline;
    expect(await shown(other)).toEqual(await shown(own));
  });

  it.each([
    [
      'another version',
      { version: 2, branch: 'main', updated_at: '2026-11-20T12:00:00.000Z', baseline: {}, history: [] },
    ],
    [
      'a negative count',
      {
        version: 1,
        branch: 'main',
        updated_at: '2026-11-20T12:00:00.000Z',
        baseline: {},
        history: [
          {
            timestamp: '2026-11-20T12:00:00.000Z',
            workflow_run_id: 1,
            attempt: 1,
            commit: null,
            metrics: { 'vulnerabilities.high': -4 },
          },
        ],
      },
    ],
  ])('[B23] refuses a file with %s', async (_, content) => {
    const { code, stderr } = await gates().gate(
      'baseline',
      '--import',
      aFile(JSON.stringify(content), 'quality.json'),
      '--yes',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('not a valid file of a baseline');
  });

  it('[B103] says weekly how the baseline drifted, and shows its versions', async () => {
    const own = gates();
    await own.recordTen('coverage=92');
    const drift = await own.gate('baseline', '--drift');
    expect(drift).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^coverage: baseline 92\.0 % in the first runs of the last 7 days, 92\.0 % now \(10 runs/,
      ),
    });
    const later = await runCommand(
      ['gate', 'baseline', '--drift', '--days', '1', '--state', own.state],
      '',
      COMMANDS,
      {},
      {
        now: () => NOW + 3 * 24 * 60 * 60 * 1000,
      },
    );
    expect(later.stdout.toString()).toMatch(/^coverage: baseline 92\.0 % before the last day, 92\.0 % now \(0 runs\)/);
    const { versions } = JSON.parse((await own.gate('baseline', '--history', '--json')).stdout);
    expect(versions).toHaveLength(10);
    expect(versions[0]).toMatchObject({ run: 10, baseline: { coverage: { value: 92, runs: 10 } } });
    expect((await own.gate('baseline', '--forget', '10', '--yes')).code).toBe(0);
    expect(JSON.parse((await own.gate('baseline', '--json')).stdout)).toMatchObject({ lastRun: 9 });
    expect((await own.gate('baseline', '--forget', '10', '--yes')).code).toBe(2);
  });
});

describe('figures in JSON', () => {
  it('have no last digits of floating-point arithmetic', async () => {
    const own = gates({ MIN_COVERAGE: 'off' });
    for (const [run, coverage] of [91.1, 91.3, 91.5].entries())
      await own.gate('update', '--run', String(run + 1), '--metric', `coverage=${coverage}`);
    const { stdout } = await own.gate('check', '--metric', `coverage=${(100 * 21) / 23}`, '--json');
    expect(JSON.parse(stdout).checks).toMatchObject([{ current: 91.3043, baseline: 91.3, delta: 0.0043, limit: 86.3 }]);
    const file = JSON.parse((await own.gate('baseline', '--out', '-')).stdout);
    expect(JSON.stringify(file)).not.toMatch(/\.\d{5}/);
  });
});

describe('the simulation of the gates', () => {
  it('[B18] has few false alarms and catches regressions of twice what is allowed, with a seed it was not tuned for', async () => {
    const { code, stdout } = await runLab(['simulate', 'gates', '--histories', '90', '--json', '--check']);
    const seeds = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(seeds.map(({ of }) => of)).toEqual(['tuning', 'unseen']);
    for (const { figures } of seeds) {
      expect(figures[0]).toMatchObject({ name: 'false alarms', goal: 0.02, atMost: true });
      expect(figures[0].value).toBeLessThanOrEqual(0.02);
      expect(figures[1].value).toBeGreaterThanOrEqual(0.98);
      const [first, withinThree] = [figures[2], figures[3]];
      expect([first.name, withinThree.name.trim()]).toEqual([
        'twice the delta, at the first run',
        'in one of the first three runs',
      ]);
      expect(withinThree.value).toBeGreaterThan(first.value);
    }
    expect([0, 1]).toContain(code);
  });
});
