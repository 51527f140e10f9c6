import { type FakeGitlab, startFakeGitlab } from '@selfheal/fake-gitlab/server.ts';
import { quickActionsIn } from '@selfheal/fake-gitlab/state.ts';
import { rawTextOf } from '@selfheal/kernel/text/raw-text.ts';
import { jobNameOf } from '@selfheal/log-reading/logs/job-name.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packLogs } from '#shared/adapters/archive/pack-logs.ts';
import { makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';
import { makeHostApi } from '#shared/adapters/http/host-api.ts';
import { missingOnHost } from '#shared/app/plan/host-limits.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import { repositoryModeOf } from '#shared/domain/configuration/scope.ts';
import { RepositoryName, TargetContext } from '#shared/domain/incident/target-context.ts';
import { runKey } from '#shared/domain/plan/target-key.ts';
import { ACTIONS } from '#shared/plugins/actions/registry.ts';
import { connect } from '#shared/plugins/hosts/gitlab/connect.ts';
import { numberAttempts } from '#shared/plugins/hosts/gitlab/pipelines.ts';
import { withoutQuickActions } from '#shared/plugins/hosts/gitlab/quick-actions.ts';
import { source } from '#shared/plugins/hosts/gitlab/source.ts';
import { translateWebhook } from '#shared/plugins/sources/contract.ts';
import { aGithubTarget } from '#test/builders/index.ts';
import { fakeClock } from '#test/fakes/index.ts';

const TOKEN = 'a-token';
const PATH = 'acme/platform/shop';
const REPOSITORY = `gitlab:${PATH}`;
const FAILED = { name: 'test', status: 'failed', trace: 'Error: no\n' } as const;
const PASSED = { ...FAILED, status: 'success' } as const;

describe('names of repositories on other hosts', () => {
  it.each(['acme/shop', REPOSITORY, 'gitlab:a/b', 'fake-forge:a/b.c'])('%s is one', (name) =>
    expect(RepositoryName.safeParse(name).success).toBe(true),
  );
  it.each([
    'gitlab:shop',
    'gitlab:../shop',
    'gitlab:a/./b',
    'github:acme/shop',
    'GitLab:a/b',
    'a/b/c',
    'gitlab:a/b/',
    'gitlab:a//b',
  ])('%s is none', (name) => expect(RepositoryName.safeParse(name).success).toBe(false));

  it('decide the host of a run, so that no run is of two hosts', () => {
    const target = { ...aGithubTarget(), host: 'gitlab', repository: REPOSITORY };
    expect(TargetContext.safeParse(target).success).toBe(true);
    expect(TargetContext.safeParse({ ...target, host: 'github' }).success).toBe(false);
    expect(TargetContext.safeParse({ ...aGithubTarget(), host: 'gitlab' }).success).toBe(false);
    expect(runKey(REPOSITORY, 7)).toBe(`gitlab:${PATH}/run/7`);
    expect(runKey('acme/Shop', 7)).toBe('github:acme/shop/run/7');
  });

  it('are left alone where the host is not configured', () => {
    const without = Configuration.parse({ version: 1 });
    const apiUrl = 'https://gitlab.com/api/v4';
    const listed = [{ name: REPOSITORY, mode: 'suggest' }];
    const among = Configuration.parse({ version: 1, hosts: { gitlab: { apiUrl } }, github: { repositories: listed } });
    expect(repositoryModeOf(without, REPOSITORY)).toBe('off');
    expect(repositoryModeOf(among, REPOSITORY)).toBe('suggest');
    expect(repositoryModeOf(among, 'gitlab:acme/other')).toBe('act');
  });
});

describe('actions on a host that cannot do everything', () => {
  const run = { ...aGithubTarget(), host: 'gitlab', repository: REPOSITORY };
  it('are left out with words, but those that it can take', () => {
    const words = new Map(ACTIONS.map((action) => [action.id, missingOnHost(action, run)]));
    expect(words.get('rerun-failed-jobs')).toBeNull();
    expect(words.get('cancel-stuck-run')).toBeNull();
    expect(words.get('rerun-workflow-run')).toMatch(/^GitLab cannot run all jobs of a run again/);
    const writing = ACTIONS.filter(({ family, needs }) => family === 'github' && needs === undefined);
    for (const { id } of writing) expect(words.get(id), id).toMatch(/^GitLab cannot /);
    expect(writing.length).toBeGreaterThan(3);
  });
  it('of GitHub are all left in, and of an unknown host none of a run', () => {
    const elsewhere = { ...run, host: 'nowhere', repository: 'nowhere:a/b' };
    for (const action of ACTIONS) {
      expect(missingOnHost(action, aGithubTarget())).toBeNull();
      expect(missingOnHost(action, elsewhere)).toMatch(/no plug-in/);
    }
  });
});

describe('attempts of a pipeline', () => {
  const jobs = (...made: readonly [name: string, createdAt: number, finishedAt: number | null][]) =>
    made.map(([name, created, finished], at) => ({
      id: at + 1,
      name,
      status: 'failed',
      created_at: new Date(created * 1000).toISOString(),
      finished_at: finished === null ? null : new Date(finished * 1000).toISOString(),
    }));
  it.each([
    ['the first', jobs(['a', 0, 5], ['b', 0, 6]), [1, 1]],
    ['a retry of both jobs', jobs(['a', 0, 5], ['b', 0, 6], ['a', 10, 12], ['b', 10, 13]), [1, 1, 2, 2]],
    ['two retries of one', jobs(['a', 0, 5], ['a', 10, 12], ['a', 20, null]), [1, 2, 3]],
    ['a retry of one, then of the other', jobs(['a', 0, 5], ['b', 0, 6], ['a', 10, 12], ['b', 20, 22]), [1, 1, 2, 3]],
    ['a job of a later stage', jobs(['a', 0, 5], ['a', 10, 12], ['deploy', 13, 15]), [1, 2, 1]],
  ])('are numbered: %s', (_what, made, attempts) => {
    expect(numberAttempts(made).map(({ attempt }) => attempt)).toEqual(attempts);
  });
});

it('a note never carries a quick action, whatever is quoted', () => {
  const line = fc.constantFrom(
    '/merge',
    ' /close',
    '/approve now',
    'text',
    '```',
    '````',
    '~~~',
    '```text',
    '',
    '/usr/bin/node',
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const note = withoutQuickActions(lines.join('\n'));
      expect(quickActionsIn(note)).toEqual([]);
      expect(note.split('\n').filter((one) => one.startsWith('/'))).toEqual([]);
    }),
  );
});

it('packed traces are read back whole, by the names of their jobs', async () => {
  const name = fc.constantFrom('test', 'build: [linux, 20]', 'ümlaut/job', 'deploy');
  const text = fc.string({ maxLength: 200 }).map((one) => new TextEncoder().encode(one.toWellFormed()));
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.record({ job: name, bytes: text }), { minLength: 1, selector: ({ job }) => job }),
      async (texts) => {
        const read: string[] = [];
        const content = await makeZipLogArchive().read(packLogs(texts), () => {
          const at = read.push('') - 1;
          return (chunk) => {
            read[at] += String(chunk);
          };
        });
        expect(content.notes).toEqual([]);
        expect(read).toEqual(texts.map(({ bytes }) => String(rawTextOf(new TextDecoder().decode(bytes)))));
      },
    ),
    { numRuns: 30 },
  );
});

describe("GitLab's webhooks", () => {
  const event = (change: object = {}, attributes: object = {}) => ({
    object_kind: 'pipeline',
    object_attributes: {
      id: 31,
      ref: 'main',
      tag: false,
      sha: 'b'.repeat(40),
      source: 'push',
      status: 'failed',
      finished_at: '2026-11-21 12:00:00 UTC',
      ...attributes,
    },
    merge_request: null,
    user: { username: 'tanuki-dev' },
    project: { id: 7, path_with_namespace: PATH, default_branch: 'main' },
    commit: { title: 'Round totals' },
    ...change,
  });
  const read = (body: unknown, headers: Record<string, string> = { 'x-gitlab-event-uuid': 'u' }) =>
    translateWebhook(source, { headers, body, receivedAt: new Date('2026-11-21T12:00:01Z') });

  it('of a failed pipeline become a signal about a run of the host', () => {
    expect(read(event())).toMatchObject({
      kind: 'signal',
      signal: {
        kind: 'run-failed',
        occurredAt: '2026-11-21T12:00:00.000Z',
        target: {
          kind: 'run',
          host: 'gitlab',
          repository: REPOSITORY,
          repositoryId: 7,
          runId: 31,
          event: 'push',
          onDefaultBranch: true,
          pullRequest: null,
        },
      },
    });
  });
  it.each([
    ['success', { status: 'success' }, {}, 'run-succeeded', {}],
    [
      'a merge request',
      { source: 'merge_request_event', ref: 'f' },
      { merge_request: { iid: 4, target_project_id: 7 } },
      'run-failed',
      { pullRequest: 4, event: 'pull_request', onDefaultBranch: false },
    ],
    [
      'a merge request into another project',
      { source: 'merge_request_event' },
      { merge_request: { iid: 4, target_project_id: 8 } },
      'run-failed',
      { pullRequest: null, onDefaultBranch: false },
    ],
    ['a tag of the name of the default branch', { tag: true }, {}, 'run-failed', { onDefaultBranch: false }],
    ['a user with an endless name', {}, { user: { username: 'x'.repeat(200) } }, 'run-failed', { actor: null }],
  ])('of %s are read', (_what, attributes, change, kind, target) => {
    expect(read(event(change, attributes))).toMatchObject({ kind: 'signal', signal: { kind, target } });
  });
  it.each([
    ['running', 'status-running'],
    ['canceled', 'status-canceled'],
    ['made-up', 'status-other'],
  ])('of status %s are ignored by name', (status, reason) => {
    expect(read(event({}, { status }))).toEqual({ kind: 'ignored', reason });
  });
  it('of another kind are ignored, and broken ones rejected by their field', () => {
    expect(read({ object_kind: 'issue' })).toEqual({ kind: 'ignored', reason: 'event-issue' });
    expect(read(event({}, { source: 'parent_pipeline' }))).toEqual({ kind: 'ignored', reason: 'child-pipeline' });
    expect(read({})).toMatchObject({ kind: 'rejected', reason: /object_kind/ });
    expect(read(event({}, { sha: 'no' }))).toMatchObject({ kind: 'rejected', reason: /headSha/ });
    expect(read(event(), {})).toMatchObject({ kind: 'rejected', reason: /x-gitlab-event-uuid/ });
  });
  it('that differ in what they say differ in their ids, also with the UUID of the one that caused them', () => {
    const idOf = (body: unknown) => source.deliveryId({ headers: { 'x-gitlab-event-uuid': 'u' }, body });
    expect(idOf(event())).toBe(idOf(event()));
    expect(idOf(event())).not.toBe(idOf(event({}, { status: 'success' })));
  });
});

describe("GitLab's API", () => {
  let gitlab: FakeGitlab;
  beforeEach(async () => {
    gitlab = await startFakeGitlab({ token: TOKEN });
  });
  afterEach(() => gitlab.stop());
  const hosted = (token = TOKEN) =>
    connect(
      makeHostApi({
        title: 'GitLab',
        baseUrl: gitlab.apiUrl,
        token: async () => token,
        clock: fakeClock(),
        counter: 'requests',
      }),
    );

  it('finds an account by its user name in any case, and nobody by one that is gone', async () => {
    const { id } = gitlab.addUser('tanuki.lead');
    const { accountOf } = hosted();
    expect(await accountOf?.('Tanuki.Lead')).toMatchObject({ id });
    expect(await accountOf?.('tanuki')).toBeNull();
  });

  it('shows runs, jobs, traces and people', async () => {
    const project = gitlab.addProject(PATH, { '.gitlab-ci.yml': 'test: {}\n' });
    const pipeline = gitlab.addPipeline(project, { jobs: [FAILED, { ...FAILED, name: 'lint', allowFailure: true }] });
    const { codeHost, directory } = hosted();
    expect(await codeHost.getRun?.(REPOSITORY, pipeline.id)).toMatchObject({
      attempt: 1,
      status: 'completed',
      conclusion: 'failure',
    });
    const jobs = await codeHost.listJobs?.(REPOSITORY, pipeline.id, 1);
    expect(jobs?.map(({ conclusion }) => conclusion)).toEqual(['failure', 'neutral']);
    expect(await codeHost.downloadLogs?.(REPOSITORY, pipeline.id, 1, 1e6)).toMatchObject({ kind: 'archive' });
    expect(
      await codeHost.peopleBehind?.(REPOSITORY, { runId: pipeline.id, pullRequest: 1, headSha: '' }),
    ).toMatchObject({ author: 'tanuki-dev' });
    expect(await codeHost.defaultBranchFile?.(REPOSITORY, '.gitlab-ci.yml', 100)).toEqual({
      kind: 'text',
      text: 'test: {}\n',
    });
    expect(await codeHost.defaultBranchFile?.(REPOSITORY, 'missing.yml', 100)).toEqual({ kind: 'missing' });
    expect(await directory.lookUp(REPOSITORY)).toEqual({ id: project.id, name: REPOSITORY });
  });

  it('says how failed jobs are defined at the commit of a run, without secrets, and nothing of others', async () => {
    const secret = ['glpat', 'k3J9dLq0ZxV7bN2mW5sT'].join('-');
    const file = [
      '# build and test',
      'image: node:22',
      '"test e2e":',
      '  image: node:24 # long-term support',
      '',
      '  script:',
      `    - TOKEN=${secret} npm test`,
      'lint: &lint',
      '  script: npm run lint',
    ].join('\n');
    const project = gitlab.addProject(PATH, { '.gitlab-ci.yml': 'test: {}\n' });
    const pipeline = gitlab.addPipeline(project, { jobs: [FAILED], files: { '.gitlab-ci.yml': file } });
    const { codeHost } = hosted();
    const defined = async (sha: string, ...names: string[]) =>
      await codeHost.jobDefinitions?.(REPOSITORY, sha, names.map(jobNameOf));
    const found = await defined(pipeline.sha, 'test e2e 1/2', 'lint', 'included');
    expect(found?.[0]).toMatch(
      /^\.gitlab-ci\.yml defines test e2e 1\/2 as: image: node:24; script:; - TOKEN=\[redacted[^\]]*\] npm test$/,
    );
    expect(found?.slice(1)).toEqual(['.gitlab-ci.yml defines lint as: script: npm run lint']);
    expect(await defined('f'.repeat(40), 'lint')).toEqual([]);
    const without = gitlab.addProject(`${PATH}-two`);
    const other = gitlab.addPipeline(without, { jobs: [FAILED] });
    expect(await codeHost.jobDefinitions?.(`${REPOSITORY}-two`, other.sha, [jobNameOf('lint')])).toEqual([]);
  });

  it('retries the failed jobs of a run as its next attempt', async () => {
    const project = gitlab.addProject(PATH);
    const pipeline = gitlab.addPipeline(project, { jobs: [FAILED], again: [[PASSED]], retryMs: 1 });
    const { codeHost } = hosted();
    await codeHost.rerunFailedJobs?.(REPOSITORY, pipeline.id);
    await expect
      .poll(() => codeHost.getRun?.(REPOSITORY, pipeline.id))
      .toMatchObject({ attempt: 2, conclusion: 'success' });
    const results = await codeHost.listJobAttempts?.(REPOSITORY, pipeline.id);
    expect(results?.map(({ attempt, conclusion }) => [attempt, conclusion])).toEqual([
      [1, 'failure'],
      [2, 'success'],
    ]);
  });

  it('writes one note, which is found by its marker and edited', async () => {
    const project = gitlab.addProject(PATH);
    gitlab.addPipeline(project, { jobs: [FAILED] });
    const { codeHost } = hosted();
    await codeHost.createComment?.(REPOSITORY, 1, redactOutgoing('<!-- m --> first\n/merge'));
    const found = await codeHost.findComment?.(REPOSITORY, 1, '<!-- m -->');
    await codeHost.updateComment?.(REPOSITORY, found?.id ?? 0, redactOutgoing('<!-- m --> second'));
    expect(gitlab.notes(project, 1)).toMatchObject([{ body: '<!-- m --> second', edits: 1 }]);
    expect(gitlab.changes.map(({ what }) => what)).toEqual(['note', 'note-edit']);
    await expect(hosted().codeHost.updateComment?.(REPOSITORY, 4, redactOutgoing('x'))).rejects.toThrow(
      /find the note first/,
    );
  });

  it('is refused with another token, and a hidden project never looks like a missing file', async () => {
    gitlab.addProject(PATH);
    await expect(hosted('wrong').codeHost.getRun?.(REPOSITORY, 1)).rejects.toThrow(/GitLab: GET .* status 401/);
    await expect(hosted().codeHost.defaultBranchFile?.('gitlab:acme/hidden', 'a', 10)).rejects.toThrow(/status 404/);
  });
});
