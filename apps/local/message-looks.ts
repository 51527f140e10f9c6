import { githubMarkdownHtml } from '@selfheal/fake-github/pages.ts';
import { escapeText, renderWebPage } from '@selfheal/fake-server/web-page.ts';
import { objectOf } from '@selfheal/local-cloud/template/json.ts';
import { dryRun } from '#shared/app/notify/dry-run.ts';
import { codeRoutingOf } from '#shared/plugins/notifiers/common/ticket-routing.ts';
import { adfOf, ticketTextOf } from '#shared/plugins/notifiers/jira/ticket-text.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import { jiraHtml } from './jira-html.ts';
import { SAMPLE_CONFIGURATION, SAMPLE_NOTIFIERS, SAMPLE_NOW } from './previews.ts';
import { SAMPLE_ANNOUNCEMENTS } from './sample/announcements.ts';
import { slackHtml } from './slack-html.ts';
import { teamsHtml } from './teams-html.ts';

/** A message as HTML, in which everything from outside is escaped. */
interface Look {
  readonly title: string | null;
  readonly html: string;
}
type Render = (announcement: Announcement, message: { readonly subject: string | null; readonly text: string }) => Look;

/** Services that show more than plain text, by notifier. */
const LOOKS: Readonly<Record<string, { readonly name: string; readonly render: Render }>> = {
  slack: {
    name: 'Slack',
    render: (_, { text }) => ({ title: null, html: slackHtml(objectOf(JSON.parse(text)).blocks) }),
  },
  teams: { name: 'Microsoft Teams', render: (_, { text }) => ({ title: null, html: teamsHtml(JSON.parse(text)) }) },
  jira: {
    name: 'Jira',
    render: (announcement, { subject }) => {
      const routing = 'story' in announcement ? codeRoutingOf(announcement.story, []).words : '';
      const ticket = ticketTextOf(announcement, routing);
      return { title: subject, html: ticket === null ? '' : jiraHtml(adfOf(ticket)) };
    },
  },
  'github-check': {
    name: 'GitHub checks',
    // Its sections stand below the heading of an article here.
    render: (_, { subject, text }) => ({
      title: subject,
      html: githubMarkdownHtml(text.replaceAll(/^#### /gm, '### ')),
    }),
  },
  'github-issue': {
    name: 'GitHub issues',
    render: (_, { subject, text }) => ({ title: subject, html: githubMarkdownHtml(text) }),
  },
};
export const LOOK_IDS: readonly string[] = Object.keys(LOOKS);

/** A page with every sample message of a channel as its service shows it; null for a channel whose messages are plain text. */
export async function channelLookPage(id: string): Promise<string | null> {
  const look = LOOKS[id];
  if (look === undefined) return null;
  const told = await Promise.all(
    SAMPLE_ANNOUNCEMENTS.map(async ({ title, announcement }) => {
      const channels = await dryRun(announcement, SAMPLE_NOTIFIERS, SAMPLE_CONFIGURATION, SAMPLE_NOW, (body) => body);
      const message = channels.find((channel) => channel.id === id)?.message ?? null;
      return message === null ? '' : articleHtml(title, look.render(announcement, message));
    }),
  );
  return renderWebPage({
    title: `Messages in ${look.name}`,
    place: look.name,
    links: [
      { name: 'Notifications', href: '/previews' },
      { name: 'Dashboard', href: '/' },
    ],
    content: `<p class="meta">The incidents are made up; nothing was sent.</p>${told.join('')}`,
  });
}

function articleHtml(occasion: string, { title, html }: Look): string {
  const heading = title === null ? '' : `<h2>${escapeText(title)}</h2>`;
  return `<article><header>${escapeText(occasion)}</header><div>${heading}${html}</div></article>`;
}
