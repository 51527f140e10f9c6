import { describe, expect, it } from 'vitest';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import { makeFakeSlack } from '#test/fakes/slack.ts';

const SECTION = { tell: ['incidents', 'approvals', 'upkeep'], channel: 'C0000001' };
const announcements = SAMPLE_ANNOUNCEMENTS.map(({ announcement }) => announcement);
const ofKind = (kind: Announcement['kind']) => {
  const found = announcements.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`There is no sample of ${kind}.`);
  return found;
};

function setUp(section: object = SECTION) {
  const slack = makeFakeSlack();
  const app = notifiersOf({ notifiers: { 'slack-app': section } }).find(({ id }) => id === 'slack-app');
  if (app === undefined) throw new Error('The Slack app is not configured.');
  const tell = (announcement: Announcement) => app.notify(announcement, { poster: slack.poster } as never);
  const roots = () => slack.messages().filter(({ thread_ts }) => thread_ts === undefined);
  const replies = () => slack.messages().filter(({ thread_ts }) => thread_ts !== undefined);
  return { slack, app, tell, roots, replies };
}

const asked = ofKind('approval-asked');
const escalated = { ...ofKind('escalation'), story: 'story' in asked ? asked.story : undefined } as Announcement;

describe('the Slack app', () => {
  it('has one message for an incident, edited in place, and its story in the thread', async () => {
    const { tell, roots, replies } = setUp();
    await tell(asked);
    expect(roots()).toHaveLength(1);
    expect(roots()[0]?.blocks.at(-1)).toMatchObject({
      type: 'actions',
      elements: [{ action_id: 'selfheal-approve' }, { action_id: 'selfheal-reject' }],
    });
    await tell(escalated);
    expect(roots()).toHaveLength(1);
    expect(roots()[0]).toMatchObject({ edits: 1 });
    expect(roots()[0]?.blocks.at(-1)).toMatchObject({ elements: [{ action_id: 'selfheal-acknowledge' }] });
    expect(replies()).toHaveLength(1);
    expect(replies()[0]?.blocks.some(({ type }) => type === 'actions')).toBe(false);
  });

  it('posts nothing twice when it is repeated after a lost answer of any request', async () => {
    for (const method of ['chat.postMessage', 'chat.update', 'conversations.history', 'conversations.replies']) {
      const { slack, tell, roots, replies } = setUp();
      if (method !== 'chat.postMessage') await tell(asked);
      slack.fail(method, 'lost');
      const announcement = method === 'chat.postMessage' ? asked : escalated;
      await expect(tell(announcement)).rejects.toThrow('lost');
      await tell(announcement);
      expect(roots()).toHaveLength(1);
      if (method !== 'chat.postMessage') expect(replies()).toHaveLength(1);
    }
  });

  it('begins anew when somebody deleted its message, and says nothing of a recovery that it told nothing about', async () => {
    const { slack, tell, roots } = setUp();
    await tell(asked);
    slack.remove(roots()[0]?.ts ?? '');
    await tell(escalated);
    expect(roots()).toHaveLength(1);
    const recovered = announcements.find((one) => one.kind === 'progress' && one.story.incident.status === 'resolved');
    const other = setUp();
    expect(await other.tell(recovered as Announcement)).toBeNull();
    expect(other.slack.messages()).toEqual([]);
  });

  it('begins anew when its message is deleted after it was found', async () => {
    const { slack, tell, roots } = setUp();
    await tell(asked);
    slack.fail('chat.update', { ok: false, error: 'message_not_found' });
    await tell(escalated);
    const [found, begun] = roots();
    expect(found).toMatchObject({ edits: 0 });
    expect(begun?.blocks.at(-1)).toMatchObject({ elements: [{ action_id: 'selfheal-acknowledge' }] });
  });

  it('takes every kind of announcement as the description of Block Kit says', async () => {
    const { app, tell, slack } = setUp();
    for (const announcement of announcements)
      if (app.takes.includes(announcement.kind) && app.wants(announcement)) await tell(announcement);
    expect(slack.messages().length).toBeGreaterThan(8);
  });

  it.each([
    [{ ok: false, error: 'is_archived' }, 'The channel is archived: set notifiers.slack-app.channel to another one.'],
    [{ ok: false, error: 'missing_scope', needed: 'channels:history' }, 'Give the app the scope channels:history'],
    [{ ok: false, error: 'not_in_channel' }, 'Invite the app to the channel.'],
    [{ ok: false, error: 'token_revoked' }, 'install the app again'],
    [{ surprising: true }, 'is not what its documentation says'],
  ])('says what to do about %j', async (answer, words) => {
    const { slack, tell } = setUp();
    slack.fail('conversations.history', answer);
    await expect(tell(asked)).rejects.toMatchObject({ name: 'Refused', message: expect.stringContaining(words) });
  });
});
