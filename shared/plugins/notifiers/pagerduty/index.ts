import { cutAtSentence } from '@selfheal/kernel/text/shortened-text.ts';
import * as z from 'zod';
import type { ChannelMessage } from '../common/channel-message.ts';
import { defineChatNotifier } from '../common/chat-notifier.ts';

const ENQUEUE = 'https://events.pagerduty.com/v2/enqueue';
const MAX_SUMMARY = 1024;

/** A routing key has 32 characters. */
const Fields = z.strictObject({
  /** Reads schedules (`onCall`); this notifier has no use for it. */
  apiToken: z.string().min(1).optional(),
  routingKey: z
    .string()
    .regex(/^[A-Za-z0-9]{32}$/, 'the integration key of an Events API v2 integration: 32 letters and digits'),
});

/**
 * PagerDuty by the Events API v2: whatever needs a person triggers an alert under the incident's key, and its end resolves it. What is about no
 * incident pages nobody.
 */
export const pagerduty = defineChatNotifier({
  id: 'pagerduty',
  title: 'PagerDuty',
  fields: Fields,
  sample: { secret: { routingKey: 'sample'.padEnd(32, '0') } },
  variables: { routingKey: ['PAGERDUTY_ROUTING_KEY', 'PAGERDUTY_INTEGRATION_KEY'] },
  staysOpen: true,
  takes: ['progress', 'escalation', 'workflow-failure', 'channel-failure', 'approval-asked', 'alert-raised'],
  request: (message, { routingKey }) => {
    const event = pagerdutyEvent(message, routingKey);
    return event === null ? null : { url: ENQUEUE, body: JSON.stringify(event) };
  },
});

export function pagerdutyEvent(message: ChannelMessage, routingKey: string): object | null {
  const { tone, title, paragraphs, facts, quoted, links, incidentId } = message;
  if (incidentId === null) return null;
  const common = { routing_key: routingKey, dedup_key: incidentId };
  if (tone === 'good') return { ...common, event_action: 'resolve' };
  return {
    ...common,
    event_action: 'trigger',
    client: 'Selfheal',
    payload: {
      summary: cutAtSentence(title, MAX_SUMMARY),
      source: 'selfheal',
      severity: tone === 'bad' ? 'error' : 'warning',
      custom_details: {
        ...Object.fromEntries(facts.map(({ name, value }) => [name, value])),
        state: paragraphs.join(' '),
        log: quoted.join('\n'),
      },
    },
    links: links.map(({ name, url }) => ({ href: url, text: name })),
  };
}
