import type { ChannelMessage } from './channel-message.ts';
import { plainText } from './chat-notifier.ts';

const WORD_JOINER = '\u2060';

/** For plain text of which a service makes links, mentions and commands: each is broken up by a character that nobody sees. */
export const quiet = (text: string): string =>
  text
    .replaceAll(/[@#/](?=[\p{L}\p{N}_])/gu, (sign) => sign + WORD_JOINER)
    .replaceAll('://', `:${WORD_JOINER}//`)
    .replaceAll(/(?<=[\p{L}\p{N}])\.(?=\p{L})/gu, `.${WORD_JOINER}`);

/** A message as such text, with its own links on lines of their own. */
export const quietText = ({ links, ...rest }: ChannelMessage): string =>
  [quiet(plainText({ ...rest, links: [] })), ...links.map(({ name, url }) => `${quiet(name)}: ${url}`)].join('\n');

/** The same where Markdown is read: its signs are escaped. */
export const inert = (text: string): string => quiet(text).replaceAll(/[*_~`|<>[\]()\\#]/g, (sign) => `\\${sign}`);

/** A code block of Markdown that its content cannot end. */
export const block = (text: string): string => `\`\`\`\n${text.replaceAll('`', `\`${WORD_JOINER}`)}\n\`\`\``;
