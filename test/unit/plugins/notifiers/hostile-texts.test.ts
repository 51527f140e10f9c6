import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { hostileText, madeMessage } from '#lab/channels/made-messages.ts';
import { type ChannelMessage, channelMessageOf } from '#shared/plugins/notifiers/common/channel-message.ts';
import { mailHtml } from '#shared/plugins/notifiers/common/mail/mail-html.ts';
import { mailOf } from '#shared/plugins/notifiers/common/mail/mail-of.ts';
import { slackBody } from '#shared/plugins/notifiers/common/slack-blocks.ts';
import { jsmAlert } from '#shared/plugins/notifiers/jsm/index.ts';
import { pagerdutyEvent } from '#shared/plugins/notifiers/pagerduty/index.ts';
import { teamsBody } from '#shared/plugins/notifiers/teams/index.ts';
import { FORMS } from '#shared/plugins/notifiers/webhook/forms.ts';
import { filled } from '#shared/plugins/notifiers/webhook/template.ts';
import type { Announcement } from '#shared/ports/announcement.ts';

const SEED = 20_261_126;
const TEXTS = fc.sample(hostileText, { numRuns: 300, seed: SEED });
const [escalation] = SAMPLE_ANNOUNCEMENTS.map(({ announcement }) => announcement).filter(
  (one) => one.kind === 'escalation',
);

/** An escalation whose every word of outsiders is the text. */
function saying(text: string): Announcement {
  if (escalation?.kind !== 'escalation') throw new Error('There is no sample of an escalation.');
  const { story } = escalation;
  const { diagnosis, incident, evidence } = story;
  return {
    ...escalation,
    reason: text,
    story: {
      ...story,
      cameBack: text,
      incident: { ...incident, outcomeReason: text, tainted: { ...incident.tainted, title: text } },
      diagnosis: diagnosis === null ? null : { ...diagnosis, rootCause: text, fix: text, prevention: text },
      evidence:
        evidence === null
          ? null
          : {
              ...evidence,
              sources: evidence.sources.map((source) => ({
                ...source,
                name: text,
                lines: source.lines.map((line) => ({ ...line, text: text.replaceAll('\n', ' ') })),
              })),
            },
    },
  } as unknown as Announcement;
}

const announcements = TEXTS.map(saying);
const messages = announcements.map((announcement) => {
  const message = channelMessageOf(announcement);
  if (message === null) throw new Error('An escalation is told everywhere.');
  return message;
});
const OWN = new Set(messages[0]?.links.map(({ url }) => url));

interface Node {
  readonly [name: string]: unknown;
}
function nodesIn(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(nodesIn);
  return Array.isArray(value) ? inner : [value as Node, ...inner];
}
const stringsIn = (value: unknown): string[] =>
  nodesIn(value).flatMap((node) => Object.values(node).flatMap((one) => (typeof one === 'string' ? [one] : [])));

/** What a reader of Markdown would take for markup, a mention or an address, outside code blocks and links of the template. */
const LIVE_MARKDOWN = /(?<!\\)(?:\\\\)*[*_~`|<>[\]]|[@#/](?=[\p{L}\p{N}_])|:\/\//u;
const withoutOwn = (text: string): string =>
  text
    .replaceAll(/```\n[^`]*?(?:`\u2060[^`]*?)*\n```/g, '')
    .replaceAll(/<https:\/\/[^\s>]+>/g, '')
    .replaceAll(/^\*\*([^*\n]+):\*\* /gm, '')
    .replaceAll(/^\*\*|\*\*$/gm, '');

/** Mentions, commands and addresses of which services make links in plain text. */
const LIVE_PLAIN = /[@#/](?=[\p{L}\p{N}_])|:\/\/|[\p{L}\p{N}]\.\p{L}/u;
const CHANNELS: Readonly<Record<string, (message: ChannelMessage) => void>> = {
  slack: (message) => {
    const body = slackBody(message) as { text: string; blocks: unknown; mrkdwn: boolean; link_names: boolean };
    expect([body.mrkdwn, body.link_names, /[<>]/.test(body.text)]).toEqual([false, false, false]);
    for (const node of nodesIn(body.blocks)) {
      expect([
        'header',
        'rich_text',
        'rich_text_section',
        'rich_text_preformatted',
        'plain_text',
        'text',
        'link',
        undefined,
      ]).toContain(node.type);
      if (node.type === 'link') expect(OWN).toContain(node.url);
      if (node.type === 'plain_text') expect(String(node.text).replace(/^:[a-z_]+: /, '')).not.toMatch(/:[a-z_+-]+:/);
    }
  },
  teams: (message) => {
    for (const node of nodesIn(JSON.parse(teamsBody(message)))) {
      expect([
        'message',
        'AdaptiveCard',
        'Container',
        'RichTextBlock',
        'TextRun',
        'Action.OpenUrl',
        undefined,
      ]).toContain(node.type);
      expect(node).not.toHaveProperty('selectAction');
      expect(node).not.toHaveProperty('entities');
      if (node.type === 'Action.OpenUrl') expect(OWN).toContain(node.url);
    }
  },
  pagerduty: (message) => {
    const event = pagerdutyEvent(message, 'k'.repeat(32)) as { links: { href: string }[]; event_action: string };
    expect(event.event_action).toBe('trigger');
    for (const { href } of event.links) expect(OWN).toContain(href);
  },
  jsm: (message) => {
    const { message: title, description } = { ...jsmAlert({ ...message, links: [] })?.body } as Record<string, string>;
    for (const text of [title, description]) expect(text).not.toMatch(LIVE_PLAIN);
  },
  discord: (message) => {
    const body = FORMS.discord(message) as { allowed_mentions: unknown; embeds: unknown };
    expect(body.allowed_mentions).toEqual({ parse: [] });
    for (const text of stringsIn(body.embeds)) expect(withoutOwn(text)).not.toMatch(LIVE_MARKDOWN);
  },
  mattermost: (message) => {
    const { text } = FORMS.mattermost(message) as { text: string };
    expect(withoutOwn(text)).not.toMatch(LIVE_MARKDOWN);
  },
  telegram: (message) => {
    const { text, ...rest } = FORMS.telegram({ ...message, links: [] }, '1') as { text: string };
    expect(rest).not.toHaveProperty('parse_mode');
    expect(text).not.toMatch(LIVE_PLAIN);
  },
  'a template of one’s own': (message) => {
    const all = '{title} {text} {cause} {facts} {quoted} {links} {tone} {incident}';
    const body = filled(
      { all, deep: [{ cause: '{cause}' }], kept: 7 },
      { ...message, cause: message.title, links: [] },
    );
    expect(body).toMatchObject({ deep: [{}], kept: 7 });
    for (const text of stringsIn(body)) expect(text).not.toMatch(LIVE_PLAIN);
  },
  'google-chat': (message) => {
    const body = FORMS['google-chat'](message);
    for (const { text } of nodesIn(body).map((node) => ({ text: node.text })))
      if (typeof text === 'string') expect(text.replaceAll(/<\/?b>|<br>/g, '')).not.toMatch(/[<>]/);
    for (const { url } of nodesIn(body)) if (url !== undefined) expect(OWN).toContain(url);
  },
};

describe(`300 hostile texts (seed ${SEED})`, () => {
  it.each(Object.keys(CHANNELS))('mention, link, command and format nothing in %s', (channel) => {
    for (const message of messages) CHANNELS[channel]?.(message);
    expect(messages).toHaveLength(300);
  });

  it('are words in the mail as a page', () => {
    for (const announcement of announcements) {
      const mail = mailOf(announcement);
      if (mail === null) throw new Error('An escalation is mailed.');
      const html = mailHtml(mail, announcement);
      const tags = new Set([...html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, name = '']) => name));
      expect(
        [...tags].filter((name) => !/^(?:html|head|meta|title|style|body|div|p|h1|h2|ul|li|pre|code|br|a)$/.test(name)),
      ).toEqual([]);
      for (const [, url = ''] of html.matchAll(/href="([^"]*)"/g)) expect(url).toMatch(/^https:\/\/(?!evil)/);
      expect(html.replaceAll(/<a href="[^"]*"[^>]*>[^<]*<\/a>/g, '')).not.toMatch(/:\/\/|\bwww\.\w/);
    }
  });
});

describe('the longest messages', () => {
  const longest = fc.sample(madeMessage, { numRuns: 200, seed: SEED });
  const sizes: Readonly<Record<string, (message: ChannelMessage) => { readonly size: number; readonly most: number }>> =
    {
      slack: (message) => ({ size: JSON.stringify(slackBody(message)).length, most: 13_200 }),
      teams: (message) => ({ size: Buffer.byteLength(teamsBody(message)), most: 28_000 }),
      mattermost: (message) => ({ size: (FORMS.mattermost(message) as { text: string }).text.length, most: 16_383 }),
      telegram: (message) => ({ size: (FORMS.telegram(message, '1') as { text: string }).text.length, most: 4096 }),
      'google-chat': (message) => ({
        size: Buffer.byteLength(JSON.stringify(FORMS['google-chat'](message))),
        most: 32_000,
      }),
      discord: (message) => ({
        size: stringsIn((FORMS.discord(message) as { embeds: unknown }).embeds).join('').length,
        most: 6000,
      }),
    };
  it.each(Object.keys(sizes))('are within what %s takes, and keep their first link', (channel) => {
    for (const message of longest) {
      const { size, most } = sizes[channel]?.(message) ?? { size: 0, most: 0 };
      expect(size).toBeLessThanOrEqual(most);
      const body =
        channel === 'slack'
          ? slackBody(message)
          : channel === 'teams'
            ? JSON.parse(teamsBody(message))
            : (FORMS[channel as 'discord'] as (one: typeof message, to: never) => unknown)(message, '1' as never);
      const [link] = message.links;
      if (link !== undefined) expect(JSON.stringify(body)).toContain(link.url.replaceAll('>', '%3E').slice(0, 60));
    }
  });
});

it.each([
  ['Slack', slackBody],
  ['Google Chat', FORMS['google-chat']],
])('a quoted line without a character is left out in %s, which refuses a text without one', (_title, body) => {
  const [message] = messages;
  if (message === undefined) throw new Error('There is no message.');
  expect(JSON.stringify(body({ ...message, quoted: [''] }))).not.toMatch(/"text":""/);
});
