import { shareOption, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { classesNamed, classesOf } from '#apps/cli/learning/class-names.ts';
import { commandHelp } from '#apps/workbench/help.ts';
import { runCommand } from './run-command.ts';

const TEXT = 'ERROR: connect ECONNREFUSED 10.0.0.5:6379';
const expected = (category: string) => runCommand(['log', 'expect', '--text', TEXT, '--expected-category', category]);

describe('what people write for a class', () => {
  it('a category that is given twice counts once, and two different ones are none', () => {
    expect(classesNamed('connectivity,connectivity')).toEqual(classesNamed('connectivity'));
    expect(classesNamed('Connectivity, connectivity')).toEqual(classesNamed('connectivity'));
    expect(classesNamed('connectivity,storage')).toEqual([]);
  });

  it.each(FailureClass.options)('is %s itself, in any spelling', (failureClass) => {
    expect(classesNamed(failureClass)).toEqual([failureClass]);
    expect(classesNamed(` ${failureClass.toUpperCase().replaceAll('_', '-')}`)).toEqual([failureClass]);
  });

  it('may be a word for several classes, each of which is as expected', async () => {
    expect((await expected('connectivity')).code).toBe(0);
    expect((await expected('database connectivity')).code).toBe(0);
    const other = await expected('memory');
    expect(other.code).toBe(1);
    expect(other.stdout.toString()).toContain('expected resource_exhaustion or memory_leaks');
    const isWanted = classesOf('database,memory,network');
    expect(FailureClass.options.filter(isWanted)).toEqual(
      expect.arrayContaining(['service_unavailability', 'memory_leaks', 'network_connectivity']),
    );
    expect(isWanted('lint_violation')).toBe(false);
  });

  it('is refused with the nearest when it names none', async () => {
    const { code, stderr } = await expected('lint_violatoin');
    expect(code).toBe(2);
    expect(stderr).toBe('selfheal: There is no category "lint_violatoin"; did you mean lint_violation?\n');
  });

  it.each(['constructor', 'toString', '__proto__', ''])(
    'is not %j, which every object has or which is nothing',
    (word) => {
      expect(classesNamed(word)).toEqual([]);
    },
  );
});

describe('a switch', () => {
  it.each([
    [['--json'], true],
    [['--json', 'true'], true],
    [['--json=true'], true],
    [['--json', 'false'], false],
    [['--json=false'], false],
    [['--json', 'yes'], true],
    [['--json=on'], true],
    [['--json', 'No'], false],
  ])('may say whether it is on: %j', async (args, isJson) => {
    const { code, stdout } = await runCommand([
      'log',
      'expect',
      '--text',
      TEXT,
      '--expected-category',
      'memory',
      ...args,
    ]);
    expect(code).toBe(1);
    expect(stdout.toString().startsWith('{')).toBe(isJson);
  });

  it('takes no other word, and says which may stand there', async () => {
    for (const args of [['--json', 'maybe'], ['--json=maybe']]) {
      const { code, stderr } = await runCommand(['log', 'sources', ...args]);
      expect([code, stderr]).toEqual([
        2,
        'selfheal: --json maybe: expected true or false, or nothing behind it: see "selfheal log sources --help".\n',
      ]);
    }
    const { stderr } = await runCommand(['feedback', '--incident-id', '3', '--action-correct', 'maybe']);
    expect(stderr).toContain('--action-correct maybe: expected true or false');
  });

  it('does not take the operand of a command for its own', async () => {
    const { stderr } = await runCommand(['log', 'classify', '--json', 'on']);
    expect(stderr).toBe('selfheal: on: no such file. Check the path.\n');
  });

  it('leaves a word behind `--` alone', async () => {
    const { stderr } = await runCommand(['log', 'classify', '--json', '--', 'true']);
    expect(stderr).toBe('selfheal: true: no such file. Check the path.\n');
  });
});

describe('an option', () => {
  it('takes a signed number', async () => {
    const { stderr } = await runCommand(['knowledge', 'import', '/nowhere/x.json', '--confidence-adjustment', '-0.1']);
    expect(stderr).toContain('There is no file "/nowhere/x.json"');
    const refused = await runCommand(['knowledge', 'import', '/nowhere/x.json', '--reduce-by', '-1.5']);
    expect(refused.stderr).toContain('--reduce-by 1.5: expected a number from 0 to 1');
  });
});

describe('a value that is refused', () => {
  it.each([
    [['update-confidence', '--pattern', 'a', '--new-confidence', '-0.1', '--reason', 'b'], '--new-confidence -0.1: '],
    [['import-knowledge', '/nowhere/x.json', '--confidence-adjustment', '-1.5'], '--confidence-adjustment 1.5: '],
    [
      ['rollback-learning', '--to-date', '27.11.2026', '--reason', 'a'],
      '--to-date 27.11.2026: expected a date such as',
    ],
    [['knowledge', 'rollback', '--to', '2999-01-01', '--reason', 'a'], '--to 2999-01-01: this is in the future'],
    [['rollback-learning', '--reason', 'a'], 'needs --to DATE'],
  ])('is named with the option as it was typed: %j', async (args, reason) => {
    const { code, stderr } = await runCommand(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });
});

describe('a share', () => {
  it.each([
    ['0.65', 0.65],
    ['65%', 0.65],
    ['.5', 0.5],
    ['12.5%', 0.125],
    ['100%', 1],
    ['0', 0],
  ])('may be written as %s', (given, share) => {
    expect(shareOption('confidence', given, 0.5)).toBe(share);
  });

  it.each(['65', '101%', '1.2', '-0.1', '%', '6 5%', '1e-3', ''])('is not %j', (given) => {
    expect(() => shareOption('confidence', given, 0.5)).toThrow(
      `--confidence ${given}: expected a number from 0 to 1, such as 0.5, or a percentage.`,
    );
  });
});

describe('a number of days', () => {
  it.each([
    ['7', 7],
    ['7d', 7],
    ['1 day', 1],
    ['2w', 14],
    ['3 weeks', 21],
  ])('may be written as %s', (given, days) => {
    expect(wholeNumber('duration-days', given, { otherwise: 1, atMost: 90 })).toBe(days);
  });

  it.each(['0d', '13w', '91d', '7h', 'd', '-7d', '1.5d'])('is not %s', (given) => {
    expect(() => wholeNumber('days', given, { otherwise: 1, atMost: 90 })).toThrow('a whole number from 1 to 90');
  });

  it('is all that takes a unit', () => {
    expect(() => wholeNumber('lines', '7d', { otherwise: 1, atMost: 90 })).toThrow('--lines 7d');
  });
});

describe('the help text of a command', () => {
  it('has its lines as lines', () => {
    for (const command of COMMANDS) expect(commandHelp(command), command.name).not.toMatch(/[a-z.]\\n/);
  });
});

describe('commands for log sources', () => {
  it('say what is read, and how to have more read', async () => {
    const { code, stdout } = await runCommand(['log', 'sources']);
    expect(code).toBe(0);
    expect(stdout.toString()).toContain('what is sent to /v1/logs, all the time');
    expect(stdout.toString()).toMatch(/selfheal airflow import --start-date DATE +read what failed in Airflow/);
  });
});

describe('an option that is typed twice', () => {
  const NOTE = /is given twice/;

  it('counts as it was typed last, which is said where the values differ, also under its other name', async () => {
    const text = ['log', 'expect', '--text', TEXT];
    const last = await runCommand([...text, '--expected-category', 'memory', '--expected-category', 'connectivity']);
    expect([last.code, last.stderr]).toEqual([
      0,
      'selfheal: --expected-category (also --expected-class) is given twice: "connectivity" counts, and "memory" does not.\n',
    ]);
    const other = await runCommand(['knowledge', 'add', '--category', 'memory_leaks', '--class=storage_issues']);
    expect(other.stderr).toContain('--category (also --class) is given twice: "storage_issues" counts');
  });

  it('is not mentioned where both are the same, or where a list is meant', async () => {
    const same = await runCommand(['log', 'excerpt', '-', '--lines', '3', '--lines=3', '--json'], 'Error: a\n');
    expect(same.stderr).not.toMatch(NOTE);
    const list = await runCommand(['gate', 'check', '--metric', 'coverage=91', '--metric', 'duration=2']);
    expect(list.stderr).not.toMatch(NOTE);
  });
});
