/** The look of every page that this machine serves beside the dashboard; the colours are the dashboard's. */
export const PAGE_STYLE = `:root{color-scheme:light dark;--ground:#f7f7f9;--surface:#fff;--sunken:#f1f2f5;--line:#e4e5ea;--ink:#16181d;--soft:#565c69;--accent:#5b45d6;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ground:#0e0f13;--surface:#15171c;--sunken:#101217;--line:#262a33;--ink:#eceef2;--soft:#a1a8b6;--accent:#a99bff;--bad:#ff8f86}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:14px/1.5 system-ui,sans-serif}
a{color:var(--accent)}.shell{display:flex;flex-wrap:wrap;gap:6px 18px;align-items:center;padding:12px 24px;border-bottom:1px solid var(--line);background:var(--surface)}
.shell nav{display:flex;gap:18px}.shell strong{font-size:15px}.shell a{text-decoration:none}main{max-width:820px;margin:0 auto;padding:24px;overflow-wrap:anywhere}
h1{margin:0 0 16px;font-size:20px;line-height:1.3}h2{font-size:15px}.meta,.empty{color:var(--soft);font-size:13px}
ul.list{list-style:none;margin:0;padding:0;border:1px solid var(--line);border-radius:10px;background:var(--surface)}ul.list li+li{border-top:1px solid var(--line)}
ul.list a{display:grid;gap:2px;padding:12px 16px;color:inherit;text-decoration:none}ul.list a:hover{background:var(--sunken)}.subject{font-weight:600}
pre{margin:0 0 12px;padding:12px 14px;border:1px solid var(--line);border-radius:8px;background:var(--sunken);font:13px/1.55 ui-monospace,monospace;white-space:pre-wrap}
code{padding:.1em .3em;border-radius:4px;background:var(--sunken);font-size:.92em}pre code{padding:0}
article{margin:16px 0;border:1px solid var(--line);border-radius:10px;background:var(--surface)}article>header{padding:8px 16px;border-bottom:1px solid var(--line);color:var(--soft)}article>div{padding:2px 16px;overflow-x:auto}
table{border-collapse:collapse}td,th{padding:.3em .7em;border:1px solid var(--line)}blockquote{margin-left:0;padding-left:1em;border-left:3px solid var(--line);color:var(--soft)}
form{max-width:360px}label,input,button{display:block;width:100%;font:inherit}input,button{margin:4px 0 14px;padding:8px 12px;border:1px solid var(--line);border-radius:6px;background:var(--surface);color:inherit}
button{background:var(--accent);color:var(--surface);font-weight:550}button[name=cancel]{background:none;color:inherit}[role=alert]{padding-left:12px;border-left:4px solid var(--bad)}`;

export interface WebPage {
  /** Plain text. */
  readonly title: string;
  /** What serves it, such as `Mailbox`. */
  readonly place: string;
  /** Ways out, beginning with the way back. */
  readonly links: readonly { readonly name: string; readonly href: string }[];
  /** HTML in which everything from outside is escaped. */
  readonly content: string;
}

/** A whole document in the common frame: where the reader is, and the ways back. */
export function renderWebPage({ title, place, links, content }: WebPage): string {
  const ways = links.map(({ name, href }) => `<a href="${escapeText(href)}">${escapeText(name)}</a>`).join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeText(title)} · ${escapeText(place)}</title>
<style>${PAGE_STYLE}</style></head><body><header class="shell"><strong>${escapeText(place)}</strong><nav aria-label="Ways back">${ways}</nav></header><main><h1>${escapeText(title)}</h1>${content}</main></body></html>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeText = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
