import type { CodeNode } from '@selfheal/patch-guard/content/code-node.ts';
import type { MeasuredFunction } from './source-facts.ts';

/** Structures that cost 1, and 1 more for each level of nesting around them; what is inside them is one level deeper. */
const NESTING: ReadonlySet<string> = new Set([
  'for_statement',
  'for_in_statement',
  'while_statement',
  'do_statement',
  'switch_statement',
  'match_statement',
  'catch_clause',
  'except_clause',
  'except_group_clause',
  'ternary_expression',
  'conditional_expression',
]);
const JUMPS: ReadonlySet<string> = new Set(['break_statement', 'continue_statement']);
const BOOLEAN_OPERATORS: ReadonlySet<string> = new Set(['&&', '||', 'and', 'or']);

interface Measure {
  readonly node: CodeNode;
  complexity: number;
}

interface Visit {
  readonly node: CodeNode;
  readonly nesting: number;
  readonly inside: Measure;
}

/**
 * The cognitive complexity of each function, and of the code outside of them when it has any: G. A. Campbell, "Cognitive Complexity", SonarSource,
 * 2018, version 1.2. Two differences: a function inside another counts for itself and begins at level 0, and recursion costs nothing.
 */
export function measureFunctions(
  root: CodeNode,
  functions: ReadonlySet<string>,
  nameOf: (node: CodeNode) => string,
): MeasuredFunction[] {
  const measures: Measure[] = [{ node: root, complexity: 0 }];
  const waiting: Visit[] = [{ node: root, nesting: 0, inside: measures[0] as Measure }];
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    const { node } = visit;
    let { inside, nesting } = visit;
    if (node.named && functions.has(node.type)) {
      inside = { node, complexity: 0 };
      measures.push(inside);
      nesting = 0;
    }
    inside.complexity += costOf(node, nesting);
    for (let at = node.children.length - 1; at >= 0; at -= 1) {
      const child = node.children[at] as CodeNode;
      waiting.push({ node: child, nesting: nestingOf(child, node, nesting), inside });
    }
  }
  return measures
    .filter(({ node, complexity }) => node !== root || complexity > 0)
    .map(({ node, complexity }) => ({
      name: node === root ? '(top of the file)' : shownName(nameOf(node)),
      line: node.row + 1,
      lines: lineBreaks(node.text) + 1,
      complexity,
    }));
}

const MAX_NAME_LENGTH = 80;

/** A computed name can be any expression. */
const shownName = (name: string): string => name.replaceAll(/\s+/g, ' ').slice(0, MAX_NAME_LENGTH);

const isElseIf = ({ type, parent }: CodeNode): boolean => type === 'if_statement' && parent?.type === 'else_clause';

function costOf(node: CodeNode, nesting: number): number {
  const { type, named } = node;
  if (!named) return 0;
  if (NESTING.has(type) || (type === 'if_statement' && !isElseIf(node))) return 1 + nesting;
  if (type === 'else_clause' || type === 'elif_clause') return 1;
  if (JUMPS.has(type)) return node.children.some(({ type: inner }) => inner === 'statement_identifier') ? 1 : 0;
  return beginsBooleanSequence(node) ? 1 : 0;
}

/** `a && b && c` is one sequence, `a && b || c` two. */
function beginsBooleanSequence(node: CodeNode): boolean {
  const operator = booleanOperator(node);
  return operator !== null && (node.parent === null || booleanOperator(node.parent) !== operator);
}

function booleanOperator({ type, children }: CodeNode): string | null {
  if (type !== 'binary_expression' && type !== 'boolean_operator') return null;
  return children.find(({ named, type: token }) => !named && BOOLEAN_OPERATORS.has(token))?.type ?? null;
}

function nestingOf(child: CodeNode, parent: CodeNode, nesting: number): number {
  const { type } = parent;
  // A chain of `else if` stays on one level.
  if (type === 'else_clause' || type === 'elif_clause') return child.type === 'if_statement' ? nesting : nesting + 1;
  if (type === 'if_statement') return child.field === 'consequence' ? nesting + 1 : nesting;
  return NESTING.has(type) ? nesting + 1 : nesting;
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
