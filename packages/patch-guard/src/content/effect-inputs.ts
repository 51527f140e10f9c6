import { type CodeNode, fieldOf, namedChildren, walk } from './code-node.ts';
import { isFunction, isFunctionBody, nameOfFunction, namesIn, shown, tokensOf, type Use, use } from './code-shape.ts';
import type { ContentProfile } from './profile.ts';

const DEFINES =
  /declarator|assignment|short_var_declaration|let_declaration|var_spec|const_spec|const_item|const_element|static_item/;
const NUMBER = /^-?[\d_.]+(?:[a-z]\w*)?$/i;

/**
 * Finds the definitions that decide where an effect goes: those of the names in its first argument that is not a
 * literal (an address, a path, a query), of the names in those, and so on. Over-approximates: a name stands for every
 * definition of that name in the file.
 */
export function effectInputUses(effects: readonly CodeNode[], root: CodeNode, profile: ContentProfile): Use[] {
  const definitions = definitionsIn(root);
  const seen = new Set<CodeNode>();
  const waiting = effects.flatMap((effect) => firstArguments(effect, profile));
  const uses: Use[] = [];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const leaf of namesOutsideBodies(next, profile)) {
      for (const definition of definitions.get(leaf.text) ?? []) {
        if (seen.has(definition) || (isFunction(definition) && !isCalled(leaf))) continue;
        seen.add(definition);
        waiting.push(isFunction(definition) ? (fieldOf(definition, 'body') ?? definition) : definition);
        const reason = `It would change ${shown(leaf.text)}, which determines an outside effect.`;
        if (!NUMBER.test(definedAs(definition)?.text ?? ''))
          uses.push(use(`input ${tokensOf(definition, profile)}`, definition, reason));
      }
    }
  }
  return uses;
}

function definitionsIn(root: CodeNode): Map<string, CodeNode[]> {
  const found = new Map<string, CodeNode[]>();
  const add = (name: string | null, node: CodeNode) => {
    if (name !== null && !/^(?:_|this|self)$/.test(name)) found.set(name, [...(found.get(name) ?? []), node]);
  };
  for (const node of walk(root)) {
    if (isFunction(node)) add(nameOfFunction(node), node);
    else if (DEFINES.test(node.type) && !isFunction(definedAs(node) ?? node)) {
      const left = fieldOf(node, 'name') ?? fieldOf(node, 'left') ?? fieldOf(node, 'pattern') ?? namedChildren(node)[0];
      for (const leaf of left === undefined ? [] : walk(left))
        if (leaf.children.length === 0 && leaf.named) add(leaf.text, node);
    }
  }
  return found;
}

const definedAs = (definition: CodeNode): CodeNode | null =>
  fieldOf(definition, 'value') ?? fieldOf(definition, 'right') ?? namedChildren(definition).at(-1) ?? null;

/** For each call within the effect, the first argument that contains a name. */
function firstArguments(effect: CodeNode, profile: ContentProfile): CodeNode[] {
  return [...walk(effect)]
    .filter(({ type }) => /^argument/.test(type))
    .flatMap((list) =>
      namedChildren(list)
        .filter((given) => !namesOutsideBodies(given, profile).next().done)
        .slice(0, 1),
    );
}

function* namesOutsideBodies(node: CodeNode, profile: ContentProfile): Generator<CodeNode> {
  for (const leaf of namesIn(node, profile)) {
    let at: CodeNode | null = leaf;
    while (at !== null && at !== node && !isFunctionBody(at)) at = at.parent;
    if (at === node) yield leaf;
  }
}

function isCalled(leaf: CodeNode): boolean {
  let at = leaf;
  if (/member|attribute|selector|field/.test(at.parent?.type ?? '')) at = at.parent ?? at;
  return /call|invocation/.test(at.parent?.type ?? '');
}
