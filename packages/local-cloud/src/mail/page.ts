import { escapeText, renderWebPage } from '@selfheal/fake-server/web-page.ts';
import type { GatewayResponse } from '../wire/request.ts';
import { jsonResponse } from '../wire/request.ts';
import type { Mail, Mailbox } from './mailbox.ts';

/** Answers `/mail`, `/mail.json` and `/mail/{id}`; null for any other path. */
export function mailResponse(path: string, mailbox: Mailbox): GatewayResponse | null {
  if (path === '/mail.json') return jsonResponse(mailbox.list());
  if (path === '/mail' || path === '/mail/') return page('Mailbox', listing(mailbox.list()));
  const id = /^\/mail\/([0-9a-f-]+)$/.exec(path)?.[1];
  if (id === undefined) return null;
  const mail = mailbox.find(id);
  return mail === undefined
    ? page('No such mail', '<p>It may have been removed when the program was started again.</p>', 404)
    : page(mail.subject, letter(mail));
}

function listing(mails: readonly Mail[]): string {
  if (mails.length === 0) return '<p class="empty">No mail yet.</p>';
  return `<ul class="list">${mails.map(row).join('')}</ul>`;
}

function row(mail: Mail): string {
  return `<li><a href="/mail/${escapeHtml(mail.id)}"><span class="subject">${escapeHtml(mail.subject)}</span>${meta(mail)}</a></li>`;
}

function letter(mail: Mail): string {
  return `<p>${meta(mail)}</p><pre>${escapeHtml(mail.text)}</pre>`;
}

function meta(mail: Mail): string {
  const at = escapeHtml(mail.at);
  return `<span class="meta">to ${escapeHtml(mail.to)}, <time datetime="${at}">${at.replace('T', ' ').slice(0, 19)} UTC</time></span>`;
}

function page(title: string, content: string, status = 200): GatewayResponse {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      // Mail carries text from outside: nothing in it may run or load, even where escaping was forgotten.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'x-content-type-options': 'nosniff',
    },
    body: renderWebPage({
      title,
      place: 'Mailbox',
      links: [
        { name: 'Dashboard', href: '/' },
        { name: 'All mail', href: '/mail' },
      ],
      content,
    }),
  };
}

export const escapeHtml = escapeText;
