import type { CodeNode } from './code-node.ts';

/** What an import brings into a file. `names`: what the file calls it, by what its module does; the module itself is `*`. */
export interface ImportedModule {
  readonly module: string;
  readonly names: readonly { readonly imported: string; readonly local: string | null }[];
  /** The compiler takes it out again: it runs nothing. */
  readonly erased?: boolean;
}

/** A name and its argument list in a call. */
export interface CallShape {
  /** The field that holds what is called, or the receiver of what `name` calls. */
  readonly callee?: string;
  readonly object?: string;
  readonly name?: string;
}

/** All that judging needs to know of a language; the names of nodes and fields are those of its grammar. */
export interface ContentProfile {
  /** Leaves that stand for a value by their name. */
  readonly names: ReadonlySet<string>;
  /** Nodes in which names of their own live. */
  readonly scopes: ReadonlySet<string>;
  /** Where a name is given a meaning: `parent.field`, or `parent.*` for any child. */
  readonly binds: ReadonlySet<string>;
  /** The same for a name that belongs to the scope around its node: functions and classes. */
  readonly bindsOutside: ReadonlySet<string>;
  /** Nodes through which a binding reaches a name within: patterns. */
  readonly patterns: ReadonlySet<string>;
  /** Where a leaf of `names` stands for no value: `parent.field`, or `parent.*`. */
  readonly noUses: ReadonlySet<string>;
  /** Member accesses: the field of the object and of the member's name. */
  readonly members: Readonly<Record<string, { readonly object: string; readonly name: string }>>;
  readonly calls: Readonly<Record<string, CallShape>>;
  /** Accesses by a computed name; `null` where they can only reach elements of collections. */
  readonly subscripts: Readonly<Record<string, { readonly object: string; readonly index: string }>> | null;
  /** Declarations with a value: the field of the pattern and of the value. */
  readonly declarations: Readonly<Record<string, { readonly name: string; readonly value: string }>>;
  /** Nodes that hold a function's statements. */
  readonly bodies: ReadonlySet<string>;
  readonly strings: ReadonlySet<string>;
  /** Nodes that are never new without a person: kind and why. */
  readonly kinds: Readonly<Record<string, string>>;
  importOf(node: CodeNode): ImportedModule | null;
  /** Modules, or their members, that only compute; `*`: all of them. */
  readonly pureModules: Readonly<Record<string, '*' | readonly string[]>>;
  /** Modules that reach files, the network, processes, the environment or the interpreter. */
  readonly effectModules: RegExp;
  /** Modules with which a file starts programs or runs text. */
  readonly runningModules: RegExp;
  /** Names of the language that only compute; those with a list may be used with these members alone. */
  readonly builtins: Readonly<Record<string, '*' | readonly string[]>>;
  /** Names of the language that reach further. */
  readonly effectNames: ReadonlySet<string>;
  /** Those among them, and members of anything, that start programs or run text. */
  readonly runningNames: ReadonlySet<string>;
  /** Methods of values that only compute. */
  readonly methods: ReadonlySet<string>;
  /** Members that lead out of any value, whatever it is. */
  readonly escapes: RegExp;
  /** A callee without a name that is fine: a function written in its place. */
  readonly inlineCallees: ReadonlySet<string>;
  /** Whether the last expression of a function is its answer. */
  readonly tailsAnswer?: boolean;
  /** Whether the node is a word of code that the grammar does not take apart. */
  unparsed?(node: CodeNode): boolean;
  /** More that only this language has; each is a use that must have been there before. */
  extra?(node: CodeNode): { readonly key: string; readonly reason: string } | null;
}

export const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/** `Math=* JSON=parse,stringify`: names with what may be used of them. */
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
