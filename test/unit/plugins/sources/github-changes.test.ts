import { describe, expect, it } from 'vitest';
import { ChangeMessage } from '#shared/domain/changes/change-message.ts';
import { identify } from '#shared/domain/incident/identity.ts';
import { github } from '#shared/plugins/sources/github/index.ts';

const SHA = 'a'.repeat(40);
const AT = '2026-11-20T10:00:00Z';
const repository = { id: 7, full_name: 'acme/shop', default_branch: 'main' };
const RECEIVED = new Date('2026-11-20T10:00:05.000Z');
const send = (event: string, body: object) =>
  github.toSignal({ headers: {}, body: { repository, ...body }, event, deliveryId: 'd-1', receivedAt: RECEIVED });
function changeOf(event: string, body: object) {
  const result = send(event, body);
  if (result.kind !== 'change') throw new Error(JSON.stringify(result));
  const { kind, ...rest } = result;
  return ChangeMessage.parse({ version: 1, kind, ...rest });
}
const push = (change: object = {}) => ({
  ref: 'refs/heads/main',
  after: SHA,
  compare: 'https://github.com/acme/shop/compare/a...b',
  head_commit: { message: 'Round totals\n\nMore.', timestamp: AT },
  commits: [
    { added: ['src/new.ts'], removed: [], modified: ['src/cart.ts'] },
    { added: [], removed: ['src/old.ts'], modified: ['src/cart.ts'] },
  ],
  pusher: { name: 'octo-dev' },
  ...change,
});
const deployment = { id: 12, sha: SHA, environment: 'production', created_at: AT, creator: { login: 'octo-dev' } };
const status = (state: string, change: object = {}) => ({
  action: 'created',
  deployment,
  deployment_status: {
    state,
    description: 'Exit code 1',
    log_url: 'https://ci.example.com/12',
    updated_at: '2026-11-20T10:04:00Z',
  },
  ...change,
});
const check = (conclusion: string, change: object = {}) => ({
  action: 'completed',
  check_run: {
    name: 'build',
    conclusion,
    head_sha: SHA,
    details_url: 'https://ci.example.com/build/9',
    completed_at: AT,
    output: { title: '2 tests failed', summary: 'src/cart.test.ts' },
    app: { slug: 'some-ci' },
    check_suite: { head_branch: 'main' },
    ...change,
  },
});

describe('changes that GitHub tells of', () => {
  it('a push to the default branch is a commit with its files', () => {
    expect(changeOf('push', push())).toMatchObject({
      repository: { id: 7, name: 'acme/shop' },
      signal: null,
      change: {
        id: `commit:acme/shop@${SHA}`,
        kind: 'commit',
        places: ['repository:acme/shop'],
        at: '2026-11-20T10:00:00.000Z',
        title: 'Push of aaaaaaaaaa to main: Round totals',
        by: 'octo-dev',
        files: ['src/new.ts', 'src/cart.ts', 'src/old.ts'],
      },
    });
  });

  it('a forced push counts from its arrival, since it may bring back an old commit', () => {
    const old = { message: 'Old', timestamp: '2025-01-01T00:00:00Z' };
    expect(changeOf('push', push({ forced: true, head_commit: old })).change?.at).toBe(RECEIVED.toISOString());
  });

  it.each([
    ['push-of-a-tag', push({ ref: 'refs/tags/v1' })],
    ['push-that-deletes', push({ deleted: true, after: '0'.repeat(40) })],
    ['push-to-another-branch', push({ ref: 'refs/heads/feature' })],
  ])('leaves aside a %s', (reason, body) => {
    expect(send('push', body)).toEqual({ kind: 'ignored', reason });
  });

  it('a deployment is built from its commit; its end is told under the same id', () => {
    const began = changeOf('deployment', { action: 'created', deployment });
    expect(began.change).toMatchObject({
      kind: 'deployment',
      state: 'started',
      title: 'Deployment of aaaaaaaaaa to production',
      edges: [{ kind: 'built-from', to: `commit:acme/shop@${SHA}` }],
    });
    const ended = changeOf('deployment_status', status('success'));
    expect(ended.change).toMatchObject({ id: began.change?.id, state: 'done', at: '2026-11-20T10:04:00.000Z' });
  });

  it('a deployment that failed is an alert, and the next that succeeds ends it', () => {
    const failed = changeOf('deployment_status', status('failure'));
    expect(failed.signal).toMatchObject({
      kind: 'alarm-raised',
      target: { kind: 'alert', provider: 'github', connection: 'default', service: 'acme/shop', severity: 'high' },
      tainted: { title: 'Deployment of acme/shop to production failed' },
    });
    const next = changeOf('deployment_status', status('success', { deployment: { ...deployment, id: 13 } }));
    if (failed.signal === null || next.signal === null) throw new Error('Both say something of trouble.');
    expect(next.signal.kind).toBe('alarm-cleared');
    expect(identify(next.signal).intakeKey).toBe(identify(failed.signal).intakeKey);
  });

  it('a deployment by a workflow run is only a change: the run is an incident of its own', () => {
    expect(changeOf('deployment_status', status('failure', { workflow_run: { id: 5 } })).signal).toBeNull();
    expect(send('deployment_status', status('in_progress'))).toMatchObject({ kind: 'ignored' });
  });

  it('a published release is a change', () => {
    const release = {
      id: 3,
      tag_name: 'v2',
      name: 'Two',
      html_url: 'https://github.com/acme/shop/releases/v2',
      published_at: AT,
    };
    expect(changeOf('release', { action: 'published', release }).change).toMatchObject({
      kind: 'release',
      title: 'Release v2: Two',
    });
    expect(send('release', { action: 'edited', release })).toMatchObject({ kind: 'ignored' });
  });

  it('a check of another tool on the default branch is an alert, and nothing was changed', () => {
    const failed = changeOf('check_run', check('failure'));
    expect(failed).toMatchObject({
      change: null,
      signal: {
        kind: 'alarm-raised',
        target: { service: 'acme/shop', severity: 'medium', url: 'https://ci.example.com/build/9' },
        tainted: { title: 'Check build of acme/shop failed on main' },
      },
    });
    const passed = changeOf('check_run', check('success', { completed_at: '2026-11-20T11:00:00Z' }));
    if (failed.signal === null || passed.signal === null) throw new Error('Both say something of trouble.');
    expect(identify(passed.signal).intakeKey).toBe(identify(failed.signal).intakeKey);
  });

  it.each([
    ['check-of-a-workflow', check('failure', { app: { slug: 'github-actions' } })],
    ['check-of-another-branch', check('failure', { check_suite: { head_branch: 'feature' } })],
    ['check-without-a-verdict', check('neutral')],
  ])('leaves aside a %s', (reason, body) => {
    expect(send('check_run', body)).toEqual({ kind: 'ignored', reason });
  });

  it('names the field that a delivery lacks', () => {
    expect(send('push', { ref: 'refs/heads/main' })).toMatchObject({
      kind: 'rejected',
      reason: expect.stringMatching(/^after: /),
    });
    expect(send('deployment', { action: 'created' })).toMatchObject({ kind: 'rejected' });
  });

  it('keeps no address that is not of the web, and no secret in a title', () => {
    const secret = ['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_');
    const body = push({ compare: 'javascript:alert(1)', head_commit: { message: `token ${secret}`, timestamp: AT } });
    const { change } = changeOf('push', body);
    expect(change?.url).toBeNull();
    expect(change?.title).not.toContain(secret);
  });
});
