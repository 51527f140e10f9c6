import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareWithFloor, Floor, raisedFloor } from '../../../tools/requirements/floor.ts';
import { claimedTwice, parseLedger, provenIds, stateOf } from '../../../tools/requirements/ledger.ts';
import { readReports, revisionOf, type SuiteReport, whyNotCounted } from '../../../tools/requirements/suite-report.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LEDGER = `## A.1 Flow

| A1 | Detect a failed run |
| A2 | Keep it in a file |
| A3 | Say what broke |

## Superseded rows

| A2 | replaced by a table, which two runs can write at once |
`;
const tests = (...list: [string, SuiteReport['tests'][number]['state']][]) =>
  list.map(([name, state]) => ({ name, state }));

describe('the requirements ledger', () => {
  it('counts a row as proven when every test that carries it passed', () => {
    const proven = provenIds(tests(['flow [A1][A3] heals', 'passed'], ['flow [A3] also that', 'failed']));
    expect([...proven]).toEqual(['A1']);
  });

  it.each(['skipped', 'inverted'] as const)('does not count a row whose test was %s', (state) => {
    expect([...provenIds(tests(['[A1] holds', 'passed'], ['[A1] later', state]))]).toEqual([]);
  });

  it('does not count a row whose test passed only when it ran again', () => {
    expect([...provenIds([{ name: '[A1] holds', state: 'passed', retried: true }])]).toEqual([]);
  });

  it('names a row that is superseded and proven, or superseded and on the floor', () => {
    const ledger = parseLedger(LEDGER);
    const floor = { proven: ['A1'], withdrawn: {} };
    expect(claimedTwice(ledger, new Set(['A1']), floor)).toEqual([]);
    expect(claimedTwice(ledger, new Set(['A2']), floor)).toEqual(['A2']);
    expect(claimedTwice(ledger, new Set(), { ...floor, proven: ['A2'] })).toEqual(['A2']);
  });

  it('has no row in both lists as it is', () => {
    const ledger = parseLedger(readFileSync(join(ROOT, 'docs/requirements.md'), 'utf8'));
    const own = Floor.parse(JSON.parse(readFileSync(join(ROOT, 'docs/requirements-floor.json'), 'utf8')));
    expect(claimedTwice(ledger, new Set(), own)).toEqual([]);
  });

  it('puts every row of a group, with its text, under proven, superseded or open', () => {
    const [group] = stateOf(parseLedger(LEDGER), new Set(['A1']));
    expect(group).toEqual({
      title: 'A.1 Flow',
      proven: [{ id: 'A1', text: 'Detect a failed run' }],
      superseded: [{ id: 'A2', text: 'Keep it in a file' }],
      open: [{ id: 'A3', text: 'Say what broke' }],
    });
  });

  it('refuses a superseded row without a reason or without a group, and a row that stands twice', () => {
    const superseding = (row: string) => parseLedger(`## A.1 Flow\n| A2 | a row |\n## Superseded rows\n${row}`);
    expect(() => superseding('| A2 | no |')).toThrow('A2 without a reason');
    expect(() => superseding('| B2 | replaced by something better |')).toThrow('B2, but no group has this row');
    expect(() => parseLedger('## A.1 Flow\n| A2 | a row |\n| A2 | again |')).toThrow('A2 twice');
  });

  it('knows all 593 rows of the five documents, each with its text', () => {
    const ledger = parseLedger(readFileSync(join(ROOT, 'docs/requirements.md'), 'utf8'));
    const rows = ledger.groups.flatMap((group) => group.rows);
    expect(rows).toHaveLength(593);
    expect(rows.filter(({ text }) => text.length < 5)).toEqual([]);
    expect(ledger.superseded.get('D15')).toContain('DynamoDB');
  });
});

describe('the floor of proven rows', () => {
  const floor: Floor = { proven: ['A1', 'A2'], withdrawn: {} };

  it('names rows that were lost and rows that were gained', () => {
    expect(compareWithFloor(floor, new Set(['A2', 'A3']))).toEqual({ lost: ['A1'], gained: ['A3'] });
  });

  it('lets a row go only with a reason', () => {
    const withdrawn = { A1: 'only the half of it that needs no endpoint is there' };
    expect(compareWithFloor({ ...floor, withdrawn }, new Set(['A2']))).toEqual({ lost: [], gained: [] });
    expect(Floor.safeParse({ ...floor, withdrawn: { A1: 'later' } }).success).toBe(false);
  });

  it('is raised by what was gained and by nothing lowered, in the order of the ledger', () => {
    const withdrawn = { A1: 'was not true when it was looked at closely' };
    const raised = raisedFloor({ ...floor, withdrawn }, new Set(['A3', 'A1']), ['A1', 'A2', 'A3']);
    expect(raised).toEqual({ proven: ['A1', 'A2', 'A3'], withdrawn: {} });
  });

  it('holds rows of the ledger only, as the file has it', () => {
    const file = Floor.parse(JSON.parse(readFileSync(join(ROOT, 'docs/requirements-floor.json'), 'utf8')));
    const ledger = parseLedger(readFileSync(join(ROOT, 'docs/requirements.md'), 'utf8'));
    const ids = new Set(ledger.groups.flatMap(({ rows }) => rows.map(({ id }) => id)));
    expect([...file.proven, ...Object.keys(file.withdrawn)].filter((id) => !ids.has(id))).toEqual([]);
  });
});

describe('the report of a suite', () => {
  const report: SuiteReport = { suite: 'test', commit: 'c0ffee', modified: false, whole: true, tests: [] };
  const here = { commit: 'c0ffee', modified: false };

  it.each([
    [{}, null],
    [{ commit: 'decade' }, 'it is of commit decade'],
    [{ commit: null }, 'it was not made in a git checkout'],
    [{ modified: true }, 'files differed from the commit during the run'],
    [{ whole: false }, 'only part of the suite ran'],
  ])('that differs by %j counts only for the checked-out commit and the whole suite', (change, reason) => {
    expect(whyNotCounted({ ...report, ...change }, here)).toBe(reason);
  });
});

describe('what the reporter writes', () => {
  let folder: string;
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], { cwd: folder });
  /** Runs the suite of the folder with this repository's reporter, and reads what it reported. */
  const run = (...filters: string[]) => {
    try {
      execFileSync(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...filters], {
        cwd: folder,
        env: { ...process.env, SELFHEAL_REPORTS: join(folder, 'reports') },
        stdio: 'ignore',
      });
    } catch {
      // The suite fails on purpose; the report says with what.
    }
    return readReports(join(folder, 'reports'))[0];
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'selfheal-report-'));
    mkdirSync(join(folder, 'node_modules'));
    write('package.json', '{"type":"module"}');
    write('.gitignore', 'node_modules\nreports\n');
    const reporter = join(ROOT, 'tools/requirements/suite-reporter.ts');
    write(
      'vitest.config.mjs',
      `export default { test: { globals: true, include: ['*.test.mjs'], expect: { requireAssertions: true }, name: 'small', reporters: ['${reporter}'] } };`,
    );
    write('a.test.mjs', `it('[A1] holds', () => expect(1).toBe(1));\nit('[A2] asserts nothing', () => {});`);
    write(
      'b.test.mjs',
      `it.fails('[A3] is expected to fail', () => expect(1).toBe(2));\nit.skip('[A4] waits', () => {});`,
    );
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'start');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is the state of each test, bound to the commit and to the whole suite', () => {
    const report = run();
    expect(report).toMatchObject({ suite: 'small', whole: true, modified: false, commit: revisionOf(folder).commit });
    expect(report?.tests.map(({ name, state }) => [name, state]).sort()).toEqual([
      ['[A1] holds', 'passed'],
      ['[A2] asserts nothing', 'failed'],
      ['[A3] is expected to fail', 'inverted'],
      ['[A4] waits', 'skipped'],
    ]);
    expect([...provenIds(report?.tests ?? [])]).toEqual(['A1']);
  });

  it('says so when one file, one name or changed files ran', () => {
    expect(run('a.test')?.whole).toBe(false);
    expect(run('-t', 'holds')?.whole).toBe(false);
    write('a.test.mjs', `it('[A1] holds', () => expect(1).toBe(1));`);
    expect(run()).toMatchObject({ whole: true, modified: true });
  });
});
