import { join } from 'node:path';
import ts from 'typescript';

/** A function, method or named arrow function of a file. */
export interface NamedFunction {
  readonly start: number;
  readonly end: number;
  /** Functions with a name of their own inside. */
  readonly inner: readonly NamedFunction[];
  readonly words: ReadonlySet<string>;
}

/** The functions of a file that have a name. */
export function functionsOf(path: string, text: string): NamedFunction[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const all: NamedFunction[] = [];
  const visit = (node: ts.Node, into: NamedFunction[]): void => {
    const name = functionName(node, source);
    const inner: NamedFunction[] = name === null ? into : [];
    ts.forEachChild(node, (child) => visit(child, inner));
    if (name === null) return;
    const words = wordsOf(`${name} ${path} ${node.getText(source)}`);
    const one = { start: node.getStart(source), end: node.end, inner, words };
    into.push(one);
    all.push(one);
  };
  visit(source, []);
  return all;
}

function functionName(node: ts.Node, source: ts.SourceFile): string | null {
  if ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && node.name) return node.name.getText(source);
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return null;
  const { parent } = node;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name.getText(source) : null;
}

/** Whether a file of tests stands where the tests of a file of the product belong. */
export const mirrors = (test: string, path: string): boolean =>
  test.replace(/^test\/(?:unit|contract)\//, '').replace(/(?:\.slow)?\.test\.ts$/, '') ===
  path.replace(/^(?:shared|apps)\//, '').replace(/\.ts$/, '');

/** Files of the product that a file of tests imports by name. */
export const importsOf = (file: string, text: string): string[] =>
  ts
    .preProcessFile(text)
    .importedFiles.map(({ fileName }) => (fileName.startsWith('#') ? fileName.slice(1) : join(file, '..', fileName)));

/** The words of a name or sentence, without endings, those of three letters and fewer left out. */
export const wordsOf = (text: string): Set<string> =>
  new Set(
    text
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z]+/)
      .filter((word) => word.length > 3 && !['test', 'unit', 'shared', 'that', 'with', 'from'].includes(word))
      .map((word) => word.replace(/(?:ies|es|s|ed|ing)$/, '')),
  );
