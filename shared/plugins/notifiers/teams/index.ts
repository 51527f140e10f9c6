import type { ChannelMessage, Tone } from '../common/channel-message.ts';
import { defineChatNotifier, WebhookFields } from '../common/chat-notifier.ts';
import { fitMessage } from '../common/fit-message.ts';

const STYLE: Readonly<Record<Tone, string>> = { good: 'good', bad: 'attention', asking: 'warning', notice: 'accent' };
/** Teams refuses messages over 28 KB. */
const MAX_BYTES = 27_000;
const MAX_LINKS = 4;

/**
 * Microsoft Teams by a Workflows webhook that posts an Adaptive Card. All words are runs of a rich text block, whose text no client interprets, while a
 * text block's is Markdown (adaptivecards.io, schema 1.5).
 */
export const teams = defineChatNotifier({
  id: 'teams',
  title: 'Microsoft Teams',
  fields: WebhookFields,
  sample: { secret: { url: 'https://sample.logic.azure.com/workflows/sample' } },
  variables: { url: ['TEAMS_WEBHOOK_URL'] },
  request: (message, { url }) => ({ url, body: teamsBody(message) }),
});

export function teamsBody(message: ChannelMessage): string {
  const bodyOf = (one: ChannelMessage) => JSON.stringify(cardMessage(one));
  return bodyOf(fitMessage(message, (one) => Buffer.byteLength(bodyOf(one)) <= MAX_BYTES));
}

function cardMessage({ tone, title, paragraphs, facts, quoted, links }: ChannelMessage): object {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: 'Selfheal: open it in Teams to read it.',
    msteams: { width: 'Full' },
    body: [
      {
        type: 'Container',
        style: STYLE[tone],
        bleed: true,
        items: [runs([{ text: title, weight: 'Bolder', size: 'Large' }])],
      },
      ...paragraphs.map((text) => runs([{ text }])),
      ...facts.map(({ name, value }) => runs([{ text: `${name}: `, weight: 'Bolder' }, { text: value }])),
      ...(quoted.length === 0
        ? []
        : [
            {
              type: 'Container',
              style: 'emphasis',
              items: quoted.map((text) => runs([{ text, fontType: 'Monospace', size: 'Small' }])),
            },
          ]),
    ],
    actions: links.slice(0, MAX_LINKS).map(({ name, url }) => ({ type: 'Action.OpenUrl', title: name, url })),
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

const runs = (inlines: readonly object[]) => ({
  type: 'RichTextBlock',
  inlines: inlines.map((inline) => ({ type: 'TextRun', ...inline })),
});
