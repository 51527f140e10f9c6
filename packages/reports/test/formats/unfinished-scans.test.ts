import { describe, expect, it } from 'vitest';
import { UnreadableReport } from '../../src/normal-form/unreadable-report.ts';
import { readReports } from '../../src/read/read-reports.ts';
import { inPieces, readWhole } from '../read/report-rig.ts';

type Fields = Readonly<Record<string, unknown>>;

const sarif = (run: Fields): string =>
  JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'CodeQL' } }, ...run }] });
const invoked = (...invocations: readonly Fields[]): string => sarif({ invocations, results: [] });
const note = (level: string | undefined, fields: Fields = {}): Fields => ({
  ...(level === undefined ? {} : { level }),
  message: { text: 'Out of memory.' },
  ...fields,
});

const SARIF: readonly (readonly [what: string, document: string, reason: string])[] = [
  ['an invocation that was not successful', invoked({ executionSuccessful: false }), 'executionSuccessful: false'],
  [
    'one of two invocations that was not',
    invoked({ executionSuccessful: true }, { executionSuccessful: false }),
    'executionSuccessful: false',
  ],
  [
    'an invocation after the results',
    sarif({ results: [], invocations: [{ executionSuccessful: false }] }),
    'executionSuccessful: false',
  ],
  ['results that are null', sarif({ results: null }), 'no list of results'],
  ['no results at all', sarif({}), 'no list of results'],
  [
    'no results, although it was successful',
    sarif({ invocations: [{ executionSuccessful: true }] }),
    'no list of results',
  ],
  [
    'results in other files',
    sarif({ externalPropertyFileReferences: { results: [{ location: { uri: 'x' } }] } }),
    'other files',
  ],
  [
    'an error of the tool while it ran',
    invoked({ executionSuccessful: true, toolExecutionNotifications: [note('note'), note('error')] }),
    'an error of its own: Out of memory',
  ],
  [
    'an error of the tool in its configuration',
    invoked({ executionSuccessful: true, toolConfigurationNotifications: [note('error')] }),
    'an error of its own: Out of memory',
  ],
  [
    'an error that only an exception explains',
    invoked({
      toolExecutionNotifications: [{ level: 'error', message: {}, exception: { message: 'No such file.' } }],
    }),
    'No such file',
  ],
  ['an error without a word', invoked({ toolExecutionNotifications: [{ level: 'error' }] }), 'an error of its own'],
  [
    'a process that did not start',
    invoked({ processStartFailureMessage: 'codeql: not found' }),
    'did not start: codeql: not found',
  ],
  ['a process that a signal ended', invoked({ exitSignalName: 'SIGKILL' }), 'a signal: SIGKILL'],
  [
    'a conversion that failed',
    sarif({ results: [], conversion: { invocation: { executionSuccessful: false } } }),
    'executionSuccessful: false',
  ],
  ['no run of any tool', JSON.stringify({ version: '2.1.0', runs: [] }), 'no run of a tool'],
];

const OTHERS: readonly (readonly [what: string, document: string, reason: string])[] = [
  [
    'Trivy: a resource of a cluster that could not be scanned',
    JSON.stringify({
      ClusterName: 'c',
      Resources: [{ Namespace: 'n', Kind: 'Pod', Name: 'p', Error: 'image not found' }],
    }),
    'image not found',
  ],
  [
    'Grype: matches that are null',
    JSON.stringify({ matches: null, source: {}, descriptor: { name: 'grype' } }),
    'no list of matches',
  ],
  [
    'Bandit: a file that it could not parse',
    JSON.stringify({
      errors: [{ filename: 'src/a.py', reason: 'syntax error' }],
      metrics: { _totals: { 'SEVERITY.HIGH': 0 } },
      results: [],
    }),
    'could not scan src/a.py: syntax error',
  ],
  [
    'Bandit: results that are null',
    JSON.stringify({ errors: [], metrics: { _totals: { 'SEVERITY.HIGH': 0 } }, results: null }),
    'no list of results',
  ],
  [
    'TruffleHog: an error among its lines',
    '{"level":"error","msg":"encountered errors during scan","error":"clone failed"}\n{"SourceMetadata":{},"DetectorName":"AWS","Verified":false}\n',
    'encountered errors during scan: clone failed',
  ],
  [
    'Checkstyle: a check that broke',
    '<checkstyle version="10"><file name="A.java"><exception><![CDATA[java.lang.NullPointerException\n at x]]></exception></file></checkstyle>',
    'a check broke on A.java: java.lang.NullPointerException',
  ],
];

/** What tools write in place of a report. */
const ERRORS: readonly (readonly [what: string, document: string, reason: string])[] = [
  [
    'npm audit without a lock file',
    '{"error":{"code":"ENOLOCK","summary":"This command requires an existing lockfile.","detail":"Try npm i first"}}',
    'ENOLOCK: This command requires an existing lockfile.',
  ],
  [
    'npm audit without its registry',
    '{"message":"request to https://registry.example failed","error":{"summary":"","detail":""}}',
    'request to https://registry.example failed',
  ],
  [
    'pnpm audit without a lock file',
    '{"error":{"code":"ERR_PNPM_AUDIT_NO_LOCKFILE","message":"No lockfile"}}',
    'ERR_PNPM_AUDIT_NO_LOCKFILE: No lockfile',
  ],
  ['Snyk without a token', '{"ok":false,"error":"Authentication failed","path":"/src"}', 'Authentication failed'],
];

describe('a scan that did not finish', () => {
  it.each([...SARIF, ...OTHERS])('is told: %s', async (_what, document, reason) => {
    for (const size of [3, 100_000]) {
      const { summary } = await readWhole(document, { size });
      if (summary.kind !== 'findings') throw new Error(`read as ${summary.format}`);
      expect(summary.unfinished.join('\n')).toContain(reason);
    }
    const { findings } = await readReports([{ name: 'a.json', pieces: inPieces(Buffer.from(document)) }]);
    expect(findings?.unfinished[0]).toMatch(/^a\.json: The scan did not finish: .*\.$/);
  });

  it.each(ERRORS)('is refused when the tool wrote an error: %s', async (_what, document, reason) => {
    for (const format of [undefined, 'npm-audit', 'sarif'])
      await expect(readWhole(document, { format })).rejects.toThrow(
        expect.toSatisfy(
          (error: unknown) =>
            error instanceof UnreadableReport &&
            error.otherFile === null &&
            error.message.includes('The scan did not finish') &&
            error.message.includes(reason),
        ),
      );
  });

  it.each([
    ['a successful invocation', invoked({ executionSuccessful: true, exitCode: 1, exitSignalName: null })],
    ['no invocation', sarif({ results: [] })],
    [
      'warnings and notes of the tool',
      invoked({
        executionSuccessful: true,
        toolExecutionNotifications: [note('warning'), note('none'), note(undefined)],
      }),
    ],
    ['no notifications', invoked({ executionSuccessful: true, toolExecutionNotifications: null })],
    ['Trivy without results', '{"SchemaVersion":2,"ArtifactName":"a","ArtifactType":"repository"}'],
    [
      'Trivy with results that are null',
      '{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"t","Vulnerabilities":null}]}',
    ],
    ['Grype without matches', '{"matches":[],"source":{},"descriptor":{"name":"grype"}}'],
  ])('is not claimed of a scan with %s', async (_what, document) => {
    expect((await readWhole(document)).summary).toMatchObject({ kind: 'findings', unfinished: [] });
  });
});
