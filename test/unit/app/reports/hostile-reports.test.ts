import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnreadableReport } from '@selfheal/reports/normal-form/unreadable-report.ts';
import { describe, expect, it } from 'vitest';
import { mutateReports } from '#lab/eval/mutated-reports.ts';
import { readWhole } from '../../../../packages/reports/test/read/report-rig.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/reports');
const fixtures = readdirSync(FIXTURES).map((name) => ({ path: name, bytes: readFileSync(join(FIXTURES, name)) }));

const suite = (inner: string): string => `<testsuite name="s">${inner}</testsuite>`;
const cobertura = (inner: string): string =>
  `<coverage line-rate="1"><packages><package><classes><class filename="a.py">${inner}</class></classes></package></packages></coverage>`;
const sarif = (results: string): string =>
  `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t"}}, "results": [${results}]}]}`;
const LOL = `<!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from({ length: 9 }, (_, at) => `<!ENTITY lol${at + 1} "${`&lol${at === 0 ? '' : at};`.repeat(10)}">`).join('')}]>`;

/** What is refused, and how it is said. */
const REFUSED: readonly (readonly [what: string, content: string | Buffer, message: RegExp])[] = [
  ['an empty file', '', /^report: it is empty/],
  ['blank lines only', '\n \n', /it is empty/],
  [
    'a page of a web server',
    '<!DOCTYPE html><html><body>404</body></html>',
    /line 1: <html> begins no report of a known format/,
  ],
  ['something else', 'hello\nworld\n', /line 1: it is no report of a known format/],
  ['a zip archive', Buffer.from('PK\u0003\u0004xxxx', 'latin1'), /it is no text but an archive/],
  [
    'an encoding that nobody knows',
    `<?xml version="1.0" encoding="x-klingon"?>${suite('')}`,
    /line 1: its encoding "x-klingon" is not known/,
  ],
  ['elements nested 100,000 deep', '<testsuite>'.repeat(100_000), /nested more than 200 deep/],
  ['lists nested 100,000 deep', `{"version": "2.1.0", "runs": [${'['.repeat(100_000)}`, /nested more than 200 deep/],
  ['an element whose name has 2 MB', suite(`<${'x'.repeat(2_000_000)}/>`), /a single name is longer than a million/],
  ['a reference of 2 MB', suite(`<testcase name="&${'x'.repeat(2_000_000)};"/>`), /a single name is longer/],
  ['a JSON text of 17 MB', `{"version": "2.1.0", "runs": [{"x": "${'x'.repeat(17_000_000)}`, /longer than 16 MB/],
  ['two documents in one', `${suite('')}\n${suite('')}`, /line 2, column \d+: a second document begins here/],
  ['two JSON documents in one', `${sarif('')}\n${sarif('')}`, /line 2, column \d+: a second document begins here/],
  ['an attribute without its end', '<testsuite>\n<testcase name="a></testsuite>', /line 2/],
  ['an element that another closes', suite('<testcase></testsuite>'), /not well-formed XML \(unexpected close tag\)/],
  ['JSON with a stray comma', sarif('{},,'), /not well-formed JSON/],
  [
    'a negative count',
    '<testsuite tests="-3"><testcase name="a"/></testsuite>',
    /line 1, column \d+: tests="-3" is negative/,
  ],
  ['a count that is no number', '<testsuite tests="NaN"/>', /line 1, column \d+: tests="NaN" is no whole number/],
  ['an endless count', '<testsuite tests="3" failures="1e999"/>', /failures="1e999" is no whole number/],
  ['half a test', '<testsuite tests="1.5"/>', /tests="1.5" is no whole number/],
  [
    'counts that contradict each other',
    '<testsuite tests="2" failures="2" errors="1"/>',
    /2 tests has 2 failures, 1 error/,
  ],
  ['a line that was run -1 times', 'SF:a.js\nDA:1,-1\nend_of_record\n', /line 2: a line was run -1 times/],
  ['a block that was run -1 times', 'mode: set\na.go:1.1,2.2 1 -1\n', /line 2: a block was run -1 times/],
  ['hits that are no number', cobertura('<lines><line number="1" hits="NaN"/></lines>'), /hits="NaN" is no whole/],
  ['hits below zero', cobertura('<lines><line number="1" hits="-2"/></lines>'), /hits="-2" is negative/],
  ['a block of two billion lines', 'mode: set\na.go:1.1,99999999.2 1 1\n', /line 2: a block from line 1 to 99999999/],
  [
    'two thousand blocks of 20,000 lines',
    `mode: set\n${'a.go:1.1,20000.2 1 1\n'.repeat(3_000)}`,
    /line 2502: its blocks have more than 50 million lines/,
  ],
  ['a file of two billion lines', 'SF:a.js\nDA:999999999,1\nend_of_record\n', /a file has a line 999999999/],
  ['coverage without a line', cobertura('<lines/>'), /it holds not a single line/],
  [
    'coverage with counters only',
    '<report name="x"><package name="a"><counter type="LINE" missed="1" covered="2"/></package></report>',
    /it holds not a single line/,
  ],
  [
    'coverage of files elsewhere',
    'SF:/opt/other/a.js\nDA:1,1\nend_of_record\n',
    /its only file lies outside of the repository/,
  ],
  ['SARIF of another version', '{"version": "1.0.0", "$schema": "sarif", "runs": []}', /SARIF of version 1\.0\.0/],
  [
    'SARIF without a tool',
    '{"version": "2.1.0", "runs": [{"results": [{"message": {"text": "a"}}]}]}',
    /does not say which tool made it/,
  ],
  [
    'SARIF whose results are a number',
    '{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t"}}, "results": 42}]}',
    /"runs\.0\.results" is a number and no list or object/,
  ],
  ['SARIF whose result is a text', sarif('"a"'), /a result that is no object/],
  ['SARIF without runs', '{"version": "2.1.0", "$schema": "sarif-2.1.0"}', /it has no runs/],
  [
    'npm audit with a missing package',
    '{"auditReportVersion": 2, "vulnerabilities": {"left": {"severity": "high", "via": []}}, "metadata": {"vulnerabilities": {"critical": 0, "high": 2}}}',
    /it says 2 vulnerable packages and lists 1/,
  ],
  [
    'Mocha with a missing failure',
    '{"stats": {"tests": 2, "passes": 1, "failures": 1}, "passes": [{"title": "a"}], "failures": []}',
    /it says 1 failure and lists 0/,
  ],
  [
    'Jest with a missing test',
    '{"numTotalTests": 2, "testResults": [{"assertionResults": [{"title": "a", "status": "passed"}]}]}',
    /it says 2 tests and lists 1/,
  ],
  ['an lcov section without an end', 'SF:a.js\nDA:1,1\n', /line 1: this file has no end_of_record/],
  [
    'a go test without a result',
    '{"Action":"run","Package":"p","Test":"T"}\n',
    /line 1: the package "p" has no result/,
  ],
  ['counts beyond all numbers', '<testsuite tests="99999999999999999999"/>', /it counts 100000000000000000000 tests/],
  [
    'mypy whose errors are missing',
    'a.py:1: error: x  [y]\nFound 3 errors in 1 file (checked 1 source file)\n',
    /line 2: mypy found 3 errors, 1 is listed/,
  ],
];

/** What is read, though it is odd. */
const READ: readonly (readonly [what: string, content: string | Buffer, names: readonly string[]])[] = [
  ['an XML bomb, unexpanded', `${LOL}${suite('<testcase name="&lol9;"/>')}`, ['&lol9;']],
  [
    'an external entity, not loaded',
    `<!DOCTYPE a [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>${suite('<testcase name="a&xxe;"/>')}`,
    ['a&xxe;'],
  ],
  ['a byte order mark', `\ufeff<?xml version="1.0"?>${suite('<testcase name="a"/>')}`, ['a']],
  [
    'UTF-16, little end first',
    Buffer.from(`\ufeff<?xml version="1.0" encoding="utf-16"?>${suite('<testcase name="ä"/>')}`, 'utf16le'),
    ['ä'],
  ],
  ['UTF-16, big end first', Buffer.from(`\ufeff${suite('<testcase name="ä"/>')}`, 'utf16le').swap16(), ['ä']],
  ['UTF-8 that says UTF-16', `<?xml version="1.0" encoding="utf-16"?>${suite('<testcase name="ä"/>')}`, ['ä']],
  [
    'Latin-1',
    Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${suite('<testcase name="ä"/>')}`, 'latin1'),
    ['ä'],
  ],
  [
    'bytes that are no UTF-8',
    Buffer.concat([Buffer.from('<testsuite><testcase name="a'), Buffer.from([0xff]), Buffer.from('"/></testsuite>')]),
    ['a\ufffd'],
  ],
  ['control characters', suite('<testcase name="a\u0007b &#x1b;[31m"/>'), ['a\ufffdb &#x1b;[31m']],
  ['no name', suite('<testcase/>'), ['unnamed']],
  [
    'keys of JavaScript',
    suite('<testcase name="__proto__"/><testcase name="constructor"/>'),
    ['__proto__', 'constructor'],
  ],
  ['a prefix of a namespace', '<j:testsuite xmlns:j="x"><j:testcase name="a"/></j:testsuite>', ['a']],
];

describe('hostile reports', () => {
  it.each(REFUSED)('are refused: %s', async (_what, content, message) => {
    const error = await readWhole(content, { size: 65_536 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnreadableReport);
    expect(String((error as Error).message)).toMatch(message);
  });

  it.each(READ)('are read: %s', async (_what, content, names) => {
    const { tests } = await readWhole(content, { size: 5 });
    expect(tests.map(({ name }) => name)).toEqual(names);
  });

  it('are refused without a secret in the message', async () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    for (const content of [
      `SF:a.js\n${secret}\n`,
      `mode: set\n${secret}\n`,
      sarif(`"${secret}" "${secret}"`),
      `{"Action":"run","Package":"${secret}","Test":"T"}\n`,
      `<testsuite ${secret}="1" ${secret}="1"/>`,
    ]) {
      const error = await readWhole(content).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UnreadableReport);
      expect(String((error as Error).message)).not.toContain(secret.slice(4, 20));
    }
  });

  it.each(['mypy', 'tsc'])('are refused where %s neither failed nor said that all is well', async (format) => {
    await expect(readWhole('sh: command not found\n', { format })).rejects.toThrow(/line 1: it .*no error/);
    expect((await readWhole('', { format })).summary).toMatchObject({ kind: 'findings', totals: { high: 0 } });
  });

  it('keeps two names of 10 MB apart, and short', async () => {
    const long = 'x y '.repeat(2_500_000);
    const { tests, summary } = await readWhole(suite(`<testcase name="a${long}"/><testcase name="b${long}"/>`), {
      size: 65_536,
    });
    expect(summary).toMatchObject({ totals: { tests: 2 } });
    expect(tests[0]?.name).toMatch(/^ax y .*\.\.\. #\d+$/);
    expect(tests.every(({ name }) => name.length <= 500)).toBe(true);
    expect(tests[0]?.name).not.toBe(tests[1]?.name);
  });

  it('reads a key of a result that would change the prototype of objects as any other', async () => {
    const { findings } = await readWhole(
      sarif('{"ruleId": "r", "message": {"text": "m"}, "__proto__": {"level": "error"}}'),
    );
    expect(findings).toMatchObject([{ severity: 'medium' }]);
  });

  it('refuses each report that is cut off, wherever that is', async () => {
    const whole = /[.](?:xml|json)$/;
    for (const { path, bytes } of fixtures.filter((one) => whole.test(one.path))) {
      const end = bytes.toString().trimEnd().length;
      for (let length = 1; length < end; length += Math.ceil(end / 40)) {
        const error = await readWhole(bytes.subarray(0, length), { size: 65_536 }).catch((thrown: unknown) => thrown);
        expect(error, `${path}, ${length} bytes`).toBeInstanceOf(UnreadableReport);
      }
    }
  });

  it('reads or refuses damaged reports, and never breaks', async () => {
    const outcomes = await mutateReports(fixtures, 800, (name, bytes) => readWhole(bytes, { name, size: 65_536 }));
    expect(outcomes.flatMap(({ crashes }) => crashes)).toEqual([]);
    expect(outcomes.every(({ parsed, refused, mutants }) => parsed + refused === mutants)).toBe(true);
    expect(outcomes.map(({ refused }) => refused > 0)).not.toContain(false);
  });
});
