import { digestOf } from '@selfheal/kernel/digest.ts';
import { present } from '@selfheal/kernel/present.ts';
import * as z from 'zod';
import type { Announcement } from '#shared/ports/announcement.ts';
import type { ChannelMessage } from '../common/channel-message.ts';
import { defineChatNotifier } from '../common/chat-notifier.ts';
import { slackBody } from '../common/slack-blocks.ts';
import { type SlackAction, SlackAppFields } from './fields.ts';
import { sample } from './sample.ts';

const Settings = z.object({
  channel: z
    .string()
    .regex(
      /^[CG][A-Z0-9]{6,20}$/,
      'the id of a channel, such as C024BE91L; Slack shows it in the details of the channel',
    )
    .describe('Id of the channel.'),
});

/**
 * Slack as an app: one message an incident, edited in place, whose thread holds what was told since. Buttons approve, reject and acknowledge; Slack asks for
 * a confirmation, and `functions/slack` checks who pressed. A message is found again by its metadata, so that a repeat after a crash posts nothing twice.
 */
export const slackApp = defineChatNotifier<SlackAppFields, { readonly channel: string }>({
  id: 'slack-app',
  title: 'Slack app',
  fields: SlackAppFields,
  sample,
  settings: Settings,
  staysOpen: true,
  async post(message, { fields, settings: { channel }, poster, announcement }) {
    // On demand: functions near their ceiling tell Slack rarely.
    const { EVENT_TYPE, makeSlackClient } = await import('./client.ts');
    const client = makeSlackClient(fields, poster);
    const { text, blocks, ...rest } = slackBody(message) as { text: string; blocks: readonly object[] };
    const { incidentId } = message;
    const key = digestOf(JSON.stringify([text, blocks]), 24);
    const metadata = { event_type: EVENT_TYPE, event_payload: { incident: incidentId ?? '', key } };
    const plain = { channel, text, blocks, ...rest, metadata };
    if (incidentId === null || !('story' in announcement)) {
      await client.post(plain);
      return true;
    }
    const root = { ...plain, blocks: [...blocks, ...buttonsOf(announcement, message, incidentId)] };
    const since = new Date(announcement.story.incident.openedAt);
    const thread = await client.threadOf(channel, incidentId, since);
    if (thread === null) {
      // Nobody was told that something was wrong.
      if (message.tone === 'good') return false;
      await client.post(root);
      return true;
    }
    const { ts } = thread;
    if (thread.key === key) return true;
    // The reply first: once the message itself has changed, this one counts as told.
    if (!(await client.hasReply(channel, ts, key))) await client.post({ ...plain, thread_ts: ts });
    // Deleted by hand since it was found: it begins anew.
    if (!(await client.update({ ...root, ts }))) await client.post(root);
    return true;
  },
});

function buttonsOf(announcement: Announcement, { tone }: ChannelMessage, incidentId: string): readonly object[] {
  if (announcement.kind === 'approval-asked') {
    const value = `${incidentId}/${announcement.asked.digest}`;
    return [
      actions([
        button('selfheal-approve', 'Approve', value, { style: 'primary', ask: 'Selfheal carries the plan out.' }),
        button('selfheal-reject', 'Reject', value, { style: 'danger', ask: 'Selfheal changes nothing.' }),
      ]),
    ];
  }
  if (tone !== 'bad') return [];
  const ask = 'Others see that you work on it, and nobody else is called.';
  return [actions([button('selfheal-acknowledge', 'Acknowledge', incidentId, { ask })])];
}

const actions = (elements: readonly object[]) => ({ type: 'actions', elements });
const words = (text: string) => ({ type: 'plain_text', text });

function button(
  action: SlackAction,
  name: string,
  value: string,
  { style, ask }: { readonly style?: 'primary' | 'danger'; readonly ask: string },
): object {
  return {
    type: 'button',
    action_id: action,
    text: words(name),
    value,
    ...present({ style }),
    confirm: {
      title: words(`${name}?`),
      text: words(ask),
      confirm: words(name),
      deny: words('Cancel'),
      ...present({ style }),
    },
  };
}
