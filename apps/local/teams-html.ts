import { escapeText } from '@selfheal/fake-server/web-page.ts';
import { objectOf, textOf } from '@selfheal/local-cloud/template/json.ts';
import { listOf } from './chat-text.ts';

/** The Adaptive Card of a message as Teams shows it: words are words, and only the card's own actions lead anywhere. */
export function teamsHtml(body: unknown): string {
  const [card = {}] = listOf(objectOf(body).attachments).map(({ content }) => objectOf(content));
  const actions = listOf(card.actions).flatMap(({ title, url }) => {
    const address = textOf(url) ?? '';
    return /^https?:\/\//.test(address)
      ? [`<a href="${escapeText(address)}">${escapeText(textOf(title) ?? '')}</a>`]
      : [];
  });
  return [
    ...listOf(card.body).map(itemHtml),
    ...(actions.length === 0 ? [] : [`<p class="buttons">${actions.join(' ')}</p>`]),
  ].join('');
}

function itemHtml(item: Record<string, unknown>): string {
  if (item.type !== 'Container') return `<p>${runsHtml(item)}</p>`;
  const items = listOf(item.items);
  if (item.style === 'emphasis') return `<pre>${items.map(runsHtml).join('\n')}</pre>`;
  return `<h2>${signOf(item.style)}${items.map(runsHtml).join(' ')}</h2>`;
}

const runsHtml = ({ inlines }: Record<string, unknown>): string =>
  listOf(inlines)
    .map(({ text, weight, size }) => {
      const words = escapeText(textOf(text) ?? '');
      return weight === 'Bolder' && size !== 'Large' ? `<strong>${words}</strong>` : words;
    })
    .join('');

/** Teams paints the ground of a heading; here a sign stands for the colour. */
const SIGNS: Readonly<Record<string, string>> = { good: '✔ ', attention: '● ', warning: '⚑ ', accent: 'ℹ ' };
const signOf = (style: unknown): string => SIGNS[textOf(style) ?? ''] ?? '';
