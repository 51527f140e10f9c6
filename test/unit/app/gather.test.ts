import { describe, expect, it } from 'vitest';
import { gather } from '#shared/app/gather.ts';
import { MAX_EVIDENCE_CHARACTERS, MAX_EVIDENCE_LINES, makeExcerpts } from '#shared/app/gather-excerpts.ts';
import { type LineRules, lineRulesOf } from '#shared/domain/evidence/line-rules.ts';
import { RateLimited, Refused, Retryable } from '#shared/domain/kernel/errors.ts';
import type { CodeHost, Run } from '#shared/ports/code-host.ts';
import type { LogArchiveReader } from '#shared/ports/log-archive.ts';
import {
  aConfiguration,
  aGithubTarget,
  aLambdaDeployment,
  anAlarmTarget,
  anIncident,
  aService,
} from '#test/builders/index.ts';
import {
  fakeAlarms,
  fakeClock,
  fakeCodeHost,
  fakeDeployments,
  fakeResources,
  fakeServiceLogs,
  makeMemoryEvidenceStore,
  makeMemoryIncidentStore,
  makeRecordingLog,
} from '#test/fakes/index.ts';

const aRun = (change: Partial<Run> = {}): Run => ({
  id: 1001,
  attempt: 1,
  status: 'completed',
  conclusion: 'failure',
  url: 'https://github.example/acme/shop/actions/runs/1001',
  workflowId: 77,
  headSha: 'a'.repeat(40),
  createdAt: '2026-11-21T11:50:00Z',
  startedAt: '2026-11-21T11:50:00Z',
  updatedAt: '2026-11-21T11:53:00Z',
  branch: 'feature/basket',
  fromFork: false,
  ...change,
});

const JOBS = [
  { id: 1, name: 'build', conclusion: 'failure', url: 'https://github.example/job/1', failedStep: 'compile' },
  { id: 2, name: 'lint', conclusion: 'success', url: null, failedStep: null },
];

/** An archive of these logs by job name. */
const archiveOf = (logs: Record<string, string>, notes: string[] = []): LogArchiveReader => ({
  async read(_bytes, open) {
    const read = [];
    for (const [job, text] of Object.entries(logs)) {
      const receive = open({ path: `0_${job}.txt`, job });
      receive?.(text);
      if (receive) read.push({ path: `0_${job}.txt`, job, bytes: text.length, truncated: false });
    }
    return { logs: read, notes };
  },
});

async function setUp(
  change: {
    codeHost?: Partial<CodeHost>;
    archives?: LogArchiveReader;
    incident?: ReturnType<typeof anIncident>;
    lineRules?: LineRules | null;
    service?: ReturnType<typeof aService>;
  } = {},
) {
  const clock = fakeClock();
  const incidents = makeMemoryIncidentStore(clock);
  const evidence = makeMemoryEvidenceStore();
  const incident = change.incident ?? anIncident();
  await incidents.create(incident);
  const codeHost = fakeCodeHost({
    getRun: async () => aRun(),
    listJobs: async () => JOBS,
    downloadLogs: async () => ({ kind: 'archive', bytes: new Uint8Array(4) }),
    hasNewerRun: async () => false,
    listDefaultBranchRuns: async () => [aRun({ id: 900, conclusion: 'success' }), aRun()],
    listCommitRuns: async () => [aRun()],
    ...change.codeHost,
  });
  const alarms = fakeAlarms();
  const deployments = fakeDeployments();
  const resources = fakeResources();
  const serviceLogs = fakeServiceLogs();
  const deps = {
    incidents,
    evidence,
    codeHost,
    lineRules: change.lineRules ?? null,
    archives: change.archives ?? archiveOf({ build: 'ok\nerror: it broke\n', lint: 'fine\n' }),
    alarms,
    deployments,
    resources,
    serviceLogs,
    configuration: aConfiguration({ services: [change.service ?? aService()] }),
    clock,
    log: makeRecordingLog(),
  };
  const run = (acceptGaps = false) => gather({ incidentId: incident.id, acceptGaps }, deps);
  return { ...deps, incident, run };
}

describe('gathering a failed run', () => {
  it('keeps the logs of failed jobs only, with facts read from the API', async () => {
    const { run, evidence, incident } = await setUp();
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
      kind: 'github-run',
      attempt: 1,
      status: 'completed',
      conclusion: 'failure',
      failedJobIds: [1],
      passedJobs: 1,
      startedAt: '2026-11-21T11:50:00Z',
      usualSeconds: [180],
      newerRun: false,
      defaultBranchConclusions: ['success'],
      jobHistories: [{ jobId: 1, sameCommit: [], defaultBranch: [{ runId: 900, attempt: 1, passed: true }] }],
    });
  });

  it('reads how the failed job fared in other attempts on the commit and on the default branch, in few requests', async () => {
    const branch = Array.from({ length: 20 }, (_, n) =>
      aRun({ id: 980 - n, conclusion: n % 2 === 0 ? 'success' : 'failure' }),
    );
    const { run, evidence, incident, codeHost } = await setUp({
      incident: anIncident({ target: aGithubTarget({ runAttempt: 3 }) }),
      codeHost: {
        listCommitRuns: async () => [aRun({ attempt: 3 }), aRun({ id: 700, conclusion: 'success' })],
        listDefaultBranchRuns: async () => branch,
        listJobAttempts: async (_repository, runId) =>
          runId === 1001
            ? [1, 2, 3].map((attempt) => ({
                runId,
                attempt,
                name: 'build',
                conclusion: attempt === 2 ? 'success' : 'failure',
              }))
            : [
                { runId, attempt: 1, name: 'build', conclusion: runId === 979 ? 'failure' : 'skipped' },
                { runId, attempt: 1, name: 'lint', conclusion: 'failure' },
              ],
      },
    });
    await run();
    const facts = (await evidence.getTelemetry(incident.id))?.facts;
    const [history] = facts?.kind === 'github-run' ? facts.jobHistories : [];
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
    const { run, evidence, incident } = await setUp({ archives: archiveOf({ build: `${lines.join('\n')}\n` }) });
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
    const { run, evidence, incident } = await setUp({ codeHost, archives });
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
    ['has expired or is too large', async () => ({ kind: 'unavailable', reason: 'It is gone.' })],
  ])('goes on as ever and without a note when the log of the passing run %s', async (_what, passing) => {
    const downloadLogs: CodeHost['downloadLogs'] = async (repository, id, ...rest) =>
      id === 900 ? passing(repository, id, ...rest) : { kind: 'archive', bytes: new Uint8Array(4) };
    const { run } = await setUp({ codeHost: { downloadLogs } });
    expect(await run()).toEqual({ lines: 2, sources: 1, notes: [] });
  });

  it('[A33][A34] leaves out of the logs what the configuration does', async () => {
    const log = `${'ERROR early\n'.repeat(200)}DEBUG error: probe\nERROR late\n`;
    const lineRules = lineRulesOf({ skipLevels: ['debug'], skipLines: [], cut: { longerThan: 1000, keepLast: 500 } });
    const { run, evidence, incident } = await setUp({ archives: archiveOf({ build: log }), lineRules });
    await run();
    const [source] = (await evidence.getEvidence(incident.id))?.sources ?? [];
    const { lines = [], totalLines } = source ?? {};
    expect(totalLines).toBe(202);
    expect(Math.min(...lines.map(({ number }) => number))).toBeGreaterThan(150);
    expect(new Set(lines.map(({ text }) => text))).toEqual(new Set(['ERROR early', 'ERROR late']));
  });

  it('redacts before anything is kept, job names included', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const jobs = [{ ...JOBS[0]!, name: `build ${token}` }];
    const { run, evidence, incident } = await setUp({
      codeHost: { listJobs: async () => jobs },
      archives: archiveOf({ [`build ${token}`]: `error: pushing with ${token}\n` }),
    });
    expect((await run()).lines).toBe(1);
    expect(JSON.stringify(await evidence.getEvidence(incident.id))).not.toContain(token);
  });

  it.each<[string, Partial<CodeHost>, RegExp]>([
    [
      'logs that are gone',
      { downloadLogs: async () => ({ kind: 'unavailable', reason: 'They expired.' }) },
      /They expired/,
    ],
    ['refused jobs', { listJobs: async () => Promise.reject(new Refused('403')) }, /jobs of the run/],
    ['a run that was deleted', { getRun: async () => Promise.reject(new Refused('404')) }, /refused to show the run/],
  ])('goes on without %s and says so', async (_what, codeHost, words) => {
    const { run, evidence, incident } = await setUp({ codeHost });
    expect((await run()).notes.join('\n')).toMatch(words);
    expect(await evidence.getTelemetry(incident.id)).not.toBeNull();
  });

  it.each<[string, Partial<CodeHost>, RegExp]>([
    ['jobs', { listJobs: async () => Promise.reject(new Retryable('502')) }, /jobs of the run .*\(Retryable\)/],
    ['logs', { downloadLogs: async () => Promise.reject(new RateLimited('403')) }, /logs of the run .*\(RateLimited\)/],
    ['runs', { listDefaultBranchRuns: async () => Promise.reject(new RateLimited('429')) }, /default branch/],
    ['commit', { listCommitRuns: async () => Promise.reject(new Retryable('502')) }, /other runs on the commit/],
    ['later runs', { hasNewerRun: async () => Promise.reject(new Retryable('500')) }, /later runs/],
  ])(
    'asks for the step to be repeated when %s cannot be read for now, and notes it only when gaps are accepted',
    async (_what, codeHost, words) => {
      const { run, evidence, incident } = await setUp({ codeHost });
      await expect(run()).rejects.toBeInstanceOf(Retryable);
      expect(await evidence.getEvidence(incident.id)).toBeNull();
      expect((await run(true)).notes.join('\n')).toMatch(words);
      expect(await evidence.getTelemetry(incident.id)).not.toBeNull();
    },
  );

  it('begins no part that could outlast the function, and says so when gaps are accepted', async () => {
    const { run, codeHost, clock } = await setUp({
      codeHost: {
        listJobs: async () => {
          clock.advance(41_000);
          return JOBS;
        },
      },
    });
    await expect(run()).rejects.toMatchObject({ name: 'Retryable' });
    expect((await run(true)).notes).toEqual(['The logs of the run could not be read (Retryable).']);
    expect(codeHost.calls.some(({ method }) => method === 'downloadLogs')).toBe(false);
  });

  it('goes on without a broken archive and says so', async () => {
    const { run } = await setUp({
      archives: archiveOf({}, ['The log archive could not be read: it is truncated or damaged.']),
    });
    expect((await run()).notes).toEqual([
      'The log archive could not be read: it is truncated or damaged.',
      '1 of 1 failed jobs have no log that was read.',
    ]);
  });

  it.each([false, true])(
    'stops with Retryable when GitHub cannot say for now how the run stands (gaps accepted: %s)',
    async (acceptGaps) => {
      const { run } = await setUp({ codeHost: { getRun: async () => Promise.reject(new Retryable('503')) } });
      await expect(run(acceptGaps)).rejects.toMatchObject({ name: 'Retryable' });
    },
  );
});

describe('gathering what remedies change', () => {
  const incident = anIncident({ target: anAlarmTarget() });
  const reboot = { action: 'reboot-rds-instance' as const, alarms: ['checkout-errors'], instance: 'db' };
  const state = { kind: 'rds-instance', instance: 'db', status: 'available', restartedAt: null } as const;
  const gathered = async (read: () => Promise<typeof state>) => {
    const world = await setUp({
      incident,
      service: aService({ deployment: null, logGroup: null, remedies: [reboot] }),
    });
    world.alarms.program({ read: async () => ({ state: 'ALARM', since: '2026-11-21T11:58:00.000Z' }) });
    world.resources.program({ read });
    const { notes } = await world.run();
    return { notes, facts: (await world.evidence.getTelemetry(incident.id))?.facts };
  };

  it('reads it beside the alarm', async () => {
    expect(await gathered(async () => state)).toMatchObject({ facts: { resources: [state] } });
  });

  it('leaves out and notes what may not be read', async () => {
    const { notes, facts } = await gathered(async () => Promise.reject(new Refused('AccessDenied')));
    expect(facts).toMatchObject({ resources: [] });
    expect(notes).toContain('The state of what a remedy changes could not be read (Refused).');
  });
});

describe('gathering an alarm', () => {
  const incident = anIncident({
    target: anAlarmTarget(),
    tainted: { title: 'checkout-errors', branch: null, reason: 'Threshold crossed.' },
  });

  it('reads the alarm, the deployment and the log of its service from 15 minutes before', async () => {
    const world = await setUp({ incident });
    world.alarms.program({ read: async () => ({ state: 'ALARM', since: '2026-11-21T11:58:00.000Z' }) });
    world.deployments.program({ read: async () => aLambdaDeployment() });
    world.serviceLogs.program({ recent: async () => [{ at: '2026-11-21T11:57:00.000Z', text: 'ERROR it broke' }] });
    expect(await world.run()).toMatchObject({ sources: 2, notes: [] });
    expect(world.serviceLogs.calls[0]?.args.slice(0, 2)).toEqual([
      '/aws/lambda/checkout',
      new Date('2026-11-21T11:43:00.000Z'),
    ]);
    expect((await world.evidence.getTelemetry(incident.id))?.facts).toMatchObject({
      state: 'ALARM',
      serviceId: 'checkout',
      deployment: { currentVersion: '8', previousVersion: '7' },
    });
  });

  it('[B90] goes on without deployment and logs and says so', async () => {
    const world = await setUp({ incident });
    world.alarms.program({ read: async () => ({ state: 'ALARM', since: null }) });
    world.deployments.program({ read: async () => Promise.reject(new Refused('AccessDenied')) });
    world.serviceLogs.program({ recent: async () => Promise.reject(new Retryable('throttled')) });
    await expect(world.run()).rejects.toMatchObject({ name: 'Retryable' });
    const { notes } = await world.run(true);
    expect(notes.join('\n')).toMatch(/deployment of the service[\s\S]*log of the service/);
  });

  it('takes an answer from before the alarm rang for none: OK it is only since then', async () => {
    const { changedAt } = anAlarmTarget();
    const ago = (seconds: number) => new Date(Date.parse(changedAt) - seconds * 1000).toISOString();
    const world = await setUp({ incident });
    world.deployments.program({ read: async () => aLambdaDeployment() });
    world.serviceLogs.program({ recent: async () => [] });
    const facts = async () => (await world.evidence.getTelemetry(incident.id))?.facts;
    world.alarms.program({ read: async () => ({ state: 'OK', since: ago(60) }) });
    await expect(world.run()).rejects.toMatchObject({ name: 'Retryable' });
    expect((await world.run(true)).notes).toContain('CloudWatch never showed that the alarm rang; its event counts.');
    expect(await facts()).toMatchObject({ state: 'ALARM', stateSince: changedAt });
    world.alarms.program({ read: async () => ({ state: 'OK', since: ago(-1) }) });
    await world.run();
    expect(await facts()).toMatchObject({ state: 'OK' });
  });

  it('handles an alarm nobody listed', async () => {
    const unknown = anIncident({ target: anAlarmTarget({ alarmName: 'unlisted' }) });
    const world = await setUp({ incident: unknown });
    world.alarms.program({ read: async () => null });
    expect((await world.run()).notes).toEqual([
      'The alarm does not exist any more.',
      'No service of the catalogue lists this alarm.',
    ]);
    expect((await world.evidence.getTelemetry(unknown.id))?.facts).toMatchObject({ serviceId: null, deployment: null });
  });
});

describe('excerpts of many logs', () => {
  it('stay within the limits of lines and characters, with references that are unique', () => {
    const excerpts = makeExcerpts(20);
    for (let job = 0; job < 8; job += 1) {
      const source = excerpts.open({ id: `job-${job}`, name: `job ${job}`, url: null });
      for (let line = 0; line < 2000; line += 1) source.push(`error: step ${line} ${'x'.repeat(900)}\n`);
    }
    const lines = excerpts.finish().sources.flatMap((source) => source.lines);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(MAX_EVIDENCE_LINES);
    expect(lines.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(MAX_EVIDENCE_CHARACTERS);
    expect(new Set(lines.map(({ ref }) => ref)).size).toBe(lines.length);
  });
});
