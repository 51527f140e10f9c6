import { objectOf, textOf } from '@selfheal/local-cloud/template/json.ts';

type Json = Record<string, unknown>;

/** A message to Slack or Teams as its readers see the words; any other body as it is, JSON over several lines. */
export function chatText(body: string): string {
  if (!body.startsWith('{')) return body;
  const message = objectOf(JSON.parse(body));
  if (Array.isArray(message.blocks)) return listOf(message.blocks).flatMap(slackLines).join('\n\n');
  const [card] = listOf(message.attachments).map(({ content }) => objectOf(content));
  if (card?.type === 'AdaptiveCard')
    return [...listOf(card.body).flatMap(cardLines), ...listOf(card.actions).map(actionLine)].join('\n\n');
  return JSON.stringify(message, null, 2);
}

export const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(objectOf) : []);

function slackLines(block: Json): string[] {
  if (block.type === 'header') return [textOf(objectOf(block.text).text) ?? ''];
  return listOf(block.elements).map(({ elements }) => listOf(elements).map(pieceOf).join(''));
}

function pieceOf(piece: Json): string {
  const text = textOf(piece.text) ?? '';
  return piece.type === 'link' ? `${text}: ${textOf(piece.url) ?? ''}` : text;
}

function cardLines(item: Json): string[] {
  if (item.type === 'Container') return [listOf(item.items).flatMap(cardLines).join('\n')];
  return [listOf(item.inlines).map(pieceOf).join('')];
}

const actionLine = (action: Json): string => `${textOf(action.title) ?? ''}: ${textOf(action.url) ?? ''}`;
