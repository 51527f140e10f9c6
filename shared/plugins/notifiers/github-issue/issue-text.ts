import { fenced, safeLine, safeProse } from '@selfheal/kernel/text/markdown.ts';
import type { ChannelMessage } from '../common/channel-message.ts';
import { ticketMarker, ticketWords } from './client.ts';

/** GitHub refuses longer ones. */
const MAX_TITLE = 256;
const ZERO_WIDTH = '\u200b';

/** A title shows no markup but code and emoji; what would be a mention or a reference elsewhere is broken up all the same. */
export const titleOf = ({ title }: Pick<ChannelMessage, 'title'>): string =>
  title
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
    .replaceAll('`', "'")
    .replaceAll(/([@#:/])(?=[\p{L}\p{N}_+/-])/gu, `$1${ZERO_WIDTH}`)
    .slice(0, MAX_TITLE) || 'A failure without a name';

/** Addresses are the template's own; a parenthesis would end the link. */
const linkTo = ({ name, url }: ChannelMessage['links'][number]): string => {
  const target = url
    .replaceAll(/[()<>\s]/g, encodeURIComponent)
    .replaceAll('(', '%28')
    .replaceAll(')', '%29');
  return `[${safeLine(name === '' ? 'open' : name)}](${target})`;
};

/** The body as GitHub's Markdown: words of outsiders are escaped, lines of logs stand in a block that they cannot end. */
export function bodyOf({ paragraphs, facts, quoted, links }: ChannelMessage, routing: string): string {
  return [
    ...paragraphs.map(safeProse),
    facts.map(({ name, value }) => `- **${safeLine(name)}:** ${safeLine(value)}`).join('\n'),
    safeLine(routing),
    quoted.join('') === '' ? '' : fenced(quoted.join('\n'), 'text'),
    links.map(linkTo).join(' · '),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The body of a new ticket, which is found again by what stands around it. */
export const ticketBodyOf = (message: ChannelMessage, routing: string, incidentId: string): string =>
  [
    ticketMarker(incidentId),
    bodyOf(message, routing),
    `<sub>${ticketWords(incidentId)}. Selfheal closes this issue when the failure is gone, and reopens it when it comes back.</sub>`,
  ].join('\n\n');
