import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Configuration } from '#shared/domain/configuration/configuration.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FOLDERS = ['docs', 'packages', 'lab', 'config', 'events'].filter((folder) => existsSync(join(ROOT, folder)));
const DOCUMENTS = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'],
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md') && !file.includes('node_modules'))
      .map((file) => `${folder}/${file}`),
  ),
];
const GUIDE = DOCUMENTS.filter((file) => file.startsWith('docs/guide/'));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** The document without its blocks of code, in which `#` begins a comment and brackets are no links. */
const prose = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '');

/** The anchors that GitHub makes of headings. */
function anchorsOf(text: string): string[] {
  return [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Links of a document that lead nowhere in this repository; `textOf` gives the text of a file, null where there is none. */
function brokenLinks(file: string, text: string, textOf: (path: string) => string | null): string[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = textOf(path === '' ? file : join(dirname(file), path));
      return target === null || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });
}

/** What looks like a path in backticks: `shared/app`, `docs/map.md`. */
function pathsIn(text: string): string[] {
  return [...prose(text).matchAll(/`([a-z]+(?:\/[\w.-]+)*)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => path.includes('/') || existsSync(join(ROOT, path)));
}

const textOf = (path: string): string | null => {
  const full = join(ROOT, path);
  if (!existsSync(full)) return null;
  return path.endsWith('.md') ? readFileSync(full, 'utf8') : '';
};

describe('documents', () => {
  it('list every decision once, in order, by its number and title', () => {
    const files = readdirSync(join(ROOT, 'docs/decisions')).filter((file) => /^\d{4}-.*\.md$/.test(file));
    const rows = files.sort().map((file) => {
      const [, number, title] = /^# (\d{4}): (.+)$/m.exec(read(`docs/decisions/${file}`)) ?? [];
      return `| [${number}](${file}) | ${title} |`;
    });
    const listed = read('docs/decisions/README.md').match(/^\| \[\d+\].*$/gm);
    expect(listed).toEqual(rows);
    expect(new Set(rows.map((row) => row.slice(0, 8))).size).toBe(rows.length);
  });

  it.each(DOCUMENTS)('%s has no broken link', (file) => {
    expect(brokenLinks(file, read(file), textOf)).toEqual([]);
  });

  it('have a broken link where the file or the heading is missing', () => {
    const text = '[a](b.md) [c](c.md#one) [d](c.md#two) [e](#own) [f](https://example.com)\n# Own\n```\n[g](h)\n```\n';
    const files = new Map([
      ['docs/a.md', text],
      ['docs/c.md', '## One\n'],
    ]);
    expect(brokenLinks('docs/a.md', text, (path) => files.get(path) ?? null)).toEqual(['b.md', 'c.md#two']);
  });

  it.each(['docs/glossary.md', 'docs/map.md'])('%s names only paths that exist', (file) => {
    const paths = pathsIn(read(file));
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe('the glossary', () => {
  const rows = read('docs/glossary.md')
    .split('\n')
    .filter((line) => /^\| (?!term)[^-]/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));

  it('explains each term once, in a sentence, and says where it is', () => {
    const terms = rows.flatMap(([, term = '']) => term.split(', '));
    expect(terms.length).toBeGreaterThan(80);
    expect(new Set(terms).size).toBe(terms.length);
    for (const [, term, meaning, where] of rows) {
      expect(meaning, term).toMatch(/^[A-Z].+\.$/);
      expect(pathsIn(where ?? ''), term).toHaveLength(1);
    }
  });
});

interface State {
  readonly States?: Readonly<Record<string, State>>;
  readonly Branches?: readonly State[];
}

const statesOf = ({ States = {}, Branches = [] }: State): string[] => [
  ...Object.entries(States).flatMap(([name, state]) => [name, ...statesOf(state)]),
  ...Branches.flatMap(statesOf),
];

describe('the map', () => {
  it('has a row for each state of the workflow, and no other', () => {
    const [, section = ''] = read('docs/map.md').split('\n## The workflow, state by state\n');
    const [table = ''] = section.split('\n## ');
    const rows = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, state]) => state);
    const states = statesOf(JSON.parse(read('statemachines/heal.asl.json')) as State);
    expect(states.length).toBeGreaterThan(20);
    expect([...rows].sort()).toEqual([...states].sort());
  });

  it('has a row for each function', () => {
    const named = new Set(pathsIn(read('docs/map.md')));
    const functions = readdirSync(join(ROOT, 'functions'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(functions.map(({ name }) => `functions/${name}`).filter((folder) => !named.has(folder))).toEqual([]);
  });
});

/** The JSON of a page; a part of an object stands there without its braces. */
function jsonBlocksOf(text: string): unknown[] {
  return [...text.matchAll(/^ *```json\n([\s\S]*?)^ *```/gm)].map(([, block = '']) => {
    const json = block.trim();
    return JSON.parse(json.startsWith('"') ? `{${json}}` : json) as unknown;
  });
}

describe('the user guide', () => {
  it('lists every page in its index', () => {
    const index = read('docs/guide/README.md');
    const pages = GUIDE.map((file) => file.slice('docs/guide/'.length)).filter((page) => page !== 'README.md');
    expect(pages.length).toBeGreaterThan(15);
    expect(pages.filter((page) => !index.includes(`](${page})`))).toEqual([]);
  });

  it('leads from each command to a page, and names no command that does not exist', () => {
    const commands: string[] = JSON.parse(read('apps/cli/command-list.json')).map(({ name }: { name: string }) => name);
    const rows = read('docs/guide/command-line.md')
      .split('\n')
      .flatMap((line) => /^\| (.+) \| .+ \|$/.exec(line)?.[1] ?? []);
    const named = rows.flatMap((row) => [...row.matchAll(/`([a-z][a-z -]*?)( \.\.\.)?`/g)]);
    const covers = ([, name = '', others]: readonly (string | undefined)[], command: string): boolean =>
      others === undefined ? command === name : command.startsWith(`${name} `);
    expect(named.length).toBeGreaterThan(30);
    expect(commands.filter((command) => !named.some((one) => covers(one, command)))).toEqual([]);
    expect(named.filter((one) => !commands.some((command) => covers(one, command))).map(([cell]) => cell)).toEqual([]);
  });

  it('shows only configuration that is accepted', () => {
    const keys = new Set(Object.keys(Configuration.shape));
    const shown = GUIDE.flatMap((file) => jsonBlocksOf(read(file)).map((block) => ({ file, block })))
      .filter((one): one is { file: string; block: object } => typeof one.block === 'object' && one.block !== null)
      .filter(({ block }) => Object.keys(block).every((key) => keys.has(key)));
    expect(shown.length).toBeGreaterThan(10);
    for (const { file, block } of shown) {
      const { error } = Configuration.safeParse({ version: 1, ...block });
      expect(error?.issues, file).toBeUndefined();
    }
  });
});
