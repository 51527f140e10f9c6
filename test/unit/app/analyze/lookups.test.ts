import { causalChainOf } from '@selfheal/diagnosis/causality/chain.ts';
import { writeZip } from '@selfheal/fake-github/zip/zip-writer.ts';
import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { jobNameOf } from '@selfheal/log-reading/logs/job-name.ts';
import { describe, expect, it } from 'vitest';
import { makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';
import type { AnalysisInputs } from '#shared/app/analyze/lookups.ts';
import { type LookupDeps, lookupsOf } from '#shared/app/analyze/lookups.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import { knowledgeScopeOf, runsKeyOf } from '#shared/domain/incident/scope.ts';
import type { TargetContext } from '#shared/domain/incident/target-context.ts';
import type { ChangedFile, CodeReader } from '#shared/ports/code-reader.ts';
import type { LookupResult } from '#shared/ports/diagnosis-model.ts';
import type { MetricReader } from '#shared/ports/metric-reader.ts';
import {
  aClassification,
  aConfiguration,
  aGithubTarget,
  aKnowledgeEntry,
  anAlarmTarget,
  anEvidence,
  anIncident,
  aPastIncident,
  aService,
  redactedText,
} from '#test/builders/index.ts';
import {
  fakeClock,
  fakeCodeHost,
  fakeServiceLogs,
  makeMemoryKnowledgeStore,
  makeMemoryStatsStore,
  makeMemoryTestStore,
  scripted,
} from '#test/fakes/index.ts';

// Split, so that nothing takes it for a real one.
const TOKEN = ['ghp', 'Zx9Qw3Er7Ty1Ui5Op2As8Df4Gh6Jk0Lz3XcV'].join('_');
const LOG = [
  ...Array.from({ length: 60 }, (_, n) => `2026-11-20T10:00:00.0000000Z step line ${n + 1}`),
  `2026-11-20T10:00:01.0000000Z curl -H "authorization: Bearer ${TOKEN}"`,
  '2026-11-20T10:00:02.0000000Z ##[error]AssertionError: 1 !== 2',
  '2026-11-20T10:00:03.0000000Z Post job cleanup.',
].join('\n');

/** Words are worth the more, the rarer they are. */
const UNRELATED = Array.from({ length: 30 }, (_, n) =>
  aKnowledgeEntry({
    id: `other-${n}`,
    title: `Disk ${n}`,
    class: 'storage_issues',
    keywords: [`disk${n}`],
    rootCause: 'Full.',
    resolution: 'Clean up.',
  }),
);

const runHost = () =>
  fakeCodeHost({
    listJobs: async () => [
      { id: 1, name: jobNameOf('build'), conclusion: 'success', url: null, failedStep: null },
      {
        id: 2,
        name: jobNameOf('unit'),
        conclusion: 'failure',
        url: null,
        failedStep: redactedText('Run npm test'),
      },
    ],
    downloadLogs: async () => ({
      kind: 'archive',
      bytes: writeZip([
        { name: '0_build.txt', content: 'built\n' },
        { name: '1_unit.txt', content: `${LOG}\n` },
      ]),
    }),
  });

function open(target: TargetContext, change: Partial<LookupDeps> = {}, past = makeMemoryKnowledgeStore()) {
  const recall = makeLocalRecall(past, [aKnowledgeEntry(), ...UNRELATED]);
  const classification = aClassification();
  const evidence = anEvidence();
  const [source] = evidence.sources;
  const sources = [
    { ...source, id: 'job-2', name: 'unit', lines: [{ ref: 'L1', number: 62, text: 'AssertionError', score: 9 }] },
  ];
  const material: AnalysisInputs = {
    incident: anIncident({ target, classification }),
    classification,
    evidence: { ...evidence, sources } as AnalysisInputs['evidence'],
    found: { match: null, confidence: 0, similar: [] },
    seen: [],
    patterns: [],
    limits: [],
    chain: causalChainOf(evidence),
    telemetry: null,
    preExisting: null,
  };
  const deps: LookupDeps = {
    codeHost: runHost(),
    archives: makeZipLogArchive(),
    code: scripted<CodeReader>('code'),
    stats: makeMemoryStatsStore(),
    tests: makeMemoryTestStore(),
    serviceLogs: fakeServiceLogs(),
    metrics: scripted<MetricReader>('metrics'),
    configuration: aConfiguration({ services: [{ ...aService(), alarms: ['checkout-errors'] }] }),
    clock: fakeClock(),
    ...change,
  };
  const lookups = lookupsOf(material, { ...deps, recall });
  const run = (name: string, input: unknown): Promise<LookupResult> => {
    const lookup = lookups.find((one) => one.name === name);
    if (lookup === undefined) throw new Error(`There is no ${name}.`);
    return lookup.run(input, AbortSignal.timeout(1000));
  };
  return { run, names: lookups.map(({ name }) => name), lookups, deps };
}
const aChangedFile = (path: string, patch: string | null): ChangedFile => ({
  path: new RawRef(path),
  shown: redactedText(path),
  status: redactedText('modified'),
  additions: 1,
  deletions: 1,
  patch: patch === null ? null : redactedText(patch).split('\n'),
});
const text = (result: LookupResult) => (result.kind === 'found' ? result.lines.join('\n') : result.reason);

describe('what a model may look up about a run', () => {
  it('is read-only, and its parameters are words to search for, never where to look', () => {
    const { names, lookups } = open(aGithubTarget());
    expect(names).toEqual([
      'failing_step',
      'log_around',
      'search_log',
      'show_change',
      'blame',
      'test_history',
      'event_chain',
      'similar_incidents',
    ]);
    const parameters = lookups.flatMap(({ schema }) => Object.keys((schema.properties as object) ?? {}));
    expect(new Set(parameters)).toEqual(new Set(['job', 'ref', 'contains', 'file', 'test', 'words']));
  });

  it('shows the failing step, with what it printed last before it failed', async () => {
    const found = text(await open(aGithubTarget()).run('failing_step', {}));
    expect(found).toContain('job 1: unit, failed at step: Run npm test');
    expect(found).toContain('62: ##[error]AssertionError: 1 !== 2');
    expect(found).not.toContain('Post job cleanup');
    expect(found).not.toContain('\n10: ');
  });

  it('shows the log around a line of the evidence', async () => {
    const { run } = open(aGithubTarget());
    const found = text(await run('log_around', { ref: 'L1' }));
    expect(found.split('\n')).toHaveLength(22);
    expect(found).toContain('42: step line 42');
    expect(text(await run('log_around', { ref: 'L9' }))).toBe('That line is not in the evidence.');
  });

  it('[A72] redacts whatever it brings', async () => {
    const { run } = open(aGithubTarget());
    const found = text(await run('search_log', { contains: 'AUTHORIZATION' }));
    expect(found).toContain('curl -H');
    expect(found).not.toContain(TOKEN);
  });

  it('fetches the logs once for several lookups', async () => {
    const { run, deps } = open(aGithubTarget());
    await run('search_log', { contains: 'step line' });
    expect(await run('search_log', { contains: 'not there' })).toMatchObject({ kind: 'nothing' });
    expect((deps.codeHost as ReturnType<typeof fakeCodeHost>).count('downloadLogs')).toBe(1);
  });

  it('shows the change under test and who touched a file, for paths inside the repository only', async () => {
    const target = aGithubTarget();
    const code = scripted<CodeReader>('code', {
      changedFiles: async () => [aChangedFile('src/cart.ts', '@@ -1 +1 @@\n-a\n+b'), aChangedFile('logo.png', null)],
      commitsOf: async () => [
        {
          sha: target.headSha,
          at: '2026-11-20T10:00:00Z',
          author: redactedText('acme-dev'),
          title: redactedText('Faster sums'),
        },
      ],
    });
    const { run } = open(target, { code });
    expect(text(await run('show_change', {}))).toContain('src/cart.ts (modified, +1 -1)');
    expect(text(await run('show_change', { file: 'src/cart.ts' }))).toBe('@@ -1 +1 @@\n-a\n+b');
    expect(text(await run('show_change', { file: 'logo.png' }))).toContain('binary');
    expect(text(await run('show_change', { file: 'other.ts' }))).toContain('does not change that file');
    expect(text(await run('blame', { file: 'src/cart.ts' }))).toContain(
      '(under test) 2026-11-20T10:00:00Z acme-dev: Faster sums',
    );
    for (const file of ['../secrets', '/etc/passwd', 'a/../../b', '', 7])
      expect(await run('blame', { file })).toMatchObject({ kind: 'nothing' });
  });

  it('[E28] finds past incidents of the same repository by words, with what became of them, and none of another', async () => {
    const past = makeMemoryKnowledgeStore();
    const target = aGithubTarget();
    await past.remember(aPastIncident(), knowledgeScopeOf(target) ?? '');
    await past.remember(aPastIncident({ id: `gh-${'9'.repeat(24)}`, title: 'Theirs' }), 'repository#999');
    const { run } = open(target, {}, past);
    const found = text(await run('similar_incidents', { words: 'registry connection reset' }));
    expect(found).toContain(`Incident ${aPastIncident().id}, ended 2026-11-20`);
    expect(found).toContain('this helped then: The failed jobs were started again.');
    expect(found).not.toContain('Theirs');
  });

  it('[C37] shows what went wrong in order, with the reasons', async () => {
    const found = text(await open(aGithubTarget()).run('event_chain', {}));
    expect(found).toMatch(/^first L1 .*error x1: Error: read ECONNRESET \(.+\)$/);
  });

  it('shows how the workflow fared, and what is known', async () => {
    const target = aGithubTarget();
    const stats = makeMemoryStatsStore();
    const at = '2026-11-20T10:00:00.000Z';
    await stats.addRun(runsKeyOf(target), {
      runId: 5,
      runAttempt: 1,
      conclusion: 'success',
      onDefaultBranch: true,
      at,
    });
    const { run } = open(target, { stats });
    expect(text(await run('test_history', {}))).toBe(`${at} run 5 attempt 1: success, default branch`);
    expect(text(await run('test_history', { test: 'cart pays' }))).toBe('No failure of this test was recorded.');
    expect(
      text(await run('similar_incidents', { words: 'econnreset connection reset by package registry' })),
    ).toContain('Run the failed jobs again.');
    expect(await run('similar_incidents', { words: 'zebra' })).toMatchObject({ kind: 'nothing' });
  });

  it.each([{}, null, 'text', { contains: 'x' }, { contains: 'ok', repository: 'other/place' }])(
    'refuses the input %j',
    async (input) => {
      expect(await open(aGithubTarget()).run('search_log', input)).toMatchObject({ kind: 'nothing' });
    },
  );
});

describe('what a model may look up about an alarm', () => {
  const metrics = () =>
    scripted<MetricReader>('metrics', { read: async () => [{ at: '2026-11-21T11:00:00.000Z', value: 12.34567 }] });
  const serviceLogs = () =>
    fakeServiceLogs({ recent: async () => [{ at: '2026-11-21T11:00:00.000Z', text: 'ERROR pool exhausted\n' }] });

  it("is its service's log, metrics, and what is known", async () => {
    const { run, names, deps } = open(anAlarmTarget(), { metrics: metrics(), serviceLogs: serviceLogs() });
    expect(names).toEqual(['search_log', 'read_metric', 'event_chain', 'similar_incidents']);
    expect(text(await run('search_log', { contains: 'POOL' }))).toBe('2026-11-21T11:00:00.000Z ERROR pool exhausted');
    expect(text(await run('read_metric', { metric: 'Errors' }))).toBe('2026-11-21T11:00:00.000Z 12.346');
    expect((deps.metrics as ReturnType<typeof metrics>).calls[0]?.args[0]).toMatchObject({
      kind: 'lambda-alias',
      functionName: 'checkout',
      metric: 'Errors',
    });
    expect(await run('read_metric', { metric: 'CPUUtilization' })).toMatchObject({ kind: 'nothing' });
  });

  it('is nothing of a service that the catalogue does not know', () => {
    expect(open(anAlarmTarget(), { configuration: aConfiguration() }).names).toEqual([
      'event_chain',
      'similar_incidents',
    ]);
  });
});
