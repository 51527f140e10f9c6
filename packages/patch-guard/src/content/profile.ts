import type { CodeNode } from './code-node.ts';

/** An import. `names`: local names, each with the imported member; the module itself is `*`. */
export interface ImportedModule {
  readonly module: string;
  readonly names: readonly { readonly imported: string; readonly local: string | null }[];
  /** Type-only: the compiler removes it. */
  readonly erased?: boolean;
}

/** A name and its argument list in a call. */
interface CallShape {
  /** The field with the callee, or with the receiver of what `name` calls. */
  readonly callee?: string;
  readonly object?: string;
  readonly name?: string;
}

/** Everything that judging needs to know about a language; names of nodes and fields are those of its grammar. */
export interface ContentProfile {
  /** Leaves that refer to a value by name. */
  readonly names: ReadonlySet<string>;
  /** Nodes that form a scope. */
  readonly scopes: ReadonlySet<string>;
  /** Where a name is defined: `parent.field`, or `parent.*` for any child. */
  readonly binds: ReadonlySet<string>;
  /** The same for names that belong to the surrounding scope: functions and classes. */
  readonly bindsOutside: ReadonlySet<string>;
  /** Nodes through which a binding reaches a name inside: patterns. */
  readonly patterns: ReadonlySet<string>;
  /** Where a leaf of `names` refers to no value: `parent.field`, or `parent.*`. */
  readonly noUses: ReadonlySet<string>;
  /** Member accesses: the fields of the object and of the member's name. */
  readonly members: Readonly<Record<string, { readonly object: string; readonly name: string }>>;
  readonly calls: Readonly<Record<string, CallShape>>;
  /** Computed accesses; `null` where they can only reach elements of collections. */
  readonly subscripts: Readonly<Record<string, { readonly object: string; readonly index: string }>> | null;
  /** Declarations with a value: the fields of the pattern and of the value. */
  readonly declarations: Readonly<Record<string, { readonly name: string; readonly value: string }>>;
  /** Nodes with a function's statements. */
  readonly bodies: ReadonlySet<string>;
  readonly strings: ReadonlySet<string>;
  /** Nodes that are never new without a person: kind and reason. */
  readonly kinds: Readonly<Record<string, string>>;
  importOf(node: CodeNode): ImportedModule | null;
  /** Modules, or their members, that only compute; `*`: all of them. */
  readonly pureModules: Readonly<Record<string, '*' | readonly string[]>>;
  /** Modules that access files, the network, processes, the environment or the interpreter. */
  readonly effectModules: RegExp;
  /** Modules with which a file starts programs or runs text. */
  readonly runningModules: RegExp;
  /** Names of the language that only compute; with a list, only these members are allowed. */
  readonly builtins: Readonly<Record<string, '*' | readonly string[]>>;
  /** Names of the language that reach further. */
  readonly effectNames: ReadonlySet<string>;
  /** Those among them, and any members, that start programs or run text. */
  readonly runningNames: ReadonlySet<string>;
  /** Methods of values that only compute. */
  readonly methods: ReadonlySet<string>;
  /** Members that lead out of any value. */
  readonly escapes: RegExp;
  /** An anonymous callee that is allowed: a function written inline. */
  readonly inlineCallees: ReadonlySet<string>;
  /** Whether the last expression of a function is its return value. */
  readonly tailsAnswer?: boolean;
  /** Whether the node is code that the grammar does not parse. */
  unparsed?(node: CodeNode): boolean;
  /** Further uses that only this language has; each must have existed before. */
  extra?(node: CodeNode): { readonly key: string; readonly reason: string } | null;
}

export const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/** `Math=* JSON=parse,stringify`: names with their allowed members. */
export function members(text: string): Record<string, '*' | readonly string[]> {
  return Object.fromEntries(
    text
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => {
        const [name = '', list] = word.split('=');
        return [name, list === undefined || list === '*' ? ('*' as const) : list.split(',')];
      }),
  );
}

/** A string literal's content, without its quotes and prefix. */
export function unquoted(text: string): string {
  return text.replace(/^[A-Za-z@$]{0,3}(?:"""|'''|["'`])/, '').replace(/(?:"""|'''|["'`])$/, '');
}
