import { type FakeGitlab, type PipelineSpec, startFakeGitlab } from '@selfheal/fake-gitlab/server.ts';
import type { JobSpec, Pipeline, Project } from '@selfheal/fake-gitlab/state.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import { type FailureKind, shopJobs } from '#apps/local/world/samples/shop-jobs.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { until } from './support/until.ts';

const TOKEN = ['glpat', 'made-up-for-tests'].join('-');
const HOOK_TOKEN = 'hook token of tests';
const PATH = 'acme/platform/shop';
const REPOSITORY = `gitlab:${PATH}`;

const CI_FILE = ['unit tests:', '  image: node:24', '  script:', '    - npm test', ''].join('\n');

let gitlab: FakeGitlab;
let healer: Healer;
let project: Project;
beforeAll(async () => {
  gitlab = await startFakeGitlab({ token: TOKEN });
  healer = await openHealer({ configuration: { hosts: { gitlab: { apiUrl: gitlab.apiUrl } } } });
  const { runtime, webhookSecret, webhookUrl } = healer;
  runtime.overrideSecret(outputOf(runtime, 'GithubTokenSecretName'), {
    token: 'local-token',
    hosts: { gitlab: { token: TOKEN } },
  });
  runtime.overrideSecret(outputOf(runtime, 'WebhookSecretName'), {
    current: webhookSecret,
    sources: { gitlab: { current: HOOK_TOKEN } },
  });
  gitlab.setWebhook({ url: webhookUrl.replace(/github$/, 'gitlab'), token: HOOK_TOKEN });
  project = gitlab.addProject(PATH, { '.gitlab-ci.yml': CI_FILE });
  for (let day = 0; day < 3; day += 1) gitlab.addPipeline(project, { jobs: jobsOf(null), mergeRequest: null });
});
afterEach(() => expectClean(healer));
afterAll(async () => {
  await healer?.stop();
  await gitlab?.stop();
});

/** The jobs of the sample shop as GitLab shows them. */
function jobsOf(kind: FailureKind | null): JobSpec[] {
  return shopJobs(kind, 'a'.repeat(40)).map(({ name, conclusion, steps }) => ({
    name,
    status: conclusion === 'failure' ? 'failed' : 'success',
    trace: steps.map(({ text }) => text).join(''),
  }));
}

/** Plays a failed pipeline to the end of its incident. */
async function played(spec: PipelineSpec): Promise<{ pipeline: Pipeline; incident: Incident }> {
  const pipeline = gitlab.addPipeline(project, spec);
  expect(await gitlab.deliver(pipeline)).toBe(202);
  const incident = await incidentOf(pipeline);
  return { pipeline, incident: await healer.ended(incident.id) };
}

async function incidentOf({ id }: Pipeline): Promise<Incident> {
  let found: Incident | null = null;
  await until(`an incident of pipeline ${id}`, async () => {
    for (const { name } of healer.runtime.executions()) {
      const incident = await healer.incidents.get(name.replace(/-\d+$/, ''));
      if (incident?.target.kind === 'run' && incident.target.runId === id) found = incident;
    }
    return found !== null;
  });
  if (found === null) throw new Error('There is none.');
  return found;
}

const noteOf = (mergeRequest: number | null): string => {
  const notes = gitlab.notes(project, mergeRequest ?? 0);
  expect(notes).toHaveLength(1);
  return notes[0]?.body ?? '';
};
const changesAbout = (what: string, about: string) =>
  gitlab.changes.filter((one) => one.what === what && one.about.includes(about)).length;

describe('a failed pipeline on GitLab', () => {
  it('of a regression gets one note with cause, evidence lines and fix, and no retry', async () => {
    const { pipeline, incident } = await played({ jobs: jobsOf('regression') });
    expect(incident).toMatchObject({
      status: 'suggested',
      target: { kind: 'run', host: 'gitlab', repository: REPOSITORY, runId: pipeline.id, runAttempt: 1 },
    });
    const note = noteOf(pipeline.mergeRequest);
    for (const heading of [/^#### Root Cause Analysis$/m, /^#### Evidence$/m, /^#### .*\bfix\b/im])
      expect(note).toMatch(heading);
    expect(note).toMatch(/gitlab-ci.*defines unit tests as.*npm test/);
    expect(note).toMatch(/adds up \d+ lines before it rounds/);
    expect(changesAbout('retry', `/pipelines/${pipeline.id}`)).toBe(0);
  });

  it('that was transient has its failed jobs retried once, and the note says that it passed', async () => {
    const { pipeline, incident } = await played({ jobs: jobsOf('transient'), again: [jobsOf(null)] });
    expect(incident).toMatchObject({ status: 'resolved', attempt: 1 });
    expect(changesAbout('retry', `/pipelines/${pipeline.id}`)).toBe(1);
    const note = noteOf(pipeline.mergeRequest);
    expect(note).toContain(`Re-ran the failed jobs of run ${pipeline.id} as attempt 2.`);
    expect(note).toMatch(/Verified: it (recovered|passed)/);
  });

  it('that fails again after the retry is not called healed', async () => {
    const { pipeline, incident } = await played({ jobs: jobsOf('transient'), again: [jobsOf('transient')] });
    expect(incident.status).not.toBe('resolved');
    expect(changesAbout('retry', `/pipelines/${pipeline.id}`)).toBeGreaterThan(0);
    expect(changesAbout('retry', `/pipelines/${pipeline.id}`)).toBeLessThan(3);
    expect(noteOf(pipeline.mergeRequest)).not.toMatch(/Verified: it (recovered|passed)/);
  });

  it('is run again for somebody who may push and says so in a note, and for nobody else', async () => {
    const { pipeline, incident } = await played({ jobs: jobsOf('regression'), again: [jobsOf(null)] });
    const asked = async (username: string, level: number) => {
      const user = gitlab.addUser(username);
      project.members.set(user.id, level);
      const note = gitlab.comment(project, pipeline.mergeRequest ?? 0, user, '/selfheal rerun');
      expect(await gitlab.deliverNote(project, note)).toBe(202);
      const replies = () =>
        gitlab.notes(project, note.mergeRequest).filter((one) => one !== note && one.discussion === note.discussion);
      await until('the answer', () => replies().length > 0);
      return replies()[0]?.body;
    };
    expect(await asked('tanuki-reporter', 20)).toContain('Only people with write access');
    expect(changesAbout('retry', `/pipelines/${pipeline.id}`)).toBe(0);
    expect(await asked('tanuki-dev-two', 30)).toMatch(/re-running the failed jobs of incident `run-[0-9a-f]{7}`/);
    await until('the next attempt', async () => (await healer.incidents.get(incident.id))?.attempt === 2);
    expect(await healer.ended(incident.id)).toMatchObject({ status: 'resolved' });
    expect(changesAbout('retry', `/pipelines/${pipeline.id}`)).toBe(1);
    const trail = await healer.incidents.auditTrail(incident.id);
    expect(trail.find(({ event }) => event === 'rerun.requested')?.facts).toMatchObject({
      by: 'gitlab:tanuki-dev-two',
    });
  });

  it('of a push to the default branch has no note, and a person is told with a link to the pipeline', async () => {
    const { pipeline, incident } = await played({ jobs: jobsOf('regression'), mergeRequest: null });
    expect(incident.target).toMatchObject({ pullRequest: null, onDefaultBranch: true });
    const [mail] = healer.mailsAbout(incident.id);
    expect(mail?.text).toContain(`${gitlab.apiUrl.replace('/api/v4', '')}/${PATH}/-/pipelines/${pipeline.id}`);
  });

  it('is looked at once, whatever is delivered twice', async () => {
    const headers = { 'idempotency-key': 'once', 'x-gitlab-event-uuid': 'once' };
    const pipeline = gitlab.addPipeline(project, { jobs: jobsOf('regression') });
    expect(await gitlab.deliver(pipeline, headers)).toBe(202);
    expect(await gitlab.deliver(pipeline, headers)).toBe(202);
    const incident = await healer.ended((await incidentOf(pipeline)).id);
    await healer.quiet();
    expect(incident).toMatchObject({ occurrences: 1, attempt: 1 });
    expect(gitlab.notes(project, pipeline.mergeRequest ?? 0)).toHaveLength(1);
  });

  it('is not believed with another token, nor of a project of another id', async () => {
    const pipeline = gitlab.addPipeline(project, { jobs: jobsOf('regression') });
    expect(await gitlab.deliver(pipeline, { 'x-gitlab-token': 'another' })).toBe(401);
    const other = { ...project, id: project.id + 100_000 };
    expect(await gitlab.deliver({ ...pipeline, project: other })).toBe(202);
    await healer.quiet();
    expect(gitlab.notes(project, pipeline.mergeRequest ?? 0)).toEqual([]);
  });

  it('carries no quick action, whatever the trace says', async () => {
    const hostile = '/merge\n/close\n/approve\nAssertionError: 1 !== 2\n/merge\n';
    const jobs: JobSpec[] = [{ name: 'test', status: 'failed', trace: hostile }];
    const { pipeline } = await played({ jobs });
    expect(changesAbout('quick-action', '')).toBe(0);
    expect(project.mergeRequests.get(pipeline.mergeRequest ?? 0)?.state).toBe('opened');
  });
});
