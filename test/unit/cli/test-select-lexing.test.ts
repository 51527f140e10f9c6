import { join } from 'node:path';
import { makeSourceLexer } from '@selfheal/pull-request-quality/adapters/parsers/source-lexer.ts';
import { referencesOf } from '@selfheal/pull-request-quality/domain/test-selection/source-references.ts';
import { describe, expect, it } from 'vitest';
import { aGitRepository } from './git-repository.ts';
import { runCommand } from './run-command.ts';

async function selection(files: Record<string, string>, changed: string, text = '// changed\n') {
  const { folder, write } = aGitRepository(files);
  write({ [changed]: text });
  const args = ['test', 'select', folder, '--base', 'main', '--sample', '0', '--state', join(folder, '../none')];
  const { stdout } = await runCommand([...args, '--json']);
  const found = JSON.parse(stdout.toString()) as { mode: string; reason: string; run: { file: string }[] };
  return { ...found, files: found.run.map(({ file }) => file).toSorted() };
}

const lexer = makeSourceLexer();
async function importsIn(path: string, text: string, withTypes = false): Promise<string[]> {
  const lexed = await lexer.lex(path, text);
  if (lexed === null) return ['cannot be parsed'];
  return referencesOf(path, text, { lexed, withTypes }).imports.map(({ specifier }) => specifier);
}

const IMPORTS = [
  "import { a } from './a';",
  "import './a';",
  "export * from './a';",
  "const a = require('./a');",
  "const a = await import('./a');",
  "vi.mock('./a');",
];
/** What may stand before an import and hide it from who reads by patterns. */
const BEFORE = [
  '/* one */ ',
  '/** one */ ',
  '/*\n * one\n */ ',
  'export type Shape = { a: number }\n',
  'export type Shape = string\n',
  'import type { B } from "./b"\n',
  'export type { B } from "./b"\n',
  'type Quote = "\'"\n',
  'const quote = /[\'"`]/;\n',
  "const slash = 1 / 2; // it's\n",
  'const text = "/*";\n',
  "const text = '//';\n",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: code with a template is what is read
  'const text = `a ${"`"} /* b`;\n',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: code with a template is what is read
  'const text = `${`// ${1}`}`;\n',
  'const generator = { *all() {} };\n',
  'const product = 2\n* 3;\n',
  'declare module "x" {}\n',
  '#!/usr/bin/env node\n',
];
const INSIDE = [
  ["import/* one */{ a }/* two */from/* three */'./a';", './a'],
  ["import { a } from // it's\n './a';", './a'],
  [`import(/* webpackChunkName: "${'x'.repeat(200)}" */ './a');`, './a'],
  ["import(\n  // it's\n  'pkg/a'\n);", 'pkg/a'],
  ["import type, { a } from './a';", './a'],
  ["import { type A, b } from './a';", './a'],
  ["import type from './a';", './a'],
  ['import a from "./it\'s";', "./it's"],
  ["import a from './\\u0061';", './a'],
  ["import a from './a.css?raw';", './a.css'],
  ["import a = require('./a');", './a'],
] as const;

describe('the imports of a JavaScript or TypeScript file', () => {
  it.each(BEFORE.flatMap((before) => IMPORTS.map((one) => ({ before, one }))))(
    'are found after $before: $one',
    async ({ before, one }) => {
      expect(await importsIn('src/x.ts', `${before}${one}\n`)).toContain('./a');
    },
  );

  it.each(INSIDE)('are found in %s', async (text, specifier) => {
    expect(await importsIn('src/x.ts', text)).toContain(specifier);
  });

  it.each([
    ['src/x.tsx', "export const X = () => <p title='it'>it's // a {/* b */}<br/>{require('./a')}</p>;\n"],
    ['src/x.jsx', "export const X = () => <p>don't {'}'} `</p>;\nimport './a';\n"],
    ['src/x.js', "// @flow\nimport type { B } from './b'\nconst f = (b: B): string => b;\nimport './a';\n"],
    ['src/x.vue', "<template><p>it's</p></template>\n<script lang=\"ts\">/* b */ import a from './a'</script>\n"],
    ['src/x.svelte', "<script>\nexport let b\n/* c */ import a from './a'\n</script>\n<p>{b}'s</p>\n"],
    ['src/x.ts', "export type * from './b';\nimport './a';\n"],
  ])('are found in %s: %s', async (path, text) => {
    expect(await importsIn(path, text)).toContain('./a');
  });

  it.each([
    "// import './a';",
    "/*\nimport './a';\n*/",
    "import type { A } from './a'",
    "export type { A } from './a'",
    "import type * as a from './a'",
  ])('are not what a comment or a type says: %s', async (text) => {
    expect(await importsIn('src/x.ts', `${text}\nimport './b';\n`)).toEqual(['./b']);
  });

  it('are found in time that grows with the text alone', async () => {
    const texts = [
      `const a = [${"'abc', ".repeat(57_000)}'z'];`,
      `const a = ["${'x","'.repeat(130_000)}"];`,
      `const a = '${'a'.repeat(400_000)}';`,
      `import${' '.repeat(400_000)}'./a';`,
    ];
    for (const text of texts) {
      const lexed = await lexer.lex('src/x.js', text);
      expect(referencesOf('src/x.js', text, { lexed, withTypes: false }).paths.length).toBeLessThan(500_000);
    }
  });
});

describe('the imports of a Python file', () => {
  it.each([
    'x = 1; import a',
    'if True: import a',
    'try:\n  import a\nexcept ImportError: pass',
    'from . import (  # one)\n  b,  # two)\n  a,\n)',
    'from .a import (\n b)',
    'from \\\n  a \\\n  import b',
    'def f(): from a import b',
    "s = '''\n'''; import a",
    'import b as c, a as d',
    'print("it\'s"); import a',
  ])('are found in %j', async (text) => {
    const lexed = await lexer.lex('x.py', text);
    expect(lexed).not.toBeNull();
    const { imports } = referencesOf('x.py', text, { lexed, withTypes: false });
    expect(imports.flatMap(({ specifier, names }) => [specifier.replace(/^\./, ''), ...names])).toContain('a');
  });
});

describe('what cannot be read selects everything, and says which file', () => {
  const FILES = {
    'src/a.js': 'export const a = 1;\n',
    'src/b.js': "export const b = {;\nimport './a.js';\n",
    'src/alone.js': 'export const = ;\n',
    'test/a.test.js': "import '../src/a.js';\n",
    'test/b.test.js': "import '../src/b.js';\n",
  };

  it('when a test reaches it', async () => {
    const { mode, reason, files } = await selection(FILES, 'src/a.js');
    expect([mode, reason]).toEqual(['full', expect.stringContaining('src/b.js cannot be parsed')]);
    expect(files).toEqual(['test/a.test.js', 'test/b.test.js']);
  });

  it('when it is what changed, or a test itself', async () => {
    const { 'src/b.js': _, 'test/b.test.js': __, ...rest } = FILES;
    expect((await selection(rest, 'src/alone.js', 'const = 2')).reason).toContain('src/alone.js cannot be parsed');
    expect((await selection(rest, 'test/a.test.js', '(')).reason).toContain('test/a.test.js cannot be parsed');
    expect((await selection(rest, 'src/a.js')).mode).toBe('selected');
  });

  it('when it is too large to be read, in Python and Go, too', async () => {
    const large = `x = 1\n${'# x\n'.repeat(260_000)}`;
    const python = { 'shop/big.py': large, 'shop/a.py': '', 'test_a.py': 'import shop.big\n' };
    expect((await selection(python, 'shop/a.py', 'y = 1\n')).reason).toContain(
      'shop/big.py cannot be parsed, or is too large',
    );
  });

  it('and a changed file selects its own test through a comment', async () => {
    const files = {
      'src/a.ts': '',
      'test/a.test.ts': "/* the cart */ import { a } from '../src/a';\nexport type T = typeof a\n",
      'test/b.test.ts': '',
    };
    expect(await selection(files, 'src/a.ts')).toMatchObject({ mode: 'selected', files: ['test/a.test.ts'] });
  });
});

describe('files of tests that only their runner tells', () => {
  const SOURCES = {
    'lib/cart.js': '',
    'test/cart.js': "require('../lib/cart');\n",
    'test/other.js': '',
    'test/deep/cart.js': "require('../../lib/cart');\n",
  };
  it.each<[string, Record<string, string>, string[]]>([
    ['Mocha without arguments', { 'package.json': '{"scripts":{"test":"mocha"}}' }, ['test/cart.js']],
    ['Mocha as a dependency alone', { 'package.json': '{"devDependencies":{"mocha":"11.0.0"}}' }, ['test/cart.js']],
    [
      'Mocha with a pattern',
      { 'package.json': '{"scripts":{"test":"nyc mocha --require ./lib/x.js \'test/**/*.js\'"}}' },
      ['test/cart.js', 'test/deep/cart.js'],
    ],
    [
      'Mocha below a folder',
      { 'package.json': '{"scripts":{"test":"NODE_ENV=test mocha --recursive test"}}' },
      ['test/cart.js', 'test/deep/cart.js'],
    ],
    ['a .mocharc.yml', { 'package.json': '{}', '.mocharc.yml': 'spec:\n  - test/*.js\n' }, ['test/cart.js']],
    [
      'a .mocharc.json',
      { 'package.json': '{}', '.mocharc.json': '{"spec": ["test/{cart,none}.js"]}' },
      ['test/cart.js'],
    ],
    ['node --test', { 'package.json': '{"scripts":{"test":"node --test"}}' }, ['test/cart.js', 'test/deep/cart.js']],
    ['tape', { 'package.json': '{"scripts":{"test":"tape test/*.js | tap-spec"}}' }, ['test/cart.js']],
  ])('are chosen by %s', async (_, settings, expected) => {
    expect(await selection({ ...SOURCES, ...settings }, 'lib/cart.js')).toMatchObject({
      mode: 'selected',
      files: expected,
    });
  });

  it('and stay unknown where nothing names a runner', async () => {
    expect((await selection({ ...SOURCES, 'package.json': '{}' }, 'lib/cart.js')).mode).toBe('full');
  });
});
