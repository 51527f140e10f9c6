import { fenced, safeLine, safeProse } from '@selfheal/kernel/text/markdown.ts';
import type { ChannelMessage } from '../common/channel-message.ts';
import { githubTitle } from '../common/github-title.ts';
import { ticketMarker, ticketWords } from './client.ts';

export const titleOf = ({ title }: Pick<ChannelMessage, 'title'>): string => githubTitle(title);

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
