import { type CodeNode, fieldOf, namedChildren, walk } from './code-node.ts';
import { isFunction, nameOfFunction, namesIn, shown, tokensOf, type Use, use } from './code-shape.ts';
import type { ContentProfile } from './profile.ts';

const LOOPS = /^(?:while|until|do|for)(?:_statement|_modifier|_expression)?$|^(?:while|until)_modifier$/;
const EACH = /^(?:enhanced_for_statement|foreach_statement|for_in_statement|for_expression|for)$/;
const CHANGES =
  /assign|update_expression|inc_statement|dec_statement|postfix_unary|prefix_unary|short_var|named_expression/;
const CALLS =
  /^(?:call|call_expression|method_invocation|invocation_expression|(?:nullsafe_)?member_call_expression|function_call_expression|new_expression|scoped_call_expression)$/;
const UNBOUNDED =
  /\b(?:Infinity|INFINITY|MAX_(?:VALUE|SAFE_INTEGER)|MaxInt\d*|MaxValue|PHP_INT_MAX|maxsize|MAX)\b|\b(?:inf|math\.inf)\b/;
const NUMBER = /^(?:number|integer|float|int_literal|float_literal|integer_literal|real_literal|decimal_\w+)$/;
const ENDLESS = 'It would add a loop without an apparent end.';
/** More than the milliseconds of a day, which honest code does count in. */
const LARGE = 1e8;

/**
 * Code that could use unlimited time or memory: loops without an apparent end, recursive functions, very large numbers.
 */
export function endlessUses(root: CodeNode, profile: ContentProfile): Use[] {
  const uses: Use[] = [];
  for (const node of walk(root)) {
    if (isEndless(node, profile)) uses.push(use(`endless ${headerOf(node, profile)}`, node, ENDLESS));
    if (isFunction(node)) uses.push(...recursion(node, profile));
    if (isLarge(node)) uses.push(use(`large ${node.text}`, node, `It would add the large number ${shown(node.text)}.`));
  }
  return uses;
}

const headerOf = (loop: CodeNode, profile: ContentProfile): string =>
  tokensOf(loop, profile, ({ field, parent }) => field === 'body' && parent === loop);

function isEndless(node: CodeNode, profile: ContentProfile): boolean {
  if (node.type === 'loop_expression' || (node.type === 'select_statement' && namedChildren(node).length === 0))
    return true;
  if (node.type === 'call' && fieldOf(node, 'method')?.text === 'loop' && fieldOf(node, 'receiver') === null)
    return true;
  if (node.type === 'range' && profile.members.scope_resolution !== undefined && fieldOf(node, 'end') === null)
    return true;
  if (!LOOPS.test(node.type) || EACH.test(node.type) || !node.named) return false;
  const clause = namedChildren(node).find(({ type }) => /_clause$/.test(type)) ?? node;
  if (clause.type === 'range_clause' || fieldOf(node, 'right') !== null) return false;
  const condition = conditionOf(node, clause);
  if (condition === null || UNBOUNDED.test(condition.text)) return true;
  return (
    !mayProgress(node, condition, profile) || isStuck(node, clause, condition, profile) || goesAway(clause, condition)
  );
}

function conditionOf(loop: CodeNode, clause: CodeNode): CodeNode | null {
  const found = clause.children.find(({ field, named }) => field === 'condition' && named);
  if (found !== undefined) return found.type === 'empty_statement' ? null : found;
  if (clause !== loop || loop.type !== 'for_statement') return null;
  // In `for x < y {` of Go the condition has no field name.
  return namedChildren(loop).find(({ field }) => field === null) ?? null;
}

/** Whether anything in the condition can change while the loop runs. */
function mayProgress(loop: CodeNode, condition: CodeNode, profile: ContentProfile): boolean {
  const [asks] = [...walk(condition)].filter(
    ({ type }) => CALLS.test(type) || CHANGES.test(type) || type === 'let_condition',
  );
  if (asks !== undefined) return true;
  const names = new Set([...namesIn(condition, profile)].map(({ text }) => text));
  const isMember = [...walk(condition)].some(
    ({ type }) => profile.members[type] !== undefined || /subscript|index|element/.test(type),
  );
  if (changesAny(loop, names, profile)) return true;
  for (const node of walk(loop)) {
    if (CALLS.test(node.type)) {
      const [called] = namedChildren(node);
      const given = isMember ? node : called;
      const isOwn =
        given !== undefined &&
        (isMember ||
          profile.members[given.type] !== undefined ||
          fieldOf(node, 'object') !== null ||
          fieldOf(node, 'receiver') !== null);
      if (isOwn && [...namesIn(given, profile)].some(({ text }) => names.has(text))) return true;
    }
  }
  return false;
}

function changesAny(within: CodeNode, names: ReadonlySet<string>, profile: ContentProfile): boolean {
  return [...walk(within)].some((node) => {
    if (!CHANGES.test(node.type)) return false;
    const changed =
      fieldOf(node, 'left') ?? fieldOf(node, 'name') ?? fieldOf(node, 'argument') ?? namedChildren(node)[0];
    return changed !== undefined && [...namesIn(changed, profile)].some(({ text }) => names.has(text));
  });
}

/** Initialises a counter before the loop and never changes it in the loop. */
function isStuck(loop: CodeNode, clause: CodeNode, condition: CodeNode, profile: ContentProfile): boolean {
  const start = clause.children.find(({ field }) => /^init/.test(field ?? ''));
  const body = fieldOf(loop, 'body');
  if (start === undefined || body === null) return false;
  const asked = new Set([...namesIn(condition, profile)].map(({ text }) => text));
  const counters = new Set([...namesIn(start, profile)].map(({ text }) => text).filter((name) => asked.has(name)));
  if (counters.size === 0) return false;
  const update = clause.children.find(({ field }) => field === 'update' || field === 'increment');
  const isUpdated = update !== undefined && !/[+-]=\s*0$/.test(update.text) && changesAny(update, counters, profile);
  return !isUpdated && !changesAny(body, counters, profile);
}

/** Counts up towards a lower bound, or down towards an upper one. */
function goesAway(clause: CodeNode, condition: CodeNode): boolean {
  const update = clause.children.find(({ field }) => field === 'update' || field === 'increment');
  const counter = fieldOf(condition, 'left');
  if (update === undefined || counter === null || !update.text.includes(counter.text)) return false;
  const operator = condition.children.find(({ named, field }) => !named || field === 'operator')?.text ?? '';
  const isUp = /\+\+|\+=/.test(update.text);
  const isDown = /--|-=/.test(update.text);
  return (isUp && /^>/.test(operator)) || (isDown && /^</.test(operator));
}

function recursion(node: CodeNode, profile: ContentProfile): Use[] {
  const name = nameOfFunction(node);
  const body = fieldOf(node, 'body');
  if (name === null || body === null) return [];
  const isGetter = node.children.some(({ text, named }) => !named && text === 'get');
  const reason = `It would make ${shown(name)} call itself.`;
  for (const at of walk(body)) {
    const called = CALLS.test(at.type) ? calledOwn(at, profile) : isGetter ? readOwn(at, profile) : null;
    if (called === name) return [use(`recursion ${name}`, at, reason)];
  }
  return [];
}

const OWN = /^(?:this|self|cls|static|\$this|[a-z]{1,2})$/;

/** The callee's name, unless it is a member of something else. */
function calledOwn(call: CodeNode, profile: ContentProfile): string | null {
  const callee = fieldOf(call, 'function') ?? fieldOf(call, 'method') ?? fieldOf(call, 'name');
  const owner = fieldOf(call, 'object') ?? fieldOf(call, 'receiver') ?? fieldOf(call, 'scope');
  if (callee === null || (owner !== null && !OWN.test(owner.text))) return null;
  return readOwn(callee, profile) ?? (namedChildren(callee).length === 0 ? callee.text : null);
}

function readOwn(node: CodeNode, profile: ContentProfile): string | null {
  const member = profile.members[node.type];
  if (member === undefined || !OWN.test(fieldOf(node, member.object)?.text ?? '')) return null;
  return fieldOf(node, member.name)?.text ?? null;
}

function isLarge({ type, text, children }: CodeNode): boolean {
  if (NUMBER.test(type)) return !/^0[xob]/i.test(text) && Number.parseFloat(text.replace(/_/g, '')) >= LARGE;
  if (children.length !== 3 || !/binary/.test(type)) return false;
  const [, left, operator, right] = /^(\d+)\s*(\*\*|<<)\s*(\d+)$/.exec(text) ?? [];
  if (left === undefined || right === undefined) return false;
  return (operator === '**' ? Number(left) ** Number(right) : Number(left) * 2 ** Number(right)) >= LARGE;
}
