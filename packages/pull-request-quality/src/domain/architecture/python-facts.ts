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

const FUNCTIONS: ReadonlySet<string> = new Set(['function_definition', 'lambda']);
const ABSTRACT_BASE = /(?:^|[^\w])(?:ABC|ABCMeta|Protocol)\b/;

const READER: ImportReader = {
  functions: FUNCTIONS,
  // PEP 484: the block is read by type checkers alone.
  typesOnly: ({ type, parent, field }) =>
    type === 'block' &&
    field === 'consequence' &&
    parent?.type === 'if_statement' &&
    /^(?:typing\.|t\.)?TYPE_CHECKING$/.test(fieldOf(parent, 'condition')?.text ?? ''),
  read(node, phase) {
    if (node.type === 'import_statement') return modulesOf(node, phase);
    if (node.type === 'import_from_statement') return fromOf(node, phase);
    return node.type === 'call' ? callOf(node, phase) : null;
  },
};

/** Facts of a Python file. */
export function pythonFacts(root: CodeNode): SourceFacts {
  const declared = root.children.map((one) =>
    one.type === 'decorated_definition' ? (fieldOf(one, 'definition') ?? one) : one,
  );
  const classes = declared.filter(({ type }) => type === 'class_definition');
  const abstract = classes.filter((one) => ABSTRACT_BASE.test(fieldOf(one, 'superclasses')?.text ?? '')).length;
  const functions = declared.filter(({ type }) => type === 'function_definition').length;
  return {
    ...readImports(root, READER),
    functions: measureFunctions(root, FUNCTIONS, (node) => fieldOf(node, 'name')?.text ?? '(lambda)'),
    abstract,
    concrete: classes.length - abstract + functions,
  };
}

/** The name of a module or of what is taken from it, without `as`. */
const nameOf = (node: CodeNode): string =>
  ((node.type === 'aliased_import' ? fieldOf(node, 'name') : node) ?? node).text.replaceAll(/\s+/g, '');

const namesOf = (node: CodeNode): string[] => node.children.filter(({ field }) => field === 'name').map(nameOf);

function modulesOf(node: CodeNode, phase: ImportPhase): ImportStatement[] {
  return namesOf(node).map((specifier) => ({ specifier, names: [], line: node.row + 1, phase }));
}

function fromOf(node: CodeNode, phase: ImportPhase): ImportStatement[] {
  const specifier = (fieldOf(node, 'module_name')?.text ?? '').replaceAll(/\s+/g, '');
  return [{ specifier, names: namesOf(node), line: node.row + 1, phase }];
}

/** `importlib.import_module('a.b')` and `__import__('a.b')`. */
function callOf(node: CodeNode, phase: ImportPhase): ImportStatement[] | 'computed' | null {
  const called = fieldOf(node, 'function')?.text ?? '';
  if (!/^(?:(?:importlib\.)?import_module|__import__)$/.test(called)) return null;
  const [argument] = namedChildren(fieldOf(node, 'arguments') ?? node);
  const specifier = literalOf(argument);
  if (specifier === null) return 'computed';
  return [{ specifier, names: [], line: node.row + 1, phase }];
}
