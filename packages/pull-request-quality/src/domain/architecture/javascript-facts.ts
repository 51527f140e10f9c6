import { type CodeNode, fieldOf, namedChildren } from '@selfheal/patch-guard/content/code-node.ts';
import { measureFunctions } from './cognitive-complexity.ts';
import {
  type ImportPhase,
  type ImportReader,
  type ImportStatement,
  literalOf,
  readImports,
  type SourceFacts,
} from './source-facts.ts';

const FUNCTIONS: ReadonlySet<string> = new Set([
  'function_declaration',
  'generator_function_declaration',
  'function_expression',
  'generator_function',
  'arrow_function',
  'method_definition',
]);
const TYPES_ONLY = /^(?:type_annotation|type_alias_declaration|interface_declaration|type_query|type_arguments)$/;
const ABSTRACT = /^(?:interface_declaration|type_alias_declaration|abstract_class_declaration)$/;
const CONCRETE =
  /^(?:class_declaration|function_declaration|generator_function_declaration|enum_declaration|variable_declarator|expression_statement)$/;

const READER: ImportReader = {
  functions: FUNCTIONS,
  typesOnly: ({ type }) => TYPES_ONLY.test(type),
  read(node, phase) {
    if (node.type === 'import_statement' || node.type === 'export_statement') return statementOf(node);
    return node.type === 'call_expression' ? callOf(node, phase) : null;
  },
};

/** Facts of a TypeScript or JavaScript file. */
export function javaScriptFacts(root: CodeNode): SourceFacts {
  const declared = declarations(root);
  return {
    ...readImports(root, READER),
    functions: measureFunctions(root, FUNCTIONS, nameOf),
    abstract: declared.filter(({ type }) => ABSTRACT.test(type)).length,
    concrete: declared.filter(({ type }) => CONCRETE.test(type)).length,
  };
}

/** `import ... from`, `export ... from` and `import x = require()`; null for an export without a source. */
function statementOf(node: CodeNode): ImportStatement[] | null {
  const clause = node.children.find(({ type }) => type === 'import_require_clause') ?? node;
  const specifier = literalOf(fieldOf(clause, 'source') ?? undefined);
  if (specifier === null) return null;
  const phase: ImportPhase = takesOnlyTypes(node) ? 'types' : 'load';
  return [{ specifier, names: [], line: node.row + 1, phase }];
}

/** `import type`, `export type`, and a list in which every name is marked as a type. */
function takesOnlyTypes(node: CodeNode): boolean {
  const [, word] = node.children;
  // The grammar does not know `export type *` and takes the word for an error.
  if (word?.type === 'type' || (word?.type === 'ERROR' && word.text === 'type')) return true;
  const clause = node.children.find(({ type }) => type === 'import_clause' || type === 'export_clause');
  const parts = clause === undefined ? [] : namedChildren(clause);
  const list = clause?.type === 'export_clause' ? clause : parts.length === 1 ? parts[0] : undefined;
  if (list === undefined || !/^(?:named_imports|export_clause)$/.test(list.type)) return false;
  const names = namedChildren(list);
  return names.length > 0 && names.every(({ children }) => children[0]?.type === 'type' && children.length > 1);
}

/** `import(...)` is carried out later, `require(...)` where it stands. */
function callOf(node: CodeNode, phase: ImportPhase): ImportStatement[] | 'computed' | null {
  const called = fieldOf(node, 'function');
  const dynamic = called?.type === 'import';
  if (!dynamic && !(called?.type === 'identifier' && called.text === 'require')) return null;
  const [argument] = namedChildren(fieldOf(node, 'arguments') ?? node).filter(({ type }) => type !== 'comment');
  const specifier = literalOf(argument);
  if (specifier === null) return 'computed';
  return [{ specifier, names: [], line: node.row + 1, phase: dynamic && phase === 'load' ? 'deferred' : phase }];
}

/** What stands at the top of the file, taken out of `export` and `declare`; of a list of variables, each one. */
function declarations(root: CodeNode): CodeNode[] {
  return root.children
    .map((one) => (one.type === 'export_statement' ? (fieldOf(one, 'declaration') ?? one) : one))
    .map((one) => (one.type === 'ambient_declaration' ? (namedChildren(one)[0] ?? one) : one))
    .flatMap((one) => (/^(?:lexical|variable)_declaration$/.test(one.type) ? namedChildren(one) : [one]));
}

/** The name that a function is declared with or given to. */
function nameOf(node: CodeNode): string {
  const own = fieldOf(node, 'name');
  if (own !== null) return own.text;
  const given = node.parent === null ? null : (fieldOf(node.parent, 'name') ?? fieldOf(node.parent, 'key'));
  const assigned = node.parent?.type === 'assignment_expression' ? fieldOf(node.parent, 'left') : null;
  return (given ?? assigned)?.text ?? '(anonymous)';
}
