import * as z from 'zod';

const plain = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(most), emoji: z.boolean().optional() });
const Button = z.strictObject({
  type: z.literal('button'),
  action_id: z.string().min(1).max(255),
  text: plain(75),
  value: z.string().min(1).max(2000),
  style: z.enum(['primary', 'danger']).optional(),
  confirm: z.strictObject({
    title: plain(100),
    text: plain(300),
    confirm: plain(30),
    deny: plain(30),
    style: z.enum(['primary', 'danger']).optional(),
  }),
});
/** What Slack takes of a message: docs.slack.dev, "Block Kit" and chat.postMessage. */
export const SlackMessage = z.strictObject({
  channel: z.string(),
  ts: z.string().optional(),
  thread_ts: z.string().optional(),
  text: z.string().min(1),
  mrkdwn: z.literal(false),
  link_names: z.literal(false),
  unfurl_links: z.literal(false),
  unfurl_media: z.literal(false),
  blocks: z
    .array(
      z.union([
        z.strictObject({ type: z.literal('header'), text: plain(150) }),
        z.strictObject({
          type: z.literal('rich_text'),
          elements: z
            .array(
              z.object({ type: z.string(), elements: z.array(z.object({ type: z.enum(['text', 'link']) })).min(1) }),
            )
            .min(1),
        }),
        z.strictObject({ type: z.literal('actions'), elements: z.array(Button).min(1).max(25) }),
      ]),
    )
    .min(1)
    .max(50),
  metadata: z.strictObject({
    event_type: z.string(),
    event_payload: z.strictObject({ incident: z.string(), key: z.string() }),
  }),
});
/** docs.slack.dev, chat.postEphemeral. */
export const SlackWhisper = z.strictObject({
  channel: z.string(),
  user: z.string(),
  thread_ts: z.string().optional(),
  text: z.string().min(1),
  blocks: z.array(z.strictObject({ type: z.literal('rich_text'), elements: z.array(z.unknown()).min(1) })).min(1),
});
export type SlackMessage = z.output<typeof SlackMessage>;
