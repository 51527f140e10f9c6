import { escapeText, renderWebPage } from '@selfheal/fake-server/web-page.ts';
import { objectOf } from '@selfheal/local-cloud/template/json.ts';
import type { GatewayResponse } from '@selfheal/local-cloud/wire/request.ts';
import { htmlResponse } from './html-response.ts';
import { slackHtml } from './slack-html.ts';
import { teamsHtml } from './teams-html.ts';
import type { ChannelMessage } from './world/channels.ts';

/** The messages that the local chat and pager took, the newest first, as their services would show them. */
export function chatPage(messages: readonly ChannelMessage[]): GatewayResponse {
  const content =
    messages.length === 0
      ? '<p class="empty">No message yet. Which channels are told of what stands in <code>notifiers</code> of the configuration.</p>'
      : [...messages].reverse().map(messageHtml).join('');
  return htmlResponse(
    renderWebPage({
      title: 'Chat',
      place: 'Chat',
      links: [
        { name: 'Dashboard', href: '/' },
        { name: 'Mailbox', href: '/mail' },
        { name: 'Slack', href: '/slack' },
      ],
      content,
    }),
  );
}

function messageHtml({ channel, at, body }: ChannelMessage): string {
  const time = `<time datetime="${escapeText(at)}">${escapeText(at.replace('T', ' ').slice(0, 19))} UTC</time>`;
  const shown =
    channel === 'slack'
      ? slackHtml(objectOf(body).blocks)
      : channel === 'teams'
        ? teamsHtml(body)
        : `<pre>${escapeText(JSON.stringify(body, null, 2))}</pre>`;
  return `<article><header>${escapeText(channel)}, ${time}</header><div>${shown}</div></article>`;
}
