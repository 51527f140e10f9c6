import { type CodeNode, fieldOf, namedChildren, textWithout } from './code-node.ts';
import { shown, type Use, use } from './code-shape.ts';
import { type ContentProfile, unquoted } from './profile.ts';

/**
 * What a node accesses whatever it starts with: members that lead out of any value, and computed members and functions.
 */
export function computedUses(node: CodeNode, profile: ContentProfile): Use[] {
  const uses: Use[] = [];
  const member = profile.members[node.type];
  const name = member === undefined ? nameOfCall(node, profile) : (fieldOf(node, member.name)?.text ?? null);
  if (name !== null && profile.escapes.test(name)) {
    const key = `escape ${textWithout(profile.calls[node.parent?.type ?? ''] === undefined ? node : (node.parent ?? node), profile.bodies)}`;
    uses.push(use(key, node, `It would reach ${shown(name)}, which leads out of any value.`));
  }
  if (profile.strings.has(node.type) && profile.escapes.test(unquoted(node.text))) {
    uses.push(
      use(`escape ${node.text}`, node, `It would name ${shown(unquoted(node.text))}, which leads out of any value.`),
    );
  }
  const { field, parent } = node;
  const isKey = /^(?:key|name)$/.test(field ?? '') && /pattern|pair|field/.test(parent?.type ?? '');
  if ((isKey || /shorthand/.test(node.type)) && profile.escapes.test(node.text)) {
    uses.push(use(`escape ${parent?.text ?? node.text}`, node, `It would take ${shown(node.text)} out of a value.`));
  }
  const access = profile.subscripts?.[node.type];
  if (access !== undefined) {
    const index = fieldOf(node, access.index);
    if (index !== null && !isPlainIndex(index, profile)) {
      uses.push(
        use(`computed ${textWithout(node, profile.bodies)}`, node, 'It would access a member by a computed name.'),
      );
    }
  }
  const call = profile.calls[node.type];
  const callee = call?.callee === undefined ? null : fieldOf(node, call.callee);
  if (callee !== null && !isNamedCallee(callee, profile)) {
    uses.push(use(`callee ${textWithout(node, profile.bodies)}`, node, 'It would call the result of an expression.'));
  }
  return uses;
}

function nameOfCall(node: CodeNode, profile: ContentProfile): string | null {
  const call = profile.calls[node.type];
  return call?.name === undefined ? null : (fieldOf(node, call.name)?.text ?? null);
}

function isNamedCallee(callee: CodeNode, profile: ContentProfile): boolean {
  if (profile.names.has(callee.type) || profile.members[callee.type] !== undefined) return true;
  if (profile.inlineCallees.has(callee.type)) return true;
  const inner = namedChildren(callee);
  return (
    /parenthesized|generic|non_null/.test(callee.type) && inner[0] !== undefined && isNamedCallee(inner[0], profile)
  );
}

/** A number, a name that only counts, or a literal member name, which `escapes` checks. */
function isPlainIndex(index: CodeNode, profile: ContentProfile): boolean {
  return profile.strings.has(index.type)
    ? namedChildren(index).every(({ type }) => /fragment|content/.test(type))
    : isNumber(index, profile);
}

function isNumber(index: CodeNode, profile: ContentProfile): boolean {
  if (/^(?:number|integer|float)/.test(index.type)) return true;
  const operator = index.children.find(({ named }) => !named)?.text ?? '';
  const [left, right] = namedChildren(index);
  if (index.type === 'binary_expression') {
    if (/^[-*/%]$/.test(operator)) return true;
    return (
      operator === '+' &&
      left !== undefined &&
      right !== undefined &&
      isNumber(left, profile) &&
      isNumber(right, profile)
    );
  }
  if (index.type === 'parenthesized_expression' && left !== undefined) return isNumber(left, profile);
  return profile.names.has(index.type) && isCounter(index);
}

/** Counted up from a number by the surrounding `for`. */
function isCounter(name: CodeNode): boolean {
  for (let at = name.parent; at !== null; at = at.parent) {
    const initializer = at.type === 'for_statement' ? fieldOf(at, 'initializer') : null;
    const declared = initializer === null ? [] : namedChildren(initializer);
    const own = declared.find((one) => fieldOf(one, 'name')?.text === name.text);
    if (own !== undefined) return fieldOf(own, 'value')?.type === 'number';
  }
  return false;
}
