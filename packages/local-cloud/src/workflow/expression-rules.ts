/** What an expression may refer to in addition to the variables. */
export interface ExpressionRules {
  /** `$states.errorOutput`, which only exists in a catcher. */
  readonly errorOutput?: boolean;
}

type Node = Readonly<Record<string, unknown>>;

/**
 * Why Step Functions would refuse the parsed expression when the machine is created; null when it accepts it. An expression has no
 * context item, so a bare name, `*` or `$$` refers to nothing outside the steps, filters and groups of a path.
 */
export function unsupportedIn(ast: unknown, rules: ExpressionRules): string | null {
  return problemOf(ast, rules, false);
}

/** `hasContext`: the node is evaluated once for each item of another. */
function problemOf(node: unknown, rules: ExpressionRules, hasContext: boolean): string | null {
  if (Array.isArray(node))
    return firstProblem(
      node.map((each) => [each, hasContext]),
      rules,
    );
  if (!isNode(node)) return null;
  const own = ownProblem(node, rules, hasContext);
  if (own !== null) return own;
  if (node.type === 'path' && Array.isArray(node.steps)) {
    const [first, ...others] = node.steps as unknown[];
    return firstProblem(
      [
        [first, hasContext],
        [others, true],
        [node.group, true],
      ],
      rules,
    );
  }
  const parts = Object.entries(node).map(([name, part]): [unknown, boolean] => [
    part,
    hasContext || ITEM_WISE.has(name),
  ]);
  return firstProblem(parts, rules);
}

/** Parts of a node that are evaluated once for each item. */
const ITEM_WISE = new Set(['stages', 'predicate', 'group', 'terms', 'pattern', 'update', 'delete']);

function firstProblem(parts: readonly (readonly [unknown, boolean])[], rules: ExpressionRules): string | null {
  for (const [part, hasContext] of parts) {
    const problem = problemOf(part, rules, hasContext);
    if (problem !== null) return problem;
  }
  return null;
}

function ownProblem(node: Node, rules: ExpressionRules, hasContext: boolean): string | null {
  const { type, value } = node;
  if (type === 'variable' && value === 'eval') return '$eval is not supported';
  if (type === 'variable' && value === '$') return "Reference to '$$' is not supported";
  if (!hasContext && (type === 'name' || type === 'wildcard' || type === 'descendant')) {
    return `Reference to '${value}' at the top level is not supported`;
  }
  if (!rules.errorOutput && type === 'path' && startsWith(node.steps, ['states', 'errorOutput'])) {
    return "Reference to '$states.errorOutput' is supported in Catch only";
  }
  return null;
}

function startsWith(steps: unknown, names: readonly string[]): boolean {
  return Array.isArray(steps) && names.every((name, index) => (steps[index] as Node | undefined)?.value === name);
}

function isNode(node: unknown): node is Node {
  return typeof node === 'object' && node !== null;
}
