import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { aFile, aFolder, runCommand } from './run-command.ts';

const JUNIT = `<testsuites><testsuite name="cart">
  <testcase classname="cart" name="adds" time="0.5"/>
  <testcase classname="cart" name="rounds"><failure message="expected 3, got 4">src/cart.js:12:3</failure></testcase>
</testsuite></testsuites>`;
const LCOV = 'SF:src/cart.js\nDA:1,1\nDA:2,0\nDA:3,0\nDA:9,0\nend_of_record\n';
const MYPY = 'src/cart.py:4: error: wrong  [arg-type]\nFound 1 error in 1 file (checked 3 source files)\n';

/** The folder of the tests is no checkout, so that any relative path may be a file of it. */
const parse = async (args: readonly string[], stdin: string | Uint8Array = '') => {
  const root = args.includes('--root') ? [] : ['--root', aFolder()];
  const { code, stdout, stderr } = await runCommand(['report', 'parse', ...args, ...root], stdin);
  return { code, stdout: stdout.toString(), stderr };
};

describe('report parse', () => {
  it('prints totals and failed tests, uncovered lines, and findings', async () => {
    const [junit, lcov, mypy] = [
      aFile(JUNIT, 'junit.xml'),
      aFile(gzipSync(LCOV), 'lcov.info.gz'),
      aFile(MYPY, 'mypy.txt'),
    ];
    expect(await parse([junit, lcov, mypy])).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        `${junit}: 2 tests, 1 failure, 0 errors, 0 skipped, 0.5 s (junit)`,
        '  failed  cart > rounds (src/cart.js:12)',
        '      expected 3, got 4',
        `${lcov}: 25.00 % of lines covered, 1 of 4 in 1 file (lcov)`,
        '  src/cart.js: 3 lines not covered: 2-3, 9',
        `${mypy}: 1 finding by mypy: 1 high (mypy)`,
        '  high      arg-type src/cart.py:4: wrong [mypy]',
        '',
      ].join('\n'),
    });
  });

  it('says in one line which files of a folder are no reports, and with --verbose why', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'ok.xml'), JUNIT);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) writeFileSync(join(folder, `${name}.json`), '{"made": "up"}');
    const { code, stdout, stderr } = await parse([folder]);
    expect([code, stdout]).toEqual([2, expect.stringContaining('2 tests')]);
    expect(stderr).toContain(
      `${folder}: 6 of 7 files are no report of a known format: a.json, b.json, c.json, d.json, e.json and 1 more.`,
    );
    expect(stderr.match(/known format/gi)).toHaveLength(1);
    expect((await parse([folder, '--verbose'])).stderr.match(/line 1: it is no report/g)).toHaveLength(6);
  });

  it('prints the normal form of each file as one line of JSON', async () => {
    const { code, stdout } = await parse([aFile(JUNIT, 'a.xml'), aFile(LCOV, 'b.info'), '--json']);
    const [tests, coverage, ...others] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(others).toEqual([]);
    expect(tests).toMatchObject({
      version: 1,
      file: expect.stringMatching(/a\.xml$/),
      format: 'junit',
      kind: 'tests',
      tests: [
        { name: 'adds', outcome: 'passed', seconds: 0.5 },
        { name: 'rounds', outcome: 'failed', file: 'src/cart.js', line: 12, message: 'expected 3, got 4' },
      ],
      totals: { tests: 2, failures: 1, errors: 0, skipped: 0 },
      runs: { tests: 2 },
    });
    expect(coverage).toMatchObject({ kind: 'coverage', coverage: [{ path: 'src/cart.js' }], totals: { percent: 25 } });
  });

  it('prints nothing of a report that turns out to be damaged, names file and line, and reads the others', async () => {
    const [broken, whole] = [aFile(JUNIT.slice(0, -20), 'broken.xml'), aFile(LCOV, 'lcov.info')];
    const { code, stdout, stderr } = await parse([broken, whole, '--json']);
    expect(code).toBe(2);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ file: whole });
    expect(stderr).toMatch(
      /^selfheal: \S+broken\.xml, line 4, column \d+: the file ends inside of <\w+>: it was cut off\. Fetch/,
    );
  });

  it('reads standard input, and folders with the reports in them', async () => {
    expect((await parse(['-'], JUNIT)).stdout).toMatch(/^standard input: 2 tests/);
    const folder = aFolder();
    mkdirSync(join(folder, 'unit/node_modules'), { recursive: true });
    writeFileSync(join(folder, 'unit/b.xml'), JUNIT);
    writeFileSync(join(folder, 'a.info'), LCOV);
    writeFileSync(join(folder, 'notes.md'), 'no report');
    writeFileSync(join(folder, 'unit/node_modules/c.xml'), '<a/>');
    const { stdout, code } = await parse([folder]);
    expect(code).toBe(0);
    expect(stdout.match(/^\S+(?=: )/gm)).toEqual([join(folder, 'a.info'), join(folder, 'unit/b.xml')]);
    expect(await parse([aFolder()])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no file in this folder is named like a report'),
    });
  });

  it.each([
    [
      'another kind',
      ['--kind', 'coverage'],
      JUNIT,
      2,
      'it is a test report (JUnit XML), expected a coverage report. Pass the right file.',
    ],
    ['another format', ['--format', 'lcov'], JUNIT, 2, 'it is JUnit XML, expected lcov tracefile.'],
    [
      'a format that nobody knows',
      ['--format', 'lcvo'],
      LCOV,
      2,
      'there is no report format "lcvo". Did you mean lcov? Use one of: junit,',
    ],
    ['a kind that nobody knows', ['--kind', 'lints'], LCOV, 2, '--kind lints: expected tests, coverage, findings.'],
    ['damaged gzip data', [], gzipSync(JUNIT).subarray(0, 40), 2, 'the gzip data is truncated. Fetch the file again.'],
    ['a failed test, if asked', ['--fail'], JUNIT, 1, ''],
    ['no failed test', ['--fail'], '<testsuite><testcase name="a"/></testsuite>', 0, ''],
    ['an empty file of a tool that then found nothing', ['--format', 'mypy'], '', 0, ''],
    [
      'an empty file of a tool that always writes',
      ['--format', 'junit'],
      '',
      2,
      'it is empty. The tool that writes it has failed or was not run.',
    ],
  ])('says it by its exit code and by name: %s', async (_what, options, content, code, message) => {
    const result = await parse([aFile(content, 'report'), ...options]);
    expect(result.code).toBe(code);
    if (message === '') expect(result.stderr).toBe('');
    else expect(result.stderr).toContain(message);
  });

  it('names a file that is not there', async () => {
    expect(await parse(['/nowhere/junit.xml'])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'selfheal: /nowhere/junit.xml: no such file. Check the path, and whether the tool that writes it was run.\n',
    });
  });

  it.each([
    ['C:\\build\\shop', 'C:\\build\\shop\\src\\cart.ts'],
    ['C:\\build\\shop\\', 'c:\\Build\\shop\\src\\cart.ts'],
    ['c:/build/shop', 'C:\\build\\shop\\src\\cart.ts'],
    ['C:\\build\\..\\build\\shop', 'C:/build/shop/src/cart.ts'],
    ['C:\\', 'C:\\src\\cart.ts'],
    ['\\\\server\\share\\shop', '\\\\SERVER\\share\\shop\\src\\cart.ts'],
    ['/', '/src/cart.ts'],
  ])('takes the folder %s of another machine as the root', async (root, path) => {
    const lcov = (file: string) => `SF:${file}\nDA:1,1\nend_of_record\n`;
    const { stdout } = await parse([aFile(lcov(path), 'lcov.info'), '--root', root, '--json']);
    const { coverage, outsidePaths } = JSON.parse(stdout) as { coverage: { path: string }[]; outsidePaths: number };
    expect([coverage.map(({ path: found }) => found), outsidePaths]).toEqual([['src/cart.ts'], 0]);
    const outside = root.length > 3 ? path.replace(/shop/i, 'shop2') : 'D:\\src\\cart.ts';
    const other = await parse([aFile(lcov(outside), 'lcov.info'), '--root', root, '--json']);
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('(--root)')]);
  });

  it('completes paths by the files of the checkout that --root names', async () => {
    const root = aFolder();
    mkdirSync(join(root, '.git'));
    mkdirSync(join(root, 'core/src/main/java/com/acme'), { recursive: true });
    writeFileSync(join(root, 'core/src/main/java/com/acme/Cart.java'), '');
    const jacoco =
      '<report name="x"><package name="com/acme"><sourcefile name="Cart.java"><line nr="3" mi="0" ci="1"/></sourcefile></package></report>';
    const { stdout } = await parse([aFile(jacoco, 'jacoco.xml'), '--root', root, '--json']);
    expect(JSON.parse(stdout).coverage[0].path).toBe('core/src/main/java/com/acme/Cart.java');
  });
});
