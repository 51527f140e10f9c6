import { jsonKeysOf } from '../formats/common/json-keys.ts';
import type { ReportHead } from '../formats/contract.ts';

/** Characters at the beginning by which a format is recognised; where they do not tell, four times as many, up to `MAX_HEAD_LENGTH`. */
export const HEAD_LENGTH = 65_536;
export const MAX_HEAD_LENGTH = HEAD_LENGTH * 4 ** 4;

/** What the beginning of a file shows: `text` without a byte order mark. */
export function headOf(text: string, file: string): ReportHead {
  const start = text.slice(0, MAX_HEAD_LENGTH);
  const first = /[^\s]/.exec(start)?.[0];
  const isJson = first === '{' || first === '[';
  return {
    text: start,
    fileName: (file.split(/[\\/]/).at(-1) ?? '').replace(/\.gz$/i, '').toLowerCase(),
    xmlRoot: first === '<' ? rootOf(start) : null,
    json: first === '{' ? 'object' : first === '[' ? 'list' : null,
    keys: jsonKeysOf(isJson ? start : ''),
  };
}

/** The first element, after declaration, comments, processing instructions and document type. */
function rootOf(text: string): string | null {
  let at = 0;
  for (;;) {
    at = text.indexOf('<', at);
    if (at < 0) return null;
    if (text.startsWith('<!--', at)) at = after(text, '-->', at);
    else if (text.startsWith('<?', at)) at = after(text, '?>', at);
    else if (text.startsWith('<!', at)) at = afterDoctype(text, at);
    else return /^<(?:[\w.-]+:)?([\w.-]+)[\s/>]/.exec(text.slice(at, at + 200))?.[1] ?? null;
    if (at < 0) return null;
  }
}

function after(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from);
  return at < 0 ? -1 : at + end.length;
}

function afterDoctype(text: string, from: number): number {
  const close = text.indexOf('>', from);
  const open = text.indexOf('[', from);
  if (open < 0 || open > close) return close < 0 ? -1 : close + 1;
  const inner = /\]\s*>/.exec(text.slice(open));
  return inner === null ? -1 : open + inner.index + inner[0].length;
}
