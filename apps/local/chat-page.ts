import { escapeText, renderWebPage } from '@selfheal/fake-server/web-page.ts';
import { objectOf, textOf } from '@selfheal/local-cloud/template/json.ts';
import type { GatewayResponse } from '@selfheal/local-cloud/wire/request.ts';
import { listOf } from './chat-text.ts';
import type { ChannelMessage } from './world/channels.ts';

/** The messages that the local chat and pager took, the newest first, as their services would show them. */
export function chatPage(messages: readonly ChannelMessage[]): GatewayResponse {
  const content =
    messages.length === 0
      ? '<p class="empty">No message yet. Which channels are told of what stands in <code>notifiers</code> of the configuration.</p>'
      : [...messages].reverse().map(messageHtml).join('');
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      // Messages carry text from outside: nothing in it may run or load, even where escaping was forgotten.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'x-content-type-options': 'nosniff',
    },
    body: renderWebPage({
      title: 'Chat',
      place: 'Chat',
      links: [
        { name: 'Dashboard', href: '/' },
        { name: 'Mailbox', href: '/mail' },
      ],
      content,
    }),
  };
}

function messageHtml({ channel, at, body }: ChannelMessage): string {
  const time = `<time datetime="${escapeText(at)}">${escapeText(at.replace('T', ' ').slice(0, 19))} UTC</time>`;
  const shown = channel === 'slack' ? slackHtml(body) : `<pre>${escapeText(JSON.stringify(body, null, 2))}</pre>`;
  return `<article><header>${escapeText(channel)}, ${time}</header><div>${shown}</div></article>`;
}

function slackHtml(body: unknown): string {
  return listOf(objectOf(body).blocks)
    .map((block) =>
      block.type === 'header'
        ? `<h2>${escapeText(emojis(textOf(objectOf(block.text).text) ?? ''))}</h2>`
        : listOf(block.elements).map(elementHtml).join(''),
    )
    .join('');
}

function elementHtml(element: Record<string, unknown>): string {
  const inner = listOf(element.elements).map(pieceHtml).join('');
  return element.type === 'rich_text_preformatted' ? `<pre>${inner}</pre>` : `<p>${inner}</p>`;
}

function pieceHtml(piece: Record<string, unknown>): string {
  const text = escapeText(textOf(piece.text) ?? '');
  const url = textOf(piece.url);
  if (piece.type === 'link' && url !== undefined && /^https?:\/\//.test(url))
    return `<a href="${escapeText(url)}">${text}</a>`;
  return objectOf(piece.style).bold === true ? `<strong>${text}</strong>` : text;
}

const EMOJIS: Readonly<Record<string, string>> = {
  ':white_check_mark:': '✅',
  ':red_circle:': '🔴',
  ':raised_hand:': '✋',
  ':information_source:': 'ℹ️',
};
const emojis = (text: string): string => text.replaceAll(/:[a-z_]+:/g, (name) => EMOJIS[name] ?? name);
