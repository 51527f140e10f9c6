import { problemOfWording } from '../failure/wording.ts';

/** A wording, or why an expression has none. */
export type Translation = { readonly wording: string } | { readonly problem: string };

const MAX_EXPRESSION_LENGTH = 800;
/** Escapes that stand for one of several characters; the others stand for themselves. */
const CLASS_ESCAPES = /[dDsSwWbBpP]/;
const OTHER_ESCAPES: Readonly<Record<string, string>> = { n: ' ', t: ' ', r: ' ', f: ' ', v: ' ' };

/**
 * The wording that a simple regular expression describes: literal text stays, everything that varies becomes `*`. It
 * matches whatever the expression matches, and possibly more, because a `*` takes any text. Alternatives, look-around and
 * back-references have no such form.
 */
export function wordingOfExpression(expression: string): Translation {
  if (expression.length > MAX_EXPRESSION_LENGTH)
    return { problem: `the expression is longer than ${MAX_EXPRESSION_LENGTH} characters` };
  const read = readPieces(expression.replace(/^\(\?i\)/, ''));
  if ('problem' in read) return read;
  const wording = read.wording
    .replace(/\s+/g, ' ')
    .replace(/\*(?:[\s*]*\*)+/g, '*')
    .trim();
  const problem = problemOfWording(wording);
  return problem === null ? { wording } : { problem };
}

function readPieces(text: string): Translation {
  let wording = '';
  let at = 0;
  while (at < text.length) {
    const atom = atomAt(text, at);
    if ('problem' in atom) return atom;
    const quantifier = /^(?:[*+?]|\{\d{1,4}(?:,\d{0,4})?\})[?+]?/.exec(text.slice(atom.end))?.[0] ?? '';
    wording += quantifier === '' ? atom.wording : '*';
    at = atom.end + quantifier.length;
  }
  return { wording };
}

type Atom = { readonly wording: string; readonly end: number } | { readonly problem: string };

function atomAt(text: string, at: number): Atom {
  const char = text[at] ?? '';
  switch (char) {
    case '|':
      return { problem: 'alternatives (|) need one pattern each' };
    case '(':
      return groupAt(text, at);
    case ')':
      return { problem: 'a parenthesis is not balanced' };
    case '[':
      return classAt(text, at);
    case '\\':
      return escapeAt(text, at);
    case '^':
    case '$':
      return { wording: '', end: at + 1 };
    case '.':
      return { wording: '*', end: at + 1 };
    case '*':
    case '+':
    case '?':
      return { problem: `there is nothing before the ${char} that could repeat` };
    default:
      return { wording: char, end: at + 1 };
  }
}

function escapeAt(text: string, at: number): Atom {
  const next = text[at + 1];
  if (next === undefined) return { problem: 'it ends with a backslash' };
  if (/[1-9k]/.test(next)) return { problem: 'back-references are not possible' };
  if (next === 'b' || next === 'B') return { wording: '', end: at + 2 };
  if (next === 's') return { wording: ' ', end: at + 2 };
  if (CLASS_ESCAPES.test(next)) return { wording: '*', end: at + 2 };
  return { wording: OTHER_ESCAPES[next] ?? next, end: at + 2 };
}

function classAt(text: string, at: number): Atom {
  let end = at + 1;
  if (text[end] === '^') end += 1;
  if (text[end] === ']') end += 1;
  while (end < text.length && text[end] !== ']') end += text[end] === '\\' ? 2 : 1;
  return end < text.length ? { wording: '*', end: end + 1 } : { problem: 'a bracket is not closed' };
}

function groupAt(text: string, at: number): Atom {
  const opening = /^\((?:\?:|\?P?<\w{1,40}>)?/.exec(text.slice(at))?.[0] ?? '(';
  if (opening === '(' && text[at + 1] === '?') return { problem: 'look-around and flags are not possible' };
  let depth = 1;
  let end = at + opening.length;
  while (end < text.length && depth > 0) {
    if (text[end] === '\\') end += 1;
    else if (text[end] === '(') depth += 1;
    else if (text[end] === ')') depth -= 1;
    end += 1;
  }
  if (depth > 0) return { problem: 'a parenthesis is not balanced' };
  const inner = readPieces(text.slice(at + opening.length, end - 1));
  return 'problem' in inner ? inner : { wording: inner.wording, end };
}
