import type { Announcement } from '#shared/ports/announcement.ts';
import type { Mail } from './mail.ts';
import { inert, linksOf } from './mail-links.ts';

/** Colours of both schemes: [light, dark]. */
const COLOURS = {
  ground: ['#f4f4f7', '#101216'],
  sheet: ['#ffffff', '#181b21'],
  ink: ['#17191e', '#eceef2'],
  soft: ['#565c69', '#a5acba'],
  line: ['#e2e4ea', '#2b303a'],
  sunken: ['#f3f4f7', '#101318'],
  accent: ['#5139cf', '#a99bff'],
} as const;
type Colour = keyof typeof COLOURS;

const FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const MONOSPACE = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";

/** Each colour stands inline for programs that drop styles, and in a class that dark mode overrides. */
const paint = (uses: Partial<Readonly<Record<'background' | 'color' | 'border-color', Colour>>>, more = ''): string => {
  const entries = Object.entries(uses) as ['background' | 'color' | 'border-color', Colour][];
  const classes = entries.map(([property, colour]) => classOf(property, colour)).join(' ');
  const inline = entries.map(([property, colour]) => `${property}:${COLOURS[colour][0]}`).join(';');
  return `class="${classes}" style="${inline}${more === '' ? '' : `;${more}`}"`;
};
const PREFIX = { background: 'g', color: 'c', 'border-color': 'b' } as const;
const classOf = (property: keyof typeof PREFIX, colour: Colour): string => `${PREFIX[property]}-${colour}`;

/** Dark colours; Gmail and Outlook read the scheme from `[data-ogsc]`, all others from the media query. */
const DARK = Object.entries(PREFIX)
  .flatMap(([property, prefix]) =>
    Object.entries(COLOURS).map(([name, [, dark]]) => `.${prefix}-${name}{${property}:${dark}!important}`),
  )
  .join('');

/**
 * The mail as a page, made of its text: headings, lists and quoted lines become what they look like. Nothing is loaded, and only addresses that the
 * announcement itself links to become links, so that no text of a log or a title is one. Readable from 320 px on, in light and dark.
 */
export function mailHtml({ subject, message }: Mail, announcement: Announcement): string {
  const links = linksOf(announcement);
  const { heading, shown } = opening(subject, message);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${entities(subject)}</title>
<style>:root{color-scheme:light dark;supported-color-schemes:light dark}@media(prefers-color-scheme:dark){${DARK}}@media(max-width:480px){.sheet{padding:16px 14px!important}.outer{padding:0!important}}</style></head>
<body ${paint({ background: 'ground', color: 'ink' }, `margin:0;padding:0;font:15px/1.55 ${FONT};-webkit-text-size-adjust:100%`)}>
<div ${paint({ background: 'ground' }, 'padding:20px 8px').replace('class="', 'class="outer ')}><div ${paint({ background: 'sheet', color: 'ink' }, 'max-width:680px;margin:0 auto;padding:24px 28px;border-radius:10px;overflow-wrap:anywhere;word-break:break-word').replace('class="', 'class="sheet ')}>
<p ${paint({ color: 'soft' }, 'margin:0 0 10px;font-size:13px;letter-spacing:.02em')}>Selfheal</p>
<h1 style="margin:0 0 12px;font-size:19px;line-height:1.35">${prose(heading)}</h1>
${shown.map((block) => blockHtml(block, links)).join('\n')}
</div></div></body></html>
`;
}

/** Characters of a heading that is still one. */
const MAX_HEADING = 120;

/** The first line as the heading, or its first sentence; where both are too long, or there is none, the subject. */
function opening(subject: string, message: string): { readonly heading: string; readonly shown: readonly string[] } {
  const blocks = message.split(/\n{2,}/).filter((block) => block.trim() !== '');
  const [lead = '', ...rest] = blocks;
  const [first = '', ...others] = lead.split('\n');
  const instead = { heading: subject.replace(/^\[Selfheal\] /, ''), shown: blocks };
  if (/^-{3,}$/.test(others[0] ?? '')) return instead;
  const [, sentence, more = ''] = first.length <= MAX_HEADING ? [first, first] : (SENTENCE.exec(first) ?? []);
  if (sentence === undefined) return instead;
  const left = [more, ...others].filter((line) => line !== '').join('\n');
  return { heading: sentence, shown: [left, ...rest].filter((block) => block !== '') };
}
const SENTENCE = new RegExp(`^(.{10,${MAX_HEADING}}?[.!?]) (?=[A-Z])(.+)$`);

function blockHtml(block: string, links: ReadonlySet<string>): string {
  const [title = '', rule = '', ...lines] = block.split('\n');
  if (!/^-{3,}$/.test(rule)) return linesHtml(block.split('\n'), links);
  return `<h2 ${paint({ color: 'soft', 'border-color': 'line' }, 'margin:22px 0 8px;padding-top:14px;border-width:1px 0 0;border-style:solid;font-size:14px;font-weight:600')}>${escaped(title)}</h2>${linesHtml(lines, links)}`;
}

type Kind = 'item' | 'quoted' | 'prose';
const kindOf = (line: string): Kind => (/^- /.test(line) ? 'item' : /^ {2}/.test(line) ? 'quoted' : 'prose');

/** Neighbouring lines of a kind, as one element. */
function linesHtml(lines: readonly string[], links: ReadonlySet<string>): string {
  const runs: { readonly kind: Kind; readonly lines: string[] }[] = [];
  for (const line of lines) {
    const kind = kindOf(line);
    const last = runs.at(-1);
    if (last?.kind === kind) last.lines.push(line);
    else runs.push({ kind, lines: [line] });
  }
  return runs.map((run) => runHtml(run, links)).join('');
}

function runHtml({ kind, lines }: { kind: Kind; lines: readonly string[] }, links: ReadonlySet<string>): string {
  if (kind === 'item')
    return `<ul style="margin:0 0 10px;padding-left:20px">${lines.map((line) => `<li style="margin:0 0 4px">${prose(line.slice(2))}</li>`).join('')}</ul>`;
  if (kind === 'quoted')
    return `<pre ${paint({ background: 'sunken', color: 'ink' }, `margin:0 0 10px;padding:10px 12px;border-radius:6px;font:12.5px/1.5 ${MONOSPACE};white-space:pre-wrap;overflow-wrap:anywhere`)}>${lines.map((line) => escaped(line.slice(2))).join('\n')}</pre>`;
  return `<p style="margin:0 0 10px">${lines.map((line) => proseHtml(line, links)).join('<br>')}</p>`;
}

const proseHtml = (line: string, links: ReadonlySet<string>): string =>
  links.has(line) ? `<a href="${entities(line)}" ${paint({ color: 'accent' })}>${entities(line)}</a>` : prose(line);

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const entities = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
const escaped = (text: string): string => entities(inert(text));

/** Words of a person or a model, in which marks of code look like code. */
const prose = (text: string): string =>
  escaped(text).replaceAll(/`([^`]+)`/g, `<code style="font:.9em ${MONOSPACE}">$1</code>`);
