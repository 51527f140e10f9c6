import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { describe, expect, it } from 'vitest';
import { classesNamed, classesOf } from '#apps/cli/learning/class-names.ts';
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
