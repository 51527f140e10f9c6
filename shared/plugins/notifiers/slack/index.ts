import { defineChatNotifier, WebhookFields } from '../common/chat-notifier.ts';
import { slackBody } from '../common/slack-blocks.ts';

/** Slack by an incoming webhook, which takes messages and gives nothing back but `ok`. */
export const slack = defineChatNotifier({
  id: 'slack',
  title: 'Slack',
  fields: WebhookFields,
  sample: { secret: { url: 'https://hooks.slack.com/services/T0/B0/sample' } },
  variables: { url: ['SLACK_WEBHOOK_URL'] },
  request: (message, { url }) => ({ url, body: JSON.stringify(slackBody(message)) }),
  problemOf: ({ text }) => (text.trim() === 'ok' ? null : `the answer was ${JSON.stringify(text.slice(0, 100))}`),
});
