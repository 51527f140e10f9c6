import { describe, expect, it } from 'vitest';
import { requestIn } from '#shared/domain/incident/comment-command.ts';
import { translateWebhook } from '#shared/plugins/sources/contract.ts';
import { github } from '#shared/plugins/sources/github/index.ts';

const DIGEST = '0123456789ab';
const person = { login: 'octo-lead', type: 'User' };

/** What GitHub sends of a new comment, as far as it is read. */
const delivery = (change: Record<string, unknown> = {}) => ({
  action: 'created',
  issue: { number: 12, pull_request: {}, user: { login: 'octo-dev', type: 'User' } },
  comment: { id: 501, body: `/selfheal approve ${DIGEST}`, user: person, performed_via_github_app: null },
  repository: { id: 4711, full_name: 'acme/shop' },
  sender: person,
  ...change,
});
const translate = (body: unknown) =>
  translateWebhook(github, {
    headers: { 'x-github-event': 'issue_comment', 'x-github-delivery': 'delivery-1' },
    body,
    receivedAt: new Date(0),
  });
const comment = (body: string, more: object = {}) =>
  delivery({ comment: { id: 501, body, user: person, performed_via_github_app: null, ...more } });

describe('a comment on a pull request', () => {
  it('is a command with who wrote it and what it asks for', () => {
    expect(translate(delivery())).toEqual({
      kind: 'command',
      command: {
        version: 1,
        kind: 'comment-command',
        deliveryId: 'delivery-1',
        repository: 'acme/shop',
        repositoryId: 4711,
        pullRequest: 12,
        commentId: 501,
        by: 'octo-lead',
        request: { kind: 'decide', decision: 'approved', digest: DIGEST },
      },
    });
  });

  it.each([
    ['comment-changed', delivery({ action: 'edited' })],
    ['comment-changed', delivery({ action: 'deleted' })],
    ['comment-other', comment('Looks good to me.')],
    ['comment-other', comment(`> /selfheal approve ${DIGEST}`)],
    ['comment-other', comment(`I would say\n/selfheal approve ${DIGEST}`)],
    ['comment-on-issue', delivery({ issue: { number: 12, user: person } })],
    ['comment-by-program', comment(`/selfheal approve ${DIGEST}`, { user: { login: 'robot[bot]', type: 'Bot' } })],
    ['comment-by-program', comment(`/selfheal approve ${DIGEST}`, { performed_via_github_app: { id: 1 } })],
    ['comment-by-program', delivery({ sender: { login: 'somebody-else', type: 'User' } })],
    ['comment-by-program', delivery({ sender: { login: 'octo-lead', type: 'Bot' } })],
  ])('is ignored as %s', (reason, body) => {
    expect(translate(body)).toEqual({ kind: 'ignored', reason });
  });

  it('is rejected when a field is missing or no login, naming it', () => {
    expect(translate(delivery({ repository: undefined }))).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('repository'),
    });
    const odd = { login: 'a b', type: 'User' };
    expect(translate({ ...comment('/selfheal wrong flaky_tests', { user: odd }), sender: odd })).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('by'),
    });
  });

  it('says a command in its first line alone, with any white space around it', () => {
    expect(requestIn(`\r\n  \n  /selfheal   reject  ${DIGEST}  \r\nbecause of that`)).toEqual({
      kind: 'decide',
      decision: 'rejected',
      digest: DIGEST,
    });
    expect(requestIn('/selfheal wrong flaky_tests')).toEqual({ kind: 'correct', class: 'flaky_tests' });
    expect(requestIn('')).toBeNull();
  });

  it.each([
    ['/selfheal', { problem: 'none', meant: null }],
    ['/selfheal help', { problem: 'none', meant: null }],
    ['/selfheal approve', { problem: 'digest', meant: 'approve' }],
    ['/selfheal approve 0123', { problem: 'digest', meant: 'approve' }],
    [`/selfheal approve ${DIGEST} please`, { problem: 'too-many-words', meant: 'approve' }],
    ['/selfheal rerun now', { problem: 'incident', meant: 'rerun' }],
    ['/selfheal rerun gh-0123456789 now', { problem: 'too-many-words', meant: 'rerun' }],
    ['/selfheal wrong flaky_tests gh-xyz', { problem: 'incident', meant: 'wrong' }],
    ['/selfheal quiet please', { problem: 'too-many-words', meant: 'quiet' }],
    [`/selfheal aprove ${DIGEST}`, { problem: 'verb', meant: 'approve' }],
    ['/selfheal re-run', { problem: 'verb', meant: 'rerun' }],
    [`/selfheal __proto__ ${DIGEST}`, { problem: 'verb', meant: null }],
    [`/selfheal ${'x'.repeat(3000)}`, { problem: 'verb', meant: null }],
    ['/selfheal wrong', { problem: 'class', meant: 'wrong' }],
    ['/selfheal wrong unknown', { problem: 'class', meant: 'wrong' }],
  ])('%s is answered with what is possible, and nothing of its words is kept', (text, help) => {
    expect(requestIn(text)).toEqual({ kind: 'help', ...help });
  });

  it.each([
    ['/selfheal rerun', { kind: 'rerun' }],
    ['/Selfheal Explain', { kind: 'explain' }],
    ['/selfheal rerun gh-0123456', { kind: 'rerun', incident: 'gh-0123456' }],
    ['/selfheal wrong flaky_tests gh-0123456', { kind: 'correct', class: 'flaky_tests', incident: 'gh-0123456' }],
    ['/selfheal quiet', { kind: 'quiet', quiet: true }],
    ['/selfheal resume', { kind: 'quiet', quiet: false }],
    ['/selfheal approve 0123456789AB', { kind: 'decide', decision: 'approved', digest: DIGEST }],
  ])('%s is a command in any case', (text, request) => expect(requestIn(text)).toEqual(request));
});
