import { escapeText } from '@selfheal/fake-server/web-page.ts';
import { objectOf, textOf } from '@selfheal/local-cloud/template/json.ts';
import { listOf } from './chat-text.ts';

/** Blocks of a message as Slack shows them; buttons are left out. */
export function slackHtml(blocks: unknown): string {
  return listOf(blocks)
    .filter(({ type }) => type !== 'actions')
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

/** Signs that every font has, in place of Slack's pictures. */
const EMOJIS: Readonly<Record<string, string>> = {
  ':white_check_mark:': '✔',
  ':red_circle:': '●',
  ':raised_hand:': '⚑',
  ':information_source:': 'ℹ',
};
const emojis = (text: string): string => text.replaceAll(/:[a-z_]+:/g, (name) => EMOJIS[name] ?? name);
