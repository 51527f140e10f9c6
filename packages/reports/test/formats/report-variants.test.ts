import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPORT_FORMATS } from '../../src/formats/registry.ts';
import { UnreadableReport } from '../../src/normal-form/unreadable-report.ts';
import { readReports } from '../../src/read/read-reports.ts';
import { inPieces, readWhole } from '../read/report-rig.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One report of each format that is a JSON document. */
const JSON_REPORTS: Readonly<Record<string, Json>> = {
  sarif: {
    version: '2.1.0',
    $schema: 'https://example.com/sarif-2.1.0.json',
    runs: [{ tool: { driver: { name: 'T', rules: [] } }, results: [{ ruleId: 'r', message: { text: 'm' } }] }],
  },
  trivy: {
    SchemaVersion: 2,
    ArtifactName: '.',
    ArtifactType: 'repository',
    Results: [
      {
        Target: 'a.lock',
        Class: 'lang-pkgs',
        Vulnerabilities: [{ VulnerabilityID: 'CVE-1', PkgName: 'a', Severity: 'HIGH' }],
      },
    ],
  },
  grype: {
    matches: [{ vulnerability: { id: 'CVE-1', severity: 'High' }, artifact: { name: 'a', version: '1' } }],
    source: { type: 'directory' },
    descriptor: { name: 'grype' },
  },
  bandit: {
    errors: [],
    generated_at: 'x',
    metrics: { _totals: { 'SEVERITY.HIGH': 1 } },
    results: [{ filename: 'a.py', issue_severity: 'HIGH', issue_text: 't', line_number: 4, test_id: 'B602' }],
  },
  'npm-audit': {
    auditReportVersion: 2,
    vulnerabilities: { left: { name: 'left', severity: 'high', via: [{ title: 't', severity: 'high' }] } },
    metadata: { vulnerabilities: { high: 1 } },
  },
  'pip-audit': { dependencies: [{ name: 'a', version: '1', vulns: [{ id: 'P-1', fix_versions: [] }] }], fixes: [] },
  gitleaks: [{ Description: 'd', StartLine: 5, File: 'a.env', RuleID: 'generic' }],
  eslint: [{ filePath: 'a.js', messages: [{ ruleId: 'r', severity: 2, message: 'm', line: 1 }], errorCount: 1 }],
  ruff: [
    {
      cell: null,
      code: 'F401',
      filename: 'a.py',
      location: { row: 1 },
      end_location: { row: 1 },
      message: 'm',
      noqa_row: 1,
    },
  ],
  pylint: [{ type: 'error', symbol: 's', message: 'm', path: 'a.py', line: 1, 'message-id': 'E1' }],
  shellcheck: [{ file: 'a.sh', line: 1, endLine: 1, level: 'error', code: 2086, message: 'm' }],
  'jest-json': {
    numTotalTests: 1,
    numFailedTests: 0,
    testResults: [{ name: 'a.js', assertionResults: [{ title: 'a', status: 'passed' }] }],
  },
  'mocha-json': {
    stats: { tests: 1, passes: 1, failures: 0 },
    tests: [{ title: 'a' }],
    passes: [{ title: 'a' }],
    failures: [],
  },
  'rspec-json': { version: '3', examples: [{ full_description: 'a', status: 'passed' }], summary_line: '1 example' },
  'coverage-py': { meta: { version: '7' }, files: { 'a.py': { executed_lines: [1], missing_lines: [] } }, totals: {} },
  istanbul: {
    'a.js': {
      path: 'a.js',
      statementMap: { '0': { start: { line: 1 }, end: { line: 1 } } },
      s: { '0': 1 },
      fnMap: {},
      f: {},
      branchMap: {},
      b: {},
    },
  },
};

/** The same value with the keys of each of its objects in another order. */
function shuffled(value: Json, order: (length: number) => readonly number[]): Json {
  if (Array.isArray(value)) return value.map((one) => shuffled(one as Json, order));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, shuffled(inner, order)] as const);
  return Object.fromEntries(order(entries.length).flatMap((at) => (entries[at] === undefined ? [] : [entries[at]])));
}

const suite = (body: string, attributes = ''): string => `<testsuite name="s"${attributes}>${body}</testsuite>`;
const secondsIn = async (...times: readonly string[]) => {
  const cases = times.map((time, at) => `<testcase name="t${at}" time="${time}"/>`).join('');
  return (await readWhole(suite(cases))).tests.map(({ seconds }) => seconds);
};
const problemOf = async (reading: Promise<unknown>): Promise<string> => {
  const error = await reading.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UnreadableReport);
  return String((error as Error).message);
};

describe('a format', () => {
  it('is recognised whatever the order of the keys', async () => {
    for (const [id, document] of Object.entries(JSON_REPORTS)) {
      const { summary } = await readWhole(JSON.stringify(document));
      expect(summary.format).toBe(id);
      await fc.assert(
        fc.asyncProperty(fc.infiniteStream(fc.nat(1000)), async (numbers) => {
          const order = (length: number): number[] =>
            Array.from({ length }, (_, at) => ({ at, by: numbers.next().value ?? 0 }))
              .sort((a, b) => a.by - b.by)
              .map(({ at }) => at);
          const read = await readWhole(JSON.stringify(shuffled(document, order)), { size: 4_096 });
          expect(read.summary).toEqual(summary);
        }),
        { numRuns: 8 },
      );
    }
  });

  it('is recognised by a key that stands behind megabytes', async () => {
    for (const [id, document] of Object.entries(JSON_REPORTS)) {
      if (Array.isArray(document)) continue;
      const padded = { filler: 'x'.repeat(400_000), more: ['y'.repeat(100_000)], ...(document as object) };
      const read = readWhole(JSON.stringify(padded), { size: 65_536 });
      // A map of files has no other keys.
      if (id === 'istanbul') continue;
      expect((await read).summary.format).toBe(id);
    }
    const comment = `<!-- ${'x'.repeat(300_000)} -->`;
    expect((await readWhole(`${comment}${suite('<testcase name="a"/>')}`, { size: 65_536 })).tests).toHaveLength(1);
  });

  it('that is asked for overrules what a report looks like', async () => {
    const both = { ...(JSON_REPORTS.grype as object), ...(JSON_REPORTS.trivy as object) };
    for (const format of ['grype', 'trivy'])
      expect((await readWhole(JSON.stringify(both), { format })).summary).toMatchObject({
        format,
        totals: { high: 1 },
      });
    const unlike = '[{"filePath": "a.js", "extra": [], "messages": [{"ruleId": "r", "severity": 2, "message": "m"}]}]';
    expect((await readWhole(unlike, { format: 'eslint' })).findings).toHaveLength(1);
  });

  it('that is asked for is not found where there is nothing of it', async () => {
    for (const [id, document] of Object.entries(JSON_REPORTS))
      for (const { id: format, kind } of REPORT_FORMATS) {
        if (format === id || kind === 'coverage') continue;
        const read = await readWhole(JSON.stringify(document), { format }).catch((error: unknown) => error);
        // Never a report without findings or tests.
        if (!(read instanceof UnreadableReport))
          expect([id, format, read]).toEqual([id, format, 'an UnreadableReport']);
      }
    expect(await problemOf(readWhole('{"a": 1}', { format: 'trivy' }))).toContain('it holds nothing of Trivy JSON');
    expect(await problemOf(readWhole('{}', { format: 'grype' }))).toContain('it holds nothing of Grype JSON');
  });

  it.each(['eslint', 'gitleaks', 'ruff', 'pylint', 'shellcheck', 'pip-audit', 'trivy'])(
    'has no findings in an empty list of %s, asked for or named',
    async (format) => {
      for (const empty of ['[]', ' [ ]\n', 'null'])
        for (const options of [{ format }, { name: `out/${format}-report.json` }])
          expect((await readWhole(empty, options)).summary).toMatchObject({
            format,
            kind: 'findings',
            totals: { high: 0 },
          });
      expect(await problemOf(readWhole('[]', { name: 'out.json' }))).toContain('it is an empty list');
    },
  );

  it('is passed over when it only sums up the reports beside it, and refused alone', async () => {
    const summary = '<failsafe-summary result="255"><completed>3</completed><errors>1</errors></failsafe-summary>';
    const input = (name: string, text: string) => ({ name, pieces: inPieces(Buffer.from(text)) });
    const both = await readReports([input('s.xml', summary), input('a.xml', suite('<testcase name="a"/>'))]);
    expect(both).toMatchObject({ unreadable: [], tests: { totals: { tests: 1 } } });
    const alone = await readReports([input('s.xml', summary)]);
    expect(alone.unreadable.map(({ message }) => message)).toEqual([
      's.xml: it is the summary of Maven Failsafe, not a report. Pass the TEST-*.xml files beside it.',
    ]);
  });
});

describe('times with a comma', () => {
  it.each([
    ['0,160', 0.16],
    ['0,25', 0.25],
    ['00,250', 0.25],
    ['1,234', 1234],
    ['1,234.5', 1234.5],
    ['12,345,678', 12_345_678],
    ['1,5', 1.5],
    ['1.024,12', 1024.12],
  ])('%s is %d s by itself', async (time, seconds) => {
    expect(await secondsIn(time)).toEqual([seconds]);
  });

  it('are decimals in a file of decimal commas, wherever the one stands that says so', async () => {
    expect(await secondsIn('1,234', '0,160', '12,345')).toEqual([1.234, 0.16, 12.345]);
    expect(await secondsIn('0,5', '1,234', '2,120.5', '1.024,12')).toEqual([0.5, 1.234, 2120.5, 1024.12]);
  });

  it('are thousands in a file of decimal points', async () => {
    expect(await secondsIn('1,234', '0.160')).toEqual([1234, 0.16]);
    expect(await secondsIn('1,002.5', '1,234')).toEqual([1002.5, 1234]);
  });
});

describe('a report with odd output', () => {
  it('loses a NUL character, not its tests', async () => {
    const text = suite(
      '<testcase name="a"><failure message="m">boot\0 failed</failure></testcase><testcase name="b"/>',
    );
    for (const size of [1, 7, 65_536]) {
      const { tests } = await readWhole(text, { size });
      expect(tests.map(({ outcome }) => outcome)).toEqual(['failed', 'passed']);
      expect(tests[0]?.details).toContain('boot\ufffd failed');
    }
    const json = '[{"filePath":"a.js","messages":[{"ruleId":"r","severity":2,"message":"a\0b"}]}]';
    expect((await readWhole(json)).findings[0]?.message).toBe('a\ufffdb');
    expect(await problemOf(readWhole('\0'.repeat(5_000)))).toContain('NUL');
  });

  it('keeps entities of HTML as they are written', async () => {
    const text = suite('<testcase name="a&nbsp;b"><failure>x &copy; y &hellip;</failure></testcase>');
    const { tests } = await readWhole(text);
    expect(tests[0]).toMatchObject({ name: 'a&nbsp;b', outcome: 'failed', details: 'x &copy; y &hellip;' });
  });

  it.each(['utf16le', 'utf16be'])('is read in %s with and without its mark, XML and JSON', async (encoding) => {
    const encoded = (text: string): Buffer => {
      const little = Buffer.from(text, 'utf16le');
      return encoding === 'utf16le' ? little : little.swap16();
    };
    for (const mark of ['', '\ufeff']) {
      expect((await readWhole(encoded(`${mark}${suite('<testcase name="ä"/>')}`))).tests[0]?.name).toBe('ä');
      const json = JSON.stringify(JSON_REPORTS.eslint);
      expect((await readWhole(encoded(`${mark}${json}`))).findings).toHaveLength(1);
    }
  });

  it('counts errors that it declares and does not list, and invents no test of them', async () => {
    const text =
      '<testsuites tests="2" errors="3"><testsuite name="s" tests="2"><testcase name="a"/><testcase name="b"/></testsuite></testsuites>';
    const { summary, tests } = await readWhole(text);
    expect(summary).toMatchObject({ totals: { tests: 2, failures: 0, errors: 3 } });
    expect(tests.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});

describe('npm audit', () => {
  const audit = (severity: string, fixAvailable: Json, declared: Json): string =>
    JSON.stringify({
      auditReportVersion: 2,
      vulnerabilities: {
        left: {
          name: 'left',
          severity,
          via: [{ title: 't', url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc', severity: 'low', range: '<2' }],
          fixAvailable,
        },
      },
      metadata: { vulnerabilities: declared },
    });

  it('names the package that a fix belongs to', async () => {
    const fixOf = async (fix: Json) => (await readWhole(audit('high', fix, { high: 1 }))).findings[0]?.package?.fixedIn;
    expect(await fixOf({ name: 'left', version: '2.0.0' })).toBe('2.0.0');
    expect(await fixOf({ name: 'parent', version: '5.1.0', isSemVerMajor: true })).toBe('parent 5.1.0');
    expect(await fixOf(true)).toBeNull();
  });

  it('is read where the severities of a package and of the counts differ, and refused where the numbers do', async () => {
    expect((await readWhole(audit('high', true, { moderate: 1, high: 0, total: 1 }))).findings).toHaveLength(1);
    expect(await problemOf(readWhole(audit('high', true, { high: 2 })))).toContain(
      'it says 2 vulnerable packages and lists 1',
    );
  });
});

it('a finding without a text gets one of its rule, its package or its tool', async () => {
  const trivy = {
    SchemaVersion: 2,
    ArtifactName: '.',
    Results: [
      { Target: 'a', Vulnerabilities: [{ VulnerabilityID: 'CVE-1', PkgName: 'left', InstalledVersion: '1.0' }] },
    ],
  };
  expect((await readWhole(JSON.stringify(trivy))).findings[0]?.message).toBe('CVE-1 in left 1.0');
  const eslint = [{ filePath: 'a.js', messages: [{ ruleId: 'no-var', severity: 2 }] }];
  expect((await readWhole(JSON.stringify(eslint))).findings[0]?.message).toBe('no-var, found by ESLint');
});
