import { describe, expect, it } from 'vitest';
import { readReports } from '../../src/read/read-reports.ts';
import { inPieces, readWhole } from './report-rig.ts';

const input = (name: string, text: string) => ({ name, pieces: inPieces(Buffer.from(text)) });

const JUNIT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="cart" tests="4" failures="1" errors="1" skipped="1" time="1,002.5">
    <testcase classname="cart.Total" name="adds" time="0.5" file="/home/runner/work/shop/shop/src/cart.py" line="7"/>
    <testcase classname="cart.Total" name="rounds" time="1">
      <failure message="expected 3, got 4">src/cart.py:12: AssertionError</failure>
    </testcase>
    <testcase classname="cart.Total" name="ships"><error>no such carrier</error></testcase>
    <testcase classname="cart.Total" name="refunds"><skipped message="later"/></testcase>
  </testsuite>
</testsuites>`;
const LCOV =
  'TN:\nSF:/builds/acme/shop/src/cart.js\nDA:1,1\nDA:2,0\nDA:3,0\nDA:7,4\nBRDA:1,0,0,1\nBRDA:1,0,1,-\nLF:4\nLH:2\nend_of_record\n';
const SARIF = JSON.stringify({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: { driver: { name: 'CodeQL', rules: [{ id: 'js/sql', properties: { 'security-severity': '8.8' } }] } },
      results: [
        {
          ruleId: 'js/sql',
          ruleIndex: 0,
          message: { text: 'A query depends on {0}.', arguments: ['a parameter'] },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: 'src/db.js', uriBaseId: '%SRCROOT%' },
                region: { startLine: 4 },
              },
            },
          ],
        },
      ],
    },
  ],
});

describe('reading one report', () => {
  it('loses nothing of a report of any length, whatever pieces the bytes come in', async () => {
    for (const count of [300, 500, 1_100, 5_000, 20_000]) {
      const cases = Array.from(
        { length: count },
        (_, n) => `<testcase classname="cart.Total" name="adds ${n}" time="0.5"/>`,
      );
      const junit = `<testsuites><testsuite name="cart" tests="${count}">\n${cases.join('\n')}\n</testsuite></testsuites>`;
      for (const size of [1_000, 65_536, 70_000, 10_000_000]) {
        const { summary, tests } = await readWhole(junit, { name: 'junit.xml', size });
        expect(summary).toMatchObject({ runs: { tests: count, failures: 0, errors: 0 } });
        expect(tests.map(({ name }) => name)).toEqual(cases.map((_, n) => `adds ${n}`));
      }
    }
  });

  it('reads tests, coverage and findings into one form, whatever pieces the bytes come in', async () => {
    for (const size of [1, 7, 100_000]) {
      const { summary, tests } = await readWhole(JUNIT, { name: 'junit.xml', size });
      expect(summary).toEqual({
        file: 'junit.xml',
        format: 'junit',
        kind: 'tests',
        outsidePaths: 0,
        totals: { tests: 4, failures: 1, errors: 1, skipped: 1, seconds: 1.5 },
        runs: { tests: 4, failures: 1, errors: 1, skipped: 1 },
      });
      expect(tests.map(({ name, outcome, file, line, message }) => [name, outcome, file, line, message])).toEqual([
        ['adds', 'passed', 'src/cart.py', 7, null],
        ['rounds', 'failed', 'src/cart.py', 12, 'expected 3, got 4'],
        ['ships', 'error', null, null, 'no such carrier'],
        ['refunds', 'skipped', null, null, 'later'],
      ]);
      const coverage = await readWhole(LCOV, { size });
      expect(coverage.summary).toMatchObject({ totals: { files: 1, coveredLines: 2, lines: 4, percent: 50 } });
      expect(coverage.files).toEqual([
        {
          path: 'src/cart.js',
          covered: [
            { start: 1, end: 1 },
            { start: 7, end: 7 },
          ],
          uncovered: [{ start: 2, end: 3 }],
          branches: { covered: 1, total: 2 },
        },
      ]);
      const found = await readWhole(SARIF, { size });
      expect(found.summary).toMatchObject({ kind: 'findings', tools: ['CodeQL'], totals: { high: 1, low: 0 } });
      expect(found.findings).toMatchObject([
        { rule: 'js/sql', severity: 'high', file: 'src/db.js', line: 4, message: 'A query depends on a parameter.' },
      ]);
    }
  });

  it('refuses a report of another kind under the right name, and says what it is', async () => {
    await expect(readWhole(JUNIT, { name: 'coverage.xml', kind: 'coverage' })).rejects.toThrow(
      'coverage.xml: it is a test report (JUnit XML), expected a coverage report.',
    );
    await expect(readWhole(LCOV, { name: 'junit.xml', format: 'junit' })).rejects.toThrow(
      'junit.xml: it is lcov tracefile, expected JUnit XML.',
    );
  });

  it('redacts each text before it is cut, and keeps what is around', async () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    const { tests } = await readWhole(
      `<testsuite><testcase name="calls with ${secret}"><failure message="401 for ${secret}">a\nAuthorization: Bearer ${secret}\nb</failure></testcase></testsuite>`,
    );
    expect(JSON.stringify(tests)).not.toContain(secret.slice(8, 20));
    expect(tests[0]?.details).toMatch(/^a\nAuthorization: .*redacted.*\nb$/);
  });
});

describe('reading several reports', () => {
  it('adds them up, unites coverage, and lists by name what cannot be read', async () => {
    const set = await readReports([
      input('a.xml', JUNIT),
      input('b.xml', '<testsuite><testcase name="x"><failure/></testcase></testsuite>'),
      input('a.info', LCOV),
      input('b.info', 'SF:src/cart.js\nDA:2,1\nDA:9,0\nend_of_record\n'),
      input('s.sarif', SARIF),
      input('broken.xml', JUNIT.slice(0, 400)),
    ]);
    expect(set.tests?.totals).toMatchObject({ tests: 5, failures: 2, errors: 1, skipped: 1 });
    expect(set.tests?.kept.map(({ name }) => name)).toEqual(['rounds', 'ships', 'x']);
    expect(set.coverage?.totals).toEqual({ files: 1, coveredLines: 3, lines: 5, percent: 60 });
    expect(set.findings?.byCategory.code.high).toBe(1);
    expect(set.read.map(({ format }) => format)).toEqual(['junit', 'junit', 'lcov', 'lcov', 'sarif']);
    expect(set.unreadable.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^broken\.xml, line \d+, column \d+: the file ends inside of <\w+>: it was cut off/),
    ]);
  });

  it('takes counts with thousands separators from a suite without its tests', async () => {
    const text = '<testsuite name="x" tests="1,234" failures="2" errors="" skipped="true"/>';
    const { summary } = await readWhole(text);
    expect(summary).toMatchObject({ totals: { tests: 1234, failures: 2, errors: 0, skipped: 0 } });
  });
});
