import { problemOfWording } from '@selfheal/diagnosis/failure/wording.ts';
import { MAX_ALTERNATIVES } from './learned-pattern.ts';

/** The wordings of an expression, any of which is enough: one for each of its alternatives. Or why it has none. */
export type Translation = { readonly wordings: readonly string[] } | { readonly problem: string };

/** Beginnings, or pieces, that alternatives give; before blanks and stars are joined. */
type Pieces = { readonly texts: readonly string[] } | { readonly problem: string };

const MAX_EXPRESSION_LENGTH = 800;
/** Escapes that stand for one of several characters; the others stand for themselves. */
const CLASS_ESCAPES = /[dDsSwWbBpP]/;
const OTHER_ESCAPES: Readonly<Record<string, string>> = { n: ' ', t: ' ', r: ' ', f: ' ', v: ' ' };

/**
 * The wordings that a simple regular expression describes: literal text stays, everything that varies becomes `*`, and
 * alternatives (`a|b`) become a wording each. Together they match whatever the expression matches, and possibly more,
 * because a `*` takes any text. Look-around and back-references have no such form.
 */
export function wordingsOfExpression(expression: string): Translation {
  if (expression.length > MAX_EXPRESSION_LENGTH)
    return { problem: `the expression is longer than ${MAX_EXPRESSION_LENGTH} characters` };
  const read = readAlternatives(expression.replace(/^\(\?i\)/, ''));
  if ('problem' in read) return read;
  const wordings = [
    ...new Set(
      read.texts.map((text) =>
        text
          .replace(/\s+/g, ' ')
          .replace(/\*(?:[\s*]*\*)+/g, '*')
          .trim(),
      ),
    ),
  ];
  for (const wording of wordings) {
    const problem = problemOfWording(wording);
    if (problem !== null) return { problem: wordings.length === 1 ? problem : `"${wording}": ${problem}` };
  }
  return { wordings };
}

const TOO_MANY = {
  problem: `it has more than ${1 + MAX_ALTERNATIVES} alternatives: give each kind a pattern of its own`,
};

/** Splits at each `|` outside parentheses and brackets. */
function readAlternatives(text: string): Pieces {
  let texts: readonly string[] = [];
  let branch: readonly string[] = [''];
  let at = 0;
  while (at <= text.length) {
    if (at === text.length || text[at] === '|') {
      texts = [...texts, ...branch];
      branch = [''];
      at += 1;
      continue;
    }
    const atom = atomAt(text, at);
    if ('problem' in atom) return atom;
    const quantifier = /^(?:[*+?]|\{\d{1,4}(?:,\d{0,4})?\})[?+]?/.exec(text.slice(atom.end))?.[0] ?? '';
    const pieces = quantifier === '' ? atom.texts : ['*'];
    branch = branch.flatMap((before) => pieces.map((piece) => before + piece));
    if (texts.length + branch.length > 1 + MAX_ALTERNATIVES) return TOO_MANY;
    at = atom.end + quantifier.length;
  }
  return texts.length > 1 + MAX_ALTERNATIVES ? TOO_MANY : { texts };
}

type Atom = { readonly texts: readonly string[]; readonly end: number } | { readonly problem: string };

function atomAt(text: string, at: number): Atom {
  const char = text[at] ?? '';
  switch (char) {
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
      return { texts: [''], end: at + 1 };
    case '.':
      return { texts: ['*'], end: at + 1 };
    case '*':
    case '+':
    case '?':
      return { problem: `there is nothing before the ${char} that could repeat` };
    default:
      return { texts: [char], end: at + 1 };
  }
}

function escapeAt(text: string, at: number): Atom {
  const next = text[at + 1];
  if (next === undefined) return { problem: 'it ends with a backslash' };
  if (/[1-9k]/.test(next)) return { problem: 'back-references are not possible' };
  if (next === 'b' || next === 'B') return { texts: [''], end: at + 2 };
  if (next === 's') return { texts: [' '], end: at + 2 };
  if (CLASS_ESCAPES.test(next)) return { texts: ['*'], end: at + 2 };
  return { texts: [OTHER_ESCAPES[next] ?? next], end: at + 2 };
}

function classAt(text: string, at: number): Atom {
  let end = at + 1;
  if (text[end] === '^') end += 1;
  if (text[end] === ']') end += 1;
  while (end < text.length && text[end] !== ']') end += text[end] === '\\' ? 2 : 1;
  return end < text.length ? { texts: ['*'], end: end + 1 } : { problem: 'a bracket is not closed' };
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
  const inner = readAlternatives(text.slice(at + opening.length, end - 1));
  return 'problem' in inner ? inner : { ...inner, end };
}
