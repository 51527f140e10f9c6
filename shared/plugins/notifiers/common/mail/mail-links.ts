import type { Announcement } from '#shared/ports/announcement.ts';
import { placeOf } from '../story-words.ts';

/** The addresses that an announcement itself links to; every other one in it is text of an outsider. */
export function linksOf(announcement: Announcement): ReadonlySet<string> {
  const urls: (string | null)[] = [];
  if ('story' in announcement) {
    const { links, evidence, actions } = announcement.story;
    urls.push(...links.map(({ url }) => url), ...(evidence?.sources ?? []).map(({ url }) => url));
    urls.push(...actions.map(placeOf));
  }
  if (announcement.kind === 'approval-asked') urls.push(announcement.asked.pageUrl);
  if (announcement.kind === 'alert-raised') urls.push(...announcement.links.map(({ url }) => url));
  if (announcement.kind === 'reports-gathered')
    urls.push(...announcement.messages.flatMap(({ links }) => links.map(({ url }) => url)));
  return new Set(urls.filter((url) => url !== null && /^https?:\/\/\S+$/.test(url)) as string[]);
}

const WORD_JOINER = '\u2060';
/**
 * A word that mail programs make a link of: an address with its scheme, `www.`, or a host with its path, also behind a name (`link=host/path`), with a port, or
 * as a number. Names of files and mailboxes of people are none: what follows a slash, a dot or an `@` is no host.
 */
const HOST = String.raw`(?:(?:[\p{L}\p{N}_-]+[.。．｡])+(?:\p{L}{2,}|xn--[\w-]+)|\d{1,3}(?:\.\d{1,3}){3})\.?(?::\d{1,5})?`;
const ADDRESS = new RegExp(
  [
    ...[':\\/\\/', '\\bwww\\.', '\\b(?:javascript|mailto|tel):', '@[\\w.-]+\\.[a-z]{2,}\\/'],
    `(?:(?<![\\p{L}\\p{N}_./\\\\@-])|^\\/\\/)${HOST}(?:\\/|\\?(?=\\w))`,
  ].join('|'),
  'iu',
);

/** The text with an invisible character in every address, which keeps it a word; mail programs make links of plain text, too. */
export const inert = (text: string): string =>
  text.replaceAll(/\S+/g, (word) =>
    ADDRESS.test(word) ? word.replaceAll(/[:.@。．｡](?=[^\s\u2060])/g, `$&${WORD_JOINER}`) : word,
  );
