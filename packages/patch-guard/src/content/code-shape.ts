import { type CodeNode, fieldOf, walk } from './code-node.ts';
import { type ContentProfile, words } from './profile.ts';

/** A use of something, identified by a key: uses with an equal key existed before. */
export interface Use {
  readonly key: string;
  readonly line: number;
  readonly reason: string;
}

const FUNCTIONS = words(
  `function_declaration function_definition function_item function_expression generator_function generator_function_declaration method_definition method_declaration
  method singleton_method arrow_function func_literal closure_expression lambda lambda_expression anonymous_function anonymous_method_expression
  constructor_declaration compact_constructor_declaration local_function_statement accessor_declaration`,
);
const LISTS = words(
  'statement_list switch_body field_declaration_list program module source_file compilation_unit then',
);
const MAX_SHOWN = 60;

export const use = (key: string, node: CodeNode, reason: string): Use => ({ key, line: node.row + 1, reason });

/** For the reason shown: printable, short, on one line. */
export const shown = (text: string): string =>
  JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text)
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/`/g, "'");

export const isFunction = ({ type }: CodeNode): boolean => FUNCTIONS.has(type);

/** The statements of a function, or the expression in their place. */
export const isFunctionBody = ({ field, parent }: CodeNode): boolean =>
  field === 'body' && parent !== null && isFunction(parent);

/** Whether the node directly contains statements or members. */
export const holdsStatements = ({ type }: CodeNode, profile: ContentProfile): boolean =>
  profile.bodies.has(type) || LISTS.has(type);

export function functionAround(node: CodeNode): CodeNode | null {
  for (let at = node.parent; at !== null; at = at.parent) if (isFunction(at)) return at;
  return null;
}

/** Name of a function: its own, or that of the variable, member or key that it is assigned to. */
export function nameOfFunction(node: CodeNode): string | null {
  const named = fieldOf(node, 'name') ?? null;
  if (named !== null) return named.text;
  for (let at = node.parent; at !== null && !isFunction(at); at = at.parent) {
    const given = fieldOf(at, 'name') ?? fieldOf(at, 'left') ?? fieldOf(at, 'key');
    if (given !== null) return /[\w$]+(?=\W*$)/.exec(given.text)?.[0] ?? null;
    if (/statement|block|argument/.test(at.type)) return null;
  }
  return null;
}

/** The source without comments and layout, and without nodes that `isLeft` selects. */
export function tokensOf(node: CodeNode, profile: ContentProfile, isLeft = (_: CodeNode): boolean => false): string {
  const tokens: string[] = [];
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (/comment/.test(next.type) || isLeft(next)) continue;
    if (next.children.length === 0 || profile.strings.has(next.type)) tokens.push(next.text);
    else for (let at = next.children.length - 1; at >= 0; at -= 1) waiting.push(next.children[at] as CodeNode);
  }
  return tokens.join(' ');
}

/** Leaves for a variable or a member, whatever they start with. */
export function* namesIn(node: CodeNode, profile: ContentProfile): Generator<CodeNode> {
  for (const leaf of walk(node)) {
    if (leaf.children.length > 0) continue;
    if (profile.names.has(leaf.type) || /identifier|^instance_variable|^constant$/.test(leaf.type)) yield leaf;
  }
}

/** The longest chain of members and calls that starts with a name. */
export function chainOf(
  leaf: CodeNode,
  profile: ContentProfile,
): { path: string[]; last: CodeNode; isCalled: boolean } {
  const path = [leaf.text];
  let at = leaf;
  for (let parent = at.parent; parent !== null; parent = at.parent) {
    const member = profile.members[parent.type];
    if (member === undefined || member.object !== at.field) break;
    path.push(fieldOf(parent, member.name)?.text ?? '?');
    at = parent;
  }
  const call = at.parent === null ? undefined : profile.calls[at.parent.type];
  if (at.parent !== null && call?.object !== undefined && call.object === at.field) {
    path.push(fieldOf(at.parent, call.name ?? '')?.text ?? '?');
    at = at.parent;
    return { path, last: at, isCalled: true };
  }
  const isCalled = call !== undefined && (call.callee === at.field || call.name === at.field);
  return { path, last: isCalled && at.parent !== null ? at.parent : at, isCalled };
}

/** The part of the statement that uses an effect: a name alone says nothing. */
export function wholeOf(node: CodeNode, profile: ContentProfile): CodeNode {
  let at = node;
  for (let parent = at.parent; parent !== null; parent = at.parent) {
    const goesOn =
      profile.members[parent.type] !== undefined ||
      profile.calls[parent.type] !== undefined ||
      profile.declarations[parent.type] !== undefined ||
      /argument|await|parenthesized|unary|expression_list|spread|pair|object$|array$|assignment|subscript/.test(
        parent.type,
      );
    if (!goesOn) break;
    at = parent;
  }
  return at;
}

/** The assignment whose left side is the node, or null. */
export function assignedTo(node: CodeNode): CodeNode | null {
  const { parent } = node;
  if (parent === null) return null;
  if (/assignment/.test(parent.type) && node.field === 'left') return parent;
  if (/update|delete|unary/.test(parent.type) && /\+\+|--|delete/.test(parent.text)) return parent;
  return /^(?:expression_list|left_assignment_list|pattern_list)$/.test(parent.type) && node.type !== 'identifier'
    ? assignedTo(parent)
    : null;
}
