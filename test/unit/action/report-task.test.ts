import { execFileSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aStep } from './action-rig.ts';

const JUNIT = `<?xml version="1.0"?>
<testsuites><testsuite name="cart" tests="3" failures="1">
  <testcase classname="cart" name="adds" file="test/cart.test.ts" line="3" time="0.1"/>
  <testcase classname="cart" name="rounds" file="test/cart.test.ts" line="9" time="0.2"><failure message="expected 10.01, got 10">at cart.ts:4</failure></testcase>
  <testcase classname="cart" name="later"><skipped/></testcase>
</testsuite></testsuites>`;
const LCOV = 'SF:src/cart.ts\nDA:1,1\nDA:2,0\nDA:3,1\nDA:4,1\nend_of_record\n';
const SARIF = JSON.stringify({
  version: '2.1.0',
  runs: [
    {
      tool: { driver: { name: 'Trivy', rules: [{ id: 'CVE-2026-1', properties: { 'security-severity': '9.8' } }] } },
      results: [
        {
          ruleId: 'CVE-2026-1',
          level: 'error',
          message: { text: 'left-pad is vulnerable' },
          locations: [
            { physicalLocation: { artifactLocation: { uri: 'package-lock.json' }, region: { startLine: 7 } } },
          ],
        },
      ],
    },
  ],
});

async function step(files: Readonly<Record<string, string>>) {
  const made = await aStep({ files });
  onTestFinished(() => made.remove());
  return made;
}

describe('the task report', () => {
  it('reads every report that the patterns name and passes the facts on', async () => {
    const made = await step({
      'out/unit.xml': JUNIT,
      'out/lcov.info': LCOV,
      'out/scan/trivy.sarif': SARIF,
      'node_modules/x/out/other.xml': '<broken',
    });
    const reports = 'out/*.xml, out/lcov.info\n**/*.sarif';
    const { code, outputs, summary, log } = await made.run({ task: 'report', reports });
    expect(code).toBe(0);
    expect(outputs).toEqual({
      status: 'failed',
      tests: '3',
      failures: '1',
      coverage: '75.00',
      critical: '1',
      high: '0',
    });
    expect(summary).toContain('3 tests, 1 failed, 1 skipped, 75 % of lines covered (3 of 4), findings: 1 critical.');
    expect(log).toContain('::error title=cart%3A rounds,file=test/cart.test.ts,line=9::expected 10.01, got 10');
    expect(log).toContain('::error title=Trivy%3A CVE-2026-1,file=package-lock.json,line=7::left-pad is vulnerable');
    const { facts } = await made.result('report');
    expect(facts.map(({ kind }) => kind)).toEqual(['tests', 'coverage', 'findings']);
    expect(facts[0]).toMatchObject({ failed: [{ name: 'rounds', flaky: null, quarantined: false, owners: [] }] });
  });

  it.each([
    ['tests', 1],
    ['findings', 0],
  ])('fails the step for %s only where fail-on names them', async (failOn, code) => {
    const made = await step({ 'unit.xml': JUNIT });
    expect((await made.run({ task: 'report', reports: 'unit.xml', 'fail-on': failOn })).code).toBe(code);
  });

  it.each([
    ['missing', {}, 'unit.xml', 'reports: no file is called unit.xml'],
    ['of no file', { 'a.txt': 'x' }, 'out/**/*.xml', 'reports: no file is called out/**/*.xml'],
    ['empty', { 'unit.xml': '' }, 'unit.xml', 'unit.xml: '],
    ['cut off', { 'unit.xml': JUNIT.slice(0, 400) }, 'unit.xml', 'unit.xml, line '],
    ['of a wrong kind under the right name', { 'unit.xml': '<html><body>502</body></html>' }, 'unit.xml', 'unit.xml'],
    ['an empty folder', { 'out/readme.md': 'x' }, 'out', 'out: no file in this folder is named like a report'],
    ['not named at all', {}, '', 'reports: name the files of at least one report'],
  ])('fails by name for a report that is %s, whatever fail-on says', async (_, files, reports, message) => {
    const made = await step(files as Record<string, string>);
    const { code, log } = await made.run({ task: 'report', reports, 'fail-on': 'none' });
    expect(code).toBe(1);
    expect(log).toContain(message);
    expect((await made.result('report')).status).toBe('broken');
  });

  it('completes paths by the files of the repository', async () => {
    const jacoco = JUNIT.replaceAll('test/cart.test.ts', 'cart.test.ts');
    const made = await step({ 'unit.xml': jacoco, 'packages/shop/test/cart.test.ts': '' });
    execFileSync('git', ['init', '-q'], { cwd: made.workspace });
    execFileSync('git', ['add', 'packages'], { cwd: made.workspace });
    const { log } = await made.run({ task: 'report', reports: 'unit.xml' });
    expect(log).toContain('file=packages/shop/test/cart.test.ts,line=9');
  });

  it('fails by name when a scan did not finish, whatever fail-on says', async () => {
    const scan = { tool: { driver: { name: 'CodeQL' } }, results: [], invocations: [{ executionSuccessful: false }] };
    const made = await step({ 'scan.sarif': JSON.stringify({ version: '2.1.0', runs: [scan] }) });
    const { code, outputs, log } = await made.run({ task: 'report', reports: 'scan.sarif' });
    expect(code).toBe(1);
    expect(outputs).toMatchObject({ status: 'broken' });
    expect(log).toContain('scan.sarif: The scan did not finish: CodeQL: its invocation was not successful');
    expect(log).not.toContain('o findings');
    expect(await made.result('report')).toMatchObject({ status: 'broken', facts: [] });
  });
});
