import { describe, expect, it } from 'vitest';
import { ChangeMessage } from '#shared/domain/changes/change-message.ts';
import { source } from '#shared/plugins/hosts/gitlab/source.ts';

const SHA = 'b'.repeat(40);
const RECEIVED = new Date('2026-11-20T10:00:05.000Z');
const project = { id: 15, path_with_namespace: 'acme/web/shop', default_branch: 'main' };
const send = (body: object) =>
  source.toSignal({
    headers: {},
    body: { project, ...body },
    event: 'Push Hook',
    deliveryId: 'gitlab:1',
    receivedAt: RECEIVED,
  });
function changeOf(body: object) {
  const result = send(body);
  if (result.kind !== 'change') throw new Error(JSON.stringify(result));
  return ChangeMessage.parse({ version: 1, ...result });
}
const push = (change: object = {}) => ({
  object_kind: 'push',
  ref: 'refs/heads/main',
  after: SHA,
  user_username: 'octo-dev',
  commits: [
    {
      id: SHA,
      title: 'Round totals',
      timestamp: '2026-11-20T10:59:00+01:00',
      url: 'https://gitlab.example.com/acme/web/shop/-/commit/b',
      added: ['src/new.ts'],
      modified: ['src/cart.ts'],
      removed: [],
    },
  ],
  ...change,
});
const deployment = (status: string) => ({
  object_kind: 'deployment',
  status,
  status_changed_at: '2026-11-20 11:00:00 +0100',
  deployment_id: 7,
  deployable_url: 'https://gitlab.example.com/acme/web/shop/-/jobs/796',
  environment: 'production',
  short_sha: 'bbbbbbbb',
  user: { username: 'octo-dev' },
});

describe('changes that GitLab tells of', () => {
  it('a push to the default branch is a commit with its files', () => {
    expect(changeOf(push())).toMatchObject({
      repository: { id: 15, name: 'gitlab:acme/web/shop' },
      change: {
        kind: 'commit',
        id: `commit:gitlab:acme/web/shop@${SHA}`,
        places: ['repository:gitlab:acme/web/shop'],
        at: '2026-11-20T09:59:00.000Z',
        title: 'Push of bbbbbbbbbb to main: Round totals',
        by: 'octo-dev',
        files: ['src/new.ts', 'src/cart.ts'],
      },
    });
  });

  it('a deployment is one change from its beginning to its end', () => {
    const [began, ended, failed] = ['running', 'success', 'failed'].map(
      (status) => changeOf(deployment(status)).change,
    );
    expect([began?.state, ended?.state, failed?.state]).toEqual(['started', 'done', 'failed']);
    expect(ended).toMatchObject({
      id: began?.id,
      at: '2026-11-20T10:00:00.000Z',
      title: 'Deployment of bbbbbbbb to production',
    });
  });

  it.each([
    ['push-of-a-tag', push({ ref: 'refs/tags/v1' })],
    ['push-that-deletes', push({ after: '0'.repeat(40) })],
    ['push-to-another-branch', push({ ref: 'refs/heads/feature' })],
    ['deployment-on-the-way', deployment('created')],
  ])('leaves aside a %s', (reason, body) => {
    expect(send(body)).toEqual({ kind: 'ignored', reason });
  });

  it('names what is wrong with a delivery', () => {
    expect(send({ object_kind: 'push' })).toMatchObject({ kind: 'rejected', reason: expect.stringMatching(/^ref: /) });
    expect(send(push({ project: { ...project, path_with_namespace: '../shop' } }))).toEqual({
      kind: 'rejected',
      reason: 'project.path_with_namespace: Must be the path of a project',
    });
  });
});
