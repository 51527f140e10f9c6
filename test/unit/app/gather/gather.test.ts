import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { jobNameOf } from '@selfheal/log-reading/logs/job-name.ts';
import { lineRulesOf } from '@selfheal/log-reading/logs/line-rules.ts';
import { describe, expect, it } from 'vitest';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { LogArchiveReader } from '#shared/ports/log-archive.ts';
import { aGithubTarget, anIncident, redactedText } from '#test/builders/index.ts';
import { aGatherRig, aRun, archiveOf, JOBS } from '../gather-rig.ts';

describe('the names of logs', () => {
  it('are those of the jobs, also where GitHub lists no job as failed', async () => {
    const listJobs = async () => JOBS.map((job) => ({ ...job, conclusion: 'success' as const }));
    const { run, evidence, incident } = await aGatherRig({ codeHost: { listJobs } });
    await run();
    const read = await evidence.getEvidence(incident.id);
    expect(read?.sources.map(({ name }) => name)).toEqual(['build', 'lint']);
    expect(read?.sources[0]?.url).toBe('https://github.example/job/1');
  });
});

describe('gathering a failed run', () => {
  it('keeps the logs of failed jobs only, with facts read from the API', async () => {
    const { run, evidence, incident } = await aGatherRig();
    expect(await run()).toEqual({ lines: 2, sources: 1, notes: [] });
    const kept = await evidence.getEvidence(incident.id);
    expect(kept?.sources[0]).toMatchObject({
      id: 'job-1',
      name: 'build',
      url: 'https://github.example/job/1',
      totalLines: 2,
    });
    expect(kept?.sources[0]?.lines.map(({ ref }) => ref)).toEqual(['L1', 'L2']);
    expect((await evidence.getTelemetry(incident.id))?.facts).toEqual({
      kind: 'run',
      attempt: 1,
      status: 'completed',
      conclusion: 'failure',
      failedJobIds: [1],
      passedJobs: 1,
      startedAt: '2026-11-21T11:50:00Z',
      usualSeconds: [180],
      pullRequest: null,
      newerRun: false,
      defaultBranchConclusions: ['success'],
      jobHistories: [{ jobId: 1, sameCommit: [], defaultBranch: [{ runId: 900, attempt: 1, passed: true }] }],
    });
  });

  it.each([
    ['a storm, which has no evidence of its own', { target: { kind: 'storm', startedAt: '2026-11-21T12:00:00Z' } }],
    ['an incident that was closed meanwhile', { status: 'resolved' }],
  ] as const)('reads nothing of %s', async (_what, change) => {
    const { run, evidence, incident } = await aGatherRig({ incident: anIncident(change) });
    expect(await run()).toEqual({ lines: 0, sources: 0, notes: [] });
    expect(await evidence.getEvidence(incident.id)).toBeNull();
  });

  it('reads how the failed job fared in other attempts on the commit and on the default branch, in few requests', async () => {
    const branch = Array.from({ length: 20 }, (_, n) =>
      aRun({ id: 980 - n, conclusion: n % 2 === 0 ? 'success' : 'failure' }),
    );
    const { run, evidence, incident, codeHost } = await aGatherRig({
      incident: anIncident({ target: aGithubTarget({ runAttempt: 3 }) }),
      codeHost: {
        listCommitRuns: async () => [aRun({ attempt: 3 }), aRun({ id: 700, conclusion: 'success' })],
        listDefaultBranchRuns: async () => branch,
        listJobAttempts: async (_repository, runId) =>
          runId === 1001
            ? [1, 2, 3].map((attempt) => ({
                runId,
                attempt,
                name: jobNameOf('build'),
                conclusion: attempt === 2 ? 'success' : 'failure',
              }))
            : [
                { runId, attempt: 1, name: jobNameOf('build'), conclusion: runId === 979 ? 'failure' : 'skipped' },
                { runId, attempt: 1, name: jobNameOf('lint'), conclusion: 'failure' },
              ],
      },
    });
    await run();
    const facts = (await evidence.getTelemetry(incident.id))?.facts;
    const [history] = facts?.kind === 'run' ? facts.jobHistories : [];
    expect(history?.sameCommit).toEqual([
      { runId: 1001, attempt: 2, passed: true },
      { runId: 1001, attempt: 1, passed: false },
      { runId: 700, attempt: 1, passed: true },
    ]);
    // A job that was skipped neither passed nor failed; what was not looked into is not claimed.
    expect(history?.defaultBranch.filter(({ passed }) => !passed)).toEqual([{ runId: 979, attempt: 1, passed: false }]);
    expect(history?.defaultBranch).toHaveLength(11);
    expect(codeHost.calls.filter(({ method }) => method === 'listJobAttempts')).toHaveLength(6);
  });

  it('keeps the names of failed tests that the whole log reports, redacted and each once', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const lines = [
      `✖ pays with ${token} (3.1ms)`,
      '✖ pays (1.5ms)',
      'ℹ tests 9',
      'ℹ pass 7',
      'ℹ fail 2',
      '✖ pays (1.5ms)',
    ];
    const { run, evidence, incident } = await aGatherRig({ archives: archiveOf({ build: `${lines.join('\n')}\n` }) });
    await run();
    expect((await evidence.getEvidence(incident.id))?.failedTests).toEqual([
      { name: expect.stringMatching(/^pays with \[redacted:/), source: 'job-1' },
      { name: 'pays', source: 'job-1' },
    ]);
  });

  it('sets what is new against the newest passing run of the default branch before what that run printed as well', async () => {
    const cold = Array.from({ length: 400 }, (_, at) => `error: the cache is cold (${at})`);
    const broken = ['the totals differ by 3 cents', ...cold].join('\n');
    const downloads: unknown[][] = [];
    const archives: LogArchiveReader = {
      read: (bytes, open) => archiveOf({ build: bytes[0] === 9 ? `${cold.join('\n')}\n` : broken }).read(bytes, open),
    };
    const downloadLogs: CodeHost['downloadLogs'] = async (...asked) => {
      downloads.push(asked);
      return { kind: 'archive', bytes: new Uint8Array([asked[1] === 900 ? 9 : 1]) };
    };
    const listDefaultBranchRuns = async () => [
      aRun(),
      aRun({ id: 950 }),
      aRun({ id: 900, attempt: 2, conclusion: 'success' }),
      aRun({ id: 800, conclusion: 'success' }),
    ];
    const codeHost = { downloadLogs, listDefaultBranchRuns, listJobAttempts: async () => [] };
    const { run, evidence, incident } = await aGatherRig({ codeHost, archives });
    expect(await run()).toMatchObject({ notes: [] });
    expect(downloads.map(([, id, attempt]) => [id, attempt])).toEqual([
      [1001, 1],
      [900, 2],
    ]);
    const [source] = (await evidence.getEvidence(incident.id))?.sources ?? [];
    expect(source?.lines.map(({ text }) => text)).toContain('the totals differ by 3 cents');
  });

  it.each<[string, CodeHost['downloadLogs']]>([
    ['cannot be read for now', async () => Promise.reject(new Retryable('502'))],
    ['is refused', async () => Promise.reject(new Refused('403'))],
    ['breaks the reader', async () => Promise.reject(new TypeError('no bytes'))],
    ['has expired or is too large', async () => ({ kind: 'unavailable', reason: redactedText('It is gone.') })],
  ])('goes on as ever and without a note when the log of the passing run %s', async (_what, passing) => {
    const downloadLogs: CodeHost['downloadLogs'] = async (repository, id, ...rest) =>
      id === 900 ? passing(repository, id, ...rest) : { kind: 'archive', bytes: new Uint8Array(4) };
    const { run } = await aGatherRig({ codeHost: { downloadLogs } });
    expect(await run()).toEqual({ lines: 2, sources: 1, notes: [] });
  });

  it('[A33][A34] leaves out of the logs what the configuration does', async () => {
    const log = `${'ERROR early\n'.repeat(200)}DEBUG error: probe\nERROR late\n`;
    const lineRules = lineRulesOf({ skipLevels: ['debug'], skipLines: [], cut: { longerThan: 1000, keepLast: 500 } });
    const { run, evidence, incident } = await aGatherRig({ archives: archiveOf({ build: log }), lineRules });
    await run();
    const [source] = (await evidence.getEvidence(incident.id))?.sources ?? [];
    const { lines = [], totalLines } = source ?? {};
    expect(totalLines).toBe(202);
    expect(Math.min(...lines.map(({ number }) => number))).toBeGreaterThan(150);
    expect(new Set(lines.map(({ text }) => text))).toEqual(new Set(['ERROR early', 'ERROR late']));
  });

  it('redacts before anything is kept, job names included', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const jobs = [{ ...JOBS[0]!, name: jobNameOf(`build ${token}`) }];
    const { run, evidence, incident } = await aGatherRig({
      codeHost: { listJobs: async () => jobs },
      archives: archiveOf({ [`build ${token}`]: `error: pushing with ${token}\n` }),
    });
    expect((await run()).lines).toBe(1);
    expect(JSON.stringify(await evidence.getEvidence(incident.id))).not.toContain(token);
  });
});
