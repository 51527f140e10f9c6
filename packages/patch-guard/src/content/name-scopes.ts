import { type CodeNode, fieldOf, walk } from './code-node.ts';
import type { ContentProfile, ImportedModule } from './profile.ts';

/**
 * What a name refers to. `local`: values of the file. `library`: another module or file. `effect`: files, the network,
 * processes or the environment. `running`: starts programs or runs text.
 */
export type Origin = 'local' | 'builtin' | 'library' | 'effect' | 'running';

export interface NameScopes {
  readonly imports: readonly { readonly node: CodeNode; readonly imported: ImportedModule }[];
  originOf(leaf: CodeNode): Origin;
  /**
   * Allowed members of a module that only computes, where the leaf refers to one; otherwise of a name of the language.
   */
  allowedOf(leaf: CodeNode): '*' | readonly string[] | undefined;
  /** Whether the leaf defines a name instead of using it. */
  isBinding(leaf: CodeNode): boolean;
}

const WRAPPERS = /parenthesized|non_null|await|as_expression|satisfies|try_expression|reference_expression|unary/;

/** Resolves names by their scopes; a binding in one scope says nothing about another. */
export function readScopes(root: CodeNode, profile: ContentProfile): NameScopes {
  const nodes = [...walk(root)];
  const imports = nodes.flatMap((node) => {
    const imported = profile.importOf(node);
    return imported === null ? [] : [{ node, imported }];
  });
  const scopes = new Map<CodeNode, Map<string, Origin>>([[root, new Map()]]);
  const scopeOf = (node: CodeNode | null): Map<string, Origin> => {
    let at = node;
    while (at !== null && at !== root && !profile.scopes.has(at.type)) at = at.parent;
    const owner = at ?? root;
    const known = scopes.get(owner) ?? new Map<string, Origin>();
    scopes.set(owner, known);
    return known;
  };
  const modules = new Map<string, string>();
  for (const { imported } of imports) {
    const origin = originOfModule(imported.module, profile);
    for (const { local, imported: name } of imported.names) {
      if (local === null) continue;
      scopeOf(root).set(local, origin);
      if (name === '*') modules.set(local, imported.module);
    }
  }
  const bindings = new Set<CodeNode>();
  for (const leaf of nodes) {
    if (leaf.children.length > 0 || !leaf.named) continue;
    const binder = binderOf(leaf, profile);
    if (binder === null) continue;
    bindings.add(leaf);
    const scope = scopeOf(binder.outside ? (binder.node.parent ?? root) : binder.node);
    if (!scope.has(leaf.text)) scope.set(leaf.text, 'local');
  }
  const originOf = (leaf: CodeNode): Origin => {
    for (let at: CodeNode | null = leaf; at !== null; at = at.parent) {
      const found = scopes.get(at)?.get(leaf.text);
      if (found !== undefined) return found;
    }
    if (profile.runningNames.has(leaf.text)) return 'running';
    if (profile.effectNames.has(leaf.text)) return 'effect';
    return Object.hasOwn(profile.builtins, leaf.text) ? 'builtin' : 'library';
  };
  // A name for something from outside counts as that: `const p = process`. Applied twice, for aliases of aliases.
  for (let round = 0; round < 3; round += 1) {
    for (const node of nodes) {
      const shape = profile.declarations[node.type];
      const value = shape === undefined ? null : fieldOf(node, shape.value);
      const pattern = shape === undefined ? null : fieldOf(node, shape.name);
      if (value === null || pattern === null) continue;
      const origin = originOfValue(value, profile, originOf);
      if (origin === 'local') continue;
      for (const leaf of walk(pattern)) if (bindings.has(leaf)) scopeOf(leaf).set(leaf.text, origin);
    }
  }
  const allowedOf = ({ text }: CodeNode) => {
    const module = modules.get(text);
    if (module !== undefined) return profile.pureModules[module];
    return Object.hasOwn(profile.builtins, text) ? profile.builtins[text] : undefined;
  };
  return { imports, originOf, allowedOf, isBinding: (leaf) => bindings.has(leaf) };
}

export function originOfModule(module: string, profile: ContentProfile): Origin {
  if (profile.runningModules.test(module)) return 'running';
  if (profile.effectModules.test(module)) return 'effect';
  return Object.hasOwn(profile.pureModules, module) ? 'builtin' : 'library';
}

/** For a value that is a name or a member of one; calls return values of their own. */
function originOfValue(value: CodeNode, profile: ContentProfile, originOf: (leaf: CodeNode) => Origin): Origin {
  let at: CodeNode | null = value;
  while (at !== null) {
    const shape: { readonly object: string } | undefined = profile.members[at.type] ?? profile.subscripts?.[at.type];
    if (shape !== undefined) at = fieldOf(at, shape.object) ?? at.children[0] ?? null;
    else if (WRAPPERS.test(at.type) || at.type === 'expression_list')
      at = at.children.find(({ named }) => named) ?? null;
    else break;
  }
  if (at === null || !profile.names.has(at.type)) return 'local';
  const origin = originOf(at);
  return origin === 'effect' || origin === 'running' ? origin : 'local';
}

function binderOf(leaf: CodeNode, profile: ContentProfile): { node: CodeNode; outside: boolean } | null {
  let at = leaf;
  for (let parent = at.parent; parent !== null; parent = at.parent) {
    const places = [`${parent.type}.${at.field ?? ''}`, `${parent.type}.*`];
    if (places.some((place) => profile.bindsOutside.has(place))) return { node: parent, outside: true };
    if (places.some((place) => profile.binds.has(place))) return { node: parent, outside: false };
    if (!places.some((place) => profile.patterns.has(place))) return null;
    at = parent;
  }
  return null;
}
