import * as z from 'zod';

/** What people store for the app. */
export const SlackAppFields = z.strictObject({
  botToken: z.string().regex(/^xoxb-/, 'the bot token of the app, which begins with xoxb-'),
  signingSecret: z.string().min(16, 'the signing secret of the app'),
});
export type SlackAppFields = z.output<typeof SlackAppFields>;

/** Actions of the buttons, as `functions/slack` reads them. */
export const SLACK_ACTIONS = ['selfheal-approve', 'selfheal-reject', 'selfheal-acknowledge'] as const;
export type SlackAction = (typeof SLACK_ACTIONS)[number];
