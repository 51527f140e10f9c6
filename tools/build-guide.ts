import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { transform } from 'esbuild';
import MarkdownIt from 'markdown-it';

const ROOT = join(import.meta.dirname, '..');
/** What becomes a page. The ledger of requirements is a record of the development, not a document for readers. */
const SOURCES = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/**/*.md'];
const NOT_A_PAGE = 'docs/requirements.md';
/** The page whose tables of links are the navigation. */
const INDEX = 'docs/guide/README.md';

interface Page {
  /** Path of the Markdown in the repository. */
  readonly source: string;
  /** Path of the page below the root of the guide. */
  readonly path: string;
  readonly title: string;
  readonly body: string;
  readonly sections: readonly Section[];
}

/** What the search finds: a heading, and the text up to the next one. `apps/guide/search.ts` reads it. */
interface Section {
  readonly address: string;
  readonly page: string;
  readonly heading: string;
  readonly text: string;
}

interface NavigationGroup {
  readonly title: string;
  readonly links: readonly { readonly source: string; readonly title: string }[];
}

type Markdown = InstanceType<typeof MarkdownIt>;
type Tokens = ReturnType<Markdown['parse']>;

/** The anchor that GitHub makes of a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function pathOf(source: string): string {
  const below = source.replace(/^docs\/(?:guide\/)?/, '').replace(/\.md$/, '.html');
  return source === 'README.md'
    ? 'overview.html'
    : below.replace(/README\.html$/, 'index.html').replace(/^[A-Z]+\.html$/, (name) => name.toLowerCase());
}

/** The address of a link as written in `source`, for the page made of it. Throws for a link to a file that is no page. */
function addressOf(link: string, source: string, paths: ReadonlyMap<string, string>): string {
  if (/^[a-z]+:/.test(link) || link.startsWith('#')) return link;
  const [file = '', anchor] = link.split('#');
  const target = paths.get(join(dirname(source), file));
  if (target === undefined)
    throw new Error(`${source}: the link ${link} leads to no page. Link a document, or name the file in backticks.`);
  const address = relative(dirname(pathOf(source)), target);
  return anchor === undefined ? address : `${address}#${anchor}`;
}

const wordsOf = (tokens: Tokens): string =>
  tokens
    .flatMap(({ type, content, children }) =>
      type === 'fence' || type === 'code_block'
        ? [content]
        : (children ?? []).map((child) =>
            child.type === 'text' || child.type === 'code_inline' ? child.content : ' ',
          ),
    )
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** Markdown without raw HTML, and without the `style` attributes that the policy of the site forbids. */
function makeMarkdown(paths: ReadonlyMap<string, string>): Markdown {
  const markdown = new MarkdownIt({ html: false });
  const { rules } = markdown.renderer;
  markdown.core.ruler.push('guide', ({ tokens, env }) => {
    const used = new Map<string, number>();
    tokens.forEach((token, at) => {
      if (token.type === 'heading_open') {
        const anchor = anchorOf(wordsOf(tokens.slice(at + 1, at + 2)));
        const before = used.get(anchor) ?? 0;
        used.set(anchor, before + 1);
        token.attrSet('id', before === 0 ? anchor : `${anchor}-${before}`);
      }
      const alignment = /text-align:(right|center)/.exec(String(token.attrGet('style')))?.[1];
      token.attrs = token.attrs?.filter(([name]) => name !== 'style') ?? null;
      if (alignment !== undefined) token.attrSet('class', alignment);
      for (const child of token.children ?? []) {
        const link = child.type === 'link_open' ? child.attrGet('href') : null;
        if (child.type === 'image') {
          const picture = join('screenshots', basename(String(child.attrGet('src'))));
          child.attrSet('src', relative(dirname(pathOf((env as { source: string }).source)), picture));
        }
        if (link !== null) child.attrSet('href', addressOf(String(link), (env as { source: string }).source, paths));
      }
    });
  });
  rules.heading_close = (tokens, at) => {
    const { tag } = tokens[at] as Tokens[number];
    const id = tokens[at - 2]?.attrGet('id');
    return ` <a class="anchor" href="#${id}" aria-label="Link to this section">#</a></${tag}>\n`;
  };
  // What may be wider than a phone scrolls by itself, also by keyboard.
  rules.table_open = () => '<div class="table" tabindex="0"><table>\n';
  rules.table_close = () => '</table></div>\n';
  rules.fence = (tokens, at) =>
    `<pre tabindex="0"><code>${markdown.utils.escapeHtml(tokens[at]?.content ?? '')}</code></pre>\n`;
  return markdown;
}

function makePage(source: string, markdown: Markdown): Page {
  const tokens = markdown.parse(readFileSync(join(ROOT, source), 'utf8'), { source });
  const headings = tokens.flatMap(({ type }, at) => (type === 'heading_open' ? [at] : []));
  const headingAt = (at: number): string => wordsOf(tokens.slice(at + 1, at + 2));
  const title = headingAt(headings[0] ?? 0);
  const path = pathOf(source);
  const sections = headings.map((at, index) => ({
    address: `${path}#${tokens[at]?.attrGet('id')}`,
    page: title,
    heading: headingAt(at),
    text: wordsOf(tokens.slice(at + 3, headings[index + 1] ?? tokens.length)),
  }));
  return { source, path, title, body: markdown.renderer.render(tokens, markdown.options, { source }), sections };
}

/** The headings of the index with the links at the beginning of the rows of their tables. */
function readNavigation(): NavigationGroup[] {
  const [, ...parts] = readFileSync(join(ROOT, INDEX), 'utf8').split(/^## /m);
  return parts
    .map((part) => ({
      title: part.slice(0, part.indexOf('\n')),
      links: [...part.matchAll(/^\| \[([^\]]+)\]\(([^)#]+)\)/gm)].map(([, title = '', link = '']) => ({
        source: join(dirname(INDEX), link),
        title,
      })),
    }))
    .filter(({ links }) => links.length > 0);
}

function render(page: Page, navigation: readonly NavigationGroup[], escaped: (text: string) => string): string {
  const to = (path: string): string => relative(dirname(page.path), path);
  const groups = navigation.map(({ title, links }) => {
    const items = links.map((link) => {
      const current = link.source === page.source ? ' aria-current="page"' : '';
      return `<li><a href="${to(pathOf(link.source))}"${current}>${escaped(link.title)}</a></li>`;
    });
    return `<h2>${escaped(title)}</h2>\n<ul>\n${items.join('\n')}\n</ul>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(page.title)} - Selfheal guide</title>
<link rel="icon" href="${to('favicon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${to('guide.css')}">
<script src="${to('color-scheme.js')}"></script>
<script src="${to('search.js')}" data-guide defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="side">
<a class="brand" href="${to('index.html')}"><img src="${to('favicon.svg')}" alt="">Selfheal guide</a>
<div class="search" role="search">
<label for="search">Search (press /)</label>
<input id="search" type="search" autocomplete="off" spellcheck="false">
<p id="found" role="status"></p>
<ol id="results"></ol>
</div>
<details open><summary>Pages</summary>
<nav aria-label="Pages">
${groups.join('\n')}
</nav>
</details>
</header>
<main id="content">
${page.body}</main>
</body>
</html>
`;
}

/**
 * Writes the documents as static pages with their navigation and their search to `outDir`, which is emptied first. The pages need no inline script
 * and no inline style. Throws an error that names the document whose link leads to no page.
 */
export async function buildGuide(outDir: string): Promise<readonly Page[]> {
  const sources = globSync(SOURCES, { cwd: ROOT })
    .filter((source) => source !== NOT_A_PAGE)
    .sort();
  const markdown = makeMarkdown(new Map(sources.map((source) => [source, pathOf(source)])));
  const pages = sources.map((source) => makePage(source, markdown));
  const navigation = readNavigation();
  rmSync(outDir, { recursive: true, force: true });
  for (const page of pages) {
    mkdirSync(dirname(join(outDir, page.path)), { recursive: true });
    writeFileSync(join(outDir, page.path), render(page, navigation, markdown.utils.escapeHtml));
  }
  writeFileSync(join(outDir, 'search.json'), JSON.stringify(pages.flatMap(({ sections }) => sections)));
  const script = readFileSync(join(ROOT, 'apps/guide/search.ts'), 'utf8');
  writeFileSync(
    join(outDir, 'search.js'),
    (await transform(script, { loader: 'ts', format: 'iife', target: 'es2023' })).code,
  );
  copyFileSync(join(ROOT, 'apps/guide/guide.css'), join(outDir, 'guide.css'));
  mkdirSync(join(outDir, 'screenshots'));
  for (const file of globSync('docs/screenshots/*.png', { cwd: ROOT }))
    copyFileSync(join(ROOT, file), join(outDir, 'screenshots', basename(file)));
  for (const file of ['favicon.svg', 'color-scheme.js'])
    copyFileSync(join(ROOT, 'apps/dashboard/public', file), join(outDir, file));
  return pages;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string', default: join(ROOT, 'dist/dashboard/guide') } } });
  try {
    const pages = await buildGuide(values.out);
    console.log(`${pages.length} pages of the guide in ${relative(ROOT, values.out)}`);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
