import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { repositoryOfRemote } from '#apps/workbench/input/state-place.ts';
import { githubWorld } from './github-world.ts';
import { aFile, aFolder, runCommand } from './run-command.ts';
import { aServedApi } from './served-api.ts';

const shop = githubWorld();
const junit = '<testsuite name="cart" tests="1"><testcase classname="cart" name="adds" time="1"/></testsuite>';
const SOURCE = 'packages/kernel/src/numbers';
const LOG = 'test/fixtures/test-reports/ctest.txt';
const RUN = ['--run', '5', '--commit', 'abcdef1', '--branch', 'main'];
const NOT_SIGNED_IN = () => ({ SELFHEAL_CONFIG_DIR: aFolder() });
const run = (args: readonly string[], environment: Readonly<Record<string, string>>) =>
  runCommand(args, '', undefined, environment, { now: () => Date.parse('2026-11-21T12:00:00Z') });

/** What every command that keeps something between runs does with a place. */
async function roundTrip(state: string, environment: Readonly<Record<string, string>>) {
  const given = { ...NOT_SIGNED_IN(), ...environment, SELFHEAL_STATE: state };
  const recorded = await run(['flaky', 'record', aFile(junit, 'junit.xml'), ...RUN], given);
  const updated = await run(['gate', 'update', '--metric', 'coverage=91', ...RUN], given);
  return {
    codes: [recorded.code, updated.code],
    said: `${recorded.stderr}${updated.stderr}`,
    shown: (await run(['gate', 'baseline', '--state', state], given)).stdout.toString(),
    flaky: (await run(['flaky', 'detect', '--all'], given)).stderr,
    listed: (await run(['flaky', 'list', '--state', state], given)).stderr,
  };
}

describe('the place of the state', () => {
  it('is a folder, a branch or a deployment, for all commands alike', async () => {
    const folder = join(aFolder(), 'new', 'state');
    expect(await roundTrip(folder, {})).toMatchObject({
      codes: [0, 0],
      shown: expect.stringContaining('main, 1 run'),
      flaky: expect.stringContaining('no test fails by chance'),
      listed: expect.stringContaining(`no test is in quarantine in ${folder}`),
    });
    const repository = shop.repository();
    const github = shop.environment({ GITHUB_REPOSITORY: repository });
    const branch = await roundTrip('branch:state-of-checks', github);
    expect(branch).toMatchObject({ codes: [0, 0], shown: expect.stringContaining('coverage: 91.0 %') });
    expect(shop.world.github.branches(repository)).toEqual(['state-of-checks']);
    const api = await aServedApi();
    const admin = { GITHUB_REPOSITORY: 'acme/shop', SELFHEAL_TOKEN: 'admin', SELFHEAL_URL: api.url };
    const deployed = await roundTrip(api.url, admin);
    expect(deployed).toMatchObject({ codes: [0, 0], shown: expect.stringContaining('coverage: 91.0 %') });
  });

  it('on a branch is that of the remote "origin" where no variable names the repository, which is said', async () => {
    const repository = shop.repository();
    const named = { SELFHEAL_STATE: 'branch:state' };
    const update = (origin: string) => {
      vi.stubEnv('GIT_CONFIG_COUNT', '1');
      vi.stubEnv('GIT_CONFIG_KEY_0', 'remote.origin.url');
      vi.stubEnv('GIT_CONFIG_VALUE_0', origin);
      return run(['gate', 'update', '--metric', 'coverage=91', ...RUN], { ...shop.environment(), ...named });
    };
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await update(`git@github.com:${repository}.git`)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`the state is that of ${repository}, the remote "origin" of this folder`),
    });
    expect(shop.world.github.branches(repository)).toEqual(['state']);
    const elsewhere = await update(`https://git.example.com/${repository}.git`);
    expect(elsewhere.stderr).toContain('no remote "origin" on github.com');
  });

  it.each([
    ['git@github.com:acme/shop.git', 'acme/shop'],
    ['https://somebody:secret@github.com/acme/shop.git/', 'acme/shop'],
    ['ssh://git@github.com:22/acme/shop', 'acme/shop'],
    ['https://github.com.example.com/acme/shop', null],
    ['https://github.com/acme/shop/wiki', null],
    ['../shop', null],
    ['', null],
  ])('knows the repository of the remote %j', (remote, repository) => {
    expect(repositoryOfRemote(remote, 'https://github.com')).toBe(repository);
  });

  it('on a branch is not changed by a pull request', async () => {
    const repository = shop.repository();
    const environment = shop.environment({ GITHUB_REPOSITORY: repository, GITHUB_EVENT_NAME: 'pull_request' });
    const args = ['flaky', 'record', aFile(junit, 'junit.xml'), ...RUN, '--state', 'branch:state'];
    const { code, stderr } = await run(args, environment);
    expect([code, stderr]).toEqual([0, expect.stringContaining('The state is not changed: this is a pull request.')]);
    expect(shop.world.github.branches(repository)).toEqual([]);
  });

  it.each([
    ['ftp://state', '--state ftp://state: expected a URL such as'],
    ['branch:', 'expected the name of a branch'],
    ['branch:a b', 'expected the name of a branch'],
    ['branch:state', 'Set GITHUB_REPOSITORY to owner/name'],
    ['https://selfheal.example.com', 'Set GITHUB_REPOSITORY to owner/name'],
    ['none/at/all', 'no test reports are recorded here'],
    ['/dev/null', 'cannot be used'],
    ['/proc/none', 'no test reports are recorded here'],
  ])('%s is refused in one line', async (state, message) => {
    for (const command of ['list', 'detect']) {
      const { code, stderr } = await run(['flaky', command, '--json', '--state', state], NOT_SIGNED_IN());
      expect([code, stderr.trimEnd().split('\n')]).toEqual([2, [expect.stringContaining(message)]]);
    }
  });

  it('is the same without an option, where nobody named a deployment', async () => {
    const environment = { ...NOT_SIGNED_IN(), SELFHEAL_STATE: join(aFolder(), 'none') };
    for (const args of [
      ['list'],
      ['detect'],
      ['release', 'k', '--reason', 'r'],
      ['extend', 'k', '--until', '2026-12-01'],
    ])
      expect(await run(['flaky', ...args], environment)).toMatchObject({
        code: 2,
        stderr: expect.not.stringContaining('--url'),
      });
    const { stderr } = await run(['flaky', 'list', 'acme/shop'], environment);
    expect(stderr).toContain('SELFHEAL_URL');
  });
});

describe('a dry run', () => {
  it('shows what would be recorded, and leaves the state as it is', async () => {
    const state = join(aFolder(), 'state');
    const report = aFile(junit, 'junit.xml');
    const lcov = aFile('SF:packages/cli-kit/src/command.ts\nDA:1,1\nend_of_record\n', 'lcov.info');
    const metrics = join(aFolder(), 'quality_metrics.json');
    const [updated, flaky, covered] = await Promise.all([
      run(
        [
          'gate',
          'update',
          '--metric',
          'coverage=91',
          ...RUN,
          '--state',
          state,
          '--dry-run',
          '--json',
          '--out',
          metrics,
        ],
        {},
      ),
      run(['flaky', 'record', report, ...RUN, '--state', state, '--dry-run'], {}),
      run(
        [
          'test',
          'record',
          '--coverage',
          lcov,
          '--test',
          'test/unit/cli/state-place.test.ts',
          '--state',
          state,
          '--dry-run',
        ],
        {},
      ),
    ]);
    expect(JSON.parse(updated.stdout.toString())).toMatchObject({
      recorded: true,
      baseline: { coverage: {} },
      dryRun: true,
    });
    expect(flaky.stdout.toString()).toContain('Recorded 1 test;');
    for (const { code, stderr } of [updated, flaky, covered])
      expect([code, stderr]).toEqual([0, expect.stringContaining('selfheal: this is a dry run: nothing is changed.')]);
    expect([existsSync(state), existsSync(metrics)]).toEqual([false, false]);
  });

  it('of a baseline needs no --yes', async () => {
    const state = aFolder();
    await run(['gate', 'update', '--metric', 'coverage=91', ...RUN, '--state', state], {});
    const forget = ['gate', 'baseline', '--forget', '5', '--state', state];
    expect((await run([...forget], {})).stderr).toContain('needs --yes');
    expect(await run([...forget, '--dry-run'], {})).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('run 5 was taken out'),
    });
    expect((await run(['gate', 'baseline', '--state', state], {})).stdout.toString()).toContain('main, 1 run');
  });
});

describe('a target that cannot be written', () => {
  const measured = ['--metric', 'coverage=95', '--run', '5', '--branch', 'main'];
  const commands: [string, readonly string[], string][] = [
    ['arch scan', [SOURCE], '--out'],
    ['arch scan', [SOURCE], '--results'],
    ['gate check', measured, '--results'],
    ['gate update', measured, '--out'],
    ['gate baseline', [], '--out'],
    ['ci insights', [], '--out'],
    ['log triage', [LOG], '--out'],
    ['log triage', [LOG], '--results'],
  ];
  it.each(commands)('of %s %j %s is named, with exit code 2', async (name, args, option) => {
    const file = aFile('kept', 'kept');
    const state = name.startsWith('gate') || name.startsWith('ci') ? ['--state', aFolder()] : [];
    const wantsFile = state.length > 0 && option === '--out';
    for (const target of [join(file, 'below'), '/proc/none/at/all', wantsFile ? aFolder() : file]) {
      const { code, stderr } = await run([...name.split(' '), ...args, ...state, option, target], {});
      expect([code, stderr]).toEqual([2, expect.stringContaining(`${option} ${target}: cannot be written`)]);
    }
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });
});
