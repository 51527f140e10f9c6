import type { ChannelMessage, Tone } from '../common/channel-message.ts';
import { plainText } from '../common/chat-notifier.ts';

const COLOUR: Readonly<Record<Tone, number>> = { good: 0x2e7d32, bad: 0xc62828, asking: 0xef6c00, notice: 0x1565c0 };
/** Discord refuses longer descriptions, titles and fields. */
const DISCORD = { description: 4000, title: 250, value: 1000, fields: 20 };
const MATTERMOST_TEXT = 16_000;
const TELEGRAM_TEXT = 4000;

/** A message as the JSON that a service takes. Texts of outsiders stay texts: no mention, no link, no markup. */
export const FORMS = {
  json: (message: ChannelMessage): object => ({ type: 'selfheal.message', version: 1, ...message }),
  discord,
  'google-chat': googleChat,
  mattermost,
  telegram,
} as const;
export type Form = keyof typeof FORMS;

/** Everything in code blocks, and no mention allowed (discord.com/developers, Allowed Mentions). */
function discord({ tone, title, paragraphs, facts, quoted, links }: ChannelMessage): object {
  return {
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: inert(title).slice(0, DISCORD.title),
        color: COLOUR[tone],
        description: [
          ...paragraphs.map(inert),
          ...(quoted.length === 0 ? [] : [block(quoted.join('\n'))]),
          ...links.map(({ name, url }) => `${inert(name)}: <${url.replaceAll('>', '%3E')}>`),
        ]
          .join('\n\n')
          .slice(0, DISCORD.description),
        fields: facts
          .slice(0, DISCORD.fields)
          .map(({ name, value }) => ({ name, value: inert(value).slice(0, DISCORD.value) })),
      },
    ],
  };
}

/** Cards of Google Chat show a small part of HTML, so that is escaped (developers.google.com/chat, Card formatting). */
function googleChat({ title, paragraphs, facts, quoted, links, incidentId }: ChannelMessage): object {
  const paragraph = (text: string) => ({ textParagraph: { text } });
  return {
    cardsV2: [
      {
        cardId: incidentId ?? 'selfheal',
        card: {
          header: { title: 'Selfheal' },
          sections: [
            {
              widgets: [
                paragraph(`<b>${html(title)}</b>`),
                ...paragraphs.map((text) => paragraph(html(text))),
                ...facts.map(({ name, value }) => paragraph(`<b>${html(name)}:</b> ${html(value)}`)),
                ...(quoted.length === 0 ? [] : [paragraph(quoted.map(html).join('<br>'))]),
                ...(links.length === 0
                  ? []
                  : [
                      {
                        buttonList: {
                          buttons: links.map(({ name, url }) => ({ text: name, onClick: { openLink: { url } } })),
                        },
                      },
                    ]),
              ],
            },
          ],
        },
      },
    ],
  };
}

/** Mentions and Markdown are broken up by an invisible character; lines of logs stand in a code block. */
function mattermost({ title, paragraphs, facts, quoted, links }: ChannelMessage): object {
  return {
    username: 'Selfheal',
    text: [
      `**${inert(title)}**`,
      ...paragraphs.map(inert),
      ...facts.map(({ name, value }) => `**${name}:** ${inert(value)}`),
      ...(quoted.length === 0 ? [] : [block(quoted.join('\n'))]),
      ...links.map(({ name, url }) => `${inert(name)}: <${url.replaceAll('>', '%3E')}>`),
    ]
      .join('\n\n')
      .slice(0, MATTERMOST_TEXT),
  };
}

/** Without a parse mode Telegram interprets no markup; mentions, commands and links are broken up (core.telegram.org/bots/api#sendmessage). */
function telegram(message: ChannelMessage, chatId: string): object {
  const { links, ...rest } = message;
  const text = [quiet(plainText({ ...rest, links: [] })), ...links.map(({ name, url }) => `${quiet(name)}: ${url}`)];
  return {
    chat_id: chatId,
    text: text.join('\n').slice(0, TELEGRAM_TEXT),
    link_preview_options: { is_disabled: true },
  };
}

const WORD_JOINER = '\u2060';
/** Mentions, commands, channels and addresses broken up by a character that nobody sees. */
const quiet = (text: string): string =>
  text
    .replaceAll(/[@#/](?=[\p{L}\p{N}_])/gu, (sign) => sign + WORD_JOINER)
    .replaceAll('://', `:${WORD_JOINER}//`)
    .replaceAll(/(?<=[\p{L}\p{N}])\.(?=\p{L})/gu, `.${WORD_JOINER}`);

/** The same where Markdown is read: its signs are escaped. */
const inert = (text: string): string => quiet(text).replaceAll(/[*_~`|<>[\]()\\#]/g, (sign) => `\\${sign}`);

/** A code block that its content cannot end. */
const block = (text: string): string => `\`\`\`\n${text.replaceAll('`', `\`${WORD_JOINER}`)}\n\`\`\``;

const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
