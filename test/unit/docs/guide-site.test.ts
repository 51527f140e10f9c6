import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildGuide } from '../../../tools/build-guide.ts';

const ROOT = join(import.meta.dirname, '../../..');
const WRITTEN = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'];

let folder: string;
let files: readonly string[];
let html: ReadonlyMap<string, string>;
let sources: readonly string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'selfheal-guide-'));
  sources = (await buildGuide(folder)).map(({ source }) => source);
  files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.includes('.'));
  const pages = files.filter((file) => file.endsWith('.html'));
  html = new Map(pages.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
});
afterAll(() => rmSync(folder, { recursive: true }));

const attributes = (text: string, name: string): string[] =>
  [...text.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g'))].map(([, value = '']) => value);

/** Addresses of a page that lead to no file of the site, or to no element of its file. */
function deadLinks(file: string, text: string, textOf: (file: string) => string | undefined): string[] {
  return [...attributes(text, 'href'), ...attributes(text, 'src')]
    .filter((address) => !/^[a-z]+:/.test(address))
    .filter((address) => {
      const [path = '', anchor] = address.split('#');
      const target = textOf(path === '' ? file : posix.join(dirname(file), path));
      return (
        target === undefined || (anchor !== undefined && !attributes(target, 'id').includes(decodeURIComponent(anchor)))
      );
    });
}
const textOf = (file: string): string | undefined => html.get(file) ?? (files.includes(file) ? '' : undefined);

describe('the guide as pages', () => {
  it('has a page for each document', () => {
    const documents = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md') && file !== 'requirements.md')
      .map((file) => `docs/${file}`);
    expect(documents.length).toBeGreaterThan(75);
    expect(sources).toEqual(expect.arrayContaining([...WRITTEN, ...documents]));
    expect(html.size).toBe(sources.length);
  });

  it('has no dead link and no dead anchor', () => {
    const dead = [...html].flatMap(([file, text]) =>
      deadLinks(file, text, textOf).map((address) => `${file}: ${address}`),
    );
    expect(dead).toEqual([]);
  });

  it('has a dead link where the file or the heading is missing', () => {
    const text =
      '<h1 id="one"></h1><a href="#one"></a><a href="#two"></a><a href="c/d.html#three"></a><a href="e.html"></a>';
    const site = new Map([
      ['a/b.html', text],
      ['a/c/d.html', '<h2 id="four"></h2>'],
    ]);
    expect(deadLinks('a/b.html', text, (file) => site.get(file))).toEqual(['#two', 'c/d.html#three', 'e.html']);
  });

  it('keeps the policy of the site: no inline script, style or handler, nothing from elsewhere', () => {
    for (const [file, text] of html) {
      expect(
        text.match(/<script(?![^<>]* src=)|<style|<iframe|<[a-z][^<>]* (?:style|on[a-z]+)=|="javascript:/gi),
        file,
      ).toBeNull();
      expect(
        attributes(text, 'src').filter((address) => /^(?:[a-z]+:|\/\/)/.test(address)),
        file,
      ).toEqual([]);
    }
  });

  it('shows what looks like markup as text', () => {
    expect(html.get('set-up.html')).toContain('&lt;owner&gt;');
    expect([...html.values()].filter((text) => /<(?:owner|name|token|id|secret)>/.test(text))).toEqual([]);
  });

  it('leads from each page to each page of the guide, and marks the one that is open', () => {
    const guide = [...html.keys()].filter((file) => !file.includes('/') && file !== 'index.html');
    expect(guide.length).toBeGreaterThan(25);
    for (const [file, text] of html) {
      const [, navigation = ''] = /<nav[^>]*>([\s\S]*?)<\/nav>/.exec(text) ?? [];
      const reached = attributes(navigation, 'href').map((address) => posix.join(dirname(file), address));
      expect(
        guide.filter((one) => !reached.includes(one)),
        file,
      ).toEqual([]);
      if (guide.includes(file)) expect(navigation.match(/aria-current="page"/g), file).toHaveLength(1);
    }
  });

  it('is searched by heading and text of each section, and each result leads to its heading', () => {
    const sections = JSON.parse(readFileSync(join(folder, 'search.json'), 'utf8')) as {
      address: string;
      heading: string;
      text: string;
    }[];
    expect(sections.length).toBeGreaterThan(250);
    for (const { address } of sections) {
      const [file = '', anchor = ''] = address.split('#');
      expect(attributes(html.get(file) ?? '', 'id'), address).toContain(anchor);
    }
    const removal = sections.find(({ address }) => address === 'upgrade.html#removal');
    expect(removal).toMatchObject({ heading: 'Removal', text: expect.stringContaining('npx cdk destroy --all') });
  });
});
