import { cutAtSentence } from '@selfheal/kernel/text/shortened-text.ts';
import * as z from 'zod';
import type { ChannelMessage, Tone } from '../common/channel-message.ts';
import { defineChatNotifier, PAGED_KINDS } from '../common/chat-notifier.ts';
import { fitMessage } from '../common/fit-message.ts';
import { quiet, quietText } from '../common/inert-text.ts';

const ALERTS = 'https://api.atlassian.com/jsm/ops/integration/v2/alerts';
/** Longer ones are cut by the service. */
const MAX_MESSAGE = 130;
const MAX_DESCRIPTION = 15_000;
const PRIORITY: Readonly<Record<Tone, string>> = { bad: 'P2', asking: 'P3', notice: 'P4', good: 'P5' };

const Fields = z.strictObject({
  /** Of an integration "API" of a team's operations. */
  apiKey: z.string().min(1).max(200),
});

/**
 * Alerts of Jira Service Management by its integration events: whatever needs a person opens an alert under the incident's id, and its end closes it. An open alert
 * counts a repeat instead of paging again. What is about no incident pages nobody. developer.atlassian.com/cloud/jira/service-desk-ops, "Integration events".
 */
export const jsm = defineChatNotifier({
  id: 'jsm',
  title: 'Jira Service Management',
  fields: Fields,
  sample: {
    secret: { apiKey: 'sample' },
    answer: ({ body }) => ({
      text: JSON.stringify({ result: 'Request will be processed', took: 0.1, requestId: 'sample' }),
      shown: { subject: null, text: wordsIn(body) },
    }),
  },
  staysOpen: true,
  takes: PAGED_KINDS,
  acknowledge: (incidentId, fields, by) => requestOf(jsmAcknowledgement(incidentId, by), fields),
  request: (message, fields) => {
    const alert = jsmAlert(message);
    return alert === null ? null : requestOf(alert, fields);
  },
});

interface JsmRequest {
  /** Below the address of alerts. */
  readonly path: string;
  readonly body: object;
}

const requestOf = ({ path, body }: JsmRequest, { apiKey }: z.output<typeof Fields>) => ({
  url: `${ALERTS}${path}`,
  headers: { authorization: `GenieKey ${apiKey}` },
  body: JSON.stringify(body),
});

const jsmAcknowledgement = (incidentId: string, by: string): JsmRequest => ({
  path: `/${encodeURIComponent(incidentId)}/acknowledge?identifierType=alias`,
  body: { source: 'Selfheal', note: quiet(`Acknowledged by ${by}.`) },
});

/** Null for what is about no incident. */
export function jsmAlert(message: ChannelMessage): JsmRequest | null {
  const { tone, title, paragraphs, incidentId } = message;
  if (incidentId === null) return null;
  if (tone === 'good')
    return {
      path: `/${encodeURIComponent(incidentId)}/close?identifierType=alias`,
      body: { source: 'Selfheal', note: quiet(cutAtSentence(paragraphs.join(' ') || title, MAX_DESCRIPTION / 4)) },
    };
  return {
    path: '',
    body: {
      message: headOf(title),
      alias: incidentId,
      description: descriptionOf(fitMessage(message, (one) => descriptionOf(one).length <= MAX_DESCRIPTION)),
      priority: PRIORITY[tone],
      source: 'Selfheal',
      tags: ['selfheal'],
    },
  };
}

/** Breaking up addresses makes a title at most twice as long. */
function headOf(title: string): string {
  const whole = quiet(cutAtSentence(title, MAX_MESSAGE));
  return whole.length <= MAX_MESSAGE ? whole : quiet(cutAtSentence(title, MAX_MESSAGE / 2));
}

const descriptionOf = (message: ChannelMessage): string => quietText({ ...message, title: '' });

/** The words of an alert or of its closing. */
function wordsIn(body: string): string {
  const { message, description, note } = JSON.parse(body) as Readonly<Record<string, string | undefined>>;
  return [message, description, note].filter((text) => text !== undefined).join('\n\n');
}
