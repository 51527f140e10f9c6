import type { ChannelMessage, Tone } from './channel-message.ts';
import { fitMessage } from './fit-message.ts';

const SIGN: Readonly<Record<Tone, string>> = {
  good: ':white_check_mark:',
  bad: ':red_circle:',
  asking: ':raised_hand:',
  notice: ':information_source:',
};
/** Of a header block. */
const MAX_HEADER = 150;
/** Of a text used where blocks are not shown, in a notification for example. */
const MAX_FALLBACK = 300;

/** Slack takes about 13,200 characters in all blocks together (`msg_blocks_too_long`). */
const MAX_BODY = 13_000;

/**
 * A message as Slack takes it. All words are text elements of rich text, which Slack does not interpret: no mention, no link and no formatting comes
 * from a log. The fallback text is interpreted, so its control characters are escaped (api.slack.com/reference/surfaces/formatting#escaping).
 */
export function slackBody(message: ChannelMessage): object {
  return blocksOf(fitMessage(message, (one) => JSON.stringify(blocksOf(one)).length <= MAX_BODY));
}

/** Paragraphs for one person, which Slack interprets as little. */
export function slackWords(paragraphs: readonly string[]): {
  readonly text: string;
  readonly blocks: readonly object[];
} {
  return {
    text: escaped(cut(paragraphs.join('\n'), MAX_FALLBACK)),
    blocks: paragraphs.slice(0, MAX_PARAGRAPHS).map((text) => richText([section([words(cut(text, MAX_PARAGRAPH))])])),
  };
}
const MAX_PARAGRAPHS = 20;
const MAX_PARAGRAPH = 600;

function blocksOf(message: ChannelMessage): object {
  const { tone, title, paragraphs, facts, quoted, links } = message;
  return {
    text: escaped(cut(title, MAX_FALLBACK)),
    mrkdwn: false,
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: cut(`${SIGN[tone]} ${plain(title)}`, MAX_HEADER), emoji: true },
      },
      ...paragraphs.map((text) => richText([section([words(text)])])),
      ...(facts.length === 0
        ? []
        : [richText(facts.map(({ name, value }) => section([bold(`${name}: `), words(value)])))]),
      ...(quoted.length === 0
        ? []
        : [richText([{ type: 'rich_text_preformatted', elements: [words(quoted.join('\n'))] }])]),
      ...(links.length === 0
        ? []
        : [
            richText([
              section(
                links.flatMap(({ name, url }, at) => [
                  words(at === 0 ? '' : '  '),
                  link(name === '' ? 'Open' : name, url),
                ]),
              ),
            ]),
          ]),
    ],
  };
}

const richText = (elements: readonly object[]) => ({ type: 'rich_text', elements });
const section = (elements: readonly object[]) => ({
  type: 'rich_text_section',
  elements: elements.filter((element) => !('text' in element) || element.text !== ''),
});
const words = (text: string) => ({ type: 'text', text });
const bold = (text: string) => ({ type: 'text', text, style: { bold: true } });
const link = (text: string, url: string) => ({ type: 'link', url, text });
const cut = (text: string, length: number) => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);
/** Colons would be read as an emoji. */
const plain = (text: string) => text.replaceAll(/:(?=[\w+-]+:)/g, ':\u200b');
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
