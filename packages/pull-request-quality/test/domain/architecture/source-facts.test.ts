import { makeTreeSitter } from '@selfheal/patch-guard/tree-sitter.ts';
import { describe, expect, it } from 'vitest';
import { javaScriptFacts } from '../../../src/domain/architecture/javascript-facts.ts';
import { pythonFacts } from '../../../src/domain/architecture/python-facts.ts';
import type { SourceFacts } from '../../../src/domain/architecture/source-facts.ts';

const parser = makeTreeSitter();
const typeScript = async (text: string): Promise<SourceFacts> =>
  javaScriptFacts((await parser.parse('typescript', text)).root);
const javaScript = async (text: string): Promise<SourceFacts> =>
  javaScriptFacts((await parser.parse('javascript', text)).root);
const python = async (text: string): Promise<SourceFacts> => pythonFacts((await parser.parse('python', text)).root);
const told = ({ imports }: SourceFacts): string[] =>
  imports.map(({ specifier, names, phase }) => [specifier, ...names, phase].join(' '));

describe('the imports of a TypeScript or JavaScript file', () => {
  it.each([
    ["import { a } from './a'", ['./a load']],
    ["import './a.css'", ['./a.css load']],
    ["import a, * as b from './a'", ['./a load']],
    ["import type { A } from './a'", ['./a types']],
    ["import { type A, type B } from './a'", ['./a types']],
    ["import { type A, b } from './a'", ['./a load']],
    ["import a, { type B } from './a'", ['./a load']],
    ["import type from './a'", ['./a load']],
    ["import { type } from './a'", ['./a load']],
    ["export * from './a'", ['./a load']],
    ["export { a as b } from './a'", ['./a load']],
    ["export type { A } from './a'", ['./a types']],
    ["export type * from './a'", ['./a types']],
    ["export { type A } from './a'", ['./a types']],
    ['export { a }; export const b = 1', []],
    ["import a = require('./a')", ['./a load']],
    ["const a = require('./a')", ['./a load']],
    ["if (x) require('./a'); else require('./b')", ['./a load', './b load']],
    ["const a = () => require('./a')", ['./a deferred']],
    ["const a = await import('./a')", ['./a deferred']],
    ["const a = lazy(() => import(/* chunk */ './a'))", ['./a deferred']],
    ['const a = import(`./a`)', ['./a deferred']],
    ["const a = f(require('./a'), require('./b'))", ['./a load', './b load']],
    ["let a: import('./a').A; type B = typeof import('./b')", ['./a types', './b types']],
    ["import a from './a.json' with { type: 'json' }", ['./a.json load']],
    ["const text = \"import x from './a'\" // import './b'", []],
  ])('%s', async (text, imports) => {
    expect(told(await typeScript(text))).toEqual(imports);
  });

  it('are found behind a shebang, in JSX, and with the line ends of Windows', async () => {
    const text = "#!/usr/bin/env node\r\nimport { a } from './a'\r\nconst b = <p>{require('./b')}</p>\r\n";
    const { imports } = await javaScript(text);
    expect(imports.map(({ specifier, line }) => [specifier, line])).toEqual([
      ['./a', 2],
      ['./b', 3],
    ]);
  });

  it('name the lines of targets that are only known at run time', async () => {
    const facts = await typeScript('import(`./$' + "{name}.ts`);\nrequire(name);\nimport('./a' + b);\nrequire('./c')");
    expect(facts.computedImports).toEqual([1, 2, 3]);
    expect(told(facts)).toEqual(['./c load']);
  });
});

describe('the imports of a Python file', () => {
  it.each([
    ['import a.b, c as d', ['a.b load', 'c load']],
    ['from a import b, c as d', ['a b c load']],
    ['from a import (b,\n  c,\n)', ['a b c load']],
    ['from . import a', ['. a load']],
    ['from ..a.b import c', ['..a.b c load']],
    ['from .a import *', ['.a load']],
    ['from __future__ import annotations', []],
    ['def f():\n  import a\n', ['a deferred']],
    ['try:\n  import a\nexcept ImportError:\n  import b\n', ['a load', 'b load']],
    ['if TYPE_CHECKING:\n  import a\nelse:\n  import b\n', ['a types', 'b load']],
    ['if typing.TYPE_CHECKING:\n  from a import b\n', ['a b types']],
    ['if not TYPE_CHECKING:\n  import a\n', ['a load']],
    ["m = importlib.import_module('a.b')", ['a.b load']],
    ["m = __import__('a')", ['a load']],
    ['"""\nimport a\n"""\nx = "import b"', []],
  ])('%s', async (text, imports) => {
    expect(told(await python(text))).toEqual(imports);
  });

  it('name the lines of targets that are only known at run time', async () => {
    expect((await python('\nm = import_module(f"a.{name}")\n')).computedImports).toEqual([2]);
  });
});

describe('what a file declares', () => {
  it('counts interfaces, types and abstract classes as abstract', async () => {
    const text = `
      export interface A { a: string }
      type B = string;
      export abstract class C { abstract c(): void }
      export class D {}
      export const e = 1, f = 2;
      function g() { class Inner {} }
      declare class H {}`;
    expect(await typeScript(text)).toMatchObject({ abstract: 3, concrete: 5 });
  });

  it('counts protocols and abstract base classes of Python as abstract', async () => {
    const text =
      'class A(Protocol): ...\nclass B(abc.ABC): ...\nclass C(metaclass=ABCMeta): ...\n@final\nclass D(ABCD): ...\ndef e(): ...\n';
    expect(await python(text)).toMatchObject({ abstract: 3, concrete: 2 });
  });
});

describe('the cognitive complexity of a function', () => {
  const complexities = async (facts: Promise<SourceFacts>): Promise<string[]> =>
    (await facts).functions.map(({ name, line, complexity }) => `${name}@${line}=${complexity}`);

  it.each([
    [
      'one for each structure, and one more for each level around it',
      'for (;;) { if (a) { while (b) {} } }',
      1 + 2 + 3,
    ],
    [
      'one for each else, on one level in a chain',
      'if (a) { if (x) {} } else if (b) { if (y) {} } else { if (z) {} }',
      1 + 2 + 1 + 2 + 1 + 2,
    ],
    ['one for a switch, whatever its cases', 'switch (a) { case 1: break; case 2: break; default: }', 1],
    ['one for each run of equal boolean operators', 'return a && b && c || d || e && f', 3],
    ['nothing for a default by ??', 'return a ?? b', 0],
    ['one for a conditional expression, and its level', 'return a ? (b ? 1 : 2) : 3', 1 + 2],
    ['one for catch, none for try and finally', 'try { a() } catch { if (b) {} } finally { c() }', 1 + 2],
    ['one for a jump to a label', 'out: for (;;) { for (;;) { continue out } }', 1 + 2 + 1],
  ])('is %s', async (_, body, expected) => {
    expect(await complexities(typeScript(`function f() { ${body} }`))).toEqual([`f@1=${expected}`]);
  });

  it('counts a function inside another for itself', async () => {
    const text =
      'const f = (a) => {\n  if (a) {\n    return a.map((b) => (b ? 1 : 2));\n  }\n};\nclass C {\n  m() { for (;;) {} }\n}\nx.y = function () {};\nif (z) {}';
    expect(await complexities(typeScript(text))).toEqual([
      '(top of the file)@1=1',
      'f@1=1',
      '(anonymous)@3=1',
      'm@7=1',
      'x.y@9=0',
    ]);
  });

  it('follows the same rules in Python', async () => {
    const text = `def f(a):
    for x in a:
        if x and y or z:
            pass
        elif x:
            pass
        else:
            try:
                pass
            except E:
                pass
    return 1 if a else lambda b: 2 if b else 3
`;
    expect(await complexities(python(text))).toEqual(['f@1=11', '(lambda)@12=1']);
  });

  it('survives nesting deeper than the stack', async () => {
    const depth = 20_000;
    const facts = await typeScript(`function f() {${'if (a) {'.repeat(depth)}${'}'.repeat(depth)}}`);
    expect(facts.functions[0]?.complexity).toBe((depth * (depth + 1)) / 2);
  });
});
