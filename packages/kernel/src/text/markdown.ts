import { shortenedText } from './shortened-text.ts';

/** Zero-width character that keeps GitHub from making a mention, link or reference, without changing the visible text. */
const BREAK = '\u200b';
/** Languages allowed on a fence. GitHub would render some others: diagrams, maps, models, formulas. */
const LANGUAGES = new Set(
  'bash c console cpp cs csharp css diff dockerfile go hcl html ini java javascript js json jsx kotlin kt log make makefile php ps1 powershell py python rb rs ruby rust sh shell sql swift text toml ts tsx txt typescript xml yaml yml'.split(
    ' ',
  ),
);

/**
 * Escapes an untrusted text, so that Markdown shows exactly its words: no markup, HTML, lists, formulas, diagrams, mentions, links or
 * references. Code spans and fenced blocks stay code.
 */
export function safeProse(text: string): string {
  const blocks: string[] = [];
  let fence: { marker: string; language: string; lines: string[] } | null = null;
  let prose: string[] = [];
  const endProse = (): void => {
    if (prose.length > 0) blocks.push(prose.map(safeLine).join('\n'));
    prose = [];
  };
  for (const line of visible(text).split('\n')) {
    const opening: RegExpExecArray | null = fence === null ? /^\s*(`{3,}|~{3,})\s*([\w+-]*)/.exec(line) : null;
    if (opening !== null) {
      endProse();
      fence = { marker: opening[1] ?? '```', language: opening[2] ?? '', lines: [] };
    } else if (fence !== null && line.trim().startsWith(fence.marker)) {
      blocks.push(fenced(fence.lines.join('\n'), fence.language));
      fence = null;
    } else if (fence === null) prose.push(line);
    else fence.lines.push(line);
  }
  endProse();
  if (fence !== null) blocks.push(fenced(fence.lines.join('\n'), fence.language));
  return blocks.join('\n');
}

/** The same for one line of text; code spans stay code. */
export function safeLine(line: string): string {
  return visible(line)
    .replace(/\r|\n/g, ' ')
    .split(/(`[^`]{1,300}`)/)
    .map((part, index) => (index % 2 === 1 ? withoutMarkers(part) : escapeMarkup(part)))
    .join('');
}

/** A fenced block whose fence is longer than any run of backticks in it. */
export function fenced(text: string, language = ''): string {
  const shown = LANGUAGES.has(language.toLowerCase()) ? language.toLowerCase() : '';
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${shown}\n${withoutMarkers(visible(text))}\n${fence}`;
}

/**
 * A short untrusted text as a code span, in which nothing is a mention, a link or markup. Empty texts become a blank. `inTable`: a bar would
 * end the cell.
 */
export function codeSpan(text: string, { inTable = false } = {}): string {
  const shown = withoutMarkers(visible(text).replace(/\s+/g, ' ')).trim() || ' ';
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${inTable ? shown.replaceAll('|', '\\|') : shown}${pad}${fence}`;
}

function escapeMarkup(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]()|~!]/g, '\\$&')
    .replace(/^(\s*)([#+=-])/, '$1\\$2')
    .replace(/^(\s*\d+)\./, '$1\\.')
    .replace(/@(?=\w)/g, `@${BREAK}`)
    .replace(/#(?=\d)/g, `#${BREAK}`)
    .replace(/\$/g, '&#36;')
    .replace(/:(?=[\w+-]+:)/g, `:${BREAK}`)
    .replace(/\bGH-(?=\d)/gi, (match) => `${match}${BREAK}`)
    .replace(/:\/\//g, `:${BREAK}//`)
    .replace(/\bwww\./gi, (match) => `${match.slice(0, 3)}${BREAK}.`);
}

/** Breaks comment openers even in code, because our own sticky marker is searched in the whole body. */
function withoutMarkers(text: string): string {
  return text.replaceAll('<!--', '<! --');
}

function visible(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}]/gu, (unit) => (unit === '\n' || unit === '\t' ? unit : ''));
}

/** Words that show what a line is about: first those for a reason, then those for a failure. */
const REASONS =
  /no space left|denied|refused|timed? ?out|not (?:found|authorized|accept)|no such|expired|exceeded|unavailable|cannot|could not|missing|invalid|\b50[0234] |reset by peer/i;
const ALARMING = /error|exception|fail|fatal|panic|expected|assert|does not/i;

/** Shortens a line to `width` characters: its beginning, its end, and the most informative part in between. */
export function cutLine(text: string, width: number): string {
  if (text.length <= width) return text;
  const indent = /^\s{0,8}/.exec(text)?.[0] ?? '';
  const rest = text.slice(indent.length);
  const reason = rest.search(REASONS);
  return `${indent}${shortenedText(rest, width - indent.length, Math.max(0, reason >= 0 ? reason : rest.search(ALARMING)))}`;
}
