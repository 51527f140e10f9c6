import { escapeText, renderWebPage } from '@selfheal/fake-server/web-page.ts';
import type { GatewayResponse } from '../wire/request.ts';
import { jsonResponse } from '../wire/request.ts';
import type { Mail, Mailbox } from './mailbox.ts';

/** Answers `/mail`, `/mail.json`, `/mail/{id}` and `/mail/{id}.html`, the page that a mail brought; null for any other path. */
export function mailResponse(path: string, mailbox: Mailbox): GatewayResponse | null {
  if (path === '/mail.json') return jsonResponse(mailbox.list());
  if (path === '/mail' || path === '/mail/') return page('Mailbox', listing(mailbox.list()));
  const [, id, ending] = /^\/mail\/([0-9a-f-]+)(\.html)?$/.exec(path) ?? [];
  if (id === undefined) return null;
  const mail = mailbox.find(id);
  if (ending !== undefined && mail !== undefined && mail.html !== null)
    return { status: 200, headers: HEADERS, body: mail.html };
  return mail === undefined
    ? page('No such mail', '<p>It may have been removed when the program was started again.</p>', 404)
    : page(mail.subject, letter(mail));
}

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  // Mail carries text from outside: nothing in it may run or load, even where escaping was forgotten.
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'self'",
  'x-content-type-options': 'nosniff',
};

function listing(mails: readonly Mail[]): string {
  if (mails.length === 0) return '<p class="empty">No mail yet.</p>';
  return `<ul class="list">${mails.map(row).join('')}</ul>`;
}

function row(mail: Mail): string {
  return `<li><a href="/mail/${escapeHtml(mail.id)}"><span class="subject">${escapeHtml(mail.subject)}</span>${meta(mail)}</a></li>`;
}

function letter(mail: Mail): string {
  const text = `<pre>${escapeHtml(mail.text)}</pre>`;
  if (mail.html === null) return `<p>${meta(mail)}</p>${text}`;
  const address = `/mail/${escapeHtml(mail.id)}.html`;
  // Without scripts and without this page's origin.
  return `<p>${meta(mail)} · <a href="${address}">in a window of its own</a></p><iframe sandbox title="The mail as a page" src="${address}" style="width:100%;height:70vh;border:1px solid var(--line);border-radius:10px"></iframe><details><summary>The same as text</summary>${text}</details>`;
}

function meta(mail: Mail): string {
  const at = escapeHtml(mail.at);
  return `<span class="meta">to ${escapeHtml(mail.to)}, <time datetime="${at}">${at.replace('T', ' ').slice(0, 19)} UTC</time></span>`;
}

function page(title: string, content: string, status = 200): GatewayResponse {
  return {
    status,
    headers: HEADERS,
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
