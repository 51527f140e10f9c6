import type { GatewayResponse } from '../wire/request.ts';
import { jsonResponse } from '../wire/request.ts';
import type { Mail, Mailbox } from './mailbox.ts';

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 15%, transparent); --soft: color-mix(in srgb, currentColor 60%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
ul { list-style: none; margin: 0; padding: 0; }
li { border-top: 1px solid var(--line); }
li a { display: grid; gap: .1rem; padding: .8rem .25rem; color: inherit; text-decoration: none; }
li a:hover, li a:focus-visible { background: color-mix(in srgb, currentColor 6%, transparent); }
.subject { font-weight: 600; overflow-wrap: anywhere; }
.meta, .empty { color: var(--soft); font-size: .875rem; }
pre { font: .9rem/1.55 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; border-top: 1px solid var(--line); padding-top: 1rem; }`;

/** Answers `/mail`, `/mail.json` and `/mail/{id}`; null for any other path. */
export function mailResponse(path: string, mailbox: Mailbox): GatewayResponse | null {
  if (path === '/mail.json') return jsonResponse(mailbox.list());
  if (path === '/mail' || path === '/mail/') return page('Mailbox', listing(mailbox.list()));
  const id = /^\/mail\/([0-9a-f-]+)$/.exec(path)?.[1];
  if (id === undefined) return null;
  const mail = mailbox.find(id);
  return mail === undefined
    ? page('No such mail', '<p><a href="/mail">Mailbox</a></p>', 404)
    : page(mail.subject, letter(mail));
}

function listing(mails: readonly Mail[]): string {
  if (mails.length === 0) return '<p class="empty">No mail yet.</p>';
  return `<ul>${mails.map(row).join('')}</ul>`;
}

function row(mail: Mail): string {
  return `<li><a href="/mail/${escapeHtml(mail.id)}"><span class="subject">${escapeHtml(mail.subject)}</span>${meta(mail)}</a></li>`;
}

function letter(mail: Mail): string {
  return `<p>${meta(mail)}</p><pre>${escapeHtml(mail.text)}</pre><p><a href="/mail">All mail</a></p>`;
}

function meta(mail: Mail): string {
  const at = escapeHtml(mail.at);
  return `<span class="meta">to ${escapeHtml(mail.to)}, <time datetime="${at}">${at.replace('T', ' ').slice(0, 19)} UTC</time></span>`;
}

function page(title: string, content: string, status = 200): GatewayResponse {
  const heading = escapeHtml(title);
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      // Mail carries text from outside: nothing in it may run or load, even where escaping was forgotten.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'x-content-type-options': 'nosniff',
    },
    body: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${heading}</title>
<style>${STYLE}</style></head><body><main><h1>${heading}</h1>${content}</main></body></html>`,
  };
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
