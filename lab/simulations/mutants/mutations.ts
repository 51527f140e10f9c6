import ts from 'typescript';
import { wordsOf } from './functions.ts';

/** A change of one place of a file. */
export interface Mutation {
  /** What was done, in the terms of mutation testing. */
  readonly operator: string;
  /** From 1. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

const SWAPPED: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: '!==',
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: '===',
  [ts.SyntaxKind.LessThanToken]: '<=',
  [ts.SyntaxKind.LessThanEqualsToken]: '<',
  [ts.SyntaxKind.GreaterThanToken]: '>=',
  [ts.SyntaxKind.GreaterThanEqualsToken]: '>',
  [ts.SyntaxKind.PlusToken]: '-',
  [ts.SyntaxKind.MinusToken]: '+',
  [ts.SyntaxKind.AsteriskToken]: '/',
  [ts.SyntaxKind.SlashToken]: '*',
  [ts.SyntaxKind.PercentToken]: '*',
  [ts.SyntaxKind.AmpersandAmpersandToken]: '||',
  [ts.SyntaxKind.BarBarToken]: '&&',
  [ts.SyntaxKind.QuestionQuestionToken]: '&&',
  [ts.SyntaxKind.PlusEqualsToken]: '-=',
  [ts.SyntaxKind.MinusEqualsToken]: '+=',
};

/** Every mutation of a TypeScript file, by the usual operators (Y. Jia and M. Harman, "An analysis and survey of the development of mutation testing", TSE 2011). */
export function mutationsOf(path: string, text: string): Mutation[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const found: Mutation[] = [];
  const add = (operator: string, node: ts.Node, replacement: string): void => {
    const start = node.getStart(source);
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    found.push({ operator, line, start, end: node.end, replacement });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    mutate(node, add, source);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function mutate(
  node: ts.Node,
  add: (operator: string, node: ts.Node, replacement: string) => void,
  source: ts.SourceFile,
): void {
  if (ts.isBinaryExpression(node)) {
    const swapped = SWAPPED[node.operatorToken.kind];
    if (swapped !== undefined) add('operator swapped', node.operatorToken, swapped);
  } else if (ts.isIfStatement(node) || ts.isWhileStatement(node)) {
    add('condition negated', node.expression, `!(${node.expression.getText(source)})`);
  } else if (ts.isConditionalExpression(node)) {
    add('condition negated', node.condition, `!(${node.condition.getText(source)})`);
  } else if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    add('negation removed', node, node.operand.getText(source));
  } else if (ts.isExpressionStatement(node)) {
    add('statement removed', node, ';');
  } else if (ts.isReturnStatement(node) && node.expression !== undefined) {
    add('nothing returned', node.expression, 'undefined');
  } else if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) {
    add('nothing returned', node.body, 'undefined');
  } else if (ts.isNumericLiteral(node) && !isName(node)) {
    add('off by one', node, `(${node.text} + 1)`);
  } else if (ts.isStringLiteral(node) && !isName(node)) {
    add('text changed', node, node.text === '' ? "'mutant'" : "''");
  } else if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
    add('boolean flipped', node, node.kind === ts.SyntaxKind.TrueKeyword ? 'false' : 'true');
  } else if (ts.isArrayLiteralExpression(node) && node.elements.length > 0 && !ts.isAsExpression(node.parent)) {
    add('list emptied', node, '[]');
  }
}

/** Whether a literal names a property or a module. */
const isName = (node: ts.Node): boolean =>
  (ts.isPropertyAssignment(node.parent) && node.parent.name === node) || ts.isExternalModuleReference(node.parent);

const SCALARS =
  /(?<=[:[,]\s{0,20}|^[ \t]*-[ \t]+)(?:-?\d+(?:\.\d+)?(?![\w.])|\b(?:true|false)\b|"(?:\\.|[^"\\\n])+"(?!\s*:)|'[^'\n]+'(?!\s*:))/gm;

/** Every mutation of a value in JSON or YAML. */
export function dataMutationsOf(text: string): Mutation[] {
  return [...text.matchAll(SCALARS)].map((match) => {
    const [value] = match;
    const replacement =
      value === 'true'
        ? 'false'
        : value === 'false'
          ? 'true'
          : /^["']/.test(value)
            ? `${value[0]}mutant${value[0]}`
            : `${Number(value) + 1}`;
    const line = text.slice(0, match.index).split('\n').length;
    return { operator: 'value changed', line, start: match.index, end: match.index + value.length, replacement };
  });
}

/** A comment or a label of YAML, which nothing reads. */
const YAML_LABEL = /^\s*(?:#|(?:- )?name:)/;

/** For each line of a document that has some of these words: another word in place of one of them, and how many of them it has. */
export function wordMutationsOf(
  path: string,
  text: string,
  wanted: ReadonlySet<string>,
): (Mutation & { readonly weight: number })[] {
  let offset = 0;
  return text.split('\n').flatMap((line, at) => {
    const before = offset;
    offset += line.length + 1;
    if (/\.ya?ml$/.test(path) && YAML_LABEL.test(line)) return [];
    const weight = [...wordsOf(line)].filter((word) => wanted.has(word)).length;
    const found = [...line.matchAll(/[A-Za-z]+/g)].filter(([word]) =>
      [...wordsOf(word)].some((one) => wanted.has(one)),
    );
    return found.map(({ 0: word, index }) => {
      const start = before + index;
      return { operator: 'word changed', line: at + 1, start, end: start + word.length, replacement: 'mutant', weight };
    });
  });
}

export const mutated = (text: string, { start, end, replacement }: Mutation): string =>
  `${text.slice(0, start)}${replacement}${text.slice(end)}`;
