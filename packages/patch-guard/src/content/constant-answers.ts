import { type CodeNode, fieldOf, namedChildren, walk } from './code-node.ts';
import { isFunction, nameOfFunction, shown, type Use, use } from './code-shape.ts';
import type { ContentProfile } from './profile.ts';

const CONSTANT = /^(?:true|false|null|nil|none|undefined|-?\d[\d_.]*|''|""|\[\]|\(?\{\}\)?|ok\(\(\)\))$/i;
const STATEMENT = /statement|declaration|assignment|definition/;

/**
 * Functions that always return the same constant. When one starts to do so, it no longer checks or computes anything.
 */
export function constantAnswers(root: CodeNode, profile: ContentProfile): Use[] {
  return [...walk(root)].filter(isFunction).flatMap((node) => {
    const name = nameOfFunction(node);
    const answers = name === null ? [] : answersOf(node, profile);
    const [first, ...more] = answers;
    if (name === null || first === undefined || !CONSTANT.test(first.text)) return [];
    if (more.some(({ text }) => text !== first.text)) return [];
    const reason = `It would make ${shown(name)} answer ${shown(first.text)} whatever it is asked.`;
    return [use(`answer ${name}`, first, reason)];
  });
}

function answersOf(node: CodeNode, profile: ContentProfile): CodeNode[] {
  const body = fieldOf(node, 'body');
  if (body === null) return [];
  const inner = namedChildren(body);
  if (body.type === 'arrow_expression_clause') return inner;
  if (!profile.bodies.has(body.type)) return [body];
  const answers = returnsIn(body).flatMap((statement) => namedChildren(statement).slice(0, 1));
  const last = inner.at(-1);
  // In Ruby and Rust the last expression is the return value.
  const tail = last !== undefined && profile.tailsAnswer === true && !STATEMENT.test(last.type) ? [last] : [];
  return [...answers, ...tail].map((one) =>
    one.type === 'expression_list' || one.type === 'argument_list' ? (namedChildren(one)[0] ?? one) : one,
  );
}

function returnsIn(body: CodeNode): CodeNode[] {
  const found: CodeNode[] = [];
  const waiting = [body];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (/^return/.test(next.type) && next.named) found.push(next);
    waiting.push(...next.children.filter((child) => !isFunction(child)));
  }
  return found;
}
