import { cutAtSentence } from '@selfheal/kernel/text/shortened-text.ts';
import type { ChannelMessage, Tone } from '../common/channel-message.ts';
import { fitMessage } from '../common/fit-message.ts';
import { block, inert, quietText } from '../common/inert-text.ts';

const COLOUR: Readonly<Record<Tone, number>> = { good: 0x2e7d32, bad: 0xc62828, asking: 0xef6c00, notice: 0x1565c0 };
/** Discord refuses longer descriptions, titles and fields, and more than 6,000 characters in all. */
const DISCORD = { description: 4096, title: 256, name: 256, value: 1024, fields: 25, all: 6000 };
const GOOGLE_CHAT_BYTES = 32_000;
const MATTERMOST_TEXT = 16_383;
const TELEGRAM_TEXT = 4096;

/** A message as the JSON that a service takes. Texts of outsiders stay texts: no mention, no link, no markup. */
export const FORMS = {
  json: (message: ChannelMessage): object => ({ type: 'selfheal.message', version: 1, ...message }),
  discord,
  'google-chat': googleChat,
  mattermost,
  telegram,
} as const;
export type Form = keyof typeof FORMS;

/** No mention is allowed, and markup is escaped (discord.com/developers, Allowed Mentions). */
function discord(message: ChannelMessage): object {
  const fits = (one: ChannelMessage) => {
    const { title, description, fields } = discordEmbed(one);
    const all = [title, description, ...fields.flatMap(({ name, value }) => [name, value])].join('').length;
    const isField = ({ name, value }: { name: string; value: string }) =>
      name.length <= DISCORD.name && value.length <= DISCORD.value;
    return (
      description.length <= DISCORD.description &&
      fields.length <= DISCORD.fields &&
      fields.every(isField) &&
      all <= DISCORD.all
    );
  };
  return { allowed_mentions: { parse: [] }, embeds: [discordEmbed(fitMessage(message, fits))] };
}

function discordEmbed({ tone, title, paragraphs, facts, quoted, links }: ChannelMessage) {
  return {
    title: inert(cutAtSentence(title, DISCORD.title / 2)).slice(0, DISCORD.title),
    color: COLOUR[tone],
    description: [
      ...paragraphs.map(inert),
      ...(quoted.length === 0 ? [] : [block(quoted.join('\n'))]),
      ...links.map(({ name, url }) => `${inert(name)}: <${url.replaceAll('>', '%3E')}>`),
    ].join('\n\n'),
    fields: facts.map(({ name, value }) => ({ name, value: inert(value) })),
  };
}

/** Cards of Google Chat show a small part of HTML, so that is escaped (developers.google.com/chat, Card formatting). */
function googleChat(message: ChannelMessage): object {
  const isSmall = (one: ChannelMessage) => Buffer.byteLength(JSON.stringify(googleCard(one))) <= GOOGLE_CHAT_BYTES;
  return googleCard(fitMessage(message, isSmall));
}

function googleCard({ title, paragraphs, facts, quoted, links, incidentId }: ChannelMessage): object {
  const paragraph = (text: string) => ({ textParagraph: { text } });
  const buttons = links.map(({ name, url }) => ({ text: name, onClick: { openLink: { url } } }));
  const widgets = [
    paragraph(`<b>${html(title)}</b>`),
    ...paragraphs.map((text) => paragraph(html(text))),
    ...facts.map(({ name, value }) => paragraph(`<b>${html(name)}:</b> ${html(value)}`)),
    ...(quoted.length === 0 ? [] : [paragraph(quoted.map(html).join('<br>'))]),
    ...(buttons.length === 0 ? [] : [{ buttonList: { buttons } }]),
  ];
  return {
    cardsV2: [{ cardId: incidentId ?? 'selfheal', card: { header: { title: 'Selfheal' }, sections: [{ widgets }] } }],
  };
}

/** Mentions and Markdown are broken up by an invisible character; lines of logs stand in a code block. */
function mattermost(message: ChannelMessage): object {
  const text = mattermostText(fitMessage(message, (one) => mattermostText(one).length <= MATTERMOST_TEXT));
  return { username: 'Selfheal', text };
}

const mattermostText = ({ title, paragraphs, facts, quoted, links }: ChannelMessage): string =>
  [
    `**${inert(title)}**`,
    ...paragraphs.map(inert),
    ...facts.map(({ name, value }) => `**${name}:** ${inert(value)}`),
    ...(quoted.length === 0 ? [] : [block(quoted.join('\n'))]),
    ...links.map(({ name, url }) => `${inert(name)}: <${url.replaceAll('>', '%3E')}>`),
  ].join('\n\n');

/** Without a parse mode Telegram interprets no markup; mentions, commands and links are broken up (core.telegram.org/bots/api#sendmessage). */
function telegram(message: ChannelMessage, chatId: string): object {
  const text = quietText(fitMessage(message, (one) => quietText(one).length <= TELEGRAM_TEXT));
  return { chat_id: chatId, text, link_preview_options: { is_disabled: true } };
}

const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
