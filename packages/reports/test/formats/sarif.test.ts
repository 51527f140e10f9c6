import { describe, expect, it } from 'vitest';
import { readWhole } from '../read/report-rig.ts';

type Fields = Readonly<Record<string, unknown>>;

const sarif = (run: Fields, rest: Fields = {}): string => JSON.stringify({ version: '2.1.0', runs: [run], ...rest });
const tool = (driver: Fields = {}, extensions: readonly Fields[] = []): Fields => ({
  driver: { name: 'Scanner', ...driver },
  extensions,
});
const at = (uri: string | undefined, line?: number, more: Fields = {}): Fields => ({
  physicalLocation: {
    artifactLocation: { ...(uri === undefined ? {} : { uri }), ...more },
    ...(line === undefined ? {} : { region: { startLine: line } }),
  },
});
const result = (fields: Fields): Fields => ({ message: { text: 'm' }, ...fields });
const read = async (run: Fields) => (await readWhole(sarif(run))).findings;

describe('SARIF', () => {
  it.each([
    ['nothing: a failure is a warning', {}, {}, 'medium'],
    ['its level', { level: 'error' }, {}, 'high'],
    ['the level of its rule', { ruleId: 'r' }, { defaultConfiguration: { level: 'note' } }, 'low'],
    [
      'its own level before that of its rule',
      { ruleId: 'r', level: 'none' },
      { defaultConfiguration: { level: 'error' } },
      'info',
    ],
    [
      'the score of its rule, as a text',
      { ruleId: 'r', level: 'note' },
      { properties: { 'security-severity': '9.8' } },
      'critical',
    ],
    ['the score of its rule, as a number', { ruleId: 'r' }, { properties: { 'security-severity': 7 } }, 'high'],
    [
      'its own score',
      { ruleId: 'r', properties: { 'security-severity': '3.9' } },
      { properties: { 'security-severity': '9' } },
      'low',
    ],
    ['a score that is none', { ruleId: 'r' }, { properties: { 'security-severity': 'high' } }, 'medium'],
  ])('takes the severity from %s', async (_what, own, rule, severity) => {
    const findings = await read({ tool: tool({ rules: [{ id: 'r', ...rule }] }), results: [result(own)] });
    expect(findings).toMatchObject([{ severity }]);
  });

  it('finds the rule by index, by reference into an extension, and by the beginning of a hierarchical id', async () => {
    const findings = await read({
      tool: tool({ rules: [{ id: 'a' }, { id: 'b/c', shortDescription: { text: 'of b/c' } }] }, [
        { name: 'pack', rules: [{ id: 'x' }, { id: 'y', shortDescription: { text: 'of y' } }] },
      ]),
      results: [
        { ruleIndex: 0, message: { text: '' } },
        { rule: { index: 1, toolComponent: { index: 0 } }, message: { text: '' } },
        { ruleId: 'b/c/d/e', message: { text: '' } },
        { ruleId: 'unknown', message: { text: '' } },
      ],
    });
    expect(findings.map(({ rule, message }) => [rule, message])).toEqual([
      ['a', 'a, found by Scanner'],
      ['y', 'of y'],
      ['b/c/d/e', 'of b/c'],
      ['unknown', 'unknown, found by Scanner'],
    ]);
  });

  it('makes messages of their rules with their arguments', async () => {
    const rules = [{ id: 'r', messageStrings: { two: { text: '{0} and {1}, not {7}' } } }];
    const results = [{ ruleId: 'r', message: { id: 'two', arguments: ['a', 'b'] } }];
    expect(await read({ tool: tool({ rules }), results })).toMatchObject([{ message: 'a and b, not {7}' }]);
  });

  it('leaves out what is no problem: passes, what is suppressed, what the baseline had', async () => {
    const results = [
      { kind: 'pass' },
      { kind: 'notApplicable' },
      { suppressions: [{ kind: 'inSource' }] },
      { suppressions: [{ kind: 'external', status: 'accepted' }] },
      { baselineState: 'absent' },
      { ruleId: 'kept', suppressions: [{ kind: 'external', status: 'rejected' }], baselineState: 'unchanged' },
      { ruleId: 'review', kind: 'review' },
    ].map(result);
    const findings = await read({ tool: tool(), results });
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['kept', 'medium'],
      ['review', 'info'],
    ]);
  });

  it('resolves places by bases, chains of them, the list of artifacts and escapes', async () => {
    const findings = await read({
      tool: tool(),
      originalUriBaseIds: {
        ROOT: { uri: 'file:///home/runner/work/shop/shop/' },
        SRC: { uri: 'src', uriBaseId: 'ROOT' },
        LOOP: { uri: 'l/', uriBaseId: 'LOOP' },
      },
      artifacts: [{ location: { uri: 'lib/b.js' } }],
      results: [
        result({ locations: [at('a%20b.js', 3, { uriBaseId: 'SRC' })] }),
        result({ locations: [at(undefined, 4, { index: 0 })] }),
        result({ locations: [at('c.js', 5, { uriBaseId: '%SRCROOT%' })] }),
        result({ locations: [at('d.js', 6, { uriBaseId: 'LOOP' })] }),
        result({ locations: [at('file:///usr/include/e.h', 7)] }),
        result({ locations: [at('f.js')] }),
        result({}),
      ],
    });
    expect(findings.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'src/a b.js:3',
      'lib/b.js:4',
      'c.js:5',
      'l/d.js:6',
      'null:null',
      'f.js:null',
      'null:null',
    ]);
  });

  it('reads a run that names its tool, its bases and its artifacts only after its results', async () => {
    const findings = await read({
      results: [result({ ruleIndex: 0, locations: [at(undefined, 2, { index: 0, uriBaseId: 'ROOT' })] })],
      artifacts: [{ location: { uri: 'a.js' } }],
      originalUriBaseIds: { ROOT: { uri: 'packages/x/' } },
      tool: tool({ rules: [{ id: 'late', defaultConfiguration: { level: 'error' } }] }),
    });
    expect(findings).toMatchObject([
      { rule: 'late', severity: 'high', file: 'packages/x/a.js', line: 2, tool: 'Scanner' },
    ]);
    const early = await read({
      tool: tool(),
      results: [result({ locations: [at(undefined, 2, { index: 0, uriBaseId: 'ROOT' })] })],
      originalUriBaseIds: { ROOT: { uri: 'packages/x/' } },
      artifacts: [{ location: { uri: 'a.js' } }],
    });
    expect(early).toMatchObject([{ file: 'packages/x/a.js' }]);
  });

  it.each([
    ['Trivy', 'CVE-2024-1', [], 'vulnerability'],
    ['Grype', 'GHSA-aaaa-bbbb-cccc-left', [], 'vulnerability'],
    ['Trivy', 'aws-access-key-id', ['secret'], 'secret'],
    ['gitleaks', 'generic-api-key', [], 'secret'],
    ['Trivy', 'DS-0002', [], 'misconfiguration'],
    ['checkov', 'CKV_AWS_1', [], 'misconfiguration'],
    ['CodeQL', 'js/sql-injection', ['security'], 'code'],
  ])('says what a finding of %s is about: %s', async (name, ruleId, tags, category) => {
    const rules = [{ id: ruleId, properties: { tags } }];
    expect(await read({ tool: tool({ name, rules }), results: [result({ ruleId })] })).toMatchObject([{ category }]);
  });

  it('gives the same finding the same fingerprint, wherever its line moved, and another one another', async () => {
    const of = async (ruleId: string, file: string, line: number) =>
      (await read({ tool: tool(), results: [result({ ruleId, locations: [at(file, line)] })] }))[0]?.fingerprint;
    expect(await of('r', 'a.js', 3)).toBe(await of('r', 'a.js', 400));
    expect(new Set([await of('r', 'a.js', 3), await of('s', 'a.js', 3), await of('r', 'b.js', 3)]).size).toBe(3);
  });
});
