import { escapeText } from '@selfheal/fake-server/web-page.ts';
import { objectOf, textOf } from '@selfheal/local-cloud/template/json.ts';
import { listOf } from './chat-text.ts';

/** A text in Atlassian's document format as Jira shows it, and the plain text of Data Center as it is. */
export function jiraHtml(body: unknown): string {
  if (typeof body === 'string') return `<pre>${escapeText(body)}</pre>`;
  return listOf(objectOf(body).content)
    .map(({ type, content }) => {
      const inner = listOf(content).map(textHtml).join('');
      return type === 'codeBlock' ? `<pre>${inner}</pre>` : `<p>${inner}</p>`;
    })
    .join('');
}

function textHtml(node: Record<string, unknown>): string {
  const words = escapeText(textOf(node.text) ?? '');
  const marks = listOf(node.marks);
  const href = marks.map(({ attrs }) => textOf(objectOf(attrs).href)).find((url) => url !== undefined);
  if (href !== undefined && /^https?:\/\//.test(href)) return `<a href="${escapeText(href)}">${words}</a>`;
  return marks.some(({ type }) => type === 'strong') ? `<strong>${words}</strong>` : words;
}
