import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { makeTerminal } from '@selfheal/cli-kit/terminal.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { runCli } from '#apps/workbench/cli.ts';
import { aFile, aFolder, runCommand } from './run-command.ts';

const LOGS = join(import.meta.dirname, '../../fixtures/logs');
const logs = ['test_failure/pytest-assertion.log', 'test_failure/pytest-xdist.log', 'lint_violation/eslint.log'];
const files = logs.map((name) => join(LOGS, name));
const readJson = (folder: string, name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

describe('log triage', () => {
  it('[B1][B2][B4][B7][B8][E21] reports on test and lint logs: causes in groups, confidence, errors by wording, what to do', async () => {
    const out = aFolder();
    const { code, stdout, stderr } = await runCommand(['log', 'triage', ...files, '--out', out, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = readJson(out, 'triage_report.json');
    expect(JSON.parse(stdout.toString())).toEqual(report);
    expect(report.groups.map((group: { class: string; files: string[] }) => [group.class, group.files.length])).toEqual(
      [
        ['test_failure', 2],
        ['lint_violation', 1],
      ],
    );
    expect(report.logs[0]).toMatchObject({
      file: files[0],
      class: 'test_failure',
      verdict: 'regression',
      confidence: expect.any(Number),
      root_cause: expect.stringContaining('test_applies_the_discount_once'),
      recommended_actions: [expect.stringContaining('pytest'), expect.any(String)],
      similar_incidents: expect.any(Array),
      anomalies: expect.any(Array),
    });
    const [pytest] = readJson(out, 'error_report.json').logs;
    const examples = pytest.clusters.map(({ example }: { example: string }) => example).join('\n');
    expect(examples).toContain('AssertionError');
    for (const { lines } of pytest.clusters) expect(lines.length).toBeGreaterThan(0);
  });

  it('names what is similar and where a log leaves what it led to expect', async () => {
    const out = aFolder();
    const ordinary = Array.from({ length: 400 }, (_, nth) => `INFO request ${nth} served in ${nth % 7} ms`);
    const full = 'java.lang.OutOfMemoryError: Java heap space';
    const log = [
      ...ordinary,
      `ERROR Executor task launch worker: ${full}`,
      'ERROR SparkContext was shut down',
      ...ordinary,
    ];
    await runCommand(['log', 'triage', aFile(`${log.join('\n')}\n`), '--out', out]);
    const [one] = readJson(out, 'triage_report.json').logs;
    expect(one.anomalies.map(({ line }: { line: number }) => line)).toContain(401);
    expect(one.similar_incidents[0]).toMatchObject({ id: expect.any(String), resolution: expect.any(String) });
  });

  it('[B9][B10][B11] sets the outputs of a job: the least confidence, whether a test is flaky, one line about all', async () => {
    const output = aFile('', 'output');
    const flaky = join(LOGS, 'flaky_tests/github-actions-pytest-rerun.log');
    const stdout = new PassThrough().resume();
    const stderr = new PassThrough().resume();
    const environment = { GITHUB_OUTPUT: output };
    const terminal = makeTerminal({ stdin: Readable.from([]), stdout, stderr, environment, now: () => 0 });
    const args = ['log', 'triage', files[2] ?? '', flaky, '--out', aFolder()];
    expect(await runCli(args, COMMANDS, terminal)).toBe(0);
    const lines = readFileSync(output, 'utf8').trim().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^fix_confidence=0\.\d\d$/),
      'has_flaky_tests=true',
      'triage_summary=2 logs, 2 causes: 1x lint_violation, 1x flaky_tests',
      'hand_over=keep',
    ]);
  });

  it('names a log that cannot be read, reports on the others, and refuses what it cannot read twice', async () => {
    const out = aFolder();
    const { code, stderr } = await runCommand(['log', 'triage', join(out, 'gone.log'), files[2] ?? '', '--out', out]);
    expect(code).toBe(2);
    expect(stderr).toContain('gone.log');
    expect(readJson(out, 'triage_report.json').logs).toHaveLength(1);
    expect(await runCommand(['log', 'triage', '-'])).toMatchObject({ code: 2 });
  });
});

describe('log triage for a person', () => {
  it('prints what the comment would say, and writes no file unless told to', async () => {
    const before = process.cwd();
    const folder = aFolder();
    process.chdir(folder);
    onTestFinished(() => process.chdir(before));
    const { code, stdout } = await runCommand(['log', 'triage', files[0] ?? '']);
    expect(code).toBe(0);
    const text = stdout.toString();
    for (const title of ['Root cause', 'Evidence', 'What to do', 'Prevention'])
      expect(text).toMatch(new RegExp(`^${title}.*\\n---`, 'm'));
    expect(text).toContain('test_applies_the_discount_once');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says of a green log that nothing failed, and counts no cause of it', async () => {
    const green = aFile(
      'Checked 12 files\nTests: 40 passed, 0 failed\nℹ fail 0\nErrors: 0\nno errors found\nDone in 2 s\n',
    );
    const { stdout } = await runCommand(['log', 'triage', green]);
    expect(stdout.toString()).toContain(': nothing failed (no line reports a failure)');
    expect(stdout.toString()).toContain('1 log, 0 causes: none');
    const classified = await runCommand(['log', 'classify', green]);
    expect(classified.stdout.toString()).toContain(': nothing failed');
    const red = aFile('Checked 12 files\nTests: 39 passed, 1 failed\n');
    expect((await runCommand(['log', 'classify', red])).stdout.toString()).not.toContain('nothing failed');
  });

  it('lets no log steer the terminal', async () => {
    const hostile =
      '\u001b[2J\u001b]0;owned\u0007\u001b[31mError: cannot find module "left-pad"\u001b[0m\u009b31m\u202e';
    const log = aFile(`start\n${hostile}\n##[error]Process completed with exit code 1.\n`);
    for (const command of ['triage', 'classify', 'excerpt', 'chain']) {
      const { stdout, stderr } = await runCommand(['log', command, log]);
      expect(`${stdout.toString()}${stderr}`).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}]/u);
    }
  });
});
