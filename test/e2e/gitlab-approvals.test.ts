import { type FakeGitlab, startFakeGitlab } from '@selfheal/fake-gitlab/server.ts';
import { DEVELOPER, type Note, type Pipeline, type Project, SELF, type User } from '@selfheal/fake-gitlab/state.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { outputOf } from '#apps/local/stage.ts';
import { shopJobs } from '#apps/local/world/samples/shop-jobs.ts';
import { answerOn, signIn } from '#lab/drills/approvals.ts';
import { runCommand } from '#test/unit/cli/run-command.ts';
import { askedFor } from './support/approving.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { trigger } from './support/steering.ts';
import { until } from './support/until.ts';

const TOKEN = ['glpat', 'made-up-for-tests'].join('-');
const HOOK_TOKEN = 'hook token of tests';
const PASSWORD = 'Correct-Horse-8-Battery';

let gitlab: FakeGitlab;
let healer: Healer;
let project: Project;
let lead: User;
const tokens = new Map<string, string>();
beforeAll(async () => {
  gitlab = await startFakeGitlab({ token: TOKEN });
  healer = await openHealer({
    configuration: {
      hosts: { gitlab: { apiUrl: gitlab.apiUrl } },
      policy: { approvalRequiredRisks: ['low', 'medium', 'high'] },
    },
  });
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
  // The user pool says of each that their logins on the hosts are their names.
  for (const [name, roles] of [
    ['octo-boss', ['viewer', 'admin']],
    ['octo-dev', ['viewer', 'approver']],
    ['tanuki-lead', ['viewer', 'approver']],
  ] as const) {
    await runtime.createUser(name, `${name}@example.com`, PASSWORD, [...roles]);
    tokens.set(name, await signIn(healer, `${name}@example.com`, PASSWORD));
    expect((await api(name, '/auth/me')).status).toBe(200);
  }
  project = gitlab.addProject('acme/platform/shop');
  lead = member('tanuki-lead', 30);
  project.members.set(DEVELOPER.id, 30);
});
afterEach(() => expectClean(healer));
afterAll(async () => {
  await healer?.stop();
  await gitlab?.stop();
});

async function api(name: string, path: string, body?: object): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${outputOf(healer.runtime, 'ApiUrl')}/api${path}`, {
    method: body === undefined ? 'GET' : 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.get(name)}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
}

const jobs = (kind: 'transient' | null) =>
  shopJobs(kind, 'a'.repeat(40)).map(({ name, conclusion, steps }) => ({
    name,
    status: conclusion === 'failure' ? ('failed' as const) : ('success' as const),
    trace: steps.map(({ text }) => text).join(''),
  }));

/** A pipeline failed, and its retry would pass. */
async function failed(): Promise<{ readonly pipeline: Pipeline; readonly id: string }> {
  const pipeline = gitlab.addPipeline(project, { jobs: jobs('transient'), again: [jobs(null)] });
  expect(await gitlab.deliver(pipeline)).toBe(202);
  let id = '';
  await until('an incident of the pipeline', async () => {
    for (const { name } of healer.runtime.executions()) {
      const incident = await healer.incidents.get(name.replace(/-\d+$/, ''));
      if (incident?.target.kind === 'run' && incident.target.runId === pipeline.id) id = incident.id;
    }
    return id !== '';
  });
  return { pipeline, id };
}

const retriesOf = ({ id }: Pipeline): number =>
  gitlab.changes.filter(({ what, about }) => what === 'retry' && about.endsWith(`/pipelines/${id}`)).length;

it('a retry on GitLab is not approved by its author under another GitHub login, but by somebody else of GitLab', async () => {
  const { pipeline, id } = await failed();
  const page = await askedFor(healer, id);

  // `tanuki-dev` pushed. On GitHub they are `octo-dev`, and GitLab has nobody of that name.
  expect(await api('octo-boss', '/users/octo-dev@example.com/gitlab', { login: 'tanuki-dev' })).toMatchObject({
    status: 200,
    json: { github: { login: 'octo-dev' }, gitlab: { login: 'tanuki-dev', linkedBy: 'octo-boss@example.com' } },
  });
  expect(await answerOn(page, 'approved', tokens.get('octo-dev') ?? null)).toMatchObject({
    status: 403,
    message: expect.stringContaining('somebody else has to approve'),
  });
  await trigger(healer, 'redeliver-webhooks');
  await until('the numbers of the accounts', async () =>
    JSON.stringify((await api('octo-boss', '/users')).json).includes('"login":"tanuki-dev","id":901'),
  );
  expect(await answerOn(page, 'approved', tokens.get('octo-dev') ?? null)).toMatchObject({ status: 403 });
  expect(retriesOf(pipeline)).toBe(0);

  expect(await answerOn(page, 'approved', tokens.get('tanuki-lead') ?? null)).toMatchObject({ status: 200 });
  expect(await healer.ended(id)).toMatchObject({ status: 'resolved' });
  expect(retriesOf(pipeline)).toBe(1);
});

it('the doctor names who cannot approve on GitLab, and how they are linked', async () => {
  await api('octo-boss', '/users/octo-dev@example.com/gitlab', { login: null });
  const doctor = ['doctor', '--deployment', outputOf(healer.runtime, 'ApiUrl')];
  const { code, stdout, stderr } = await runCommand(doctor, '', COMMANDS, {
    SELFHEAL_TOKEN: tokens.get('octo-boss') ?? '',
  });
  expect(code).toBe(1);
  const lines = `${stdout}${stderr}`;
  expect(lines).toMatch(/Approvers on GitHub: 3 approvers, none without/);
  expect(lines).toMatch(
    /Approvers on GitLab: 2 of 3 .*octo-dev.* cannot approve re-runs there: selfheal user link \S+ --gitlab LOGIN/,
  );
});

describe('a command in a note on the merge request', () => {
  it('approves once, in the words of GitLab, if somebody else wrote it who may push and is linked', async () => {
    const { pipeline, id } = await failed();
    await askedFor(healer, id);
    const command = commandIn(pipeline, 'approve');
    expect(healer.mailsAbout(id)[0]?.text).toContain(`into a comment on the merge request:\n${command}`);
    expect(await api('octo-boss', '/users/octo-dev@example.com/gitlab', { login: 'tanuki-dev' })).toMatchObject({
      status: 200,
    });

    expect(await answered(pipeline, member('tanuki-reader', 20), command)).toEqual({
      sign: ['thumbsdown'],
      reply: expect.stringContaining('Only people with write access'),
    });
    expect(await answered(pipeline, member('tanuki-new', 40), command)).toEqual({
      sign: ['thumbsdown'],
      reply: expect.stringMatching(/linked to nobody.*selfheal user link .* --gitlab /),
    });
    expect(await answered(pipeline, DEVELOPER, command)).toEqual({
      sign: ['thumbsdown'],
      reply: expect.stringContaining('somebody else has to approve'),
    });
    expect(retriesOf(pipeline)).toBe(0);

    const note = written(pipeline, lead, command);
    for (const uuid of ['first', 'second'])
      expect(await gitlab.deliverNote(project, note, { 'idempotency-key': uuid })).toBe(202);
    expect(await healer.ended(id)).toMatchObject({ status: 'resolved' });
    await healer.quiet();
    expect(retriesOf(pipeline)).toBe(1);
    expect(note.awards).toEqual(['thumbsup']);
    expect(repliesTo(note)).toEqual([expect.stringMatching(/Approved\. Selfheal continues/)]);
    expect(await decisionsOf(id)).toEqual([
      ['approval.refused', 'gitlab:tanuki-reader'],
      ['approval.refused', 'gitlab:tanuki-new'],
      ['approval.refused', 'gitlab:tanuki-dev'],
      ['approval.approved', 'gitlab:tanuki-lead'],
    ]);

    expect((await answered(pipeline, lead, command)).reply).toContain('already approved, by gitlab:tanuki-lead');
    expect((await answered(pipeline, lead, '/selfheal explain')).reply).toMatch(
      /is resolved\.[\s\S]*\n- .*Verified: rerun-failed-jobs on gitlab:.* helped/,
    );
    expect((await answered(pipeline, lead, '/selfheal wrong storage_issues')).sign).toEqual(['thumbsup']);
    const [prediction] = (await healer.predictions.recentPredictions(10)).filter(({ incidentId }) => incidentId === id);
    expect(prediction?.correction).toMatchObject({ class: 'storage_issues', by: 'gitlab:tanuki-lead' });
    const help = (await answered(pipeline, member('tanuki-guest', 10), '/selfheal aprove')).reply;
    expect(help).toMatch(/Did you mean `\/selfheal approve[\s\S]*`\/selfheal quiet`: .* on this merge request/);
  });

  it('rejects, and nothing is retried', async () => {
    const { pipeline, id } = await failed();
    await askedFor(healer, id);
    expect((await answered(pipeline, lead, commandIn(pipeline, 'reject'))).sign).toEqual(['thumbsup']);
    expect(await healer.ended(id)).toMatchObject({ status: 'escalated', outcomeReason: 'The plan was not approved.' });
    expect(retriesOf(pipeline)).toBe(0);
  });

  it('does nothing where it is quoted, edited or internal, by a program, about a fork, or not what GitLab shows', async () => {
    const { pipeline, id } = await failed();
    await askedFor(healer, id);
    const command = commandIn(pipeline, 'approve');
    const edited = written(pipeline, lead, 'Looks good.');
    edited.body = command;
    edited.edits = 1;
    const forged = written(pipeline, lead, 'Looks good.');
    const silent = [
      written(pipeline, lead, `> ${command}`),
      edited,
      written(pipeline, lead, command, { internal: true }),
      written(pipeline, SELF, command),
      written(pipeline, member('nightly', 40, { bot: true }), command),
      written(pipeline, member('gone', 40, { state: 'blocked' }), command),
    ];
    for (const note of silent) expect(await gitlab.deliverNote(project, note)).toBe(202);
    expect(await gitlab.deliverNote(project, { ...forged, body: command })).toBe(202);
    expect(await gitlab.deliverNote(project, { ...forged, author: DEVELOPER, body: command })).toBe(202);
    const elsewhere = written(pipeline, lead, command);
    expect(await gitlab.deliverNote({ ...project, id: project.id + 100_000 }, elsewhere)).toBe(202);
    const request = project.mergeRequests.get(pipeline.mergeRequest ?? 0);
    if (request === undefined) throw new Error('There is no merge request.');
    project.mergeRequests.set(99, { ...request, iid: 99, sourceProjectId: project.id + 100_000 });
    const ofAFork = gitlab.comment(project, 99, lead, command);
    expect(await gitlab.deliverNote(project, ofAFork)).toBe(202);

    expect((await answered(pipeline, lead, commandIn(pipeline, 'reject'))).sign).toEqual(['thumbsup']);
    expect(await healer.ended(id)).toMatchObject({ status: 'escalated' });
    await healer.quiet();
    for (const note of [...silent, forged, elsewhere, ofAFork]) {
      expect(note.awards, note.body).toEqual([]);
      expect(repliesTo(note), note.body).toEqual([]);
    }
    expect(await decisionsOf(id)).toEqual([]);
    expect(retriesOf(pipeline)).toBe(0);
  });
});

/** A command as Selfheal's own note shows it. */
function commandIn({ mergeRequest }: Pipeline, verb: 'approve' | 'reject'): string {
  const texts = gitlab.notes(project, mergeRequest ?? 0).filter(({ author }) => author === SELF);
  const [found] = texts.flatMap(({ body }) => new RegExp(`/selfheal ${verb} [0-9a-f]{12}`).exec(body) ?? []);
  if (found === undefined) throw new Error('The note shows no command.');
  return found;
}

function member(username: string, level: number, kind: Parameters<FakeGitlab['addUser']>[1] = {}): User {
  const user = gitlab.addUser(username, kind);
  project.members.set(user.id, level);
  return user;
}

const written = (
  { mergeRequest }: Pipeline,
  by: User,
  body: string,
  kind: { readonly internal?: boolean } = {},
): Note => gitlab.comment(project, mergeRequest ?? 0, by, body, kind);

/** The emoji and the answer that a note gets. */
async function answered(pipeline: Pipeline, by: User, body: string) {
  const note = written(pipeline, by, body);
  expect(await gitlab.deliverNote(project, note)).toBe(202);
  await until(`an answer to ${body}`, () => repliesTo(note).length > 0);
  return { sign: note.awards, reply: repliesTo(note)[0] ?? '' };
}

const repliesTo = ({ id, mergeRequest, discussion }: Note): string[] =>
  gitlab
    .notes(project, mergeRequest)
    .filter((one) => one.id !== id && one.discussion === discussion)
    .map(({ body }) => body);

async function decisionsOf(id: string): Promise<unknown[]> {
  const trail = await healer.incidents.auditTrail(id);
  return trail
    .filter(({ event }) => event === 'approval.refused' || event === 'approval.approved')
    .map(({ event, facts }) => [event, facts.by]);
}
