import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFile, aFolder, runCommand } from './run-command.ts';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');

/** A JUnit report: `p` passed, `f` failed, of the tests `a`, `b`, ... */
const junit = (letters: string): string =>
  `<testsuites><testsuite name="cart" tests="${letters.length}">${[...letters]
    .map((letter, at) => {
      const name = String.fromCharCode(97 + at);
      const failure = letter === 'f' ? '<failure message="expected 2, got 3">at cart.ts:4</failure>' : '';
      return `<testcase classname="cart" name="${name}" file="test/cart.test.ts" time="0.5">${failure}</testcase>`;
    })
    .join('')}</testsuite></testsuites>`;

function aRepository() {
  const state = aFolder();
  const run = (...args: string[]) => runCommand(args, '', undefined, { USER: 'ann' }, { now: () => NOW });
  const record = (letters: string, id: number, ...more: string[]) =>
    run('flaky', 'record', '--report', aFile(junit(letters), 'junit.xml'), '--state', state, '--run', `${id}`, ...more);
  return { state, run, record };
}
const COMMIT = (id: number): string => `abcdef${id}`;

describe('flaky record and detect --state', () => {
  it('[B3] [B45] record the reports of runs, and rank what fails by chance by its cost', async () => {
    const { state, run, record } = aRepository();
    for (let id = 1; id <= 6; id += 1) await record('ppp', id, '--commit', COMMIT(id), '--seconds', '600');
    await record('fpp', 7, '--commit', COMMIT(7), '--seconds', '600');
    const recorded = await record(
      'ppp',
      7,
      '--commit',
      COMMIT(7),
      '--seconds',
      '600',
      '--attempt',
      '2',
      '--quarantine',
    );
    expect(recorded.stdout.toString()).toBe(
      'Recorded 3 tests; 8 runs are known of this job.\nIn quarantine from now on: cart > a\n',
    );
    const { stdout } = await run('flaky', 'detect', '--state', state);
    expect(stdout.toString()).toMatch(
      /^[0-9a-f]{16} {2}flaky {3}cart > a\n {26}failed 1 of 8, 9\d\.\d % by chance; 10\.0 minutes lost, 1 re-run, 1 branch held up; in quarantine until 2026-12-05, owner nobody\n$/,
    );
    const json = JSON.parse((await run('flaky', 'list', '--state', state, '--json')).stdout.toString());
    expect(json).toMatchObject({
      test: 'cart > a',
      flaky: true,
      commits: [COMMIT(7)],
      cost: { reruns: 1, minutes: 10 },
    });
  });

  it('let people extend and release a quarantine in the folder', async () => {
    const { state, run, record } = aRepository();
    await record('fp', 1, '--commit', COMMIT(1));
    await record('pp', 1, '--commit', COMMIT(1), '--attempt', '2', '--quarantine');
    const { key } = JSON.parse((await run('flaky', 'list', '--state', state, '--json')).stdout.toString());
    const extended = await run(
      'flaky',
      'extend',
      key,
      '--state',
      state,
      '--until',
      '2026-12-24',
      '--reason',
      'holiday',
    );
    expect(extended.stdout.toString()).toBe(`${key}: in quarantine until 2026-12-24.\n`);
    const longer = await run('flaky', 'extend', key, '--state', state, '--until', '2026-12-25', '--json');
    expect(JSON.parse(longer.stdout.toString())).toMatchObject({ key, state: 'quarantined', until: '2026-12-25' });
    const tried = await run('flaky', 'release', key, '--state', state, '--reason', 'mended', '--dry-run');
    expect(tried.stdout.toString()).toBe(`${key}: would be released.\n`);
    const released = await run('flaky', 'release', key, '--state', state, '--reason', 'mended');
    expect(released.stdout.toString()).toBe(`${key}: released.\n`);
    const again = await run('flaky', 'release', key, '--state', state, '--reason', 'mended');
    expect([again.code, again.stderr]).toEqual([2, 'selfheal: Not done: it was released before.\n']);
    const listed = await run('flaky', 'list', '--state', state);
    expect(listed.stderr).toContain('no test is in quarantine');
    expect(listed.stdout.toString()).toMatch(/flaky {3}cart > a\n.*released by /);
  });

  it.each(['2026-13-40', '2026-02-30', 'soon'])('refuse %s as the last day of a quarantine', async (until) => {
    const { state, run } = aRepository();
    const { code, stderr } = await run('flaky', 'extend', '6b1f0c52a9d4e871', '--state', state, '--until', until);
    expect([code, stderr]).toEqual([2, expect.stringContaining('needs --until with a day such as')]);
  });

  it('keep the legs of a matrix apart: what fails on one system only is not flaky', async () => {
    const { state, run, record } = aRepository();
    for (let id = 1; id <= 6; id += 1) {
      await record('p', id, '--commit', COMMIT(id), '--job', 'test (linux)');
      await record('f', id, '--commit', COMMIT(id), '--job', 'test (windows)');
    }
    expect((await run('flaky', 'detect', '--state', state)).stderr).toContain('no test fails by chance');
    for (const verb of ['detect', 'list']) {
      expect((await run('flaky', verb, '--state', state)).stdout.toString()).toBe('');
      const all = (await run('flaky', verb, '--state', state, '--all')).stdout.toString();
      expect(all).toContain('failed 6 of 6 in test (windows)');
    }
  });

  it.each<[string, string[], string]>([
    ['no report', ['--run', '1', '--commit', 'abcdef1'], 'needs --report FILE'],
    ['a missing report', ['none.xml', '--run', '1', '--commit', 'abcdef1'], 'none.xml'],
    ['no commit', ['REPORT', '--run', '1'], 'needs --commit SHA'],
    ['no commit id', ['REPORT', '--run', '1', '--commit', 'main'], '--commit main: expected'],
    ['no run', ['REPORT', '--commit', 'abcdef1'], 'needs --run ID'],
    ['a run without number', ['REPORT', '--commit', 'abcdef1', '--run', 'x'], '--run x: expected'],
  ])('refuse %s', async (_, args, message) => {
    const { run, state } = aRepository();
    const given = args.map((one) => (one === 'REPORT' ? aFile(junit('p'), 'junit.xml') : one));
    const { code, stderr } = await run('flaky', 'record', '--state', state, ...given);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('record nothing of a run with a damaged report, and touch no history that was changed by hand', async () => {
    const { run, state, record } = aRepository();
    const broken = aFile('<testsuite><testcase name="a">', 'junit.xml');
    const args = ['--run', '1', '--commit', 'abcdef1', '--state', state];
    expect((await run('flaky', 'record', broken, aFile(junit('p'), 'b.xml'), ...args)).code).toBe(2);
    expect((await run('flaky', 'detect', '--state', state)).stderr).toContain('no test reports are recorded here');
    await record('p', 1, '--commit', 'abcdef1');
    writeFileSync(join(state, 'test-history', 'jobs.json'), '{"version":7}');
    const { code, stderr } = await record('p', 2, '--commit', 'abcdef1');
    expect([code, stderr]).toEqual([2, expect.stringContaining('has version 7; this Selfheal reads version 1')]);
  });
});
