import { cutAtSentence } from '@selfheal/kernel/text/shortened-text.ts';
import * as z from 'zod';
import type { ChannelMessage } from '../common/channel-message.ts';
import { defineChatNotifier, PAGED_KINDS } from '../common/chat-notifier.ts';
import { actionWords } from '../common/story-words.ts';
import type { Announcement, IncidentStory } from '../contract.ts';

const ENQUEUE = 'https://events.pagerduty.com/v2/enqueue';
const CHANGES = 'https://events.pagerduty.com/v2/change/enqueue';
const MAX_SUMMARY = 1024;

/** A routing key has 32 characters. */
const Fields = z.strictObject({
  /** Reads schedules (`onCall`); this notifier has no use for it. */
  apiToken: z.string().min(1).optional(),
  routingKey: z
    .string()
    .regex(/^[A-Za-z0-9]{32}$/, 'the integration key of an Events API v2 integration: 32 letters and digits'),
});

const Settings = z.object({
  changes: z
    .boolean()
    .default(false)
    .describe('Whether PagerDuty also lists what Selfheal changed in production; that pages nobody.'),
});

/**
 * PagerDuty by the Events API v2: whatever needs a person triggers an alert under the incident's key, whoever takes it on acknowledges it, and its end resolves it. What is about no
 * incident pages nobody. An action on a service is a change event, where they are asked for (developer.pagerduty.com, "Send a change event").
 */
export const pagerduty = defineChatNotifier<z.output<typeof Fields>, z.output<typeof Settings>>({
  id: 'pagerduty',
  title: 'PagerDuty',
  fields: Fields,
  sample: { secret: { routingKey: 'sample'.padEnd(32, '0') } },
  variables: { routingKey: ['PAGERDUTY_ROUTING_KEY', 'PAGERDUTY_INTEGRATION_KEY'] },
  settings: Settings,
  staysOpen: true,
  alsoTells: (story, { changes }) => changes && changeIn(story) !== null,
  takes: PAGED_KINDS,
  acknowledge: (incidentId, { routingKey }) => ({
    url: ENQUEUE,
    body: JSON.stringify({ routing_key: routingKey, dedup_key: incidentId, event_action: 'acknowledge' }),
  }),
  request: (message, { routingKey }, _settings, announcement) => {
    const change = pagerdutyChange(message, announcement, routingKey);
    if (change !== null) return { url: CHANGES, body: JSON.stringify(change) };
    const event = pagerdutyEvent(message, routingKey);
    return event === null ? null : { url: ENQUEUE, body: JSON.stringify(event) };
  },
});

/** The newest action, while its result is not known yet; null for runs of a pipeline, which change nothing in production. */
function changeIn({ stage, actions, incident }: IncidentStory) {
  const action = actions.at(-1);
  return stage === 'acting' && incident.target.kind !== 'run' && action?.state === 'done' ? action : null;
}

/** A change event; null for an announcement of anything else. */
function pagerdutyChange(
  { title, links, incidentId }: ChannelMessage,
  announcement: Announcement,
  routingKey: string,
): object | null {
  const action = announcement.kind === 'progress' ? changeIn(announcement.story) : null;
  if (action === null) return null;
  return {
    routing_key: routingKey,
    payload: {
      summary: cutAtSentence(`Selfheal: ${actionWords(action)}`, MAX_SUMMARY),
      timestamp: action.intendedAt,
      source: 'selfheal',
      custom_details: { incident: incidentId, failure: title },
    },
    links: links.map(({ name, url }) => ({ href: url, text: name })),
  };
}

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
