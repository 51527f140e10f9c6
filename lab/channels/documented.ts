import type { ChannelMessage } from '#shared/plugins/notifiers/common/channel-message.ts';
import { jsmAlert } from '#shared/plugins/notifiers/jsm/index.ts';
import { FORMS } from '#shared/plugins/notifiers/webhook/forms.ts';
import { broken, type Described, type Json, stringsIn } from './described.ts';

const strict = (properties: Json): Json => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});
const TEXT = { type: 'string', minLength: 1 };
const list = (items: Json): Json => ({ type: 'array', minItems: 1, items });

/** The text without the addresses that the message itself links to. */
const withoutLinks = (text: string, { links }: ChannelMessage): string =>
  links.reduce((rest, { url }) => rest.replaceAll(url, '').replaceAll(url.replaceAll('>', '%3E'), ''), text);
/** Nothing in a fenced block is markup or notifies anybody. */
const withoutFences = (text: string): string => text.replaceAll(/```\n[^`]*?(?:`\u2060[^`]*?)*\n```/g, '');

const ADDRESS = /:\/\/|(?<=[\p{L}\p{N}])\.(?=\p{L})/u;
const MENTION = /@[\p{L}\p{N}_]/u;
const COMMAND = /\/[\p{L}\p{N}_]/u;
const CHANNEL = /#[\p{L}\p{N}_]/u;

/** Channels without a published description: schema and limits are written after the vendor's documentation, which is named beside each. */
export const DOCUMENTED: readonly Described[] = [
  {
    channel: 'jsm',
    description: null,
    bodyOf: (message) => jsmAlert(message)?.body ?? null,
    // developer.atlassian.com/cloud/jira/service-desk-ops, Integration events: create and close an alert
    schemaOf: () => ({
      anyOf: [
        strict({
          message: { ...TEXT, maxLength: 130 },
          alias: { ...TEXT, maxLength: 512 },
          description: { type: 'string', maxLength: 15_000 },
          priority: { enum: ['P1', 'P2', 'P3', 'P4', 'P5'] },
          source: { ...TEXT, maxLength: 100 },
          tags: { ...list({ type: 'string', maxLength: 50 }), maxItems: 20 },
        }),
        strict({ source: { ...TEXT, maxLength: 100 }, note: { type: 'string', maxLength: 25_000 } }),
      ],
    }),
    limits: (body, message) => {
      const read = withoutLinks(stringsIn({ ...(body as Json), alias: '' }).join('\n'), message);
      return broken({ 'no mention': !MENTION.test(read), 'no address of an outsider': !ADDRESS.test(read) });
    },
  },
  {
    channel: 'google-chat',
    description: null,
    bodyOf: (message) => FORMS['google-chat'](message),
    // developers.google.com/workspace/chat/api/reference/rest/v1/cards
    schemaOf: () => {
      const paragraph = strict({ textParagraph: strict({ text: TEXT }) });
      const open = strict({ openLink: strict({ url: { type: 'string', pattern: '^https?://' } }) });
      const buttons = strict({ buttonList: strict({ buttons: list(strict({ text: TEXT, onClick: open })) }) });
      const sections = { ...list(strict({ widgets: { ...list({ anyOf: [paragraph, buttons] }), maxItems: 100 } })) };
      const card = strict({ header: strict({ title: TEXT }), sections });
      return strict({ cardsV2: list(strict({ cardId: TEXT, card })) });
    },
    // developers.google.com/workspace/chat/format-messages (card formatting: a part of HTML), .../api/guides/v1/messages/create (32,000 bytes)
    limits: (body) => {
      const texts = stringsIn(body).join('\n');
      return broken({
        'at most 32,000 bytes': Buffer.byteLength(JSON.stringify(body)) <= 32_000,
        'no tag of an outsider': !/<(?!\/?b>|br>)/.test(texts),
      });
    },
  },
  {
    channel: 'mattermost',
    description: null,
    bodyOf: (message) => FORMS.mattermost(message),
    schemaOf: () => strict({ username: TEXT, text: TEXT }),
    // developers.mattermost.com/integrate/webhooks/incoming; docs.mattermost.com, Format messages
    limits: (body, message) => {
      const { text } = body as { text: string };
      const read = withoutLinks(withoutFences(text), message);
      return broken({
        'at most 16,383 characters': text.length <= 16_383,
        'no mention': !MENTION.test(read),
        'no channel': !CHANNEL.test(read),
        'no link of an outsider': !ADDRESS.test(read) && !/(?<!\\)\]\(/.test(read),
      });
    },
  },
  {
    channel: 'telegram',
    description: null,
    bodyOf: (message) => FORMS.telegram(message, '-1001'),
    schemaOf: () =>
      strict({ chat_id: TEXT, text: TEXT, link_preview_options: strict({ is_disabled: { const: true } }) }),
    // core.telegram.org/bots/api#sendmessage: 4,096 characters; without parse_mode only mentions, commands, hashtags and addresses are found
    limits: (body, message) => {
      const { text } = body as { text: string };
      const read = withoutLinks(text, message);
      return broken({
        'at most 4,096 characters': text.length <= 4096,
        'no mention': !MENTION.test(read),
        'no command': !COMMAND.test(read),
        'no hashtag': !CHANNEL.test(read),
        'no address of an outsider': !ADDRESS.test(read),
      });
    },
  },
];
