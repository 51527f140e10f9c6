import { type FakeGitlab, startFakeGitlab } from '@selfheal/fake-gitlab/server.ts';
import type { Project } from '@selfheal/fake-gitlab/state.ts';
import { Refused } from '@selfheal/kernel/errors.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeHostApi } from '#shared/adapters/http/host-api.ts';
import { requestIn } from '#shared/domain/incident/comment-command.ts';
import { connect } from '#shared/plugins/hosts/gitlab/connect.ts';
import { source } from '#shared/plugins/hosts/gitlab/source.ts';
import { translateWebhook } from '#shared/plugins/sources/contract.ts';
import { fakeClock } from '#test/fakes/index.ts';

const PATH = 'acme/platform/shop';
const REPOSITORY = `gitlab:${PATH}`;
const APPROVE = '/selfheal approve 0123456789ab';
const THREAD = 'a1'.repeat(20);

describe("GitLab's comment events", () => {
  const event = (attributes: object = {}, change: object = {}) => ({
    object_kind: 'note',
    event_type: 'note',
    user: { id: 31, username: 'tanuki.lead' },
    project: { id: 7, path_with_namespace: PATH, default_branch: 'main' },
    object_attributes: {
      id: 1244,
      note: APPROVE,
      noteable_type: 'MergeRequest',
      author_id: 31,
      system: false,
      internal: false,
      action: 'create',
      discussion_id: THREAD,
      ...attributes,
    },
    merge_request: { iid: 4, source_project_id: 7, target_project_id: 7 },
    ...change,
  });
  const read = (body: unknown, uuid = 'u') =>
    translateWebhook(source, { headers: { 'x-gitlab-event-uuid': uuid }, body, receivedAt: new Date(0) });

  it('of a new note with a command become that command, the same by whatever delivery', () => {
    const command = {
      version: 1,
      kind: 'comment-command',
      deliveryId: 'gitlab:note:1244',
      repository: REPOSITORY,
      repositoryId: 7,
      pullRequest: 4,
      commentId: 1244,
      thread: THREAD,
      by: 'tanuki.lead',
      byId: 31,
      request: { kind: 'decide', decision: 'approved', digest: '0123456789ab' },
    };
    expect(read(event())).toEqual({ kind: 'command', command });
    expect(read(event(), 'another')).toEqual({ kind: 'command', command });
    const { thread: _none, ...without } = command;
    expect(read(event({ discussion_id: null }))).toEqual({ kind: 'command', command: without });
  });

  it('name the incident of a run on another host than GitHub', () => {
    expect(read(event({ note: '/selfheal rerun run-0123' }))).toMatchObject({
      command: { request: { kind: 'rerun', incident: 'run-0123' } },
    });
  });

  it.each([
    ['comment-changed', { action: 'update' }, {}],
    ['comment-changed', { action: undefined }, {}],
    ['comment-other', { note: 'Looks good to me.' }, {}],
    ['comment-other', { note: `> ${APPROVE}` }, {}],
    ['comment-other', { note: `I would say\n${APPROVE}` }, {}],
    ['comment-internal', { internal: true }, {}],
    ['comment-internal', { confidential: true }, {}],
    ['comment-internal', {}, { event_type: 'confidential_note' }],
    ['comment-internal', {}, { event_type: undefined }],
    ['comment-by-program', { system: true }, {}],
    ['comment-by-program', { system: undefined }, {}],
    ['comment-by-program', { author_id: 32 }, {}],
    ['comment-on-issue', { noteable_type: 'Issue' }, {}],
    ['comment-on-issue', { noteable_type: 'Commit' }, { merge_request: undefined }],
    ['comment-on-issue', {}, { merge_request: null }],
    ['comment-on-fork', {}, { merge_request: { iid: 4, source_project_id: 8, target_project_id: 7 } }],
    ['comment-on-fork', {}, { merge_request: { iid: 4, source_project_id: 7, target_project_id: 8 } }],
    ['comment-on-fork', {}, { merge_request: { iid: 4 } }],
  ])('are ignored as %s: %j %j', (reason, attributes, change) => {
    expect(read(event(attributes, change))).toEqual({ kind: 'ignored', reason });
  });

  it('are rejected by the field that is missing', () => {
    expect(read(event({}, { user: undefined }))).toMatchObject({ kind: 'rejected', reason: /user/ });
    expect(read(event({}, { user: { id: 31, username: 'a b' } }))).toMatchObject({ kind: 'rejected', reason: /by/ });
  });
});

describe('people of a project on GitLab', () => {
  let gitlab: FakeGitlab;
  let project: Project;
  beforeEach(async () => {
    gitlab = await startFakeGitlab({ token: 'a-token' });
    project = gitlab.addProject(PATH);
    gitlab.addPipeline(project, { jobs: [{ name: 'test', status: 'failed', trace: 'Error: no\n' }] });
  });
  afterEach(() => gitlab.stop());
  const people = () => {
    const api = makeHostApi({
      title: 'GitLab',
      baseUrl: gitlab.apiUrl,
      token: async () => 'a-token',
      clock: fakeClock(),
      counter: 'requests',
    });
    const { people: port } = connect(api);
    if (port === undefined) throw new Error('GitLab tells of people.');
    return port;
  };
  const account = (level: number | null, kind: Parameters<FakeGitlab['addUser']>[1] = {}, username = 'tanuki') => {
    const user = gitlab.addUser(username, kind);
    if (level !== null) project.members.set(user.id, level);
    return { ...user, login: username };
  };

  it.each([
    [50, 'admin'],
    [40, 'admin'],
    [30, 'write'],
    [20, 'read'],
    [15, 'none'],
    [10, 'none'],
    [null, 'none'],
  ])('of access level %s have the right %s', async (level, permission) => {
    expect(await people().permissionOf(REPOSITORY, account(level))).toBe(permission);
  });

  it('may read what everybody may read', async () => {
    project.visibility = 'public';
    expect(await people().permissionOf(REPOSITORY, account(null))).toBe('read');
  });

  it('are refused where the name is another’s by now, the number is missing, or the account is blocked', async () => {
    const { id } = account(40);
    for (const one of [{ login: 'somebody', id }, { login: 'tanuki' }, { login: 'nobody', id: 424242 }])
      await expect(people().permissionOf(REPOSITORY, one)).rejects.toThrow(Refused);
    const blocked = account(40, { state: 'blocked' }, 'gone');
    await expect(people().permissionOf(REPOSITORY, blocked)).rejects.toThrow('blocked');
    await expect(people().permissionOf('gitlab:acme/unknown', account(40, {}, 'lead'))).rejects.toThrow(Refused);
  });

  it('wrote a command where GitLab shows it as theirs, unchanged, and them as a person', async () => {
    const lead = account(40, {}, 'lead');
    const request = requestIn(APPROVE);
    if (request === null) throw new Error('It is a command.');
    const wrote = async (by: typeof lead, body: string, as = by, internal = false) => {
      const { id: commentId } = gitlab.comment(project, 1, by, body, { internal });
      return await people().wrote(REPOSITORY, as, { pullRequest: 1, commentId, request });
    };
    expect(await wrote(lead, `${APPROVE}\nbecause of that`)).toBe(true);
    expect(await wrote(lead, '/selfheal approve ffffffffffff')).toBe(false);
    expect(await wrote(lead, APPROVE, account(40, {}, 'other'))).toBe(false);
    expect(await wrote(lead, APPROVE, lead, true)).toBe(false);
    expect(await wrote(account(40, { bot: true }, 'nightly'), APPROVE)).toBe(false);
    expect(await wrote(account(40, {}, 'project_7_bot_a1b2'), APPROVE)).toBe(false);
    expect(await wrote({ id: 900, username: 'selfheal-bot', login: 'selfheal-bot' }, APPROVE)).toBe(false);
    const nowhere = { pullRequest: 1, commentId: 424242, request };
    await expect(people().wrote(REPOSITORY, lead, nowhere)).rejects.toThrow(Refused);
  });

  it('see a sign at their note, once however often it is given, and an answer in its thread', async () => {
    const note = gitlab.comment(project, 1, account(30), APPROVE);
    const place = { pullRequest: 1, commentId: note.id };
    for (const sign of ['+1', '+1', 'confused'] as const) await people().react(REPOSITORY, place, sign);
    expect(note.awards).toEqual(['thumbsup', 'confused']);
    await expect(people().react(REPOSITORY, { ...place, commentId: 424242 }, '+1')).rejects.toThrow(Refused);
    await people().replyInThread(REPOSITORY, 1, note.discussion, redactOutgoing('Done.\n/merge'));
    const answers = gitlab.notes(project, 1).filter(({ discussion }) => discussion === note.discussion);
    expect(answers.map(({ body }) => body)).toEqual([APPROVE, 'Done.\n\\/merge']);
    expect(gitlab.changes.map(({ what }) => what)).not.toContain('quick-action');
    await expect(people().replyInThread(REPOSITORY, 1, THREAD, redactOutgoing('No.'))).rejects.toThrow(Refused);
  });
});
