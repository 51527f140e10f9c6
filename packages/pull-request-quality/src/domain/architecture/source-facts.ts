import type { CodeNode } from '@selfheal/patch-guard/content/code-node.ts';

/**
 * When an import is carried out: while the module loads, later (a dynamic import, or one inside a function), or never, because only types are taken.
 */
export type ImportPhase = 'load' | 'deferred' | 'types';

/** One import as it is written. */
export interface ImportStatement {
  /** What stands in the quotes, or a Python module with its leading dots. */
  readonly specifier: string;
  /** The names that Python takes from the module; each may be a module of its own. Empty for other imports. */
  readonly names: readonly string[];
  /** 1-based. */
  readonly line: number;
  readonly phase: ImportPhase;
}

/** A function with its own cognitive complexity, without the functions inside it. */
export interface MeasuredFunction {
  readonly name: string;
  /** 1-based. */
  readonly line: number;
  /** Length in lines. */
  readonly lines: number;
  readonly complexity: number;
}

/** What one source file shows when it is parsed. */
export interface SourceFacts {
  readonly imports: readonly ImportStatement[];
  /** Lines of imports whose target is computed when the program runs. */
  readonly computedImports: readonly number[];
  readonly functions: readonly MeasuredFunction[];
  /** Declarations at the top of the file: interfaces, types, protocols and abstract classes, and everything else. */
  readonly abstract: number;
  readonly concrete: number;
}

/** A node with the circumstances that decide when an import below it is carried out. */
interface Visit {
  readonly node: CodeNode;
  readonly phase: ImportPhase;
}

export interface ImportReader {
  /** Node types that open a function: an import inside is deferred. */
  readonly functions: ReadonlySet<string>;
  /** Imports that the node itself states; null when it states none and its children are to be read. */
  read(node: CodeNode, phase: ImportPhase): readonly ImportStatement[] | 'computed' | null;
  /** Whether the node holds code that only a type checker reads. */
  typesOnly(node: CodeNode): boolean;
}

/** Reads every import below the root. Iterates, because code can nest deeper than a stack. */
export function readImports(
  root: CodeNode,
  reader: ImportReader,
): { imports: ImportStatement[]; computedImports: number[] } {
  const imports: ImportStatement[] = [];
  const computedImports: number[] = [];
  const waiting: Visit[] = [{ node: root, phase: 'load' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node } = next;
    const phase = phaseInside(next, reader);
    const found = reader.read(node, phase);
    if (found === 'computed') computedImports.push(node.row + 1);
    else if (found !== null) imports.push(...found);
    // The arguments of a call may hold further calls; an import statement holds nothing more.
    if (found !== null && found !== 'computed' && !/call/.test(node.type)) continue;
    for (let at = node.children.length - 1; at >= 0; at -= 1) {
      waiting.push({ node: node.children[at] as CodeNode, phase });
    }
  }
  return { imports, computedImports };
}

function phaseInside({ node, phase }: Visit, reader: ImportReader): ImportPhase {
  if (phase === 'types' || reader.typesOnly(node)) return 'types';
  return reader.functions.has(node.type) ? 'deferred' : phase;
}

/** The text of a string literal without its quotes, or null when part of it is computed. */
export function literalOf(node: CodeNode | undefined): string | null {
  if (node === undefined || !/^(?:string|template_string)$/.test(node.type)) return null;
  const inner = node.children.filter(({ named, type }) => named && !/^string_(?:start|end)$/.test(type));
  const plain = inner.every(({ type }) => /^(?:string_fragment|string_content|escape_sequence)$/.test(type));
  return plain ? inner.map(({ text }) => text).join('') : null;
}
