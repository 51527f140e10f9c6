import { type ChannelMessage, channelMessageOf } from '../common/channel-message.ts';
import type { Announcement } from '../contract.ts';

/** Jira refuses longer summaries. */
const MAX_SUMMARY = 250;

export interface TicketText {
  /** Plain text of one line. */
  readonly summary: string;
  readonly message: ChannelMessage;
  /** Why it counts as code-related, or that it does not; null where it is not known. */
  readonly routing: string;
}

/** The words of a ticket; null for what has none. */
export function ticketTextOf(announcement: Announcement, routing: string): TicketText | null {
  const message = channelMessageOf(announcement);
  return message === null ? null : { summary: message.title.slice(0, MAX_SUMMARY), message, routing };
}

const text = (words: string, marks: readonly object[] = []): object =>
  marks.length === 0 ? { type: 'text', text: words } : { type: 'text', text: words, marks };
const paragraph = (...content: readonly object[]): object => ({ type: 'paragraph', content });
const strong = [{ type: 'strong' }];

/**
 * The body as Atlassian's document format, which Jira Cloud takes: all words are text nodes, which nothing interprets, so that no mention, link or
 * format comes from a log. https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
export function adfOf({ message, routing }: TicketText): object {
  const { paragraphs, facts, quoted, links } = message;
  return {
    type: 'doc',
    version: 1,
    content: [
      ...paragraphs.filter((words) => words !== '').map((words) => paragraph(text(words))),
      ...facts.map(({ name, value }) => paragraph(text(`${name}: `, strong), text(value))),
      paragraph(text(routing)),
      ...(quoted.join('') === '' ? [] : [{ type: 'codeBlock', content: [text(quoted.join('\n'))] }]),
      ...links.map(({ name, url }) =>
        paragraph(text(name === '' ? url : name, [{ type: 'link', attrs: { href: url } }])),
      ),
    ],
  };
}

const WORD_JOINER = '\u2060';

/** The body as the plain text that Jira Data Center takes as markup: everything stands in a block that its content cannot end. */
export function wikiOf({ message, routing }: TicketText): string {
  const { paragraphs, facts, quoted, links } = message;
  const words = [...paragraphs, ...facts.map(({ name, value }) => `${name}: ${value}`), routing, ...quoted].join(
    '\n\n',
  );
  const inert = words.replaceAll(/[{[]/g, (sign) => sign + WORD_JOINER);
  return [`{noformat}\n${inert}\n{noformat}`, ...links.map(({ url }) => url)].join('\n');
}
